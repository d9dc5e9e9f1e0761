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

/** Facts of record versions and the head of the chain as the ledger has them, to prove what a read model says. */
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
    const facts: RecordFact[] = [];
    for (const [index, { recordId, version }] of records.entries()) {
      const at = recordAddress(collectionName.care(home), patient, recordId, version);
      const fact = await ledger.get(recordFactType, at);
      if (fact === undefined) throw new Refusal('record_not_found', undefined, `/records/${index}`);
      facts.push(fact);
    }
    return { head: { length: head.length, hash: head.hash }, records: facts };
  },
});
