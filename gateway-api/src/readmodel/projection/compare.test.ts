import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { FixtureLedger } from '../blocks/ledger.fixture.ts';
import { storedSamples } from '../projectors/samples.fixture.ts';
import { auditEvents } from '../queries/audit.ts';
import type { ReadModel } from '../readModel.ts';
import { readModelInMemory, writing } from '../readModel.fixture.ts';
import type { Deviation } from './compare.ts';

const sampleOf = (type: string): object => storedSamples.find(({ t }) => t === type)!;
const access = (accessId: string): object => ({ ...sampleOf('access'), accessId });
/** Of block 0. */
const registeredAt = '2026-01-01T00:00:00.000Z';
const accessWrite = (accessId: string) => ({
  collection: 'access_HospitalMSP',
  key: accessId,
  value: access(accessId),
});

let model: ReadModel;
let ledger: FixtureLedger;

beforeAll(async () => {
  model = await readModelInMemory();
}, 120_000);
afterAll(() => model.close());
beforeEach(async () => {
  await model.forget();
  ledger = new FixtureLedger()
    .add(writing({ collection: 'care_HospitalMSP', key: 'patient', value: { ...sampleOf('patient'), registeredAt } }))
    .add(writing(accessWrite('a1')), writing(accessWrite('a2')))
    .add(writing({ collection: 'care_HospitalMSP', key: 'consent', value: sampleOf('consent') }));
  await model.catchUp(ledger, BigInt(ledger.height - 1));
});

async function deviations(): Promise<readonly Pick<Deviation, 'kind' | 'table' | 'id'>[]> {
  const signal = new AbortController().signal;
  const compared = await model.compare({ from: 0, to: 1_000 }, signal, ledger);
  return compared.deviations.map(({ kind, table, id }) => ({ kind, table, id }));
}

describe('the audit compared with the ledger', () => {
  test('is complete when nothing was lost: each access and act of every block was looked at', async () => {
    const compared = await model.compare({ from: 0, to: 1_000 }, new AbortController().signal, ledger);
    expect(compared).toMatchObject({ from: 0, to: 2, rows: 4, deviations: [] });
    expect(compared.lastBlockHash).toMatch(/^[0-9a-f]{64}$/);
  });

  test('a row that is missing is found and named', async () => {
    await model.db.deleteFrom('accesses').where('access_id', '=', 'a2').execute();
    await model.db.deleteFrom('patient_acts').where('type', '=', 'consent').execute();
    expect(await deviations()).toEqual([
      { kind: 'missing', table: 'accesses', id: 'a2' },
      { kind: 'missing', table: 'patient_acts', id: 'c1' },
    ]);
  });

  test('so is one that says otherwise, and one that nobody wrote to the ledger', async () => {
    await model.db.updateTable('accesses').set({ purpose_of_use: 'HPAYMT' }).where('access_id', '=', 'a1').execute();
    await sql`insert into accesses select 'made-up', patient_id, accessor_id, accessor_org, accessor_role,
      accessor_group, device_key, purpose_of_use, sealed_reason, records, categories, decision, code, basis, withheld,
      record_time, not_after, serves_until, collection, tx_id, block_number from accesses where access_id = 'a2'`.execute(
      model.db,
    );
    expect(await deviations()).toEqual([
      { kind: 'altered', table: 'accesses', id: 'a1' },
      { kind: 'unknown', table: 'accesses', id: 'made-up' },
    ]);
  });

  test('a private value that has not come is pending, and listed once it has', async () => {
    ledger.add(writing({ ...accessWrite('a3'), withheld: true }));
    await model.catchUp(ledger, 3n);
    expect(await deviations()).toMatchObject([{ kind: 'pending', table: 'access_HospitalMSP' }]);
    ledger.releasePrivateData();
    await model.catchUp(ledger, 3n);
    expect(await deviations()).toEqual([]);
  });
});

describe('acts on a patient’s facts', () => {
  const kinds = async (): Promise<string[]> =>
    (await auditEvents(model.db, { limit: 50 })).items.map(({ type, interaction }) => `${type}/${interaction}`);

  test('are events of the audit beside the accesses, newest first', async () => {
    expect(await kinds()).toEqual(['access/read', 'access/read', 'consent/grant', 'patient/register']);
  });

  test('stay when a later value replaces theirs, also within the same blocks', async () => {
    const stops = (...revoked: readonly string[]) => ({
      ...sampleOf('consent-stops'),
      stops: revoked.map((consentId, index) => ({
        consentId,
        revokedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, 3 + index)).toISOString(),
        revokedBy: 'p1',
      })),
    });
    const write = (value: object) => writing({ collection: 'access_HospitalMSP', key: 'stops', value });
    ledger.add(write(stops('c1'))).add(write(stops('c1', 'c2')));
    await model.catchUp(ledger, 4n);
    const revoked = await auditEvents(model.db, { type: 'consent' });
    expect(revoked.items.filter(({ interaction }) => interaction === 'revoke').map(({ subjects }) => subjects)).toEqual(
      [['c2'], ['c1']],
    );
  });

  test('a kind of fact that the audit has no word for is shown under its own name', async () => {
    const value = { t: 'care-plan-goal', v: 1, patientId: 'p1', goalId: 'g1' };
    ledger.add(writing({ collection: 'care_HospitalMSP', key: 'goal', value }));
    await model.catchUp(ledger, 3n);
    const { items } = await auditEvents(model.db, { type: 'change' });
    expect(items).toMatchObject([{ interaction: 'care-plan-goal', subjects: ['g1'] }]);
  });
});
