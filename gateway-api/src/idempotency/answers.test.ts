import { expect, test } from '@jest/globals';
import { Refusal } from '@chain-of-care/chaincode/model';
import { Problem } from '../http/problem.ts';
import { createLog } from '../log.ts';
import { readModelInMemory } from '../readmodel/readModel.fixture.ts';
import { FirstAnswers } from './answers.ts';
import { answersInMemory } from './answerStore.fixture.ts';
import { AnswerTable } from './answerTable.ts';

const answers = (): FirstAnswers => new FirstAnswers(new Uint8Array(32), answersInMemory(), () => 0);

test('a repeat gets the first answer and runs nothing', async () => {
  const kept = answers();
  let runs = 0;
  const run = async () => ({ status: 201, body: (runs += 1) });
  await kept.once('me', 'key', 'request', run);
  expect(await kept.once('me', 'key', 'request', run)).toEqual({ reply: { status: 201, body: 1 }, replayed: true });
});

test('a repeat of what was accepted as an operation asks the operation again: it may have failed', async () => {
  const kept = answers();
  let runs = 0;
  const run = async () => ({ status: 202, body: (runs += 1) });
  await kept.once('me', 'key', 'request', run);
  expect(await kept.once('me', 'key', 'request', run)).toEqual({ reply: { status: 202, body: 2 }, replayed: false });
});

test('the same key with another request is refused', async () => {
  const kept = answers();
  const run = async () => ({ status: 201 });
  await kept.once('me', 'key', 'request', run);
  await expect(kept.once('me', 'key', 'another', run)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
});

test('another streamed body is refused, also after a restart; what was refused unread is repeated for any', async () => {
  const store = answersInMemory();
  const body = (digest: string | undefined) => ({ digest, readToEnd: async () => digest ?? 'read' });
  const first = new FirstAnswers(new Uint8Array(32), store, () => 1);
  await first.once('me', 'kept', 'request', async () => ({ status: 201 }), body('a'));
  const refuse = async () => {
    throw new Refusal('wrong_state');
  };
  await expect(first.once('me', 'unread', 'request', refuse, body(undefined))).rejects.toThrow('wrong_state');
  const next = new FirstAnswers(new Uint8Array(32), store, () => 1);
  await next.recover();
  for (const kept of [first, next]) {
    const repeat = (key: string, digest: string) =>
      kept.once('me', key, 'request', async () => ({ status: 500 }), body(digest));
    expect(await repeat('kept', 'a')).toEqual({ reply: { status: 201 }, replayed: true });
    await expect(repeat('kept', 'b')).rejects.toMatchObject({ code: 'idempotency_key_reused' });
    await expect(repeat('unread', 'b')).rejects.toMatchObject({ code: 'wrong_state' });
  }
});

test('what was answered is answered again after a restart, refusals too, for a day', async () => {
  const readModel = await readModelInMemory();
  let now = 0;
  const process = async () => {
    const table = new AnswerTable(readModel.db, new Uint8Array(32), () => now, createLog('silent'));
    const kept = new FirstAnswers(new Uint8Array(32), table, () => now);
    await kept.recover();
    return { kept, table };
  };
  const { kept, table } = await process();
  const made = { status: 201, headers: { location: '/x' }, body: { block: 7n } };
  await kept.once('me', 'made', 'request', async () => made);
  const refuse = async () => {
    throw new Refusal('wrong_state', 'not now', '/label');
  };
  const never = async () => {
    throw new Error('was run again');
  };
  await expect(kept.once('me', 'refused', 'request', refuse)).rejects.toThrow('wrong_state');
  await expect(
    kept.once('me', 'passing', 'request', async () => {
      throw new Problem('unavailable');
    }),
  ).rejects.toThrow();
  await table.flush();

  const next = (await process()).kept;
  expect(await next.once('me', 'made', 'request', never)).toEqual({
    reply: { ...made, body: { block: 7 } },
    replayed: true,
  });
  await expect(next.once('me', 'made', 'another', never)).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  await expect(next.once('me', 'refused', 'request', never)).rejects.toMatchObject({
    code: 'wrong_state',
    status: 409,
    errors: [{ pointer: '/label' }],
  });
  await expect(next.once('me', 'passing', 'request', never)).rejects.toThrow('was run again');
  const rows = await readModel.db.selectFrom('first_answers').select('sealed').execute();
  expect(rows).toHaveLength(2);
  for (const { sealed } of rows) expect(Buffer.from(sealed).toString('latin1')).not.toContain('request');

  now = 24 * 3600 * 1000;
  const afterADay = (await process()).kept;
  expect(await afterADay.once('me', 'made', 'another', async () => ({ status: 201 }))).toMatchObject({
    replayed: false,
  });
  await readModel.close();
}, 60_000);
