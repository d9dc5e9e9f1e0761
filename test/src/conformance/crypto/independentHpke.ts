/**
 * HPKE base mode (RFC 9180 §5.1) with X-Wing, HKDF-SHA-256 and AES-256-GCM, written from the RFC on other libraries
 * (noble's X-Wing, OpenSSL) than the client uses: what one seals the other must open.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { ml_kem768_x25519 as xWing } from '@noble/post-quantum/hybrid.js';

const kemId = 0x647a;
const suiteId = Buffer.concat([Buffer.from('HPKE'), u16(kemId), u16(1), u16(2)]);
const mode = Buffer.of(0);
const encLength = 1120;
const tagLength = 16;

export function independentSeal(
  publicKey: Uint8Array,
  info: Uint8Array,
  plaintext: Uint8Array,
  aad: Uint8Array,
): Uint8Array {
  const { cipherText, sharedSecret } = xWing.encapsulate(publicKey);
  const { key, nonce } = keySchedule(sharedSecret, info);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad);
  return Buffer.concat([cipherText, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

export function independentOpen(seed: Uint8Array, info: Uint8Array, seal: Uint8Array, aad: Uint8Array): Uint8Array {
  const { key, nonce } = keySchedule(xWing.decapsulate(seal.subarray(0, encLength), seed), info);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(aad);
  decipher.setAuthTag(seal.subarray(-tagLength));
  return Buffer.concat([decipher.update(seal.subarray(encLength, -tagLength)), decipher.final()]);
}

function keySchedule(sharedSecret: Uint8Array, info: Uint8Array) {
  const none = Buffer.alloc(0);
  const context = Buffer.concat([
    mode,
    labeledExtract(none, 'psk_id_hash', none),
    labeledExtract(none, 'info_hash', info),
  ]);
  const secret = labeledExtract(sharedSecret, 'secret', none);
  return { key: labeledExpand(secret, 'key', context, 32), nonce: labeledExpand(secret, 'base_nonce', context, 12) };
}

function labeledExtract(salt: Uint8Array, label: string, inputKey: Uint8Array): Buffer {
  return hmac(salt, Buffer.from('HPKE-v1'), suiteId, Buffer.from(label), inputKey);
}

/** One block is enough: no output here is longer than 32 bytes. */
function labeledExpand(key: Uint8Array, label: string, info: Uint8Array, length: number): Buffer {
  const labeled = [u16(length), Buffer.from('HPKE-v1'), suiteId, Buffer.from(label), info];
  return hmac(key, ...labeled, Buffer.of(1)).subarray(0, length);
}

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  return createHmac('sha256', key).update(Buffer.concat(parts)).digest();
}

function u16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}
