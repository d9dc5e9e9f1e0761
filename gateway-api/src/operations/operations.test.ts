import { describe, expect, it } from '@jest/globals';
import { Refusal } from '@chain-of-care/chaincode/model';
import { clinician, queueOfTest } from '../http/app.fixture.ts';
import { createLog } from '../log.ts';
import { readModelInMemory } from '../readmodel/readModel.fixture.ts';
import type { OperationStore } from './operation.ts';
import { RunningOperations } from './operations.ts';
import { operationsInMemory } from './operationStore.fixture.ts';
import { OperationTable } from './operationTable.ts';

const operations = (store: OperationStore = operationsInMemory()): RunningOperations =>
  new RunningOperations(store, queueOfTest, () => 0, createLog('silent'));
const other = { ...clinician, id: '00000000-0000-4000-8000-000000000002' };
const request = { id: '00000000-0000-4000-8000-00000000000a', digest: 'body' };
const forever = () => new Promise<never>(() => undefined);

describe('an operation', () => {
  it('shows its progress while it runs and its result when it has ended', async () => {
    const all = operations();
    let end: (value: string) => void = () => undefined;
    const { id } = await all.start(clinician, 'import', async (report) => {
      report({ done: 3, total: 9 });
      return new Promise((resolve) => {
        end = resolve;
      });
    });
    expect(await all.get(clinician, id)).toMatchObject({ status: 'running', progress: { done: 3, total: 9 } });
    end('all of it');
    await all.drain();
    expect(await all.get(clinician, id)).toMatchObject({ status: 'succeeded', result: 'all of it' });
  });

  it('ends with the problem of its error, without saying more than a problem does', async () => {
    const all = operations();
    const refused = await all.start(clinician, 'x', async () => {
      throw new Refusal('wrong_state');
    });
    const broken = await all.start(clinician, 'x', async () => {
      throw new Error('secret');
    });
    await all.drain();
    expect(await all.get(clinician, refused.id)).toMatchObject({
      status: 'failed',
      error: { code: 'wrong_state', status: 409 },
    });
    expect(JSON.stringify(await all.get(clinician, broken.id))).not.toContain('secret');
  });

  it('is shown to who started it and to nobody else', async () => {
    const all = operations();
    const { id } = await all.start(clinician, 'x', async () => undefined);
    await expect(all.get(other, id)).rejects.toThrow('not_found');
  });

  it('runs once for its request, and again only after it failed', async () => {
    const all = operations();
    let runs = 0;
    const work = async (): Promise<void> => {
      runs += 1;
      if (runs === 1) throw new Refusal('conflict');
    };
    for (let repeat = 0; repeat < 3; repeat += 1) {
      await Promise.all([all.start(clinician, 'x', work, request), all.start(clinician, 'x', work, request)]);
      await all.drain();
    }
    expect(runs).toBe(2);
  });

  it('is of one request: another with the same key is refused, whether it runs, ended or failed', async () => {
    const all = operations();
    const another = { ...request, digest: 'another body' };
    const startAnother = () => all.start(clinician, 'x', async () => undefined, another);
    let fail: (error: Error) => void = () => undefined;
    const failing = () =>
      new Promise((_, reject) => {
        fail = reject;
      });
    await all.start(clinician, 'x', failing, request);
    await expect(startAnother()).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    fail(new Refusal('conflict'));
    await all.drain();
    await expect(startAnother()).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });
});

describe('after a restart', () => {
  it('an operation that ended is as it was, sealed meanwhile; one that ran has failed and is finished by a repeat', async () => {
    const readModel = await readModelInMemory();
    const store = () => new OperationTable(readModel.db, new Uint8Array(32), () => 0);
    const before = operations(store());
    const ended = await before.start(clinician, 'x', async () => ({ block: 7n, secret: 'Zoe' }));
    await before.drain();
    await before.start(clinician, 'x', forever, request);
    const rows = await readModel.db.selectFrom('operations').select('sealed').execute();
    for (const { sealed } of rows) expect(Buffer.from(sealed).toString('latin1')).not.toMatch(/Zoe|startedAt/);

    const after = operations(store());
    await after.recover(forever);
    expect(await after.get(clinician, ended.id)).toMatchObject({
      status: 'succeeded',
      result: { block: 7, secret: 'Zoe' },
    });
    await expect(after.get(other, ended.id)).rejects.toThrow('not_found');
    expect(await after.get(clinician, request.id)).toMatchObject({
      status: 'failed',
      error: { code: 'interrupted', status: 503 },
    });
    expect(await after.start(clinician, 'x', async () => 'all of it', request)).toMatchObject({ status: 'running' });
    await after.drain();
    expect(await after.get(clinician, request.id)).toMatchObject({ status: 'succeeded', result: 'all of it' });
    await readModel.close();
  }, 60_000);
});
