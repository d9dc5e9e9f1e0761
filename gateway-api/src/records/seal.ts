/** Seals records on the way in: content and facts under a data key each, data keys under one batch key a category. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { AppendedRecord, Confidentiality, RecordCategory } from '@chain-of-care/chaincode/model';
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

export interface SealedRecords {
  /** Without those that are on the ledger already. */
  readonly batches: readonly FreshBatch[];
  /** Without cid, sha256 and size, which the store knows. */
  readonly records: readonly Omit<AppendedRecord, 'cid' | 'sha256' | 'size'>[];
  readonly ciphertexts: readonly Uint8Array[];
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

/**
 * @param origin of the append command: new records' ids follow from it
 * @param uuid names batches so that a repeat names them alike
 */
export async function sealRecords(
  records: readonly PlainRecord[],
  recipients: Recipients,
  open: OpenBatches,
  origin: Origin,
  uuid: (name: string) => string,
): Promise<SealedRecords> {
  const batches = new BatchesOf(recipients, open, uuid, origin);
  const sealed: SealedRecords['records'][number][] = [];
  const ciphertexts: Uint8Array[] = [];
  for (const [index, record] of records.entries()) {
    const batch = await batches.for(record);
    const reference = record.amends ?? { recordId: recordIdOf(origin, index), version: 1 };
    const dataKey = newDataKey();
    ciphertexts.push(await sealBytes(record.content, dataKey, { ...reference, type: recordContent }));
    sealed.push(await sealedRecord(record, reference, batch, dataKey));
  }
  return { batches: batches.fresh, records: sealed, ciphertexts };
}

/** One record whose content is a stream: the ciphertext is sealed while it is read. */
export async function sealStream(
  record: Omit<PlainRecord, 'content'>,
  content: Readable,
  recipients: Recipients,
  open: OpenBatches,
  origin: Origin,
  uuid: (name: string) => string,
): Promise<Omit<SealedRecords, 'ciphertexts'> & { ciphertext: AsyncIterable<Uint8Array>; digest: () => string }> {
  const batches = new BatchesOf(recipients, open, uuid, origin);
  const batch = await batches.for(record);
  const reference = record.amends ?? { recordId: recordIdOf(origin, 0), version: 1 };
  const dataKey = newDataKey();
  const digest = createHash('sha256');
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const piece of content as AsyncIterable<Uint8Array>) {
      digest.update(piece);
      yield piece;
    }
  }
  return {
    batches: batches.fresh,
    records: [await sealedRecord(record, reference, batch, dataKey)],
    ciphertext: sealContent(counted(), dataKey, { ...reference, type: recordContent }),
    digest: () => digest.digest('hex'),
  };
}

async function sealedRecord(
  record: Omit<PlainRecord, 'content'>,
  reference: { readonly recordId: string; readonly version: number },
  { batch, indexKey }: PairBatch,
  dataKey: Uint8Array,
): Promise<SealedRecords['records'][number]> {
  const { category, clinicalDate, description } = record;
  const terms = indexKey === undefined ? undefined : termsOf(indexKey, description.coding);
  return {
    ...reference,
    batchId: batch.batch.batchId,
    category,
    clinicalDate,
    wrappedKey: await wrapDataKey(batch.wrapper, dataKey),
    sealed: await sealFacts(dataKey, reference, description),
    ...(terms === undefined ? {} : { terms }),
  };
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
  readonly #origin: Origin;
  readonly #used = new Map<string, PairBatch>();
  readonly fresh: FreshBatch[] = [];

  constructor(recipients: Recipients, open: OpenBatches, uuid: (name: string) => string, origin: Origin) {
    this.#recipients = recipients;
    this.#open = open;
    this.#uuid = uuid;
    this.#origin = origin;
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
      known ?? (await newBatch(this.#uuid(`batch|${this.#origin.commandKey}|${pair}`), { category, author }));
    if (known === undefined) this.fresh.push({ purpose, batch });
    const made = { batch, indexKey: await indexKey(category) };
    this.#used.set(pair, made);
    return made;
  }
}
