/**
 * What a consent's grantee receives: categories' private seeds, and data keys of single records. They are wrapped under a
 * grant key, which alone is sealed to the grantee: one seal, whatever the consent opens. Each wrap is bound to what it is
 * for (category and epoch or record version, grantee, consent), so none stands in another's place.
 */
import type { OfferedGrantKey } from '@chain-of-care/chaincode/model';
import { toBase64Url, type Bytes } from '../encoding/index.ts';
import { openAesGcm, randomBytes, sealAesGcm } from '../primitives/index.ts';
import {
  dataKeyAad,
  grantKeyAad,
  seedAad,
  type CategoryKeyReference,
  type GrantReference,
  type RecordReference,
} from './aad.ts';
import { KeyError } from './errors.ts';
import { openSeal, sealTo } from './hpke.ts';
import { sealedBytes } from './sealedText.ts';

const keyLength = 32;

export interface Grantee extends GrantReference {
  /** X-Wing public key of the grantee, 1,216 bytes. */
  readonly publicKey: Uint8Array;
}

/** A record version and the epoch of the category key that its batch is sealed to. */
export interface GrantedRecord extends RecordReference {
  readonly epoch: number;
}

/** A consent's grant key in use: wraps for its grantee, or opens what was wrapped. */
export class GrantWrapper {
  readonly #key: Uint8Array;
  readonly #grant: GrantReference;

  /**
   * @param key 32 bytes
   * @throws KeyError key_malformed
   */
  constructor(key: Uint8Array, { consentId, grantee }: GrantReference) {
    this.#key = requireKey(key);
    this.#grant = { consentId, grantee };
  }

  /**
   * @param seed private seed of the category's pair, 32 bytes
   * @returns base64url
   * @throws KeyError key_malformed, binding_malformed
   */
  async wrapSeed(seed: Uint8Array, key: CategoryKeyReference): Promise<string> {
    return this.#wrap(seed, seedAad(key, this.#grant));
  }

  /** @throws KeyError wrap_refused: also when it was wrapped for another consent, grantee, patient, category or epoch */
  async openSeed(wrapped: string, key: CategoryKeyReference): Promise<Bytes> {
    return this.#open(wrapped, seedAad(key, this.#grant));
  }

  /**
   * @param dataKey of the record version, 32 bytes
   * @returns base64url
   * @throws KeyError key_malformed, binding_malformed
   */
  async wrapDataKey(dataKey: Uint8Array, record: GrantedRecord): Promise<string> {
    return this.#wrap(dataKey, dataKeyAad(record, this.#grant, record.epoch));
  }

  /** @throws KeyError wrap_refused: also when it was wrapped for another consent, grantee, record, version or epoch */
  async openDataKey(wrapped: string, record: GrantedRecord): Promise<Bytes> {
    return this.#open(wrapped, dataKeyAad(record, this.#grant, record.epoch));
  }

  async #wrap(key: Uint8Array, aad: Bytes): Promise<string> {
    return toBase64Url(await sealAesGcm(this.#key, requireKey(key), aad));
  }

  async #open(wrapped: string, aad: Bytes): Promise<Bytes> {
    try {
      return await openAesGcm(this.#key, sealedBytes(wrapped, 'wrap_refused'), aad);
    } catch (cause) {
      throw new KeyError('wrap_refused', { cause });
    }
  }
}

/**
 * A fresh grant key, sealed to the grantee.
 *
 * @param keyId UUID
 * @returns what the ledger keeps, and the wrapper for everything that the consent hands over
 * @throws KeyError key_malformed, binding_malformed
 */
export async function newGrantKey(
  patientId: string,
  keyId: string,
  grantee: Grantee,
): Promise<{ readonly grantKey: OfferedGrantKey; readonly wrapper: GrantWrapper }> {
  const key = randomBytes(keyLength);
  const sealed = toBase64Url(await sealTo(grantee.publicKey, key, grantKeyAad(patientId, keyId, grantee)));
  return { grantKey: { keyId, recipient: grantee.grantee, sealed }, wrapper: new GrantWrapper(key, grantee) };
}

/**
 * @param granteeSeed the grantee's private key, 32 bytes
 * @throws KeyError seal_refused: also when the seal belongs to another consent, patient, grantee or grant key
 */
export async function openGrantKey(
  granteeSeed: Uint8Array,
  patientId: string,
  { keyId, sealed }: Pick<OfferedGrantKey, 'keyId' | 'sealed'>,
  grant: GrantReference,
): Promise<GrantWrapper> {
  const key = await openSeal(granteeSeed, sealedBytes(sealed), grantKeyAad(patientId, keyId, grant));
  return new GrantWrapper(key, grant);
}

/**
 * Opens a seed that the first release sealed to the grantee by itself.
 *
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
 * Opens a data key that the first release sealed to the grantee by itself.
 *
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

function requireKey(key: Uint8Array): Uint8Array {
  if (key.length !== keyLength) throw new KeyError('key_malformed');
  return key;
}
