/** Decentralised identifiers of people (W3C DID Core, did:key): pairwise, from device keys, which are all they hold. */
import { base58btc } from 'multiformats/bases/base58';
import { concat } from '../encoding/index.ts';
import type { CryptoKey } from '../webCrypto.ts';

/** Multicodec p256-pub (0x1200) as an unsigned varint. */
const p256Prefix = Uint8Array.of(0x80, 0x24);

/** A verification method of the type Multikey (W3C Controlled Identifiers 1.0). */
export interface VerificationMethod {
  readonly id: string;
  readonly type: 'Multikey';
  readonly controller: string;
  readonly publicKeyMultibase: string;
}

export interface DidDocument {
  readonly '@context': readonly string[];
  readonly id: string;
  readonly verificationMethod: readonly VerificationMethod[];
  readonly authentication: readonly string[];
  readonly assertionMethod: readonly string[];
}

/**
 * The did:key of a device key. A device makes a key for each hospital, so that its DIDs do not link the person.
 *
 * @param publicKey P-256
 * @returns `did:key:zDn…`
 */
export async function didOfDeviceKey(publicKey: CryptoKey): Promise<string> {
  return `did:key:${await multikey(publicKey)}`;
}

/** The public key in multibase (base58btc) with its multicodec. */
export async function multikey(publicKey: CryptoKey): Promise<string> {
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  const parity = (point.at(-1) ?? 0) & 1;
  return base58btc.encode(concat(p256Prefix, Uint8Array.of(2 + parity), point.subarray(1, 33)));
}

/**
 * A patient's DID document: the DID is that of the first device key and stays when devices come and go.
 *
 * @param deviceKeys public P-256 keys, at least one
 * @throws RangeError without a device key
 */
export async function patientDidDocument(deviceKeys: readonly CryptoKey[]): Promise<DidDocument> {
  const keys = await Promise.all(deviceKeys.map(async (deviceKey) => multikey(deviceKey)));
  if (keys.length === 0) throw new RangeError('a DID document needs a device key');
  const id = `did:key:${keys[0]}`;
  const verificationMethod = keys.map(
    (key) => ({ id: `${id}#${key}`, type: 'Multikey', controller: id, publicKeyMultibase: key }) as const,
  );
  const references = verificationMethod.map((method) => method.id);
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id,
    verificationMethod,
    authentication: references,
    assertionMethod: references,
  };
}
