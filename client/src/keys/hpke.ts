/**
 * Sealing to a key pair: HPKE base mode (RFC 9180) with the X-Wing KEM (X25519 + ML-KEM-768), HKDF-SHA-256 and
 * AES-256-GCM. A seal is `enc (1120) ‖ ciphertext ‖ tag (16)`.
 */
import { Aes256Gcm, CipherSuite, HkdfSha256 } from '@hpke/core';
import { XWing } from '@hpke/hybridkem-x-wing';
import { asBytes, concat, utf8, type Bytes } from '../encoding/index.ts';
import { randomBytes } from '../primitives/index.ts';
import { KeyError } from './errors.ts';
import { mlKem768, type KeyEncapsulation } from './mlKem768.ts';
import { x25519, type KeyAgreement } from './x25519.ts';

const encapsulationLength = 1120;
const publicKeyLength = 1216;
const seedLength = 32;
const tagLength = 16;
const info = utf8('chain-of-care/v1');

/** X-Wing of given parts: the library's own take nearly all of a seal, so the platform's are used where there are some. */
class PlatformXWing extends XWing {
  constructor(agreement: KeyAgreement, encapsulation: KeyEncapsulation) {
    super();
    this._x25519.derive = agreement;
    Object.assign(this._m, encapsulation);
  }
}

/** The KEM and the suite of our seals, by default of the platform's parts where it has them. */
export function sealingSuite(
  agreement: KeyAgreement = x25519(),
  encapsulation: KeyEncapsulation = mlKem768,
): { readonly kem: XWing; readonly suite: CipherSuite } {
  const own = new PlatformXWing(agreement, encapsulation);
  return { kem: own, suite: new CipherSuite({ kem: own, kdf: new HkdfSha256(), aead: new Aes256Gcm() }) };
}

const { kem, suite } = sealingSuite();

/** Bytes that a seal is longer than what it seals. */
export const sealOverhead = encapsulationLength + tagLength;

export interface SealingKeyPair {
  /** The X-Wing private key: a seed of 32 bytes, from which all else is derived. */
  readonly seed: Bytes;
  /** 1,216 bytes: ML-KEM-768 encapsulation key ‖ X25519 public key. */
  readonly publicKey: Bytes;
}

/** A new random key pair: of a group, a member of staff or an ephemeral request. */
export async function generateSealingKeyPair(): Promise<SealingKeyPair> {
  return sealingKeyPairFromSeed(randomBytes(seedLength));
}

/**
 * @param seed 32 bytes
 * @throws KeyError key_malformed
 */
export async function sealingKeyPairFromSeed(seed: Uint8Array): Promise<SealingKeyPair> {
  if (seed.length !== seedLength) throw new KeyError('key_malformed');
  const own = Uint8Array.from(seed);
  const { publicKey } = await kem.generateKeyPairDerand(Uint8Array.from(seed));
  return { seed: own, publicKey: new Uint8Array(await kem.serializePublicKey(publicKey)) };
}

/**
 * @param publicKey of the recipient, 1,216 bytes
 * @param aad what the seal is bound to, from `aad.ts`
 * @returns a seal of {@link sealOverhead} bytes more than the plaintext
 * @throws KeyError key_malformed
 */
export async function sealTo(publicKey: Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Promise<Bytes> {
  if (publicKey.length !== publicKeyLength) throw new KeyError('key_malformed');
  const recipientPublicKey = await kem.deserializePublicKey(asBytes(publicKey));
  const { enc, ct } = await suite.seal({ recipientPublicKey, info }, asBytes(plaintext), asBytes(aad));
  return concat(new Uint8Array(enc), new Uint8Array(ct));
}

/**
 * @param seed the recipient's private key, 32 bytes
 * @param aad what the seal must be bound to
 * @throws KeyError key_malformed, seal_refused
 */
export async function openSeal(seed: Uint8Array, seal: Uint8Array, aad: Uint8Array): Promise<Bytes> {
  if (seed.length !== seedLength) throw new KeyError('key_malformed');
  if (seal.length < sealOverhead) throw new KeyError('seal_refused');
  const [enc, ciphertext] = [seal.subarray(0, encapsulationLength), seal.subarray(encapsulationLength)];
  try {
    const recipientKey = await kem.deserializePrivateKey(Uint8Array.from(seed));
    const plaintext = await suite.open(
      { recipientKey, info, enc: Uint8Array.from(enc) },
      Uint8Array.from(ciphertext),
      asBytes(aad),
    );
    return new Uint8Array(plaintext);
  } catch (cause) {
    throw new KeyError('seal_refused', { cause });
  }
}
