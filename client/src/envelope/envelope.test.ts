import { beforeAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { concat, equalBytes, fromUtf8, utf8 } from '../encoding/index.ts';
import { collect } from './collect.ts';
import {
  chunkLength,
  contentLength,
  EnvelopeReader,
  newDataKey,
  openBytes,
  openContent,
  openingStream,
  sealBytes,
  sealContent,
  sealedChunkLength,
  sealedLength,
  sealingStream,
  type RandomAccess,
} from './index.ts';

const subject = { recordId: '0b0f2c4e-8a51-4c0e-9c53-0d6a4b0f6a11', version: 1, type: 'record' };
const dataKey = newDataKey();

const pattern = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 12)) & 0xff);
const headerLengthIn = (envelope: Uint8Array) => new DataView(envelope.buffer, envelope.byteOffset).getUint32(0);
const bodyStart = (envelope: Uint8Array) => 4 + headerLengthIn(envelope);
const inMemory = (envelope: Uint8Array): RandomAccess => ({
  length: envelope.length,
  read: async (start, end) => envelope.subarray(start, end),
});
const pieces = (bytes: Uint8Array, length: number) =>
  Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  );

const threeChunks = pattern(2 * chunkLength + 1000);
let sealed: Uint8Array;
let chunks: Uint8Array[];
beforeAll(async () => {
  sealed = await sealBytes(threeChunks, dataKey, subject);
  chunks = pieces(sealed.subarray(bodyStart(sealed)), sealedChunkLength);
});
const withChunks = (...parts: Uint8Array[]) => concat(sealed.subarray(0, bodyStart(sealed)), ...parts);

/** Lengths on both sides of every border of the first three chunks. */
const borderLengths = [
  0,
  1,
  15,
  16,
  17,
  ...[1, 2].flatMap((n) => [-17, -16, -1, 0, 1, 16].map((d) => n * chunkLength + d)),
];

test.each(borderLengths)('content of %i bytes comes back, and the length of its envelope was known', async (length) => {
  const content = pattern(length);
  const envelope = await sealBytes(content, dataKey, subject);
  expect(envelope.length).toBe(sealedLength(length, subject));
  expect(contentLength(headerLengthIn(envelope), envelope.length)).toBe(length);
  expect(equalBytes(await openBytes(envelope, dataKey, subject), content)).toBe(true);
  const reader = await EnvelopeReader.open(inMemory(envelope), dataKey, subject);
  expect(reader.contentLength).toBe(length);
  expect(equalBytes(await collect(reader.read()), content)).toBe(true);
});

test('content of any length comes back through pieces of any length', async () => {
  const length = fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.constantFrom(...borderLengths));
  const pieceLength = fc.oneof(
    fc.integer({ min: 1, max: 64 }).map((n) => n * 4099),
    fc.constant(chunkLength),
  );
  await fc.assert(
    fc.asyncProperty(length, pieceLength, pieceLength, async (size, inPiece, outPiece) => {
      const content = pattern(size);
      const envelope = await collect(sealContent(pieces(content, inPiece), dataKey, subject));
      const opened = await collect(openContent(pieces(envelope, outPiece), dataKey, subject));
      expect(equalBytes(opened, content)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('a range opens to just these bytes, reading no chunk it does not need', async () => {
  const reads: [number, number][] = [];
  const source = inMemory(sealed);
  const counting = {
    ...source,
    read: async (start: number, end: number) => (reads.push([start, end]), source.read(start, end)),
  };
  const reader = await EnvelopeReader.open(counting, dataKey, subject);
  const offset = fc.integer({ min: 0, max: threeChunks.length });
  await fc.assert(
    fc.asyncProperty(offset, offset, async (a, b) => {
      const [start, end] = a < b ? [a, b] : [b, a];
      reads.length = 0;
      expect(equalBytes(await collect(reader.read(start, end)), threeChunks.subarray(start, end))).toBe(true);
      const needed = start === end ? 0 : Math.floor((end - 1) / chunkLength) - Math.floor(start / chunkLength) + 1;
      expect(reads.length).toBeLessThanOrEqual(Math.max(needed, 1));
    }),
    { numRuns: 30 },
  );
});

test.each([
  [-1, 1],
  [2, 1],
  [0, threeChunks.length + 1],
  [0.5, 1],
])('a range from %d to %d is refused', async (start, end) => {
  const reader = await EnvelopeReader.open(inMemory(sealed), dataKey, subject);
  await expect(collect(reader.read(start, end))).rejects.toMatchObject({ code: 'envelope_range' });
});

test('web streams seal and open', async () => {
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces(threeChunks, 100_000)) controller.enqueue(piece);
      controller.close();
    },
  });
  const opened = source.pipeThrough(sealingStream(dataKey, subject)).pipeThrough(openingStream(dataKey, subject));
  const parts: Uint8Array[] = [];
  const reader = opened.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value);
  expect(equalBytes(concat(...parts), threeChunks)).toBe(true);
});

test('any flipped bit is refused', async () => {
  const small = await sealBytes(pattern(500), dataKey, subject);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: small.length - 1 }), fc.integer({ min: 0, max: 7 }), async (at, bit) => {
      const changed = Uint8Array.from(small);
      changed[at]! ^= 1 << bit;
      await expect(openBytes(changed, dataKey, subject)).rejects.toMatchObject({ name: 'EnvelopeError' });
      await expect(
        EnvelopeReader.open(inMemory(changed), dataKey, subject).then((reader) => collect(reader.read())),
      ).rejects.toMatchObject({ name: 'EnvelopeError' });
    }),
    { numRuns: 300 },
  );
});

test.each([0, 1, 2])('a flipped bit in chunk %i is refused and the chunk named', async (index) => {
  const changed = chunks.map((chunk) => Uint8Array.from(chunk));
  changed[index]![500]! ^= 4;
  await expect(openBytes(withChunks(...changed), dataKey, subject)).rejects.toMatchObject({
    code: 'envelope_altered',
    chunk: index,
  });
});

test('an envelope cut anywhere is refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: sealed.length - 1 }), async (length) => {
      await expect(openBytes(sealed.subarray(0, length), dataKey, subject)).rejects.toMatchObject({
        name: 'EnvelopeError',
      });
    }),
    { numRuns: 30 },
  );
});

test('a cut at the border of a chunk is named a truncation', async () => {
  const cut = withChunks(chunks[0]!, chunks[1]!);
  await expect(openBytes(cut, dataKey, subject)).rejects.toMatchObject({ code: 'envelope_truncated', chunk: 1 });
  await expect(openBytes(withChunks(), dataKey, subject)).rejects.toMatchObject({ code: 'envelope_truncated' });
  await expect(openBytes(sealed.subarray(0, 3), dataKey, subject)).rejects.toMatchObject({
    code: 'envelope_truncated',
  });
  await expect(openBytes(sealed.subarray(0, 40), dataKey, subject)).rejects.toMatchObject({
    code: 'envelope_truncated',
  });
});

test.each([
  ['swapped', () => [chunks[1]!, chunks[0]!, chunks[2]!]],
  ['dropped', () => [chunks[0]!, chunks[2]!]],
  ['repeated', () => [chunks[0]!, chunks[0]!, chunks[1]!, chunks[2]!]],
])('a %s chunk is refused', async (_, parts) => {
  await expect(openBytes(withChunks(...parts()), dataKey, subject)).rejects.toMatchObject({ code: 'envelope_altered' });
});

test('data after the last chunk is refused', async () => {
  const full = await sealBytes(pattern(chunkLength), dataKey, subject);
  await expect(openBytes(concat(full, full), dataKey, subject)).rejects.toMatchObject({
    code: 'envelope_trailing_data',
  });
});

test('chunks of another envelope under the same key are refused', async () => {
  const other = await sealBytes(threeChunks, dataKey, subject);
  const swapped = concat(other.subarray(0, bodyStart(other)), ...chunks);
  await expect(openBytes(swapped, dataKey, subject)).rejects.toMatchObject({ code: 'envelope_altered', chunk: 0 });
});

test('a wrong key is refused by the commitment, before any chunk is opened', async () => {
  await expect(openBytes(sealed, newDataKey(), subject)).rejects.toMatchObject({ code: 'envelope_wrong_key' });
  await expect(openBytes(sealed, dataKey.subarray(1), subject)).rejects.toMatchObject({ code: 'envelope_wrong_key' });
});

test.each([
  ['record', { ...subject, recordId: '0b0f2c4e-8a51-4c0e-9c53-0d6a4b0f6a12' }],
  ['version', { ...subject, version: 2 }],
  ['type', { ...subject, type: 'summary' }],
])('the content of another %s is refused', async (_, other) => {
  await expect(openBytes(sealed, dataKey, other)).rejects.toMatchObject({ code: 'envelope_wrong_record' });
});

const headerOf = (envelope: Uint8Array) =>
  JSON.parse(fromUtf8(envelope.subarray(4, bodyStart(envelope)))) as Record<string, unknown>;
const withHeader = (text: string) => {
  const bytes = utf8(text);
  return concat(Uint8Array.of(0, 0, bytes.length >> 8, bytes.length & 255), bytes, ...chunks);
};

test('the header is canonical and says nothing but what it must', () => {
  expect(Object.keys(headerOf(sealed))).toEqual(['alg', 'kc', 'rid', 'salt', 'typ', 'v', 'ver']);
});

test('a header whose record was rewritten fails its commitment', async () => {
  const other = { ...subject, version: 2 };
  const rewritten = withHeader(JSON.stringify({ ...headerOf(sealed), ver: 2 }));
  await expect(openBytes(rewritten, dataKey, other)).rejects.toMatchObject({ code: 'envelope_wrong_key' });
});

test.each([
  ['of another version', () => JSON.stringify({ ...headerOf(sealed), v: 2 })],
  ['with another algorithm', () => JSON.stringify({ ...headerOf(sealed), alg: 'A128GCM' })],
  ['with one member more', () => JSON.stringify({ ...headerOf(sealed), z: 1 })],
  ['with white space', () => JSON.stringify(headerOf(sealed), undefined, 1)],
  [
    'with members in another order',
    () => JSON.stringify(Object.fromEntries(Object.entries(headerOf(sealed)).reverse())),
  ],
  ['with a short salt', () => JSON.stringify({ ...headerOf(sealed), salt: 'AAAA' })],
  ['with version 0 of the record', () => JSON.stringify({ ...headerOf(sealed), ver: 0 })],
  ['that is no object', () => 'null'],
  ['that is no JSON', () => '{'],
])('a header %s is malformed', async (_, text) => {
  await expect(openBytes(withHeader(text()), dataKey, subject)).rejects.toMatchObject({ code: 'envelope_malformed' });
});

test('a header longer than 4 KiB is not read', async () => {
  const claimed = concat(Uint8Array.of(0x7f, 0xff, 0xff, 0xff), new Uint8Array(100));
  await expect(openBytes(claimed, dataKey, subject)).rejects.toMatchObject({ code: 'envelope_malformed' });
});

test('the source is closed when the reader stops early or the envelope is refused', async () => {
  let closed = 0;
  async function* watched(bytes: Uint8Array) {
    try {
      yield* pieces(bytes, 65_536);
    } finally {
      closed += 1;
    }
  }
  const sealing = sealContent(watched(threeChunks), dataKey, subject);
  await sealing.next();
  await sealing.next();
  await sealing.return();
  expect(closed).toBe(1);
  await expect(collect(openContent(watched(sealed), newDataKey(), subject))).rejects.toThrow();
  expect(closed).toBe(2);
});
