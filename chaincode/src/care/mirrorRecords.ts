import { command } from '../ledger/index.ts';
import {
  batchKeyType,
  collectionName,
  MirrorRecords,
  openingType,
  recordFactType,
  recordWithdrawalType,
  Refusal,
} from '../model/index.ts';
import { batchKeyAddress, openingAddress, recordAddress, withdrawalAddress } from './addresses.ts';
import { isOpened } from './openings.ts';
import { patientRefOf, requirePatientSide } from './patientRef.ts';

/** Copies facts of existing records to `exchange_H`; only what a consent has opened to another hospital. */
export const mirrorRecords = command<MirrorRecords>({
  body: MirrorRecords,
  guards: ({ home }) => collectionName.care(home),
  async decide(transaction, command) {
    const { ledger } = transaction;
    const { home, records } = command.body;
    const patient = patientRefOf(transaction, command);
    await requirePatientSide(transaction, patient);
    const [care, exchange] = [collectionName.care(home), collectionName.exchange(home)];
    for (const [index, { recordId, version }] of records.entries()) {
      const fact = await ledger.get(recordFactType, recordAddress(care, patient, recordId, version));
      if (fact === undefined) throw new Refusal('record_not_found', undefined, `/records/${index}`);
      const opening = await ledger.get(openingType, openingAddress(patient, fact.category));
      if (!isOpened(opening, recordId))
        throw new Refusal('consent_missing', 'it is opened to no other hospital', `/records/${index}`);
      const batch = await ledger.get(batchKeyType, batchKeyAddress(care, patient, fact.batchId));
      ledger.put(recordFactType, recordAddress(exchange, patient, recordId, version), fact);
      ledger.put(batchKeyType, batchKeyAddress(exchange, patient, fact.batchId), batch!);
      const withdrawal = await ledger.get(recordWithdrawalType, withdrawalAddress(care, patient, recordId));
      if (withdrawal !== undefined)
        ledger.put(recordWithdrawalType, withdrawalAddress(exchange, patient, recordId), withdrawal);
    }
    return { result: { mirrored: records.length } };
  },
});
