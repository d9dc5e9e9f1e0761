import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';
import { cidOf, digestOf, DirectoryStore, type CiphertextStore } from './index.ts';

let parent: string;
let directory: string;
let store: CiphertextStore;
let count = 0;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'store-'));
});
afterAll(() => rm(parent, { recursive: true }));
beforeEach(async () => {
  count += 1;
  directory = join(parent, String(count));
  store = await DirectoryStore.open(directory);
});

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const pathOf = (cid: string): string => join(directory, cid.slice(-2), cid);

describe('a CID', () => {
  test('is what IPFS computes for a raw leaf', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const expected = CID.createV1(raw.code, await sha256.digest(Uint8Array.from(bytes))).toString();
        const digest = createHash('sha256').update(bytes).digest();
        expect(cidOf(digest)).toBe(expected);
        expect(Buffer.from(digestOf(expected)!)).toEqual(digest);
      }),
      { numRuns: 50 },
    );
  });

  test('has one form: anything else is no CID', () => {
    const cid = cidOf(createHash('sha256').update('x').digest());
    for (const bad of [cid.toUpperCase(), cid.slice(1), `${cid}a`, `bafybei${cid.slice(7)}`, '../../etc/passwd', ''])
      expect(digestOf(bad)).toBeUndefined();
    const digest = cid.slice(0, -1); // 2 of the last letter's 5 bits are padding and must be 0
    const siblings = [...'abcdefghijklmnopqrstuvwxyz234567'].filter(
      (letter) => digestOf(digest + letter) !== undefined,
    );
    expect(siblings).toHaveLength(8);
  });
});

describe('DirectoryStore', () => {
  test('gives back what was put, whole and by range, from bytes and from a stream', async () => {
    const bytes = randomBytes(300_000);
    const put = await store.put(inPieces(bytes, 70_001));
    expect(put).toEqual({ cid: put.cid, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
    expect(await store.put(bytes)).toEqual(put);
    expect((await bytesOf(await store.get(put.cid))).equals(bytes)).toBe(true);
    const middle = await bytesOf(await store.get(put.cid, { start: 65_000, end: 140_000 }));
    expect(middle.equals(bytes.subarray(65_000, 140_001))).toBe(true);
    expect([...(await bytesOf(await store.get(put.cid, { start: 299_999 })))]).toEqual([bytes[299_999]]);
    expect((await bytesOf(await store.get(put.cid, { start: 0, end: 9e9 }))).equals(bytes)).toBe(true);
    expect(await store.stat(put.cid)).toEqual(put);
    await expect(store.get(put.cid, { start: 300_000 })).rejects.toMatchObject({ code: 'range' });
  });

  test('holds nothing, and one byte', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.of(7)]) {
      const { cid } = await store.put(bytes);
      expect(await bytesOf(await store.get(cid))).toEqual(bytes);
    }
  });

  test('a flipped byte is found: at the end of a whole read, before the first byte of a range, by verify', async () => {
    const { cid } = await store.put(randomBytes(200_000));
    await store.get(cid, { start: 0, end: 10 });
    const stored = await readFile(pathOf(cid));
    stored[150_000]! ^= 1;
    await writeFile(pathOf(cid), stored);
    await expect(store.get(cid).then(bytesOf)).rejects.toMatchObject({ code: 'integrity', cid });
    await expect(store.get(cid, { start: 0, end: 10 })).rejects.toMatchObject({ code: 'integrity' });
    await expect(store.verify(cid)).rejects.toMatchObject({ code: 'integrity' });
  });

  test('a file cut short is found', async () => {
    const { cid } = await store.put(randomBytes(1000));
    await writeFile(pathOf(cid), (await readFile(pathOf(cid))).subarray(0, 999));
    await expect(store.get(cid).then(bytesOf)).rejects.toMatchObject({ code: 'integrity' });
  });

  test('what is not there is not found, and what is no CID is refused before it becomes a path', async () => {
    const cid = cidOf(createHash('sha256').update('absent').digest());
    await expect(store.get(cid)).rejects.toMatchObject({ code: 'not_found' });
    expect(await store.stat(cid)).toBeUndefined();
    expect(await store.delete(cid)).toBe(false);
    await expect(store.get('../../../etc/passwd')).rejects.toMatchObject({ code: 'cid' });
  });

  test('deletes', async () => {
    const { cid } = await store.put(Buffer.from('x'));
    expect(await store.delete(cid)).toBe(true);
    await expect(store.get(cid)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a source that fails or is too long leaves nothing behind', async () => {
    async function* failing(): AsyncIterable<Uint8Array> {
      yield randomBytes(10);
      throw new Error('cut off');
    }
    await expect(store.put(failing())).rejects.toThrow('cut off');
    await expect(store.putBatch([Buffer.from('a'), failing()])).rejects.toThrow('cut off');
    await expect(store.put(randomBytes(11), 10)).rejects.toMatchObject({ code: 'size' });
    expect(await readdir(directory)).toEqual(['tmp']);
    expect(await readdir(join(directory, 'tmp'))).toEqual([]);
  });

  test('clears at the start what a crash left half-written', async () => {
    await writeFile(join(directory, 'tmp', 'left'), 'half');
    await DirectoryStore.open(directory);
    expect(await readdir(join(directory, 'tmp'))).toEqual([]);
  });

  test('many at once, the same bytes among them', async () => {
    const same = randomBytes(50_000);
    const all = await Promise.all(
      Array.from({ length: 60 }, (_, i) => store.put(i % 2 === 0 ? same : randomBytes(1000))),
    );
    for (const { cid } of all) await store.verify(cid);
    expect(new Set(all.map(({ cid }) => cid)).size).toBe(31);
    expect(await readdir(join(directory, 'tmp'))).toEqual([]);
  });

  test('a batch comes back in its order', async () => {
    const sources = Array.from({ length: 40 }, () => randomBytes(500));
    const put = await store.putBatch([...sources, sources[0]!]);
    for (const [index, { cid }] of put.entries())
      expect(await bytesOf(await store.get(cid))).toEqual(sources[index % 40]);
  });

  test('nobody else may read: files 0600, folders 0700', async () => {
    const { cid } = await store.put(Buffer.from('x'));
    expect((await stat(pathOf(cid))).mode & 0o777).toBe(0o600);
    expect((await stat(join(pathOf(cid), '..'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, 'tmp'))).mode & 0o777).toBe(0o700);
  });
});
