import { command, type Transaction } from '../ledger/index.ts';
import {
  batchKeyType,
  chainHeadType,
  collectionName,
  openingType,
  recordFactType,
  recordWithdrawalType,
  Refusal,
  WithdrawRecord,
  type RecordFact,
  type RecordWithdrawal,
} from '../model/index.ts';
import { entryHash, requireAct } from '../rules/index.ts';
import { requireStaffActor } from '../registry/actor.ts';
import {
  batchKeyAddress,
  headAddress,
  openingAddress,
  recordAddress,
  withdrawalAddress,
  type PatientRef,
} from './addresses.ts';
import { isOpened } from './openings.ts';
import { patientRefOf, requirePatient } from './patientRef.ts';

/**
 * Withdraws a record: a last entry of the chain says so, for whichever reason. Nothing is taken out; from now on only the
 * author's department reads it, and the patient where it is about them. It may be done after a death.
 */
export const withdrawRecord = command<WithdrawRecord>({
  body: WithdrawRecord,
  guards: ({ home }) => collectionName.care(home),
  async decide(transaction, command) {
    const { ledger, submitter, time, timeMs } = transaction;
    const { recordId, version, withdrawn } = command.body;
    const patient = patientRefOf(transaction, command);
    const actor = await requireStaffActor(transaction, ['clinical', 'registry']);
    requireAct(actor, 'care.writeRecords', timeMs);
    await requirePatient(transaction, patient);
    const facts = collectionName.care(patient.home);
    const current = await ledger.get(recordFactType, recordAddress(facts, patient, recordId, version - 1));
    if (current === undefined) throw new Refusal('record_not_found', undefined, '/recordId');
    if (current.authorOrg !== submitter.mspId) throw new Refusal('organization_not_allowed');
    if (current.withdrawn !== undefined) throw new Refusal('entered_in_error');
    if (await ledger.has(recordAddress(facts, patient, recordId, version)))
      throw new Refusal('version_conflict', undefined, '/version');

    const head = (await ledger.get(chainHeadType, headAddress(patient)))!;
    const { patientId, category, confidentiality, clinicalDate, authorOrg, authorGroup } = current;
    const { cid, sha256, size, batchId, wrappedKey, sealed } = current;
    const unhashed = {
      patientId,
      recordId,
      version,
      category,
      confidentiality,
      clinicalDate,
      authorId: actor.staffId,
      authorOrg,
      authorGroup,
      cid,
      sha256,
      size,
      batchId,
      wrappedKey,
      sealed,
      withdrawn,
      recordTime: time,
      sequence: head.length + 1,
      previousHash: head.hash,
    };
    const entry: RecordFact = { ...unhashed, hash: entryHash(unhashed) };
    const { sequence: length, hash } = entry;
    ledger.put(chainHeadType, headAddress(patient), { patientId, length, hash });
    await putWithdrawal(transaction, patient, entry, { patientId, recordId, version, withdrawn, recordTime: time });
    return { result: { records: [{ recordId, version }], length, hash } };
  },
});

async function putWithdrawal(
  { ledger }: Transaction,
  patient: PatientRef,
  entry: RecordFact,
  withdrawal: RecordWithdrawal,
): Promise<void> {
  const { recordId, version, category, batchId } = entry;
  const opening = await ledger.get(openingType, openingAddress(patient, category));
  const care = collectionName.care(patient.home);
  const exchange = isOpened(opening, recordId) ? [collectionName.exchange(patient.home)] : [];
  for (const facts of [care, ...exchange]) {
    ledger.put(recordFactType, recordAddress(facts, patient, recordId, version), entry);
    ledger.put(recordWithdrawalType, withdrawalAddress(facts, patient, recordId), withdrawal);
  }
  const batch = await ledger.get(batchKeyType, batchKeyAddress(care, patient, batchId));
  for (const facts of exchange) ledger.put(batchKeyType, batchKeyAddress(facts, patient, batchId), batch!);
}
