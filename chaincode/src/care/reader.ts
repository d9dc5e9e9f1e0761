import type { Address, Transaction } from '../ledger/index.ts';
import { consentBucketType, consentStopsType, subjectsOf, type ConsentRule, type Requester } from '../model/index.ts';
import { ancestorSubjects, emptyBucket, heldRules, rulesInForce, type HeldRule } from '../rules/index.ts';
import { bucketAddress, memberAddress, stopsAddress, type PatientRef, type Place } from './addresses.ts';
import { isOnCareTeam } from './careTeam.ts';

/**
 * The rules that concern a requester now: exactly the requester's buckets and their stops are read, and whether they are on
 * the care team, absent ones too, so that a concurrent deny, revocation or removal invalidates the transaction; and those of
 * whoever delegated one of these rules.
 */
export async function rulesFor(
  transaction: Transaction,
  patient: PatientRef,
  place: Place,
  requester: Requester,
): Promise<readonly HeldRule[]> {
  const { ledger } = transaction;
  const bySubject = new Map<string, readonly ConsentRule[]>();
  const addressesOf = (subjects: readonly string[]): Address[] =>
    subjects.flatMap((subject) => [
      bucketAddress(place.facts, patient, subject),
      stopsAddress(place.accesses, patient, subject),
    ]);
  const read = async (subjects: readonly string[]): Promise<void> => {
    await ledger.prefetch(addressesOf(subjects));
    for (const subject of subjects) {
      const bucket = await ledger.get(consentBucketType, bucketAddress(place.facts, patient, subject));
      const stops = await ledger.get(consentStopsType, stopsAddress(place.accesses, patient, subject));
      bySubject.set(subject, rulesInForce(bucket ?? emptyBucket, stops?.stops ?? []));
    }
  };
  const member = memberAddress(place.facts, patient, requester.staffId);
  await ledger.prefetch([member, ...addressesOf(subjectsOf(requester))]);
  const isMember = await isOnCareTeam(transaction, patient, place, requester.staffId);
  await read(subjectsOf({ ...requester, isOnCareTeam: isMember }));
  const rules = [...bySubject.values()].flat();
  await read(ancestorSubjects(rules).filter((subject) => !bySubject.has(subject)));
  return heldRules(rules, (subject) => bySubject.get(subject) ?? []);
}
