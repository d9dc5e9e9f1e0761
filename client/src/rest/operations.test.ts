import { expect, test } from '@jest/globals';
import { HealthDataBank, Operations, OperationUnfinished, RestClient, type Operation } from './index.ts';

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A gateway that gives these answers in turn, the last one for ever. */
function gateway(...answers: Answer[]) {
  const received: string[] = [];
  const prefer: (string | null)[] = [];
  let slept = 0;
  const answer: typeof fetch = async (input, init) => {
    const { pathname, search } = new URL(input as string);
    received.push(`${init?.method} ${pathname}${search}`);
    prefer.push(new Headers(init?.headers).get('prefer'));
    const { status = 200, headers = {}, body } = answers[Math.min(received.length, answers.length) - 1]!;
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    return new Response(JSON.stringify(body), { status, headers: { 'content-type': type, ...headers } });
  };
  const sleep = async (milliseconds: number): Promise<void> => {
    slept += milliseconds;
  };
  const rest = new RestClient({ baseUrl: 'http://gateway', fetch: answer, sleep });
  return { rest, received, prefer, slept: () => slept };
}

const queued: Operation = { id: 'o1', kind: 'createRecords', status: 'queued', startedAt: '2026-01-01T00:00:00Z' };
const running: Operation = { ...queued, status: 'running', tries: 2 };
const accepted = { status: 202, headers: { 'preference-applied': 'respond-async' }, body: queued };
const written = { records: [{ id: 'r1', version: 1 }], transactionId: 't', blockNumber: 7 };
const done = { body: { ...running, status: 'succeeded', result: { status: 201, body: written } } };
const record = { type: 'lab_result', content: { a: 1 }, metadata: { date: '2026-02-01' } };

test('a verb that may be done later waits for its operation and answers as if it had been done at once', async () => {
  const { rest, received, prefer } = gateway(accepted, { body: queued }, { body: running }, { body: running }, done);
  const seen: string[] = [];
  const later = { onProgress: ({ status }: Operation) => void seen.push(status) };
  const stored = await new HealthDataBank(rest).storeHealthRecord('p', record, { later });
  expect(stored).toMatchObject({ recordId: 'r1', transactionId: 't' });
  expect(received[0]).toBe('POST /v1/patients/p/records');
  expect(new Set(received.slice(1))).toEqual(new Set(['GET /v1/operations/o1']));
  expect(prefer[0]).toBe('respond-async');
  expect(seen).toEqual(['queued', 'running', 'succeeded']);
});

test('what is answered at once all the same is the answer', async () => {
  const { rest } = gateway({ status: 201, body: written });
  const stored = await new HealthDataBank(rest).storeHealthRecord('p', record, { later: {} });
  expect(stored.recordId).toBe('r1');
  await expect(new Operations(rest).start('/v1/x', {})).rejects.toThrow(RangeError);
});

test('waiting ends with the deadline, and says how the operation was', async () => {
  const { rest, slept } = gateway({ body: queued });
  const failure = await new Operations(rest).result('o1', { withinMs: 5_000 }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(OperationUnfinished);
  expect(failure).toMatchObject({ code: 'operation_unfinished', operation: { status: 'queued' } });
  expect(slept()).toBe(5_000);
});

test('operations are started, listed by state over pages, read, and taken back', async () => {
  const error = { type: 'urn:x', title: 'T.', status: 409, code: 'operation_cancelled' };
  const cancelled = { ...queued, status: 'cancelled', error };
  const { rest, received } = gateway(
    accepted,
    { body: { items: [queued], nextCursor: 'c' } },
    { body: { items: [queued] } },
    { body: queued },
    { status: 201, body: cancelled },
    { body: cancelled },
  );
  const operations = new Operations(rest);
  expect(await operations.start('/v1/patients/p/records', {})).toEqual(queued);
  const listed: Operation[] = [];
  for await (const operation of operations.list({ status: 'queued' })) listed.push(operation);
  expect(listed).toHaveLength(2);
  expect(await operations.get('o1')).toEqual(queued);
  expect(await operations.cancel('o1')).toMatchObject({ status: 'cancelled' });
  await expect(operations.result('o1')).rejects.toMatchObject({ code: 'operation_cancelled', status: 409 });
  expect(received.slice(1, 5)).toEqual([
    'GET /v1/operations?status=queued',
    'GET /v1/operations?status=queued&cursor=c',
    'GET /v1/operations/o1',
    'POST /v1/operations/o1/cancellation',
  ]);
});
