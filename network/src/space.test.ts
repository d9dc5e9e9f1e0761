import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { failureOf, NetworkFailure } from './failure.ts';
import { demandSpace } from './space.ts';

const folder = join(tmpdir(), 'not', 'there', 'yet');

test('a disk with room is taken, also for a folder that is still to be made', async () => {
  await expect(demandSpace(folder, 1, 'free some')).resolves.toBeUndefined();
});

test('a disk with too little is refused in one line that says how much is needed and what helps', async () => {
  const refused: unknown = await demandSpace(folder, 1e12, 'free some').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(NetworkFailure);
  expect((refused as NetworkFailure).line).toMatch(
    /^the disk of \S+ has \d+ MB left, 1000000000000 MB are needed — free some$/,
  );
});

test('a disk that fills up in the midst of work is one line too; any other error is no failure of the network', () => {
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC', path: '/data/x' });
  expect(failureOf(full)?.line).toBe('no space left on the disk of /data/x — free some and start again');
  expect(failureOf(new NetworkFailure('a', 'b'))?.line).toBe('a — b');
  expect(failureOf(new TypeError('x'))).toBeUndefined();
});
