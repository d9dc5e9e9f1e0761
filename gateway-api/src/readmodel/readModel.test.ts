import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { FixtureLedger } from './blocks/ledger.fixture.ts';
import { LedgerMismatch, WaitTimeout, DirectoryInUse, type ReadModel } from './index.ts';
import { rebuild } from './rebuildReport.ts';
import { readModelInMemory, staffValue, staffWrite, writing } from './readModel.fixture.ts';

const licence = (licenceId: string, status = 'active'): object => ({
  licenceId,
  kind: 'professional',
  status,
  validFrom: '2026-01-01T00:00:00Z',
  validUntil: '2027-01-01T00:00:00Z',
  grantedAt: '2026-01-01T00:00:00Z',
  changedAt: '2026-01-01T00:00:00Z',
});
const licences = (holder: string, ...list: readonly object[]): object => ({
  t: 'licences',
  v: 1,
  holder,
  licences: list,
});

let model: ReadModel;
beforeAll(async () => {
  model = await readModelInMemory();
}, 120_000);
afterAll(() => model.close());
beforeEach(() => model.forget());

const staffIds = async (): Promise<string[]> =>
  (await model.db.selectFrom('staff').select('staff_id').orderBy('staff_id').execute()).map((row) => row.staff_id);

async function project(ledger: FixtureLedger, into = model): Promise<void> {
  await into.catchUp(ledger, BigInt(ledger.height - 1));
}

describe('projection', () => {
  test('a value becomes the rows of its type, and the current value of its key', async () => {
    await project(new FixtureLedger().add(writing(staffWrite('s1'))));
    expect(await model.db.selectFrom('staff').selectAll().execute()).toEqual([
      {
        staff_id: 's1',
        msp_id: 'HospitalMSP',
        role: 'clinician',
        department: 'cardiology',
        gln: null,
        sealing_key: null,
        status: 'active',
        registered_at: new Date('2026-01-01T00:00:00Z'),
      },
    ]);
    expect(await model.db.selectFrom('ledger_state').selectAll().execute()).toMatchObject([
      {
        collection: 'clinical',
        key: 'staff|s1',
        type: 'staff',
        value: staffValue('s1'),
        block_number: 0,
        tx_id: 'tx-0-0',
      },
    ]);
  });

  test('the last write to a key counts, within a block and across blocks', async () => {
    const ledger = new FixtureLedger()
      .add(writing(staffWrite('s1', { role: 'nurse' })), writing(staffWrite('s1', { role: 'clinician' })))
      .add(writing(staffWrite('s2', { role: 'nurse' })))
      .add(writing(staffWrite('s2', { role: 'registrar' })));
    await project(ledger);
    const rows = await model.db.selectFrom('staff').select(['staff_id', 'role']).orderBy('staff_id').execute();
    expect(rows).toEqual([
      { staff_id: 's1', role: 'clinician' },
      { staff_id: 's2', role: 'registrar' },
    ]);
  });

  test('rows that a newer value no longer has, and rows of a deleted key, are removed', async () => {
    const at = { collection: 'clinical', key: 'licences|s1' };
    const ledger = new FixtureLedger()
      .add(writing({ ...at, value: licences('s1', licence('l1'), licence('l2')) }, staffWrite('s1')))
      .add(writing({ ...at, value: licences('s1', licence('l2', 'suspended')) }));
    await project(ledger);
    expect(await model.db.selectFrom('licences').select(['licence_id', 'status']).execute()).toEqual([
      { licence_id: 'l2', status: 'suspended' },
    ]);
    await project(ledger.add(writing({ ...at }, { collection: 'clinical', key: 'staff|s1', purge: true })));
    expect(await model.db.selectFrom('licences').selectAll().execute()).toEqual([]);
    expect(await staffIds()).toEqual([]);
    expect(await model.db.selectFrom('ledger_state').selectAll().execute()).toEqual([]);
  });

  test('an invalid transaction changes nothing and is listed with its code', async () => {
    await project(new FixtureLedger().add({ code: 11, writes: [staffWrite('s1')] }, writing(staffWrite('s2'))));
    expect(await staffIds()).toEqual(['s2']);
    expect(
      await model.db.selectFrom('transactions').select(['tx_id', 'validation_code']).orderBy('tx_index').execute(),
    ).toEqual([
      { tx_id: 'tx-0-0', validation_code: 11 },
      { tx_id: 'tx-0-1', validation_code: 0 },
    ]);
  });

  test('a value that no projector understands or no column holds is left out and noted; the rest goes on', async () => {
    const ledger = new FixtureLedger().add(
      writing(
        staffWrite('s1'),
        staffWrite('s2', { registeredAt: 'the day before yesterday' }),
        { collection: 'clinical', key: 'licences|x', value: { t: 'licences', v: 1 } },
        { key: 'garbage', value: Buffer.from('{') },
      ),
    );
    await project(ledger);
    expect(await staffIds()).toEqual(['s1']);
    const faults = await model.db.selectFrom('projection_faults').select(['type', 'code']).orderBy('code').execute();
    expect(faults).toEqual([
      { type: 'staff', code: '22007' },
      { type: 'licences', code: 'projector' },
      { type: '', code: 'unreadable' },
    ]);
  });

  test('characters that the database cannot hold do not stop the projection', async () => {
    const value = Buffer.from(JSON.stringify(staffValue('s1', { department: 'a\u0000b\ud800c' })));
    await project(new FixtureLedger().add(writing(staffWrite('s1', {}, { value }))));
    const row = await model.db.selectFrom('staff').select('department').executeTakeFirst();
    expect(row?.department).toBe('a\uFFFDb\uFFFDc');
  });

  test('other chaincodes and collections of others are not ours', async () => {
    await project(
      new FixtureLedger().add(
        writing({ collection: 'care_OtherHospitalMSP', key: 'k', value: { t: 'x' }, withheld: true }),
      ),
    );
    expect(await model.db.selectFrom('pending_private_writes').selectAll().execute()).toEqual([]);
  });
});

describe('private data that comes late', () => {
  test('is pending, then applied', async () => {
    const ledger = new FixtureLedger().add(writing(staffWrite('s1', {}, { withheld: true })));
    await project(ledger);
    expect(await staffIds()).toEqual([]);
    expect((await model.lag()).pendingPrivateWrites).toBe(1);
    ledger.releasePrivateData();
    await project(ledger);
    expect(await staffIds()).toEqual(['s1']);
    expect((await model.lag()).pendingPrivateWrites).toBe(0);
  });

  test('does not overwrite what was written after it', async () => {
    const ledger = new FixtureLedger()
      .add(writing(staffWrite('s1', { role: 'nurse' }, { withheld: true })))
      .add(writing(staffWrite('s1', { role: 'clinician' })));
    await model.catchUp(ledger, 0n);
    await model.catchUp(ledger, 1n);
    expect((await model.lag()).pendingPrivateWrites).toBe(0);
    ledger.releasePrivateData();
    await project(ledger);
    expect(await model.db.selectFrom('staff').select('role').execute()).toEqual([{ role: 'clinician' }]);
  });

  test('a deletion needs only the hash of the key', async () => {
    const ledger = new FixtureLedger().add(writing(staffWrite('s1')));
    await project(ledger);
    await project(ledger.add(writing({ collection: 'clinical', key: 'staff|s1', withheld: true })));
    expect(await staffIds()).toEqual([]);
  });
});

describe('following', () => {
  test('waits for blocks and transactions, and tells listeners after the rows are there', async () => {
    const live = await readModelInMemory();
    const ledger = new FixtureLedger();
    const told: unknown[] = [];
    live.onBlock(({ blockNumber, changes }) => told.push([blockNumber, changes.map(({ type }) => type)]));
    live.start(ledger);
    const waiting = live.waitForTransaction('tx-1-0');
    ledger.add(writing(staffWrite('s1'))).add(writing(staffWrite('s2')));
    expect(await waiting).toBe(1);
    await live.waitForBlock(1n);
    expect(told).toEqual([
      [0, ['staff']],
      [1, ['staff']],
    ]);
    await expect(live.waitForBlock(2, { timeoutMs: 20 })).rejects.toThrow(WaitTimeout);
    await expect(live.waitForBlock(2, { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
    expect(await live.waitForTransaction('tx-0-0')).toBe(0);
    expect(await live.lag()).toEqual({ height: 1, ledgerHeight: 1, blocks: 0, pendingPrivateWrites: 0 });
    await live.close();
  }, 120_000);

  test('who reads after a write was acknowledged waits for its rows, and only then', async () => {
    const live = await readModelInMemory();
    await live.waitForAcknowledged();
    live.acknowledge(1n);
    live.acknowledge(0n);
    await expect(live.waitForAcknowledged({ timeoutMs: 20 })).rejects.toThrow(WaitTimeout);
    const ledger = new FixtureLedger().add(writing(staffWrite('s1'))).add(writing(staffWrite('s2')));
    live.start(ledger);
    await live.waitForAcknowledged();
    expect(live.height).toBe(1);
    await live.close();
  }, 120_000);

  test('blocks that come while nobody waits share a database transaction, and who waits is not kept waiting', async () => {
    const live = await readModelInMemory();
    const ledger = new FixtureLedger();
    const transactions = jest.spyOn(live.db, 'transaction');
    live.start(ledger);
    for (const name of ['s1', 's2', 's3']) ledger.add(writing(staffWrite(name)));
    const told = new Promise<void>((resolve) => live.onBlock(({ blockNumber }) => blockNumber === 2 && resolve()));
    await told;
    expect(transactions).toHaveBeenCalledTimes(1);
    ledger.add(writing(staffWrite('s4')));
    await live.waitForBlock(3);
    expect(transactions).toHaveBeenCalledTimes(2);
    await live.close();
  }, 120_000);

  test('a ledger that was made anew is refused', async () => {
    await project(new FixtureLedger().add(writing(staffWrite('s1'))));
    const anew = new FixtureLedger().add(writing(staffWrite('s9'))).add(writing(staffWrite('s2')));
    await expect(project(anew)).rejects.toThrow(LedgerMismatch);
    expect(await staffIds()).toEqual(['s1']);
  });

  test('rebuilding from block 0 gives the same rows, however the blocks were grouped', async () => {
    const ledger = new FixtureLedger();
    for (let block = 0; block < 20; block += 1) {
      ledger.add(writing(staffWrite(`s${block % 7}`, { department: `d${block}` })), writing(staffWrite(`t${block}`)));
      await model.catchUp(ledger, BigInt(block));
    }
    ledger.add(writing({ collection: 'clinical', key: 'staff|t3' }));
    await project(ledger);
    const before = await model.dump();
    await model.forget();
    expect((await model.dump()).every(({ rows }) => rows === 0)).toBe(true);
    await project(ledger);
    expect(await model.dump()).toEqual(before);
    expect(before.find(({ table }) => table === 'staff')?.rows).toBe(26);
  });
});

describe('rebuild', () => {
  test('keeps what the gateway has for itself', async () => {
    const row = { patient_id: 'p1', sealed: Buffer.of(1), updated_at: '2026-01-01T00:00:00Z' };
    await model.db.insertInto('demographics').values(row).execute();
    await rebuild(model, new FixtureLedger().add(writing(staffWrite('s1'))), 1n);
    expect(await model.db.selectFrom('demographics').select('patient_id').execute()).toEqual([{ patient_id: 'p1' }]);
  });

  test('says which tables had other rows than the ledger gives', async () => {
    const ledger = new FixtureLedger().add(writing(staffWrite('s1'))).add(writing(staffWrite('s2')));
    await model.catchUp(ledger, 0n);
    expect(await rebuild(model, ledger, 2n)).toMatchObject({ blocks: 2, differing: [] });
    expect(await staffIds()).toEqual(['s1', 's2']);
    await model.db.updateTable('staff').set({ role: 'administrator' }).where('staff_id', '=', 's1').execute();
    expect(await rebuild(model, ledger, 2n)).toMatchObject({ differing: ['staff'] });
    await model.forget();
    expect(await rebuild(model, ledger, 2n)).not.toHaveProperty('differing');
  });
});

describe('a PGlite directory', () => {
  test('keeps the checkpoint, and is refused to a second process', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'readmodel-'));
    const directory = join(parent, 'readmodel');
    const ledger = new FixtureLedger().add(writing(staffWrite('s1')));
    const first = await readModelInMemory({ directory });
    await project(ledger, first);
    await expect(readModelInMemory({ directory })).rejects.toThrow(DirectoryInUse);
    await first.close();
    const second = await readModelInMemory({ directory });
    expect(second.height).toBe(0);
    await project(ledger.add(writing(staffWrite('s2'))), second);
    expect(await second.db.selectFrom('staff').select('staff_id').orderBy('staff_id').execute()).toEqual([
      { staff_id: 's1' },
      { staff_id: 's2' },
    ]);
    await second.close();
    await rm(parent, { recursive: true });
  }, 180_000);
});
