import { command, type Transaction } from '../ledger/index.ts';
import {
  AppendRecords,
  batchKeyType,
  categoryKeyType,
  chainHeadType,
  collectionName,
  openingType,
  recordFactType,
  Refusal,
  type AppendedRecord,
  type BatchKey,
  type RecordCategory,
  type RecordFact,
} from '../model/index.ts';
import { entryHash, recordIdOf, requireAct, type Origin, type StaffActor } from '../rules/index.ts';
import { requireStaffActor } from '../registry/actor.ts';
import { deviceAddress } from '../registry/addresses.ts';
import {
  batchKeyAddress,
  categoryKeyAddress,
  headAddress,
  openingAddress,
  patientAddress,
  recordAddress,
  type PatientRef,
} from './addresses.ts';
import { isOpened } from './openings.ts';
import { patientRefOf, requirePatient } from './patientRef.ts';

/**
 * Appends record versions to the patient's chain, many at once. Writing needs a licence and the patient's registration at
 * the author's organisation; it gives no right to read what others wrote.
 */
export const appendRecords = command<AppendRecords>({
  body: AppendRecords,
  guards: ({ home }) => collectionName.care(home),
  *reads(transaction, command) {
    const { batches, records } = command.body;
    const patient = patientRefOf(transaction, command);
    const facts = collectionName.care(patient.home);
    yield deviceAddress('clinical', transaction.submitter.deviceKey);
    yield patientAddress(patient);
    yield headAddress(patient);
    for (const { category, confidentiality, batchId } of batches) {
      yield categoryKeyAddress(patient, category, confidentiality);
      yield batchKeyAddress(facts, patient, batchId);
    }
    const brought = new Set(batches.map(({ batchId }) => batchId));
    for (const { batchId, category } of records) {
      if (brought.has(batchId)) continue;
      yield batchKeyAddress(facts, patient, batchId);
      yield categoryKeyAddress(patient, category, 'N');
    }
    for (const category of new Set(records.map((record) => record.category))) yield openingAddress(patient, category);
  },
  async decide(transaction, { key, ...command }) {
    const { ledger, timeMs, submitter } = transaction;
    const { records } = command.body;
    const patient = patientRefOf(transaction, command);
    const actor = await requireStaffActor(transaction, ['clinical', 'registry']);
    requireAct(actor, 'care.writeRecords', timeMs);
    if (submitter.mspId !== patient.home) throw new Refusal('organization_not_allowed');
    if ((await requirePatient(transaction, patient)).status === 'deceased') throw new Refusal('patient_deceased');

    const batchKeys = await batchesOf(transaction, patient, actor, command.body);
    const origin = { commandKey: key, deviceKey: submitter.deviceKey, handle: patient.handle };
    const head = await ledger.get(chainHeadType, headAddress(patient));
    let { length, hash } = head!;
    const entries: RecordFact[] = [];
    for (const [index, record] of records.entries()) {
      const batch = batchKeys.get(record.batchId)!;
      await requireRightVersion(transaction, patient, batch, { origin, index, record });
      const { recordId, version, category, clinicalDate, cid, sha256, size, batchId, wrappedKey, sealed, terms } =
        record;
      const unhashed = {
        patientId: patient.patientId,
        recordId,
        version,
        category,
        clinicalDate,
        cid,
        sha256,
        size,
        batchId,
        wrappedKey,
        sealed,
        ...(terms === undefined ? {} : { terms }),
        confidentiality: batch.confidentiality,
        authorId: actor.staffId,
        authorOrg: actor.mspId,
        authorGroup: batch.authorGroup,
        recordTime: transaction.time,
        sequence: length + 1,
        previousHash: hash,
      };
      const entry: RecordFact = { ...unhashed, hash: entryHash(unhashed) };
      ({ sequence: length, hash } = entry);
      ledger.put(recordFactType, recordAddress(collectionName.care(patient.home), patient, recordId, version), entry);
      entries.push(entry);
    }
    ledger.put(chainHeadType, headAddress(patient), { patientId: patient.patientId, length, hash });
    await mirrorWhereOpened(transaction, patient, entries, batchKeys);
    return { result: { records: entries.map(({ recordId, version }) => ({ recordId, version })), length, hash } };
  },
});

/**
 * The batches that the records name: those that the command brings, which are stored, and earlier ones of the same group.
 * Each is of the current epoch of its category, so that after a revocation nothing is sealed to a key that was given away.
 */
async function batchesOf(
  transaction: Transaction,
  patient: PatientRef,
  actor: StaffActor,
  { batches, records }: AppendRecords,
): Promise<ReadonlyMap<string, BatchKey>> {
  const { ledger } = transaction;
  const facts = collectionName.care(patient.home);
  const found = new Map<string, BatchKey>();
  for (const [index, batch] of batches.entries()) {
    const fact: BatchKey = { ...batch, patientId: patient.patientId, authorOrg: actor.mspId };
    await requireUsable(transaction, patient, actor, fact, `/batches/${index}`);
    const at = batchKeyAddress(facts, patient, batch.batchId);
    if (await ledger.has(at)) throw new Refusal('already_exists', undefined, `/batches/${index}/batchId`);
    ledger.put(batchKeyType, at, fact);
    found.set(batch.batchId, fact);
  }
  for (const [index, { batchId }] of records.entries()) {
    if (found.has(batchId)) continue;
    const pointer = `/records/${index}/batchId`;
    const earlier = await ledger.get(batchKeyType, batchKeyAddress(facts, patient, batchId));
    if (earlier === undefined) throw new Refusal('validation_failed', 'names no batch of this patient', pointer);
    await requireUsable(transaction, patient, actor, earlier, pointer);
    found.set(batchId, earlier);
  }
  return found;
}

async function requireUsable(
  { ledger }: Transaction,
  patient: PatientRef,
  actor: StaffActor,
  { authorOrg, authorGroup, category, confidentiality, epoch }: BatchKey,
  pointer: string,
): Promise<void> {
  const isOwnGroup = actor.department === undefined || authorGroup === actor.department;
  if (authorOrg !== actor.mspId || !isOwnGroup)
    throw new Refusal('validation_failed', "must be of the author's department", pointer);
  const key = await ledger.get(categoryKeyType, categoryKeyAddress(patient, category, confidentiality));
  if (key === undefined) throw new Refusal('category_key_not_found', undefined, pointer);
  if (key.epoch !== epoch) throw new Refusal('epoch_not_current', `the epoch is ${key.epoch}`, pointer);
}

/** A new record has the id that follows from the command; a further version continues the newest of its record. */
async function requireRightVersion(
  { ledger, submitter }: Transaction,
  patient: PatientRef,
  batch: BatchKey,
  { origin, index, record }: { origin: Origin; index: number; record: AppendedRecord },
): Promise<void> {
  const pointer = `/records/${index}`;
  const { recordId, version, category } = record;
  if (batch.category !== 'other' && batch.category !== category)
    throw new Refusal('validation_failed', 'is not the category of its batch', `${pointer}/category`);
  if (version === 1) {
    if (recordId !== recordIdOf(origin, index))
      throw new Refusal('validation_failed', 'does not follow from the command', `${pointer}/recordId`);
    return;
  }
  const facts = collectionName.care(patient.home);
  const previous = await ledger.get(recordFactType, recordAddress(facts, patient, recordId, version - 1));
  if (previous === undefined) throw new Refusal('record_not_found', undefined, `${pointer}/recordId`);
  if (previous.authorOrg !== submitter.mspId) throw new Refusal('organization_not_allowed', undefined, pointer);
  if (previous.withdrawn !== undefined) throw new Refusal('entered_in_error', undefined, `${pointer}/recordId`);
  if (previous.category !== category)
    throw new Refusal('validation_failed', 'an amendment keeps the category', `${pointer}/category`);
  if (await ledger.has(recordAddress(facts, patient, recordId, version)))
    throw new Refusal('version_conflict', undefined, `${pointer}/version`);
}

/** What is opened to another hospital is written to `exchange_H` in the same transaction. */
async function mirrorWhereOpened(
  { ledger }: Transaction,
  patient: PatientRef,
  entries: readonly RecordFact[],
  batchKeys: ReadonlyMap<string, BatchKey>,
): Promise<void> {
  const exchange = collectionName.exchange(patient.home);
  for (const category of new Set<RecordCategory>(entries.map((entry) => entry.category))) {
    const opening = await ledger.get(openingType, openingAddress(patient, category));
    for (const entry of entries.filter((each) => each.category === category && isOpened(opening, each.recordId))) {
      ledger.put(recordFactType, recordAddress(exchange, patient, entry.recordId, entry.version), entry);
      ledger.put(batchKeyType, batchKeyAddress(exchange, patient, entry.batchId), batchKeys.get(entry.batchId)!);
    }
  }
}
