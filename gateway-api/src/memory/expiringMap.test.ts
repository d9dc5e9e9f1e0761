import { expect, test } from '@jest/globals';
import { ExpiringMap } from './expiringMap.ts';

test('a value is forgotten its lifetime after it was put, however often it was asked for', () => {
  let now = 0;
  const map = new ExpiringMap<string>(100, 10, () => now);
  map.set('a', 'first');
  now = 99;
  expect(map.get('a')).toBe('first');
  now = 100;
  expect(map.get('a')).toBeUndefined();
});

test('a value that is put again lives on, and outlives those put before it', () => {
  let now = 0;
  const map = new ExpiringMap<string>(100, 10, () => now);
  map.set('a', 'first');
  now = 50;
  map.set('b', 'other');
  now = 60;
  map.set('a', 'second');
  now = 150;
  expect([map.get('a'), map.get('b')]).toEqual(['second', undefined]);
});

test('of too many the oldest is forgotten', () => {
  const map = new ExpiringMap<number>(100, 2, () => 0);
  for (const [index, id] of ['a', 'b', 'c'].entries()) map.set(id, index);
  expect(['a', 'b', 'c'].map((id) => map.get(id))).toEqual([undefined, 1, 2]);
});
