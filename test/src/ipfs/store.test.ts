/** Ciphertext on two real IPFS nodes, one the other's replica: `npm run test:ipfs`. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { KuboStore, leafBytes, ReplicatedStore, StoreUnavailable } from '../../../gateway-api/src/vault/store/index.ts';
import { KuboNode } from './kuboNode.fixture.ts';

const limitMs = 5_000;
const small = randomBytes(300_000);
const large = randomBytes(3 * leafBytes + 777);
const contents = [Buffer.of(7), small, randomBytes(leafBytes), randomBytes(leafBytes + 1), large];

let folder: string;
let [first, second]: KuboNode[] = [];
let [own, replica]: KuboStore[] = [];
let store: ReplicatedStore;
let healed: string[];
let behind: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ipfs-'));
  [first, second] = await Promise.all(['first', 'second'].map((name) => KuboNode.start(join(folder, name))));
});
afterAll(async () => {
  await Promise.all([first?.kill(), second?.kill()]);
  await rm(folder, { recursive: true });
});
beforeEach(() => {
  [own, replica] = [first!, second!].map((node) => new KuboStore(node, limitMs));
  [healed, behind] = [[], []];
  store = new ReplicatedStore(own!, replica!, {
    healed: (cid) => healed.push(cid),
    behind: (cid) => behind.push(cid),
  });
});
afterEach(async () => {
  for (const bytes of contents) await store.delete(rawCid(bytes)).catch(() => undefined);
});

const rawCid = (bytes: Uint8Array): string => {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567';
  const cid = Buffer.concat([Buffer.of(0x01, 0x55, 0x12, 0x20), createHash('sha256').update(bytes).digest()]);
  const bits = [...cid].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return `b${(bits.match(/.{1,5}/g) ?? []).map((five) => letters[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')}`;
};
const entry = (cid: string): string => `/chain-of-care/${cid.slice(-2)}/${cid}`;

async function bytesOf(stream: Promise<AsyncIterable<Uint8Array>>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 70_001) yield bytes.subarray(at, at + 70_001);
}

/** Computed by the node's own command line from the same bytes, which it does not keep. */
async function nodesCid(bytes: Uint8Array): Promise<string> {
  const file = join(folder, 'content');
  await writeFile(file, bytes);
  const tree = ['--chunker', `size-${leafBytes}`, '--max-file-links', '1024'];
  return first!.online('add', '--only-hash', '--quieter', '--cid-version', '1', '--raw-leaves', ...tree, file);
}

/** Flips a bit of every block of the node that has this many bytes. */
async function damage(node: KuboNode, size: number): Promise<void> {
  let damaged = 0;
  for (const file of await node.blockFiles()) {
    if ((await stat(file)).size !== size) continue;
    const bytes = await readFile(file);
    bytes[500]! ^= 1;
    await writeFile(file, bytes);
    damaged += 1;
  }
  expect(damaged).toBe(1);
}

describe('the identifier', () => {
  test('of what fits into a leaf is the one that the node computes', async () => {
    for (const bytes of [small, randomBytes(leafBytes)]) {
      const { cid } = await own!.put(inPieces(bytes));
      expect(await nodesCid(bytes)).toBe(cid);
      expect(await first!.online('block', 'stat', '--offline', cid)).toContain(cid);
      await own!.delete(cid);
    }
  });

  test('of more names, in the table of both nodes, the one tree that every node computes', async () => {
    const { cid } = await store.put(inPieces(large));
    expect(cid).toBe(rawCid(large));
    const root = await nodesCid(large);
    for (const node of [first!, second!]) expect(await node.online('files', 'stat', '--hash', entry(cid))).toBe(root);
  });
});

describe('two nodes', () => {
  test('give back what was put, whole and by range, from bytes, streams and batches', async () => {
    const one = await store.put(inPieces(large));
    const batch = await store.putBatch(contents);
    expect(batch.at(-1)).toEqual(one);
    expect(batch.map(({ size }) => size)).toEqual(contents.map(({ length }) => length));
    for (const node of [own!, replica!]) {
      for (const [index, bytes] of contents.entries()) {
        const { cid } = batch[index]!;
        expect(await node.stat(cid)).toEqual(batch[index]);
        expect((await bytesOf(node.get(cid))).equals(bytes)).toBe(true);
      }
      const [start, end] = [leafBytes - 3, 2 * leafBytes + 5];
      expect((await bytesOf(node.get(one.cid, { start, end }))).equals(large.subarray(start, end + 1))).toBe(true);
      expect((await bytesOf(node.get(one.cid, { start: 3 * leafBytes }))).equals(large.subarray(3 * leafBytes))).toBe(
        true,
      );
      await expect(node.get(one.cid, { start: large.length })).rejects.toMatchObject({ code: 'range' });
    }
  });

  test('heal what is altered on the first, whole and by range, before the first byte', async () => {
    const { cid } = await store.put(small);
    await damage(first!, small.length);
    await expect(own!.verify(cid)).rejects.toMatchObject({ code: 'integrity', cid });
    expect((await bytesOf(store.get(cid))).equals(small)).toBe(true);
    const tree = await store.put(large);
    await damage(first!, 777);
    const start = 3 * leafBytes + 7;
    expect((await bytesOf(store.get(tree.cid, { start }))).equals(large.subarray(start))).toBe(true);
    expect(healed).toEqual([cid, tree.cid]);
    for (const whole of [cid, tree.cid]) await own!.verify(whole);
  });

  test('a leaf altered after its object was verified is refused, not served', async () => {
    const { cid } = await own!.put(large);
    await own!.verifyOnce(cid);
    await damage(first!, 777);
    await expect(bytesOf(own!.get(cid, { start: 3 * leafBytes }))).rejects.toMatchObject({ code: 'integrity', cid });
    await expect(bytesOf(own!.get(cid))).rejects.toMatchObject({ code: 'integrity', cid });
  });

  test('a table that names another tree gives none of its bytes for whole', async () => {
    const { cid } = await own!.put(large);
    const other = await own!.put(contents[3]!);
    const root = await first!.online('files', 'stat', '--hash', entry(other.cid));
    await first!.online('files', 'cp', '--force', `/ipfs/${root}`, entry(cid));
    await expect(own!.verify(cid)).rejects.toMatchObject({ code: 'integrity', cid });
    await expect(own!.get(cid, { start: 0, end: 1 })).rejects.toMatchObject({ code: 'integrity', cid });
  });

  test('a deletion takes the pins, the names and the bytes of both', async () => {
    const before = await Promise.all([first!, second!].map((node) => node.blockFiles()));
    const stored = [await store.put(small), await store.put(inPieces(large))];
    for (const { cid } of stored) {
      expect(await store.delete(cid)).toBe(true);
      expect(await store.stat(cid)).toBeUndefined();
      expect(await store.delete(cid)).toBe(false);
    }
    for (const [index, node] of [first!, second!].entries()) {
      expect(await node.online('pin', 'ls', '--type', 'recursive', '--quiet')).not.toContain(stored[0]!.cid);
      const left = (await node.blockFiles()).filter((file) => !before[index]!.includes(file));
      for (const file of left) expect((await stat(file)).size).toBeLessThan(1_000); // folders of the table
    }
  });

  test('more than the limit, a failing source and a wrong token keep nothing', async () => {
    await expect(own!.put(inPieces(large), leafBytes)).rejects.toMatchObject({ code: 'size' });
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield* inPieces(large);
      throw new Error('the caller went away');
    };
    await expect(own!.put(failing())).rejects.toThrow('the caller went away');
    expect(await own!.stat(rawCid(large))).toBeUndefined();
    const stranger = new KuboStore({ url: first!.url, token: 'x'.repeat(32) }, limitMs);
    await expect(stranger.put(small)).rejects.toThrow(StoreUnavailable);
    await expect(stranger.stat(rawCid(small))).rejects.toThrow(StoreUnavailable);
  });
});

describe('one node lost', () => {
  test('the first: content is served by the second, writes are refused; back empty, it is healed', async () => {
    const stored = [await store.put(small), await store.put(inPieces(large))];
    await first!.kill();
    for (const { cid, size } of stored) {
      const expected = size === small.length ? small : large;
      expect((await bytesOf(store.get(cid))).equals(expected)).toBe(true);
      expect((await bytesOf(store.get(cid, { start: 9, end: 99 }))).equals(expected.subarray(9, 100))).toBe(true);
      expect(await store.stat(cid)).toMatchObject({ size });
    }
    await expect(store.put(randomBytes(10))).rejects.toThrow(StoreUnavailable);
    expect(healed).toEqual([]);
    await rm(join(folder, 'first'), { recursive: true });
    await first!.init();
    await first!.start();
    for (const { cid } of stored) {
      expect(await store.verify(cid)).toMatchObject({ cid, healed: true });
      await own!.verify(cid);
    }
    expect(healed).toEqual(stored.map(({ cid }) => cid));
  });

  test('the second: writes go on; back, it is brought up by the next verification', async () => {
    await second!.kill();
    const { cid } = await store.put(inPieces(large));
    expect(behind).toEqual([cid]);
    expect((await bytesOf(store.get(cid))).equals(large)).toBe(true);
    await second!.start();
    expect(await store.verify(cid)).toMatchObject({ cid, healed: true });
    await replica!.verify(cid);
  });
});

test('much more than memory is streamed both ways', async () => {
  const total = 512 * 1024 * 1024;
  const piece = randomBytes(leafBytes);
  const hash = createHash('sha256');
  const source = async function* (): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < total / leafBytes; index += 1) {
      const bytes = Buffer.from(piece);
      bytes.writeUInt32BE(index, 0);
      hash.update(bytes);
      yield bytes;
    }
  };
  const before = process.memoryUsage().rss;
  let highest = before;
  const watch = setInterval(() => (highest = Math.max(highest, process.memoryUsage().rss)), 50);
  try {
    const { cid, size, sha256 } = await own!.put(source());
    expect({ size, sha256 }).toEqual({ size: total, sha256: hash.digest('hex') });
    await own!.verify(cid);
    await own!.delete(cid);
  } finally {
    clearInterval(watch);
  }
  expect(highest - before).toBeLessThan(200 * 1024 * 1024);
});
