/** AES-256-GCM of small values (SP 800-38D) as `nonce (12) ‖ ciphertext ‖ tag (16)`. */
import { asBytes, concat, type Bytes } from '../encoding/index.ts';
import { randomBytes } from './random.ts';

const keyLength = 32;
const nonceLength = 12;
const tagLength = 16;
const nothing = new Uint8Array(0);

/**
 * Seals with a random nonce: a key takes far fewer than 2^32 values.
 *
 * @param key 32 bytes
 * @param aad authenticated, not sealed
 * @throws RangeError when the key is not 32 bytes
 */
export async function sealAesGcm(key: Uint8Array, plaintext: Uint8Array, aad: Uint8Array = nothing): Promise<Bytes> {
  const iv = randomBytes(nonceLength);
  const parameters = { name: 'AES-GCM', iv, additionalData: asBytes(aad) };
  const sealed = await crypto.subtle.encrypt(parameters, await importKey(key, 'encrypt'), asBytes(plaintext));
  return concat(iv, new Uint8Array(sealed));
}

/**
 * @param key 32 bytes
 * @throws RangeError when the key is not 32 bytes or the value is too short; DOMException (OperationError) when the key or
 * the authenticated data is another or a bit has changed
 */
export async function openAesGcm(key: Uint8Array, sealed: Uint8Array, aad: Uint8Array = nothing): Promise<Bytes> {
  if (sealed.length < nonceLength + tagLength) throw new RangeError('shorter than a nonce and a tag');
  const iv = asBytes(sealed.subarray(0, nonceLength));
  const parameters = { name: 'AES-GCM', iv, additionalData: asBytes(aad) };
  const body = asBytes(sealed.subarray(nonceLength));
  return new Uint8Array(await crypto.subtle.decrypt(parameters, await importKey(key, 'decrypt'), body));
}

async function importKey(key: Uint8Array, usage: 'encrypt' | 'decrypt') {
  if (key.length !== keyLength) throw new RangeError('an AES-256 key has 32 bytes');
  return crypto.subtle.importKey('raw', asBytes(key), 'AES-GCM', false, [usage]);
}
