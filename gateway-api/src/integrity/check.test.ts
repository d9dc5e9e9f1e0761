import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { formats, Refusal, type RecordFact, type RecordVersion } from '@chain-of-care/chaincode/model';
import { chainStart, entryHash } from '@chain-of-care/chaincode/rules';
import { FixtureLedger } from '../readmodel/blocks/ledger.fixture.ts';
import type { ReadModel } from '../readmodel/index.ts';
import { readModelInMemory, staffWrite, writing } from '../readmodel/readModel.fixture.ts';
import type { Services } from '../services.ts';
import { checkIntegrity } from './check.ts';

const patientId = randomUUID();
const ids = [randomUUID(), randomUUID(), randomUUID()];

let readModel: ReadModel;
/** What the peer has; the read model gets it by {@link project}. */
let ledger: readonly RecordFact[];
let peerHeight: number;
let whenAskedForHeight: () => Promise<void>;

beforeAll(async () => {
  readModel = await readModelInMemory();
  await readModel.catchUp(new FixtureLedger().add(writing(staffWrite(patientId))), 0n);
});
beforeEach(async () => {
  await readModel.db.deleteFrom('records').execute();
  ledger = chainOf(3);
  [peerHeight, whenAskedForHeight] = [1, async () => undefined];
  await project(ledger);
});
afterAll(() => readModel.close());

function chainOf(length: number): readonly RecordFact[] {
  const chain: RecordFact[] = [];
  for (const [index, recordId] of ids.slice(0, length).entries()) {
    const entry = {
      ...{ patientId, recordId, version: 1, clinicalDate: '2026-01-01' },
      ...{ category: 'lab_result' as const, confidentiality: 'N' as const },
      ...{ authorId: patientId, authorOrg: 'HospitalMSP', authorGroup: 'cardiology', cid: 'c', sha256: 'a'.repeat(64) },
      ...{ size: 1, batchId: patientId, wrappedKey: 'A', sealed: 'A', recordTime: '2026-01-01T00:00:00.000Z' },
      ...{ sequence: index + 1, previousHash: chain.at(-1)?.hash ?? chainStart },
    };
    chain.push({ ...entry, hash: entryHash(entry) });
  }
  return chain;
}

async function project(facts: readonly RecordFact[]): Promise<void> {
  const rows = facts.map((fact) => ({
    ...{ record_id: fact.recordId, version: fact.version, patient_id: fact.patientId, category: fact.category },
    ...{ confidentiality: fact.confidentiality, clinical_date: fact.clinicalDate, author_id: fact.authorId },
    ...{ author_org: fact.authorOrg, author_group: fact.authorGroup, cid: fact.cid, sha256: fact.sha256 },
    ...{ size: fact.size, batch_id: fact.batchId, wrapped_key: fact.wrappedKey, sealed: fact.sealed, terms: null },
    ...{ record_time: fact.recordTime, sequence: fact.sequence, previous_hash: fact.previousHash, hash: fact.hash },
    ...{ tx_id: 't', block_number: 1, withdrawn: null },
  }));
  await readModel.db.insertInto('records').values(rows).execute();
}

async function broken(): Promise<readonly unknown[]> {
  const known = { patientId, home: 'HospitalMSP', handle: 'h' };
  const head = () => ({ length: ledger.length, hash: ledger.at(-1)!.hash });
  const found = ({ recordId, version }: RecordVersion): RecordFact | null =>
    ledger.find((fact) => fact.recordId === recordId && fact.version === version) ?? null;
  const services = {
    readModel,
    clock: () => 0,
    facts: { patient: async () => known },
    channelReader: {
      height: async () => {
        await whenAskedForHeight();
        return peerHeight;
      },
    },
    ledger: {
      query: async (_: unknown, { body }: { body: { records: readonly RecordVersion[] } }) => {
        const areNames = body.records.every(({ recordId, version }) => formats.uuid(recordId) && version >= 1);
        if (!areNames) throw new Refusal('validation_failed');
        return { head: head(), records: body.records.map(found) };
      },
    },
  } as unknown as Services;
  return (await checkIntegrity(services, patientId, { content: false })).brokenLinks;
}

const change = (values: { version?: number; record_id?: string; sequence?: number }) =>
  readModel.db.updateTable('records').set(values).where('record_id', '=', ids[1]!).execute();

test('a whole chart has no finding', async () => {
  expect(await broken()).toEqual([]);
});

test.each([{ version: 9 }, { version: 0 }, { record_id: randomUUID() }, { record_id: 'nobody’s' }])(
  'an entry under a name that the ledger does not have is a finding, not a refusal: %j',
  async (values) => {
    await change(values);
    expect(await broken()).toMatchObject([
      { sequence: 2, reason: 'hash' },
      { sequence: 2, reason: 'ledger_mismatch' },
    ]);
  },
);

test('an entry far beyond the head is a finding, not a count up to it', async () => {
  await change({ sequence: 2_000_000_000 });
  expect(await broken()).toMatchObject([
    { sequence: 2, reason: 'missing' },
    { sequence: 3, reason: 'previous_hash' },
    { sequence: 2_000_000_000, reason: 'hash' },
  ]);
});

test('a record that comes while the chart is checked is no finding', async () => {
  await readModel.db.deleteFrom('records').where('record_id', '=', ids[2]!).execute();
  whenAskedForHeight = () => project(ledger.slice(2));
  expect(await broken()).toEqual([]);
});

test('a peer that is behind the read model for a moment is no finding', async () => {
  const whole = ledger;
  ledger = whole.slice(0, 2);
  peerHeight = 0;
  whenAskedForHeight = async () => {
    ledger = whole;
  };
  expect(await broken()).toEqual([]);
});

test('a record that does not come is missing', async () => {
  await readModel.db.deleteFrom('records').where('record_id', '=', ids[2]!).execute();
  expect(await broken()).toEqual([{ sequence: 3, reason: 'missing' }]);
});
