/** Seals records on the way in: content and facts under a data key each, data keys under one batch key a category. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { AppendedRecord, Confidentiality, RecordCategory, RecordVersion } from '@chain-of-care/chaincode/model';
import { recordIdOf, type Origin } from '@chain-of-care/chaincode/rules';
import {
  newBatch,
  newDataKey,
  sealBytes,
  sealContent,
  sealFacts,
  wrapDataKey,
  type NewBatch,
} from '@chain-of-care/client';
import type { CategoryKeys, CategoryPublicKey, GroupPublicKey } from '../custody/publicKeys.ts';
import { termsOf } from './coding.ts';
import type { RecordDescription } from './dto.ts';
import type { BatchPurpose, OpenBatches } from './openBatches.ts';

/** Kind of content that an envelope of a record names. */
export const recordContent = 'record';

/** A record before it is sealed. */
export interface PlainRecord {
  readonly category: RecordCategory;
  readonly confidentiality: Confidentiality;
  readonly clinicalDate: string;
  readonly description: RecordDescription;
  readonly content: Uint8Array;
  /** Set for an amendment: the record continued and the version it becomes. */
  readonly amends?: { readonly recordId: string; readonly version: number };
}

/** A record whose content is sealed under its data key; to whom that key is sealed is decided when it is submitted. */
export interface SealedRecord {
  readonly record: Omit<PlainRecord, 'content'>;
  readonly reference: RecordVersion;
  readonly dataKey: Uint8Array;
  /** Its facts. */
  readonly sealed: string;
}

/** What a command brings of records: their data keys wrapped. */
export interface AddressedRecords {
  /** Without those that are on the ledger already. */
  readonly batches: readonly FreshBatch[];
  /** Without cid, sha256 and size, which the store knows. */
  readonly records: readonly Omit<AppendedRecord, 'cid' | 'sha256' | 'size'>[];
}

/** To whom is sealed: the patient's categories and the author's group. */
export interface Recipients {
  readonly patientId: string;
  readonly categoryKeys: CategoryKeys;
  readonly author: GroupPublicKey;
  /** Of the blind index of a pair's codes, where this organisation holds it. */
  readonly indexKey: (pair: CategoryPublicKey) => Promise<Uint8Array | undefined>;
}

/** A batch that the command brings, with what it is for. */
export interface FreshBatch {
  readonly purpose: BatchPurpose;
  readonly batch: NewBatch;
}

/** @param origin of the append command: new records' ids follow from it */
export async function sealRecords(
  records: readonly PlainRecord[],
  origin: Origin,
): Promise<{ readonly sealed: readonly SealedRecord[]; readonly ciphertexts: readonly Uint8Array[] }> {
  const sealed: SealedRecord[] = [];
  const ciphertexts: Uint8Array[] = [];
  for (const [index, { content, ...record }] of records.entries()) {
    const one = await sealedRecord(record, origin, index);
    ciphertexts.push(await sealBytes(content, one.dataKey, { ...one.reference, type: recordContent }));
    sealed.push(one);
  }
  return { sealed, ciphertexts };
}

/** One record whose content is a stream: the ciphertext is sealed while it is read. */
export async function sealStream(
  record: Omit<PlainRecord, 'content'>,
  content: Readable,
  origin: Origin,
): Promise<{
  readonly sealed: SealedRecord;
  readonly ciphertext: AsyncIterable<Uint8Array>;
  readonly digest: () => string;
}> {
  const sealed = await sealedRecord(record, origin, 0);
  const digest = createHash('sha256');
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const piece of content as AsyncIterable<Uint8Array>) {
      digest.update(piece);
      yield piece;
    }
  }
  return {
    sealed,
    ciphertext: sealContent(counted(), sealed.dataKey, { ...sealed.reference, type: recordContent }),
    digest: () => digest.digest('hex'),
  };
}

async function sealedRecord(
  record: Omit<PlainRecord, 'content'>,
  origin: Origin,
  index: number,
): Promise<SealedRecord> {
  const reference = record.amends ?? { recordId: recordIdOf(origin, index), version: 1 };
  const dataKey = newDataKey();
  return { record, reference, dataKey, sealed: await sealFacts(dataKey, reference, record.description) };
}

/**
 * Wraps the records' data keys under batch keys that are sealed to these recipients.
 *
 * @param commandKey with `uuid` names batches so that a repeat names them alike
 */
export async function addressRecords(
  records: readonly SealedRecord[],
  recipients: Recipients,
  open: OpenBatches,
  commandKey: string,
  uuid: (name: string) => string,
): Promise<AddressedRecords> {
  const batches = new BatchesOf(recipients, open, uuid, commandKey);
  const addressed: AddressedRecords['records'][number][] = [];
  for (const { record, reference, dataKey, sealed } of records) {
    const { category, clinicalDate, description } = record;
    const { batch, indexKey } = await batches.for(record);
    const terms = indexKey === undefined ? undefined : termsOf(indexKey, description.coding);
    addressed.push({
      ...reference,
      batchId: batch.batch.batchId,
      category,
      clinicalDate,
      wrappedKey: await wrapDataKey(batch.wrapper, dataKey),
      sealed,
      ...(terms === undefined ? {} : { terms }),
    });
  }
  return { batches: batches.fresh, records: addressed };
}

/** What a pair of category and confidentiality is sealed with in one command. */
interface PairBatch {
  readonly batch: NewBatch;
  readonly indexKey: Uint8Array | undefined;
}

/** The batches of one command: an open one where there is one, otherwise a fresh one for each category. */
class BatchesOf {
  readonly #recipients: Recipients;
  readonly #open: OpenBatches;
  readonly #uuid: (name: string) => string;
  readonly #commandKey: string;
  readonly #used = new Map<string, PairBatch>();
  readonly fresh: FreshBatch[] = [];

  constructor(recipients: Recipients, open: OpenBatches, uuid: (name: string) => string, commandKey: string) {
    this.#recipients = recipients;
    this.#open = open;
    this.#uuid = uuid;
    this.#commandKey = commandKey;
  }

  async for(record: Pick<PlainRecord, 'category' | 'confidentiality'>): Promise<PairBatch> {
    const { patientId, categoryKeys, author, indexKey } = this.#recipients;
    const category = categoryKeys(record.category, record.confidentiality);
    const pair = `${category.category}|${category.confidentiality}`;
    const used = this.#used.get(pair);
    if (used !== undefined) return used;
    const purpose = { patientId, category, author };
    const known = this.#open.find(purpose);
    const batch =
      known ??
      (await newBatch(this.#uuid(`batch|${this.#commandKey}|${category.epoch}|${pair}`), { category, author }));
    if (known === undefined) this.fresh.push({ purpose, batch });
    const made = { batch, indexKey: await indexKey(category) };
    this.#used.set(pair, made);
    return made;
  }
}
