/** A FHIR bundle as the story needs it: whom it is about, and its resources to compare with what comes back. */
import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../system/rest.ts';

interface Resource extends Json {
  readonly resourceType: string;
}

export interface StoryBundle {
  readonly text: string;
  readonly entries: number;
  readonly patient: Resource;
  /** Every resource by its type and id. */
  readonly resources: ReadonlyMap<string, Resource>;
}

/** @throws Error when it is no bundle of a patient */
export function readBundle(text: string): StoryBundle {
  const { resourceType, entry = [] } = JSON.parse(text) as { resourceType?: string; entry?: { resource?: Resource }[] };
  if (resourceType !== 'Bundle') throw new Error('not a FHIR Bundle');
  const resources = entry.flatMap(({ resource }) => (resource === undefined ? [] : [resource]));
  const patient = resources.find((resource) => resource.resourceType === 'Patient');
  if (patient === undefined) throw new Error('the bundle has no Patient');
  return { text, entries: entry.length, patient, resources: new Map(resources.map((each) => [idOf(each), each])) };
}

/** The bundle's text without the identifiers of its patient, which tell patients apart. */
export function withoutIdentifiers({ text }: StoryBundle): string {
  const bundle = JSON.parse(text) as { readonly entry: readonly { readonly resource?: Resource }[] };
  const entry = bundle.entry.map((each) =>
    each.resource?.resourceType === 'Patient'
      ? { ...each, resource: { ...each.resource, identifier: undefined } }
      : each,
  );
  return JSON.stringify({ ...bundle, entry });
}

/** Whether a content that came back equals the resource that went in. */
export function cameBackEqual({ resources }: StoryBundle, content: Uint8Array): boolean {
  const resource = JSON.parse(Buffer.from(content).toString('utf8')) as Resource;
  return isDeepStrictEqual(resource, resources.get(idOf(resource)));
}

/** Demographics in the words of `POST /v1/patients`. */
export function newPatientOf({ patient }: StoryBundle, identifier: string, subject: string): Json {
  const [name] = (patient['name'] as readonly { family?: string; given?: readonly string[] }[] | undefined) ?? [];
  return {
    name: { family: name?.family ?? 'Unknown', given: [...(name?.given ?? [])] },
    birthDate: typeof patient['birthDate'] === 'string' ? patient['birthDate'] : '1970-01-01',
    ...(typeof patient['gender'] === 'string' ? { gender: patient['gender'] } : {}),
    identifiers: [{ system: 'urn:chain-of-care:demo', value: identifier }],
    account: { subject },
  };
}

const idOf = (resource: Resource): string => `${resource.resourceType}/${String(resource['id'])}`;
