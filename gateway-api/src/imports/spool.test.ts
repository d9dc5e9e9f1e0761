import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chunksOf, collected } from './fhir/chunks.fixture.ts';
import { Spool } from './spool.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'spool-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

test('what was put aside is read twice, byte for byte', async () => {
  const body = randomBytes(1_000_003);
  const spool = await Spool.of(path.join(directory, 'new'), chunksOf(body, 7919));
  expect(spool.size).toBe(body.length);
  expect(spool.sha256).toBe(createHash('sha256').update(body).digest('hex'));
  for (const time of [1, 2]) {
    expect([time, Buffer.concat(await collected(spool.read())).equals(body)]).toEqual([time, true]);
  }
  await spool.dispose();
});

test('an empty body is one', async () => {
  const spool = await Spool.of(directory, chunksOf(''));
  expect(Buffer.concat(await collected(spool.read()))).toHaveLength(0);
  await spool.dispose();
});

test('the file has no name, even while it is in use', async () => {
  const spool = await Spool.of(directory, chunksOf('health information'));
  expect((await readdir(directory)).filter((name) => name.endsWith('.spool'))).toEqual([]);
  await spool.dispose();
});

test('a source that breaks off leaves nothing and says why', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half');
    await Promise.reject(new Error('cut off'));
  }
  await expect(Spool.of(directory, broken())).rejects.toThrow('cut off');
  expect((await readdir(directory)).filter((name) => name.endsWith('.spool'))).toEqual([]);
});
