import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto';
import { hmacSha256 } from './hmac.ts';

const nonceLength = 12;
const tagLength = 16;

/**
 * Seals a response with the submitter's one-time key: `nonce ‖ ciphertext ‖ tag`, AES-256-GCM. The nonce is the first 12
 * bytes of HMAC-SHA-256(key, plaintext): endorsers that agree on the plaintext agree on every byte, and a key met by two
 * different plaintexts never repeats a nonce.
 *
 * @param key 32 bytes
 */
export function seal(key: Uint8Array, plaintext: string): Uint8Array {
  const nonce = hmacSha256(key, plaintext).subarray(0, nonceLength);
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), nonce);
  return Buffer.concat([nonce, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error when the key is another or a bit has changed */
export function unseal(key: Uint8Array, sealed: Uint8Array): string {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceLength));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagLength));
  const body = sealed.subarray(nonceLength, sealed.length - tagLength);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
}
