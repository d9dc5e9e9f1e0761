/** What a patient opened to other hospitals: facts of that are mirrored to `exchange_H`, of nothing else. */
import type { Transaction } from '../ledger/index.ts';
import {
  collectionName,
  openingType,
  recordCategories,
  recordFactType,
  type ConsentRule,
  type Opening,
  type RecordCategory,
} from '../model/index.ts';
import { openingAddress, recordAddress, type PatientRef } from './addresses.ts';

/** Whether further versions of a record are mirrored: its category is opened, or it alone. */
export function isOpened(opening: Opening | undefined, recordId: string): boolean {
  return opening !== undefined && (opening.hospitals.length > 0 || (opening.recordIds ?? []).includes(recordId));
}

/** From now on what is appended within the consent's categories, or to its records, is mirrored for the grantee's hospital. */
export async function openTo(
  hospital: string,
  transaction: Transaction,
  patient: PatientRef,
  rule: ConsentRule,
): Promise<void> {
  if (rule.decision === 'deny') return;
  if (rule.recordIds !== undefined) return openRecords(transaction, patient, rule.recordIds);
  for (const category of rule.categories ?? recordCategories)
    await change(transaction, patient, category, (opening) =>
      opening.hospitals.includes(hospital)
        ? opening
        : { ...opening, hospitals: [...opening.hospitals, hospital].sort() },
    );
}

async function openRecords(transaction: Transaction, patient: PatientRef, recordIds: readonly string[]): Promise<void> {
  const facts = collectionName.care(patient.home);
  for (const recordId of recordIds) {
    const fact = await transaction.ledger.get(recordFactType, recordAddress(facts, patient, recordId, 1));
    if (fact === undefined) continue;
    await change(transaction, patient, fact.category, (opening) =>
      isOpened(opening, recordId)
        ? opening
        : { ...opening, recordIds: [...(opening.recordIds ?? []), recordId].sort() },
    );
  }
}

async function change(
  { ledger }: Transaction,
  patient: PatientRef,
  category: RecordCategory,
  to: (opening: Opening) => Opening,
): Promise<void> {
  const at = openingAddress(patient, category);
  const closed = { patientId: patient.patientId, category, hospitals: [] };
  const before = (await ledger.get(openingType, at)) ?? closed;
  const after = to(before);
  if (after !== before) ledger.put(openingType, at, after);
}
