import { expect, test } from '@jest/globals';
import { Together } from './together.ts';

test('what is asked while a statement runs shares the next one, up to the limit, and each gets its own answer', async () => {
  const batches: (readonly number[])[] = [];
  const doubled = new Together<number, number>(async (asked) => {
    batches.push(asked);
    return asked.map((one) => one * 2);
  }, 3);
  expect(await Promise.all([1, 2, 3, 4, 5].map((one) => doubled.ask(one)))).toEqual([2, 4, 6, 8, 10]);
  expect(batches).toEqual([[1], [2, 3, 4], [5]]);
});

test('a failure is told to all that shared it and to nobody after', async () => {
  const failing = new Together<string, string>(async (asked) => {
    if (asked.includes('bad')) throw new Error('no');
    return asked;
  }, 10);
  const answers = await Promise.allSettled(['first', 'bad', 'beside'].map((one) => failing.ask(one)));
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(await failing.ask('later')).toBe('later');
});
