/**
 * Batch keys: an author makes one per (batch, category key), seals it to the category (whose private key it does not have)
 * and to its own group, and wraps the data keys of the records under it. One seal for many records: a seal costs about
 * 2.5 ms, a wrap some microseconds.
 */
import type { AppendedBatch } from '@chain-of-care/chaincode/model';
import { toBase64Url, type Bytes } from '../encoding/index.ts';
import { randomBytes } from '../primitives/index.ts';
import { authorAad, batchAad, type CategoryKeyReference, type GroupReference } from './aad.ts';
import { openSeal, sealTo } from './hpke.ts';
import { KeyWrapper } from './keyWrap.ts';
import { sealedBytes } from './sealedText.ts';

/** The public keys an author seals to; both come from the ledger. */
export interface BatchRecipients {
  readonly category: CategoryKeyReference & { readonly publicKey: Uint8Array };
  readonly author: GroupReference & { readonly publicKey: Uint8Array };
}

export interface NewBatch {
  /** As `care.appendRecords` carries it. */
  readonly batch: AppendedBatch;
  /** Wraps the data keys of the batch's records. */
  readonly wrapper: KeyWrapper;
}

/**
 * @param batchId UUID
 * @throws KeyError key_malformed, binding_malformed
 */
export async function newBatch(batchId: string, { category, author }: BatchRecipients): Promise<NewBatch> {
  const key = randomBytes(32);
  const [sealedToCategory, sealedToGroup, wrapper] = await Promise.all([
    sealTo(category.publicKey, key, batchAad(category, batchId)),
    sealTo(author.publicKey, key, authorAad(author, batchId)),
    KeyWrapper.with(key),
  ]);
  const batch = {
    batchId,
    category: category.category,
    confidentiality: category.confidentiality,
    epoch: category.epoch,
    sealedToCategory: toBase64Url(sealedToCategory),
    authorGroup: author.group,
    groupEpoch: author.epoch,
    sealedToGroup: toBase64Url(sealedToGroup),
  };
  return { batch, wrapper };
}

/** What the ledger says of a batch, as far as its seals are bound to it. */
export interface BatchSeals {
  readonly batchId: string;
  readonly sealedToCategory: string;
  readonly sealedToGroup: string;
}

/**
 * Opens a batch key with the category's seed (patient, or a grantee of the whole category).
 *
 * @param seed 32 bytes
 * @throws KeyError seal_refused, key_malformed
 */
export async function openBatchAsHolder(
  seed: Uint8Array,
  category: CategoryKeyReference,
  { batchId, sealedToCategory }: BatchSeals,
): Promise<KeyWrapper> {
  return KeyWrapper.with(await openSeal(seed, sealedBytes(sealedToCategory), batchAad(category, batchId)));
}

/**
 * Opens a batch key with the group's seed (the authoring organisation, basis `author`).
 *
 * @param seed 32 bytes
 * @throws KeyError seal_refused, key_malformed
 */
export async function openBatchAsAuthor(
  seed: Uint8Array,
  author: GroupReference,
  { batchId, sealedToGroup }: BatchSeals,
): Promise<KeyWrapper> {
  return KeyWrapper.with(await openSeal(seed, sealedBytes(sealedToGroup), authorAad(author, batchId)));
}

/** Wraps a record's data key as `care.appendRecords` carries it: 40 bytes, base64url. */
export async function wrapDataKey(wrapper: KeyWrapper, dataKey: Uint8Array): Promise<string> {
  return toBase64Url(await wrapper.wrap(dataKey));
}

/** @throws KeyError wrap_refused. @returns the data key, 32 bytes */
export async function unwrapDataKey(wrapper: KeyWrapper, wrappedKey: string): Promise<Bytes> {
  return wrapper.unwrap(sealedBytes(wrappedKey, 'wrap_refused'));
}
