import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Lanes, type Turn } from './lanes.ts';

/** @returns turns that note their name, the first so often before it ends */
function noting(): { readonly taken: string[]; readonly turn: (name: string, ...pauses: number[]) => Turn } {
  const taken: string[] = [];
  const turn =
    (name: string, ...pauses: number[]): Turn =>
    async () => {
      taken.push(name);
      return pauses.shift();
    };
  return { taken, turn };
}

test('a turn that waits holds those behind it in its lane, and no other lane', async () => {
  const [lanes, { taken, turn }] = [new Lanes(), noting()];
  lanes.add('a', '1', turn('a1', 10, 10));
  lanes.add('a', '2', turn('a2'));
  lanes.add('b', '1', turn('b1'));
  await lanes.drain();
  expect(taken).toEqual(['a1', 'b1']);
  await delay(60);
  expect(taken).toEqual(['a1', 'b1', 'a1', 'a1', 'a2']);
  expect(lanes.isFree('a')).toBe(true);
});

test('who is taken out lets the next go; waking ends the pauses; after the stop nothing begins', async () => {
  const [lanes, { taken, turn }] = [new Lanes(), noting()];
  for (const name of ['1', '2', '3', '4']) lanes.add('a', name, turn(name, 60_000));
  await lanes.drain();
  lanes.remove('a', '3');
  lanes.remove('a', '1');
  await lanes.drain();
  expect(taken).toEqual(['1', '2']);
  lanes.wake();
  await lanes.drain();
  expect(taken).toEqual(['1', '2', '2', '4']);
  await lanes.stop();
  lanes.wake();
  lanes.add('b', '1', turn('b'));
  await lanes.drain();
  expect(taken).toHaveLength(4);
});

test('who is taken out in the middle of a turn ends with it, and the next goes once, after it', async () => {
  const [lanes, { taken, turn }] = [new Lanes(), noting()];
  const end: (() => void)[] = [];
  const slow: Turn = async () => {
    taken.push('slow');
    await new Promise<void>((resolve) => end.push(resolve));
    return 1;
  };
  lanes.add('a', 'slow', slow);
  lanes.add('a', 'next', turn('next'));
  lanes.add('b', 'slow', slow);
  for (const lane of ['a', 'b']) lanes.remove(lane, 'slow');
  expect(taken).toEqual(['slow', 'slow']);
  for (const each of end) each();
  await lanes.drain();
  await delay(30);
  expect(taken).toEqual(['slow', 'slow', 'next']);
  expect([lanes.isFree('a'), lanes.isFree('b')]).toEqual([true, true]);
});
