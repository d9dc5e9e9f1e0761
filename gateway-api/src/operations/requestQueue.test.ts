import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { Refusal } from '@chain-of-care/chaincode/model';
import { clinician, queueOfTest } from '../http/app.fixture.ts';
import { Problem } from '../http/problem.ts';
import { createLog } from '../log.ts';
import { readModelInMemory } from '../readmodel/readModel.fixture.ts';
import type { KeptRequest } from './keptRequest.ts';
import type { OperationStatus, OperationStore } from './operation.ts';
import { RunningOperations } from './operations.ts';
import { operationsInMemory } from './operationStore.fixture.ts';
import { OperationTable } from './operationTable.ts';

const uuid = (number: number): string => `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`;
const request = (number: number, lane = 'patient'): KeptRequest => ({
  route: 'createRecords',
  params: {},
  query: {},
  body: { number, secret: 'Zoe' },
  headers: {},
  key: `key ${number}`,
  digest: `digest ${number}`,
  requestId: uuid(0),
  claims: { issuer: clinician.issuer, subject: clinician.subject, scopes: [] },
  address: '192.0.2.7',
  lane,
});
const away = new Problem('unavailable', { detail: 'no answer from RegulatorMSP' });
let now: number;
let fault: Error | undefined;
let tried: number[];
let done: number[];
beforeEach(() => {
  [now, fault, tried, done] = [0, undefined, [], []];
});

async function queue(store: OperationStore = operationsInMemory(), pauseMs = 60_000): Promise<RunningOperations> {
  const limits = { ...queueOfTest, pauseMs, longestPauseMs: pauseMs };
  const all = new RunningOperations(store, limits, () => now, createLog('silent'));
  await all.recover(async ({ body }) => {
    const { number } = body as { number: number };
    tried.push(number);
    if (fault !== undefined) throw fault;
    done.push(number);
    return { status: 201, number };
  });
  return all;
}

describe('a request that runs later', () => {
  it('waits with its reason while the ledger is away, holds those behind it, and is done once in its order', async () => {
    const all = await queue(undefined, 10);
    fault = away;
    for (const number of [1, 2]) await all.enqueue(clinician, request(number), uuid(number));
    await all.enqueue(clinician, request(3, 'another patient'), uuid(3));
    await all.drain();
    expect(await all.get(clinician, uuid(1))).toMatchObject({
      status: 'queued',
      tries: 1,
      waiting: { code: 'unavailable', detail: 'no answer from RegulatorMSP', nextTryAt: expect.any(String) },
    });
    expect(await all.get(clinician, uuid(2))).toMatchObject({
      status: 'queued',
      waiting: { detail: 'an earlier operation goes first' },
    });
    expect(tried).toEqual(expect.not.arrayContaining([2]));
    fault = undefined;
    await delay(100);
    expect(new Set(done)).toEqual(new Set([1, 2, 3]));
    expect(done).toHaveLength(3);
    expect(done.indexOf(1)).toBeLessThan(done.indexOf(2));
    const ended = await all.get(clinician, uuid(2));
    expect(ended).toMatchObject({ status: 'succeeded', result: { status: 201, number: 2 } });
    expect(ended.waiting).toBeUndefined();
  });

  it('fails at once by what does not pass, and with the last reason when its time is over', async () => {
    const all = await queue();
    fault = new Refusal('staff_suspended');
    await all.enqueue(clinician, request(1), uuid(1));
    await all.drain();
    expect(await all.get(clinician, uuid(1))).toMatchObject({ status: 'failed', error: { code: 'staff_suspended' } });
    const late = await queue(undefined, 10);
    fault = away;
    await late.enqueue(clinician, request(1), uuid(1));
    await late.drain();
    now = queueOfTest.withinMs;
    await delay(50);
    expect(await late.get(clinician, uuid(1))).toMatchObject({ status: 'failed', error: { code: 'unavailable' } });
  });

  it('is not tried again for a conflict that does not pass, which would hold the chart for everybody', async () => {
    const all = await queue();
    fault = new Problem('conflict', { detail: 'there are 50 standing rules: end one first' });
    await all.enqueue(clinician, request(1), uuid(1));
    await all.drain();
    expect(await all.get(clinician, uuid(1))).toMatchObject({ status: 'failed', error: { code: 'conflict' } });
    fault = new Problem('conflict', { headers: { 'retry-after': '2' } });
    await all.enqueue(clinician, request(2), uuid(2));
    await all.drain();
    expect(await all.get(clinician, uuid(2))).toMatchObject({ status: 'queued', waiting: { code: 'conflict' } });
  });

  it('sent twice at once is one operation', async () => {
    const all = await queue();
    const both = await Promise.all([1, 2].map(() => all.enqueue(clinician, request(1), uuid(1))));
    expect(both.map(({ id }) => id)).toEqual([uuid(1), uuid(1)]);
    await all.drain();
    expect(tried).toEqual([1]);
  });

  it('that was taken back stays so, however slowly its last failure was kept', async () => {
    const slow = operationsInMemory();
    const kept: (() => void)[] = [];
    const put: OperationStore['put'] = async (one) => {
      if (one.operation.waiting?.code === 'unavailable') await new Promise<void>((resolve) => kept.push(resolve));
      return slow.put(one);
    };
    const all = await queue({ ...slow, put }, 10);
    fault = away;
    await all.enqueue(clinician, request(1), uuid(1));
    await all.enqueue(clinician, request(2), uuid(2));
    for (let rest = 100; kept.length === 0 && rest > 0; rest -= 1) await delay(5);
    await expect(all.cancel(clinician, uuid(1))).rejects.toMatchObject({ code: 'operation_irrevocable' });
    fault = undefined;
    for (const each of kept) each();
    await all.drain();
    await all.cancel(clinician, uuid(1)).catch(() => undefined);
    await delay(50);
    await all.drain();
    expect(tried.filter((number) => number === 2)).toHaveLength(1);
    expect(done).toContain(2);
    expect(await slow.unfinished()).toEqual([]);
  });

  it('is taken back only while it is queued and cannot have been committed', async () => {
    const all = await queue();
    fault = away;
    await all.enqueue(clinician, request(1), uuid(1));
    await all.drain();
    fault = new Problem('commit_unknown');
    await expect(all.cancel({ ...clinician, id: uuid(9) }, uuid(1))).rejects.toThrow('not_found');
    await all.enqueue(clinician, request(2), uuid(2));
    expect(await all.cancel(clinician, uuid(1))).toMatchObject({
      status: 'cancelled',
      error: { code: 'operation_cancelled' },
    });
    await all.drain();
    expect(tried).toEqual([1, 2]);
    await expect(all.cancel(clinician, uuid(2))).rejects.toMatchObject({ code: 'operation_irrevocable' });
    expect(await all.cancel(clinician, uuid(1))).toMatchObject({ status: 'cancelled' });
    const { items } = await all.list(clinician, {});
    expect(items.map(({ status }) => status)).toEqual(['cancelled', 'queued']);
  });

  it('is turned away when the caller, or all together, have too many', async () => {
    const all = await queue();
    fault = away;
    const of = (index: number) => ({ ...clinician, id: uuid(Math.floor(index / queueOfTest.perCaller)) });
    for (let index = 0; index < queueOfTest.ofAll; index += 1)
      await all.enqueue(of(index), request(index), uuid(index));
    const more = (caller: typeof clinician) => all.enqueue(caller, request(99), uuid(99));
    await expect(more(of(0))).rejects.toMatchObject({ code: 'unavailable', headers: { 'retry-after': '60' } });
    await all.cancel(of(9), uuid(9));
    await expect(more(of(0))).rejects.toMatchObject({ code: 'queue_full', status: 429 });
    expect(await more(of(9))).toMatchObject({ status: 'queued' });
    expect(await all.enqueue(of(0), request(0), uuid(0))).toMatchObject({ id: uuid(0) });
  });
});

describe('what requests that run later say', () => {
  const large = (number: number, length: number) => ({
    ...request(number),
    body: { number, text: 'x'.repeat(length) },
  });

  it('is bounded in memory, of one caller and of all together, however few they are', async () => {
    const all = await queue();
    fault = away;
    const of = (index: number) => ({ ...clinician, id: uuid(index) });
    await all.enqueue(of(0), large(0, 6_000), uuid(0));
    await expect(all.enqueue(of(0), large(1, 6_000), uuid(1))).rejects.toMatchObject({ code: 'queue_full' });
    for (const index of [2, 3]) await all.enqueue(of(index), large(index, 9_000), uuid(index));
    await expect(all.enqueue(of(4), large(4, 9_000), uuid(4))).rejects.toMatchObject({ code: 'unavailable' });
    await all.cancel(of(2), uuid(2));
    expect(await all.enqueue(of(4), large(4, 9_000), uuid(4))).toMatchObject({ status: 'queued' });
  });
});

describe('after a restart', () => {
  it('what was queued is taken up in its order, sealed meanwhile; forgotten once it has ended', async () => {
    const readModel = await readModelInMemory();
    const store = new OperationTable(readModel.db, new Uint8Array(32), () => now);
    const sealed = async (): Promise<string[]> => {
      const rows = await readModel.db.selectFrom('operations').selectAll().execute();
      return rows.map((row) => JSON.stringify({ ...row, sealed: Buffer.from(row.sealed).toString('latin1') }));
    };
    const before = await queue(store);
    fault = away;
    for (const number of [3, 1, 2]) await before.enqueue(clinician, request(number), uuid(number));
    const waiting = await before.list(clinician, { status: 'queued', limit: 2 });
    expect([waiting.items.length, waiting.nextCursor === undefined]).toEqual([2, false]);
    await before.stop();
    for (const row of await sealed()) expect(row).not.toMatch(/Zoe|createRecords|192\.0\.2|dr-ada/);
    expect((await sealed()).join()).not.toContain(clinician.id);

    fault = undefined;
    const after = await queue(store);
    for (let rest = 100; done.length < 3 && rest > 0; rest -= 1) await delay(10);
    await after.drain();
    expect(done).toEqual([3, 1, 2]);
    const kept = await store.find(uuid(3));
    expect([kept?.request, kept?.operation.status]).toEqual([undefined, 'succeeded']);
    const page = await after.list(clinician, { limit: 2 });
    expect(page.items.map(({ id }) => id)).toEqual([uuid(3), uuid(2)]);
    const count = async (status: OperationStatus) => (await after.list(clinician, { status })).items.length;
    expect([await count('succeeded'), await count('queued')]).toEqual([3, 0]);
    expect((await after.list(clinician, { limit: 2, cursor: page.nextCursor! })).items).toHaveLength(1);
    await readModel.close();
  }, 60_000);

  it('what was being tried may have been committed: it is tried again, and cannot be taken back', async () => {
    const store = operationsInMemory();
    const killed = new RunningOperations(store, queueOfTest, () => now, createLog('silent'));
    await killed.recover(() => new Promise(() => undefined));
    await killed.enqueue(clinician, request(1), uuid(1));
    fault = away;
    const after = await queue(store);
    await after.drain();
    expect(tried).toEqual([1]);
    expect(await after.get(clinician, uuid(1))).toMatchObject({ status: 'queued' });
    await expect(after.cancel(clinician, uuid(1))).rejects.toMatchObject({ code: 'operation_irrevocable' });
  });
});
