/** What a consent's grantee receives: a category's private seed, or data keys of single records. */
import { toBase64Url, type Bytes } from '../encoding/index.ts';
import { dataKeyAad, seedAad, type CategoryKeyReference, type GrantReference, type RecordReference } from './aad.ts';
import { openSeal, sealTo } from './hpke.ts';
import { sealedBytes } from './sealedText.ts';

export interface Grantee extends GrantReference {
  /** X-Wing public key of the grantee, 1,216 bytes. */
  readonly publicKey: Uint8Array;
}

/** A record version and the epoch of the category key that its batch is sealed to. */
export interface GrantedRecord extends RecordReference {
  readonly epoch: number;
}

/**
 * @param seed private seed of the category's pair, 32 bytes
 * @returns the seal, base64url
 * @throws KeyError key_malformed, binding_malformed
 */
export async function grantSeed(seed: Uint8Array, key: CategoryKeyReference, grantee: Grantee): Promise<string> {
  return toBase64Url(await sealTo(grantee.publicKey, seed, seedAad(key, grantee)));
}

/**
 * @param granteeSeed the grantee's private key, 32 bytes
 * @returns the category's private seed, 32 bytes
 * @throws KeyError seal_refused: also when the seal belongs to another consent, patient, category or epoch
 */
export async function openGrantedSeed(
  granteeSeed: Uint8Array,
  sealed: string,
  key: CategoryKeyReference,
  grant: GrantReference,
): Promise<Bytes> {
  return openSeal(granteeSeed, sealedBytes(sealed), seedAad(key, grant));
}

/**
 * @param dataKey of the record version, 32 bytes
 * @returns the seal, base64url
 * @throws KeyError key_malformed, binding_malformed
 */
export async function grantDataKey(dataKey: Uint8Array, record: GrantedRecord, grantee: Grantee): Promise<string> {
  return toBase64Url(await sealTo(grantee.publicKey, dataKey, dataKeyAad(record, grantee, record.epoch)));
}

/**
 * @param granteeSeed the grantee's private key, 32 bytes
 * @returns the data key, 32 bytes
 * @throws KeyError seal_refused
 */
export async function openGrantedDataKey(
  granteeSeed: Uint8Array,
  sealed: string,
  record: GrantedRecord,
  grant: GrantReference,
): Promise<Bytes> {
  return openSeal(granteeSeed, sealedBytes(sealed), dataKeyAad(record, grant, record.epoch));
}
