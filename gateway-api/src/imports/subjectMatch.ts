/**
 * Whether a bundle's Patient is the patient of the chart (FHIR R4 Patient.identifier, Patient.link): shown by an identifier that both have. Names and birth dates are shared by strangers, so they show nothing; a birth date
 * that contradicts undoes what an identifier shows.
 */
import type { Demographics as Known } from '../vault/demographics/index.ts';
import type { Demographics, Identifier } from './fhir/index.ts';

/** What speaks against it, as an element of Patient. */
export type SubjectDifference = 'identifier' | 'birthDate';

/** @returns nothing when the bundle is about the patient */
export function subjectDifferences(chart: Known | undefined, bundle: Demographics): readonly SubjectDifference[] {
  const own = new Set((chart?.identifiers ?? []).map(keyOf));
  const isShared = [...bundle.identifiers, ...bundle.linkedIdentifiers].some(
    (identifier) => identifier.system !== undefined && own.has(keyOf(identifier)),
  );
  return [
    ...(isShared ? [] : (['identifier'] as const)),
    ...(contradict(chart?.birthDate, bundle.birthDate) ? (['birthDate'] as const) : []),
  ];
}

const keyOf = ({ system = '', value }: Identifier): string => JSON.stringify([system, value]);

/** A partial date contradicts none that lies in it. */
function contradict(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && !one.startsWith(other) && !other.startsWith(one);
}
