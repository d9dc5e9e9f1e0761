/** A device key: P-256, made and kept on the holder's device. Its id on the ledger is the SHA-256 of its public key. */
import { asBytes, toHex, type Bytes } from '../encoding/index.ts';
import { sha256 } from '../primitives/index.ts';
import type { CryptoKey, CryptoKeyPair } from '../webCrypto.ts';
import { fabricSignature, isLowS, p1363Signature } from './ecdsa.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signing = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** Signs a message (not a digest) the way Fabric verifies: ECDSA with SHA-256, DER, low-S. */
export type MessageSigner = (message: Uint8Array) => Promise<Uint8Array>;

/** A new pair whose private key cannot leave WebCrypto; `extractable` only for keys that a custodian must store. */
export async function generateDeviceKey(options: { readonly extractable?: boolean } = {}): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, options.extractable ?? false, ['sign', 'verify']);
}

/** @returns SHA-256 of the public key (SPKI, DER), 64 hex digits: `deviceKey` on the ledger */
export async function deviceKeyId(publicKey: CryptoKey): Promise<string> {
  return deviceKeyIdOfSpki(await exportSpki(publicKey));
}

/** @param spki SubjectPublicKeyInfo, DER */
export async function deviceKeyIdOfSpki(spki: Uint8Array): Promise<string> {
  return toHex(await sha256(spki));
}

/** SubjectPublicKeyInfo, DER (91 bytes for P-256). */
export async function exportSpki(publicKey: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey('spki', publicKey));
}

/** PKCS#8, DER. @throws DOMException (InvalidAccessError) when the key is not extractable */
export async function exportPkcs8(privateKey: CryptoKey): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey));
}

/** @param pkcs8 DER. @throws DOMException (DataError) when it is not a P-256 key */
export async function importDevicePrivateKey(pkcs8: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('pkcs8', asBytes(pkcs8), algorithm, false, ['sign']);
}

/** @param spki DER. @throws DOMException (DataError) when it is not a P-256 key */
export async function importDevicePublicKey(spki: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('spki', asBytes(spki), algorithm, true, ['verify']);
}

/**
 * Signs for Fabric's offline signing. WebCrypto hashes the message itself: give it the bytes that the SDK returns with
 * `hash.none`, which are the whole message.
 */
export function webCryptoSigner(privateKey: CryptoKey): MessageSigner {
  return async (message) =>
    fabricSignature(new Uint8Array(await crypto.subtle.sign(signing, privateKey, asBytes(message))));
}

/** Whether a DER signature is this key's over the message, in the only form Fabric takes (strict DER, low-S). */
export async function verifyFabricSignature(
  publicKey: CryptoKey,
  signature: Uint8Array,
  message: Uint8Array,
): Promise<boolean> {
  let p1363: Bytes;
  try {
    p1363 = p1363Signature(signature);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
  return isLowS(p1363) && crypto.subtle.verify(signing, publicKey, p1363, asBytes(message));
}
