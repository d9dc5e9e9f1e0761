/** Where a value lies: a private collection or public state, and a key. */
import { hmacSha256 } from './hmac.ts';

export interface Address {
  /** Private data collection; absent for public state. */
  readonly collection?: string;
  readonly key: string;
}

/** Public state: Fabric's composite key of an object type and its attributes. */
export function publicAddress(objectType: string, ...attributes: readonly string[]): Address {
  return { key: `\u0000${[objectType, ...attributes].join('\u0000')}\u0000` };
}

/** A collection whose members may know the subject: `kind|subject` (only its hash is in the block). */
export function openAddress(collection: string, kind: string, ...subject: readonly string[]): Address {
  return { collection, key: [kind, ...subject].join('|') };
}

/**
 * A fact about a patient: `HMAC-SHA-256(handle, kind|subject)` in hex, so that who does not hold the random handle can
 * neither find the key nor recognise its hash.
 *
 * @param handle 128 bits, 32 hex digits
 */
export function handleAddress(
  collection: string,
  handle: string,
  kind: string,
  ...subject: readonly string[]
): Address {
  const key = hmacSha256(Buffer.from(handle, 'hex'), [kind, ...subject].join('|')).toString('hex');
  return { collection, key };
}

export function addressId(address: Address): string {
  return `${address.collection ?? ''}\u0001${address.key}`;
}
