/** A FHIR R4 Bundle about one patient → what it brings into the chart, the directory and the vault. */
import type { Confidentiality } from '@chain-of-care/chaincode/model';
import { bundleParts, invalid, type BundlePart } from './bundleParts.ts';
import { confidentialityOf } from './confidentiality.ts';
import { careDateOf } from './dates.ts';
import { isObject, textAt, type JsonObject } from './elements.ts';
import { mapResource } from './mapResource.ts';
import {
  skippedListed,
  type BundleItem,
  type BundleSummary,
  type Demographics,
  type Disposition,
  type SkippedEntry,
  type SkipReason,
} from './mapped.ts';
import { memberText } from './memberText.ts';
import { isSamePatient, patientReferences, type PatientReference } from './subject.ts';

/** Bundles that say "these are resources": a history has several versions of one, a message or response is an event. */
export const bundleTypes = ['transaction', 'batch', 'collection', 'searchset', 'document'] as const;

/** What the first reading of a bundle tells the second. */
export interface Reading {
  readonly confidentialityFloor: Confidentiality;
  /** Date for resources that name none. */
  readonly asOf: string;
  /** Bytes of one entry at the most. */
  readonly maxEntry?: number;
}

const firstReading: Reading = { confidentialityFloor: 'N', asOf: '1900' };

/**
 * Reads the whole bundle once without keeping it: what is in it, and whether it can be imported at all. To be called
 * before {@link bundleItems}, so that a bundle that is refused at its last byte has changed nothing.
 *
 * @throws Problem malformed_json; validation_failed with a pointer: no Bundle, a type that holds no resources to import,
 *   no Patient, more than one, a resource about another patient; payload_too_large
 */
export async function surveyBundle(source: AsyncIterable<Uint8Array>, maxEntry?: number): Promise<BundleSummary> {
  const census = new Census();
  const parts = bundleParts(source, maxEntry);
  for await (const part of parts) {
    if (part.kind === 'member') census.member(part.name, part.value);
    else census.entry(part);
  }
  return census.summary();
}

/**
 * The items of a bundle that {@link surveyBundle} accepted, in its order, one an entry. Pure but for the reading.
 *
 * @param reading `confidentialityFloor` of the survey, and its `asOf` or, where it has none, a day that stays the same
 *   when the import is repeated
 */
export async function* bundleItems(source: AsyncIterable<Uint8Array>, reading: Reading): AsyncGenerator<BundleItem> {
  for await (const part of bundleParts(source, reading.maxEntry)) {
    if (part.kind === 'entry') yield itemOf(part, reading);
  }
}

type EntryPart = Extract<BundlePart, { kind: 'entry' }>;

function itemOf({ index, text, value }: EntryPart, { confidentialityFloor, asOf }: Reading): BundleItem {
  const resource = isObject(value) && isObject(value['resource']) ? value['resource'] : undefined;
  const type = resource === undefined ? undefined : resourceTypeOf(resource);
  const sourceId = sourceIdOf(value, resource, type, index);
  const reason = reasonToSkip(value, resource, type);
  if (resource === undefined || type === undefined || reason !== undefined) {
    return { kind: 'skipped', index, resourceType: type ?? '-', sourceId, reason: reason ?? 'no_resource' };
  }
  const content = Buffer.from(memberText(text, 'resource')!, 'utf8');
  return mapResource(type, resource, { index, sourceId, content, confidentialityFloor, asOf });
}

function reasonToSkip(
  entry: unknown,
  resource: JsonObject | undefined,
  type: string | undefined,
): SkipReason | undefined {
  if (resource === undefined) return 'no_resource';
  if (type === undefined) return 'no_resource_type';
  const method = textAt(entry, 'request.method');
  if (method !== undefined && method !== 'POST' && method !== 'PUT') return 'not_an_upsert';
  return textAt(entry, 'search.mode') === 'outcome' ? 'search_outcome' : undefined;
}

function resourceTypeOf(resource: JsonObject): string | undefined {
  const type = resource['resourceType'];
  return typeof type === 'string' && /^[A-Z][A-Za-z]{1,63}$/.test(type) ? type : undefined;
}

function sourceIdOf(entry: unknown, resource: unknown, type: string | undefined, index: number): string {
  const id = textAt(resource, 'id');
  const local = id === undefined || type === undefined ? `entry/${index}` : `${type}/${id}`;
  return (textAt(entry, 'fullUrl') ?? local).slice(0, 512);
}

/** Counts what goes by, and finds what forbids an import. */
class Census {
  readonly #counts = new Map<string, Map<Disposition, number>>();
  readonly #skipped: SkippedEntry[] = [];
  /** Each different reference to a patient, with its first place: one, in a bundle about one patient. */
  readonly #references = new Map<string, { index: number; element: PatientReference['element'] }>();
  readonly #members = new Map<string, unknown>();
  #patient: { demographics: Demographics; fullUrl: string | undefined; id: string | undefined } | undefined;
  #entries = 0;
  #records = 0;
  #latest = '';

  member(name: string, value: unknown): void {
    if (['resourceType', 'type', 'timestamp', 'meta'].includes(name)) this.#members.set(name, value);
  }

  entry(part: EntryPart): void {
    const item = itemOf(part, firstReading);
    this.#entries += 1;
    this.#count(item);
    if (item.kind === 'skipped') {
      if (this.#skipped.length < skippedListed) this.#skipped.push(item);
      return;
    }
    const resource = (part.value as { resource: JsonObject }).resource;
    if (item.kind === 'demographics') this.#onlyPatient(item, part, resource);
    if (item.kind !== 'record') return;
    this.#records += 1;
    if (item.undated !== true && item.clinicalDate > this.#latest) this.#latest = item.clinicalDate;
    for (const { element, reference } of patientReferences(resource)) {
      if (!this.#references.has(reference)) this.#references.set(reference, { index: item.index, element });
      if (this.#references.size > differentReferences) throw this.#anotherPatient(item.index, element);
    }
  }

  summary(): BundleSummary {
    if (this.#members.get('resourceType') !== 'Bundle') throw invalid('/resourceType', 'must be Bundle');
    const type = this.#members.get('type');
    if (!bundleTypes.some((known) => known === type))
      throw invalid('/type', `must be one of ${bundleTypes.join(', ')}`);
    if (this.#patient === undefined) throw invalid('/entry', 'the bundle has no Patient');
    const { demographics, fullUrl, id } = this.#patient;
    for (const [reference, { index, element }] of this.#references) {
      if (!isSamePatient(reference, fullUrl, id)) throw this.#anotherPatient(index, element);
    }
    const asOf = this.#asOf();
    return {
      type: type as string,
      entries: this.#entries,
      records: this.#records,
      patient: demographics,
      counts: Object.fromEntries([...this.#counts].map(([name, counts]) => [name, Object.fromEntries(counts)])),
      skipped: this.#skipped,
      confidentialityFloor: confidentialityOf({ meta: this.#members.get('meta') }),
      ...(asOf === undefined ? {} : { asOf }),
    };
  }

  #count(item: BundleItem): void {
    const disposition = item.kind === 'record' ? item.category : item.kind;
    const counts = this.#counts.get(item.resourceType) ?? new Map<Disposition, number>();
    this.#counts.set(item.resourceType, counts.set(disposition, (counts.get(disposition) ?? 0) + 1));
  }

  #onlyPatient(demographics: Demographics, { index, value }: EntryPart, resource: JsonObject): void {
    if (this.#patient !== undefined) throw invalid(`/entry/${index}/resource`, 'the bundle has more than one Patient');
    this.#patient = { demographics, fullUrl: textAt(value, 'fullUrl'), id: textAt(resource, 'id') };
  }

  #anotherPatient(index: number, element: string): Error {
    return invalid(`/entry/${index}/resource/${element}`, 'names another patient than the one of the bundle');
  }

  #asOf(): string | undefined {
    const timestamp = this.#members.get('timestamp');
    const date = typeof timestamp === 'string' ? careDateOf(timestamp) : undefined;
    return date?.clinicalDate ?? (this.#latest === '' ? undefined : this.#latest);
  }
}

/** One patient is named in a handful of ways at most (relative, absolute, versioned). */
const differentReferences = 1000;
