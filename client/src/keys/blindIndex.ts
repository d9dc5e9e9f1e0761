/** Equality search over sealed codes: a token is an HMAC under a key that only holders of the category's seed have. */
import { toBase64Url, type Bytes } from '../encoding/index.ts';
import { hkdfSha256, hmacSha256 } from '../primitives/index.ts';

const noSalt = new Uint8Array(0);

/**
 * @param seed of the category's key pair, 32 bytes
 * @returns index key, 32 bytes
 */
export function indexKey(seed: Uint8Array): Bytes {
  return hkdfSha256(seed, noSalt, 'index');
}

/**
 * Token of a code.
 *
 * @param key of {@link indexKey}
 * @param system the code system's URI
 * @returns 128 bits of HMAC-SHA-256, base64url
 */
export function codeToken(key: Uint8Array, system: string, code: string): string {
  return token(key, JSON.stringify(['code', system, code]));
}

/** Token of a word of a title, the same for every case and compatible form of it. */
export function wordToken(key: Uint8Array, word: string): string {
  return token(key, JSON.stringify(['word', normaliseWord(word)]));
}

/** Unicode NFKC, trimmed, folded to lower case without regard to locale. */
export function normaliseWord(word: string): string {
  return word.normalize('NFKC').trim().toLowerCase().normalize('NFKC');
}

function token(key: Uint8Array, text: string): string {
  return toBase64Url(hmacSha256(key, text).subarray(0, 16));
}
