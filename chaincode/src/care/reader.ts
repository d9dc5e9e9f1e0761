import type { Transaction } from '../ledger/index.ts';
import { consentBucketType, consentStopsType, subjectsOf, type ConsentRule, type Requester } from '../model/index.ts';
import { emptyBucket, rulesInForce } from '../rules/index.ts';
import { bucketAddress, stopsAddress, type PatientRef, type Place } from './addresses.ts';

/**
 * The rules that concern a requester now: exactly the requester's buckets and their stops are read, absent ones too, so
 * that a concurrent deny or revocation invalidates the transaction.
 */
export async function rulesFor(
  { ledger }: Transaction,
  patient: PatientRef,
  place: Place,
  requester: Requester,
): Promise<readonly ConsentRule[]> {
  const rules: ConsentRule[] = [];
  const subjects = subjectsOf(requester);
  await ledger.prefetch(
    subjects.flatMap((subject) => [
      bucketAddress(place.facts, patient, subject),
      stopsAddress(place.accesses, patient, subject),
    ]),
  );
  for (const subject of subjects) {
    const bucket = await ledger.get(consentBucketType, bucketAddress(place.facts, patient, subject));
    const stops = await ledger.get(consentStopsType, stopsAddress(place.accesses, patient, subject));
    rules.push(...rulesInForce(bucket ?? emptyBucket, stops?.stops ?? []));
  }
  return rules;
}
