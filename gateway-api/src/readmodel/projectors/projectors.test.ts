import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as model from '@chain-of-care/chaincode/model';
import { sql } from 'kysely';
import { FixtureLedger } from '../blocks/ledger.fixture.ts';
import type { Database } from '../database/schema.ts';
import { readTableShapes } from '../projection/tableWriter.ts';
import type { ReadModel } from '../readModel.ts';
import { readModelInMemory, writing } from '../readModel.fixture.ts';
import { projectors } from './index.ts';
import { storedSamples } from './samples.fixture.ts';

let readModel: ReadModel;
beforeAll(async () => {
  readModel = await readModelInMemory();
}, 120_000);
afterAll(() => readModel.close());

const written = {
  collection: '',
  isMirror: false,
  txId: 'tx',
  blockNumber: 1,
  txIndex: 0,
  time: '2026-01-01T00:00:00.000Z',
  mspId: 'HospitalMSP',
  deviceKey: '',
};

/** Declared by the model's modules with `storedType`. */
const storedTypes = Object.values(model).flatMap((exported) =>
  typeof exported === 'object' && exported !== null && 'upcasters' in exported ? [exported.name] : [],
);

describe('projectors', () => {
  test('there is one for every stored type of the model', () => {
    expect(Object.keys(projectors).sort()).toEqual([...storedTypes].sort());
    expect(storedSamples.map(({ t }) => t).sort()).toEqual([...storedTypes].sort());
  });

  test.each(storedSamples)('$t gives rows with exactly the columns of their tables', async (sample) => {
    const shapes = await readTableShapes(readModel.db);
    const rows = projectors[sample.t]!(sample, written);
    expect(rows.length).toBeGreaterThan(0);
    for (const { table, row } of rows) expect(Object.keys(row).sort()).toEqual([...shapes.get(table)!.columns].sort());
  });

  test('what they give fits the tables, and the views of the client show it', async () => {
    const ledger = new FixtureLedger().add(
      writing(...storedSamples.map((value, index) => ({ collection: 'care_HospitalMSP', key: String(index), value }))),
    );
    await readModel.catchUp(ledger, 0n);
    expect(await readModel.db.selectFrom('projection_faults').selectAll().execute()).toEqual([]);
    const views = [
      'health_records_blockchain',
      'consent_rules',
      'authorized_supply_chain_actors',
      'pharmaceutical_products',
      'supply_chain_events',
      'counterfeit_alerts',
    ] as const satisfies readonly (keyof Database)[];
    for (const view of views) {
      const { rows } = await sql`select * from ${sql.table(view)}`.execute(readModel.db);
      expect([view, rows.length]).toEqual([view, 1]);
    }
    const record = await readModel.db.selectFrom('health_records_blockchain').selectAll().executeTakeFirstOrThrow();
    expect(record).toMatchObject({
      patient_did: 'did:key:zPatient',
      record_type: 'diagnosis',
      encrypted_data: 'bafkrei',
    });
    const rule = await readModel.db.selectFrom('consent_rules').selectAll().executeTakeFirstOrThrow();
    expect(rule).toMatchObject({
      granted_to: 'person/HospitalMSP/s1',
      purpose: ['TREAT'],
      revoked_at: new Date('2026-02-02'),
    });
  });

  test('a fact that another collection repeats is taken once, from the original', () => {
    for (const type of ['record', 'batch-key']) {
      const sample = storedSamples.find(({ t }) => t === type)!;
      expect(projectors[type]!(sample, { ...written, isMirror: true })).toEqual([]);
    }
  });

  test('a value of a newer schema version is refused, not guessed at', () => {
    expect(() => projectors['staff']!({ t: 'staff', v: 99 }, written)).toThrow(RangeError);
  });
});
