import { asBytes, type Bytes } from '../encoding/index.ts';
import { ChunkCipher } from './chunkCipher.ts';
import { EnvelopeError } from './errors.ts';
import { checkSubject, decodeHeader, headerLengthOf, type EnvelopeSubject } from './header.ts';
import { chunkCount, chunkLength, contentLength, prefixLength, sealedChunkLength } from './layout.ts';

/** Where ciphertext lies: a file, a store or an HTTP resource that answers Range. */
export interface RandomAccess {
  /** Bytes of the whole envelope, from a source that can be trusted (the record's fact on the ledger). */
  readonly length: number;
  /** @returns the bytes from `start` up to but without `end` */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** Opens parts of an envelope without reading the rest. */
export class EnvelopeReader {
  readonly contentLength: number;
  readonly #source: RandomAccess;
  readonly #cipher: ChunkCipher;
  readonly #bodyStart: number;

  private constructor(source: RandomAccess, cipher: ChunkCipher, headerLength: number, length: number) {
    this.#source = source;
    this.#cipher = cipher;
    this.#bodyStart = prefixLength + headerLength;
    this.contentLength = length;
  }

  /**
   * @param dataKey 32 bytes
   * @throws EnvelopeError envelope_truncated, envelope_malformed, envelope_wrong_record, envelope_wrong_key
   */
  static async open(source: RandomAccess, dataKey: Uint8Array, subject: EnvelopeSubject): Promise<EnvelopeReader> {
    const headerLength = headerLengthOf(await source.read(0, Math.min(prefixLength, source.length)));
    const length = contentLength(headerLength, source.length);
    if (length === undefined) throw new EnvelopeError('envelope_truncated');
    const bytes = await exactly(source, prefixLength, prefixLength + headerLength);
    const encoded = decodeHeader(asBytes(bytes));
    checkSubject(encoded.header, subject);
    return new EnvelopeReader(source, await ChunkCipher.for(dataKey, encoded), headerLength, length);
  }

  /**
   * The content from `start` up to but without `end` (bytes), a piece a chunk.
   *
   * @throws EnvelopeError envelope_range unless 0 ≤ start ≤ end ≤ content length; envelope_altered, envelope_truncated
   */
  async *read(start = 0, end = this.contentLength): AsyncGenerator<Bytes, void, void> {
    if (
      !Number.isSafeInteger(start) ||
      !Number.isSafeInteger(end) ||
      start < 0 ||
      start > end ||
      end > this.contentLength
    )
      throw new EnvelopeError('envelope_range');
    if (this.contentLength === 0) await this.chunk(0);
    for (let index = Math.floor(start / chunkLength); index * chunkLength < end; index += 1) {
      const chunk = await this.chunk(index);
      const offset = index * chunkLength;
      yield chunk.subarray(Math.max(0, start - offset), Math.min(chunk.length, end - offset));
    }
  }

  /**
   * One chunk of content, up to 1 MiB.
   *
   * @param index 0-based
   * @throws EnvelopeError envelope_range, envelope_altered, envelope_truncated
   */
  async chunk(index: number): Promise<Bytes> {
    const count = chunkCount(this.contentLength);
    if (!Number.isSafeInteger(index) || index < 0 || index >= count) throw new EnvelopeError('envelope_range');
    const start = this.#bodyStart + index * sealedChunkLength;
    const bytes = await exactly(this.#source, start, Math.min(start + sealedChunkLength, this.#source.length));
    return this.#cipher.open({ index, last: index === count - 1, bytes });
  }
}

async function exactly(source: RandomAccess, start: number, end: number): Promise<Uint8Array> {
  const bytes = await source.read(start, end);
  if (bytes.length !== end - start) throw new EnvelopeError('envelope_truncated');
  return bytes;
}
