import { expect, test } from '@jest/globals';
import { GatheredWrites } from './gatheredWrites.ts';

test('rows that come while a statement is under way share the next one', async () => {
  const statements: (readonly number[])[] = [];
  const writes = new GatheredWrites<number>(async (rows) => {
    await Promise.resolve();
    statements.push(rows);
  });
  await Promise.all([1, 2, 3].map((row) => writes.add(row)));
  await writes.add(4);
  expect(statements).toEqual([[1], [2, 3], [4]]);
});

test('nobody is told that a row is written before it is', async () => {
  let finish = (): void => undefined;
  const writes = new GatheredWrites<number>(() => new Promise<void>((resolve) => (finish = resolve)));
  let isWritten = false;
  const added = writes.add(1).then(() => (isWritten = true));
  await Promise.resolve();
  expect(isWritten).toBe(false);
  finish();
  await added;
  expect(isWritten).toBe(true);
});

test('a statement that fails fails those whose rows were in it, and the next one is tried', async () => {
  const writes = new GatheredWrites<number>(async (rows) => {
    if (rows.includes(2)) throw new Error('the database is away');
  });
  const outcomes = await Promise.allSettled([1, 2, 3].map((row) => writes.add(row)));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  await expect(writes.add(4)).resolves.toBeUndefined();
});
