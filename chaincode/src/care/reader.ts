import type { Transaction } from '../ledger/index.ts';
import { consentBucketType, consentStopsType, subjectsOf, type ConsentRule, type Requester } from '../model/index.ts';
import { ancestorSubjects, emptyBucket, heldRules, rulesInForce, type HeldRule } from '../rules/index.ts';
import { bucketAddress, stopsAddress, type PatientRef, type Place } from './addresses.ts';

/**
 * The rules that concern a requester now: exactly the requester's buckets and their stops are read, absent ones too, so
 * that a concurrent deny or revocation invalidates the transaction; and those of whoever delegated one of these rules.
 */
export async function rulesFor(
  { ledger }: Transaction,
  patient: PatientRef,
  place: Place,
  requester: Requester,
): Promise<readonly HeldRule[]> {
  const bySubject = new Map<string, readonly ConsentRule[]>();
  const read = async (subjects: readonly string[]): Promise<void> => {
    await ledger.prefetch(
      subjects.flatMap((subject) => [
        bucketAddress(place.facts, patient, subject),
        stopsAddress(place.accesses, patient, subject),
      ]),
    );
    for (const subject of subjects) {
      const bucket = await ledger.get(consentBucketType, bucketAddress(place.facts, patient, subject));
      const stops = await ledger.get(consentStopsType, stopsAddress(place.accesses, patient, subject));
      bySubject.set(subject, rulesInForce(bucket ?? emptyBucket, stops?.stops ?? []));
    }
  };
  await read(subjectsOf(requester));
  const rules = [...bySubject.values()].flat();
  await read(ancestorSubjects(rules).filter((subject) => !bySubject.has(subject)));
  return heldRules(rules, (subject) => bySubject.get(subject) ?? []);
}
