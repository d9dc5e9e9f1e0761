import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RecordFact, RecordVersion } from '@chain-of-care/chaincode/model';
import { entryHash } from '@chain-of-care/chaincode/rules';
import { sealFacts } from '@chain-of-care/client';
import type { Caller } from '../auth/caller.ts';
import type { ReadModel } from '../readmodel/index.ts';
import { readModelInMemory } from '../readmodel/readModel.fixture.ts';
import type { Services } from '../services.ts';
import type { OpenedAccesses } from './openedAccesses.ts';
import { ServedAccess, type RecordSearch } from './serve.ts';

const home = 'HospitalMSP';
const patientId = randomUUID();
const dataKey = new Uint8Array(randomBytes(32));
let model: ReadModel;
let facts: readonly RecordFact[];

beforeAll(async () => {
  model = await readModelInMemory();
  const first = await recordFact(1, '0'.repeat(64), 'Blood count');
  facts = [first, await recordFact(2, first.hash, 'Lipids')];
  for (const fact of facts) await insert(fact);
}, 120_000);
afterAll(() => model.close());

async function recordFact(sequence: number, previousHash: string, title: string): Promise<RecordFact> {
  const version: RecordVersion = { recordId: randomUUID(), version: 1 };
  const entry = {
    ...version,
    patientId,
    category: 'lab_result' as const,
    confidentiality: 'N' as const,
    clinicalDate: '2026-01-01',
    authorId: randomUUID(),
    authorOrg: home,
    authorGroup: 'cardiology',
    cid: `cid-${sequence}`,
    sha256: 'a'.repeat(64),
    size: 1,
    batchId: randomUUID(),
    wrappedKey: 'AA',
    sealed: await sealFacts(dataKey, version, { title }),
    recordTime: '2026-01-01T00:00:00.000Z',
    sequence,
    previousHash,
  };
  return { ...entry, hash: entryHash(entry) };
}

async function insert(fact: RecordFact): Promise<void> {
  await model.db
    .insertInto('records')
    .values({
      record_id: fact.recordId,
      version: fact.version,
      patient_id: fact.patientId,
      category: fact.category,
      confidentiality: fact.confidentiality,
      clinical_date: fact.clinicalDate,
      author_id: fact.authorId,
      author_org: fact.authorOrg,
      author_group: fact.authorGroup,
      cid: fact.cid,
      sha256: fact.sha256,
      size: fact.size,
      batch_id: fact.batchId,
      wrapped_key: fact.wrappedKey,
      sealed: fact.sealed,
      record_time: fact.recordTime,
      sequence: fact.sequence,
      previous_hash: fact.previousHash,
      hash: fact.hash,
      withdrawn: null,
      terms: null,
      tx_id: 'TX',
      block_number: 1,
    })
    .execute();
}

/** An access to all of the category; the reader has keys of the records that `hasKey` names. */
async function served(hasKey: (fact: RecordFact) => boolean): Promise<ServedAccess> {
  const services = {
    readModel: model,
    facts: { patient: async () => ({ patientId, home, handle: 'ab'.repeat(16) }) },
    ledger: { query: async () => ({ permitted: facts }) },
  } as unknown as Services;
  const opened = {
    access: { accessId: randomUUID(), patientId, accessorOrg: home, categories: ['lab_result'] },
    keys: { find: async (fact: RecordFact) => (hasKey(fact) ? dataKey : undefined) },
  };
  const accesses = { services, of: async () => opened } as unknown as OpenedAccesses;
  return ServedAccess.of(accesses, { identity: { mspId: home } } as Caller, opened.access.accessId);
}

const everything: RecordSearch = { open: {}, sealed: {}, verify: false, total: true };

test('a record whose key is not sealed to the reader yet is listed without description, and takes no other away', async () => {
  const access = await served(({ sequence }) => sequence === 1);
  const { items, total } = await access.records(everything, {});
  expect(items.map(({ fact, description }) => [fact.sequence, description])).toEqual([
    [2, undefined],
    [1, { title: 'Blood count' }],
  ]);
  expect(total).toBe(2);
});

test('a search in what is sealed passes over what cannot be opened', async () => {
  const access = await served(({ sequence }) => sequence === 1);
  const { items } = await access.records({ ...everything, sealed: { title: 'l' } }, {});
  expect(items.map(({ fact }) => fact.sequence)).toEqual([1]);
});
