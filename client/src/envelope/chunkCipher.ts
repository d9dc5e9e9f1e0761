/**
 * The chunks' cipher: AES-256-GCM under a key of this header alone, nonce = 7 zero bytes ‖ counter (32 bit) ‖ last flag
 * (Hoang, Reyhanitabar, Rogaway, Vizár: STREAM, CRYPTO 2015). The counter binds the place, the flag the end.
 */
import { asBytes, concat, equalBytes, fromBase64Url, toBase64Url, utf8, type Bytes } from '../encoding/index.ts';
import { hkdfSha256, randomBytes } from '../primitives/index.ts';
import type { CryptoKey } from '../webCrypto.ts';
import { EnvelopeError } from './errors.ts';
import { committedBytes, encodeHeader, envelopeAlgorithm, type EncodedHeader, type EnvelopeSubject } from './header.ts';
import { maxChunks, sealedChunkLength, tagLength } from './layout.ts';

const dataKeyLength = 32;
const saltLength = 32;

export interface Chunk {
  readonly index: number;
  readonly last: boolean;
  readonly bytes: Uint8Array;
}

/** A fresh key for one record version: 32 random bytes. */
export function newDataKey(): Bytes {
  return randomBytes(dataKeyLength);
}

/**
 * A header for new content: fresh salt, commitment to the data key.
 *
 * @param dataKey 32 bytes
 */
export function newHeader(dataKey: Uint8Array, { recordId, version, type }: EnvelopeSubject): EncodedHeader {
  const salt = randomBytes(saltLength);
  const open = {
    v: 1,
    rid: recordId,
    ver: version,
    typ: type,
    alg: envelopeAlgorithm,
    salt: toBase64Url(salt),
  } as const;
  const kc = derive(dataKey, salt, 'commit', committedBytes(open));
  return encodeHeader({ ...open, kc: toBase64Url(kc) });
}

export class ChunkCipher {
  readonly #key: CryptoKey;

  private constructor(key: CryptoKey) {
    this.#key = key;
  }

  /**
   * @param dataKey 32 bytes
   * @throws EnvelopeError envelope_wrong_key when the header's commitment is not to this key and header
   */
  static async for(dataKey: Uint8Array, encoded: EncodedHeader): Promise<ChunkCipher> {
    const { header, bytes } = encoded;
    const salt = fromBase64Url(header.salt);
    const commitment = derive(dataKey, salt, 'commit', committedBytes(header));
    if (!equalBytes(commitment, fromBase64Url(header.kc))) throw new EnvelopeError('envelope_wrong_key');
    const contentKey = derive(dataKey, salt, 'content', bytes);
    return new ChunkCipher(await crypto.subtle.importKey('raw', contentKey, 'AES-GCM', false, ['encrypt', 'decrypt']));
  }

  /** @returns ciphertext ‖ tag */
  async seal({ index, last, bytes }: Chunk): Promise<Bytes> {
    return new Uint8Array(await crypto.subtle.encrypt(parameters(index, last), this.#key, asBytes(bytes)));
  }

  /**
   * @param chunk with its place and whether the envelope ends with it
   * @throws EnvelopeError envelope_truncated, envelope_trailing_data, envelope_altered
   */
  async open(chunk: Chunk): Promise<Bytes> {
    const { index, last, bytes } = chunk;
    if (bytes.length < tagLength) throw new EnvelopeError('envelope_truncated', { chunk: index });
    try {
      return await this.#decrypt(chunk);
    } catch (cause) {
      throw new EnvelopeError(await this.#reason(chunk, last, bytes.length), { cause, chunk: index });
    }
  }

  /** A chunk that is whole as an inner one but stands at the end was cut; the other way round something was added. */
  async #reason(chunk: Chunk, last: boolean, length: number) {
    const couldBeInner = length === sealedChunkLength;
    if (!couldBeInner) return 'envelope_altered';
    const isWhole = await this.#decrypt({ ...chunk, last: !last }).then(
      () => true,
      () => false,
    );
    if (!isWhole) return 'envelope_altered';
    return last ? 'envelope_truncated' : 'envelope_trailing_data';
  }

  async #decrypt({ index, last, bytes }: Chunk): Promise<Bytes> {
    return new Uint8Array(await crypto.subtle.decrypt(parameters(index, last), this.#key, asBytes(bytes)));
  }
}

function derive(dataKey: Uint8Array, salt: Uint8Array, label: 'content' | 'commit', header: Uint8Array): Bytes {
  if (dataKey.length !== dataKeyLength) throw new EnvelopeError('envelope_wrong_key');
  return hkdfSha256(dataKey, salt, concat(utf8(`${label}|`), header));
}

function parameters(index: number, last: boolean) {
  if (index >= maxChunks) throw new EnvelopeError('envelope_too_long');
  const iv = new Uint8Array(12);
  const view = new DataView(iv.buffer);
  view.setUint32(7, index);
  view.setUint8(11, last ? 1 : 0);
  return { name: 'AES-GCM', iv, tagLength: 8 * tagLength } as const;
}
