/** X25519 (RFC 7748) by WebCrypto where the platform has it, in JavaScript elsewhere. */
import { HkdfSha256, X25519 } from '@hpke/dhkem-x25519';
import { asBytes, type Bytes } from '../encoding/index.ts';

/**
 * @param privateKey 32 bytes
 * @param publicKey 32 bytes; the base point gives the public key of the private one
 * @returns the shared secret, 32 bytes
 * @throws Error for keys of another length, and where the secret would be all zero (RFC 7748 §6.1)
 */
export type KeyAgreement = (privateKey: Uint8Array, publicKey: Uint8Array) => Promise<Bytes>;

/** PKCS#8 of an X25519 private key up to its 32 bytes (RFC 8410 §7). */
const pkcs8Prefix = Uint8Array.of(
  0x30,
  0x2e,
  0x02,
  0x01,
  0x00,
  0x30,
  0x05,
  0x06,
  0x03,
  0x2b,
  0x65,
  0x6e,
  0x04,
  0x22,
  0x04,
  0x20,
);
const secretBits = 256;
const algorithm = 'X25519';

/** Whether a WebCrypto knows X25519. */
export function knowsX25519(subtle: Pick<typeof crypto.subtle, 'generateKey'>): Promise<boolean> {
  return subtle.generateKey(algorithm, false, ['deriveBits']).then(
    () => true,
    () => false,
  );
}

let native: Promise<boolean> | undefined;

/** Whether the platform's WebCrypto knows X25519; asked once. */
export function hasNativeX25519(): Promise<boolean> {
  native ??= knowsX25519(crypto.subtle);
  return native;
}

/** @param isNative whether the platform's own is to be used */
export function x25519(isNative: () => Promise<boolean> = hasNativeX25519): KeyAgreement {
  return async (privateKey, publicKey) =>
    (await isNative()) ? nativeX25519(privateKey, publicKey) : javaScriptX25519(privateKey, publicKey);
}

const library = new X25519(new HkdfSha256());

/** As {@link KeyAgreement}, by a library. */
export async function javaScriptX25519(privateKey: Uint8Array, publicKey: Uint8Array): Promise<Bytes> {
  return Uint8Array.from(await library.derive(asBytes(privateKey), asBytes(publicKey)));
}

/** As {@link KeyAgreement}, by WebCrypto. */
export async function nativeX25519(privateKey: Uint8Array, publicKey: Uint8Array): Promise<Bytes> {
  const pkcs8 = new Uint8Array(pkcs8Prefix.length + privateKey.length);
  pkcs8.set(pkcs8Prefix);
  pkcs8.set(privateKey, pkcs8Prefix.length);
  const own = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['deriveBits']);
  pkcs8.fill(0);
  const peer = await crypto.subtle.importKey('raw', Uint8Array.from(publicKey), algorithm, false, []);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: algorithm, public: peer }, own, secretBits));
}
