import { query } from '../ledger/index.ts';
import {
  chainHeadType,
  collectionName,
  ReadRecords,
  recordFactType,
  Refusal,
  type RecordFact,
} from '../model/index.ts';
import { headAddress, recordAddress } from './addresses.ts';
import { patientRefOf } from './patientRef.ts';

/**
 * Facts of record versions, null for what the ledger does not have, and the head of the chain: to prove what a read model
 * says, also one that says something of its own.
 */
export const readRecords = query<ReadRecords>({
  body: ReadRecords,
  async answer(transaction, query) {
    const { ledger, submitter, consortium } = transaction;
    const { home, records } = query.body;
    const patient = patientRefOf(transaction, query);
    if (submitter.mspId !== home && submitter.mspId !== consortium.regulator)
      throw new Refusal('organization_not_allowed');
    const head = await ledger.get(chainHeadType, headAddress(patient));
    if (head === undefined) throw new Refusal('patient_not_found');
    const facts: (RecordFact | null)[] = [];
    for (const { recordId, version } of records) {
      const at = recordAddress(collectionName.care(home), patient, recordId, version);
      facts.push((await ledger.get(recordFactType, at)) ?? null);
    }
    return { head: { length: head.length, hash: head.hash }, records: facts };
  },
});
