import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DirectoryStore, ReplicatedStore } from './index.ts';

let folder: string;
let own: DirectoryStore;
let replica: DirectoryStore;
let store: ReplicatedStore;
let healed: string[];
let behind: string[];
const bytes = randomBytes(200_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replicated-'));
  own = await DirectoryStore.open(join(folder, 'own'));
  replica = await DirectoryStore.open(join(folder, 'replica'));
  [healed, behind] = [[], []];
  store = new ReplicatedStore(own, replica, {
    healed: (cid) => healed.push(cid),
    behind: (cid) => behind.push(cid),
  });
});
afterEach(() => rm(folder, { recursive: true }));

const fileOf = (side: 'own' | 'replica', cid: string): string => join(folder, side, cid.slice(-2), cid);

async function damage(side: 'own' | 'replica', cid: string): Promise<void> {
  const stored = await readFile(fileOf(side, cid));
  stored[100]! ^= 1;
  await writeFile(fileOf(side, cid), stored);
}

async function read(cid: string, start?: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await store.get(cid, start === undefined ? undefined : { start })) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function* inPieces(): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 70_001) yield bytes.subarray(at, at + 70_001);
}

test('what is put lies in both, from bytes, streams and batches', async () => {
  const one = await store.put(inPieces());
  const [two] = await store.putBatch([randomBytes(10)]);
  for (const { cid } of [one, two!]) expect(await replica.verify(cid)).toEqual(await own.verify(cid));
  expect([healed, behind]).toEqual([[], []]);
});

test('what is altered or lost is restored before the first byte, whole and by range', async () => {
  const { cid } = await store.put(bytes);
  await damage('own', cid);
  expect((await read(cid)).equals(bytes)).toBe(true);
  await rm(fileOf('own', cid));
  expect((await read(cid, 199_000)).equals(bytes.subarray(199_000))).toBe(true);
  expect(healed).toEqual([cid, cid]);
  await own.verify(cid);
});

test('a verification heals the replica too, and says so', async () => {
  const { cid } = await store.put(bytes);
  await damage('replica', cid);
  expect(await store.verify(cid)).toMatchObject({ cid, healed: true });
  await replica.verify(cid);
  expect(await store.verify(cid)).not.toHaveProperty('healed');
});

test('what is broken in both is named as it is in the store, and nothing broken replaces anything', async () => {
  const { cid } = await store.put(bytes);
  await damage('replica', cid);
  await damage('own', cid);
  await expect(read(cid)).rejects.toMatchObject({ code: 'integrity', cid });
  await expect(store.verify(cid)).rejects.toMatchObject({ code: 'integrity' });
  await rm(fileOf('own', cid));
  await expect(store.verify(cid)).rejects.toMatchObject({ code: 'not_found' });
  expect(healed).toEqual([]);
});

test('a replica that cannot be written does not refuse the write; the next verification brings it up', async () => {
  await rm(join(folder, 'replica', 'tmp'), { recursive: true });
  const { cid } = await store.put(bytes);
  expect(behind).toEqual([cid]);
  replica = await DirectoryStore.open(join(folder, 'replica'));
  expect(await store.verify(cid)).toMatchObject({ healed: true });
  await replica.verify(cid);
});

test('a deletion takes both', async () => {
  const { cid } = await store.put(bytes);
  expect([await store.delete(cid), await store.delete(cid)]).toEqual([true, false]);
  expect(await store.stat(cid)).toBeUndefined();
});

async function takeAway(side: 'own' | 'replica'): Promise<void> {
  await rm(join(folder, side), { recursive: true });
  await writeFile(join(folder, side), '');
}

test('a replica that fails stops neither verification nor deletion, and is named as behind', async () => {
  const { cid } = await store.put(bytes);
  await takeAway('replica');
  expect(await store.verify(cid)).toEqual(await own.verify(cid));
  expect(await store.delete(cid)).toBe(true);
  expect([healed, behind]).toEqual([[], [cid, cid]]);
});

test('an object that the store cannot read is restored from the replica', async () => {
  const { cid } = await store.put(bytes);
  const file = fileOf('own', cid);
  await rm(file);
  await symlink(file, file);
  expect(await store.verify(cid)).toMatchObject({ cid, healed: true });
  expect((await read(cid)).equals(bytes)).toBe(true);
});

test('a store that fails with its replica is named by its own error', async () => {
  const { cid } = await store.put(bytes);
  await takeAway('own');
  await takeAway('replica');
  await expect(store.verify(cid)).rejects.toMatchObject({ code: 'ENOTDIR', path: fileOf('own', cid) });
});
