import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 as sha256Hash } from '@noble/hashes/sha2.js';
import { asBytes, utf8, type Bytes } from '../encoding/index.ts';

/**
 * HKDF-SHA-256 (RFC 5869). Not by WebCrypto: a record needs several small keys, and one derivation there costs 75 µs of
 * dispatch to a thread where the hashing itself takes 8 µs (measured, Node 24).
 *
 * @param inputKey input keying material
 * @param info what the output is for; a string stands for its UTF-8
 * @param length of the output in bytes, at most 8,160
 * @throws RangeError when the length is more than 255 hashes
 */
export function hkdfSha256(inputKey: Uint8Array, salt: Uint8Array, info: Uint8Array | string, length = 32): Bytes {
  if (length > 255 * 32) throw new RangeError('HKDF-SHA-256 gives at most 8160 bytes');
  return asBytes(hkdf(sha256Hash, inputKey, salt, typeof info === 'string' ? utf8(info) : info, length));
}

/** HMAC-SHA-256 (RFC 2104). @returns 32 bytes */
export function hmacSha256(key: Uint8Array, message: Uint8Array | string): Bytes {
  return asBytes(hmac(sha256Hash, key, typeof message === 'string' ? utf8(message) : message));
}
