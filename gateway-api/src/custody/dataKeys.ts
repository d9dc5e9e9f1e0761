/**
 * The data key of a record version for somebody who may read it, by the basis of their access: the patient by the
 * category's seed, the authoring department by its group key, a grantee by what the consent sealed to them.
 */
import type { AccessBasis, BatchKey, RecordFact } from '@chain-of-care/chaincode/model';
import {
  openBatchAsAuthor,
  openBatchAsHolder,
  openGrantKey,
  openGrantedDataKey,
  openGrantedSeed,
  unwrapDataKey,
  type CategoryKeyReference,
  type GrantWrapper,
  type KeyWrapper,
} from '@chain-of-care/client';
import type { Caller } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';
import { batchKeysOf, grantWrapsOf, type GrantWrapFact } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import { groupSeed } from './groupKeys.ts';
import { CustodialPatientKeys } from './patientKeys.ts';
import { wholeOrganization } from './publicKeys.ts';

/** Keys that open seals made for a reader: who they are as a recipient, and their private seed. */
interface RecipientKey {
  readonly recipient: string;
  readonly seed: Uint8Array;
}

export interface PairSeed {
  readonly epoch: number;
  readonly seed: Uint8Array;
}

export class DataKeys {
  readonly #services: Services;
  readonly #caller: Caller;
  readonly #basis: readonly AccessBasis[];
  /** By batch: one opening of a seal serves all its records. */
  readonly #wrappers = new Map<string, Promise<KeyWrapper | undefined>>();
  readonly #batches = new Map<string, Promise<BatchKey>>();
  /** By grant key: one opening of its seal serves all that is wrapped under it. */
  readonly #grantKeys = new Map<string, Promise<GrantWrapper>>();
  /** By record version: keys that a consent to part of a category sealed. */
  readonly #granted = new Map<string, Promise<Uint8Array | undefined>>();
  #recipients: Promise<readonly RecipientKey[]> | undefined;

  /** @param basis of the committed access under which is read */
  constructor(services: Services, caller: Caller, basis: readonly AccessBasis[]) {
    this.#services = services;
    this.#caller = caller;
    this.#basis = basis;
  }

  /**
   * @returns 32 bytes
   * @throws Problem access_not_permitted when no key for this reader exists: a holder has yet to seal one
   */
  async of(record: RecordFact): Promise<Uint8Array> {
    const key = await this.find(record);
    if (key === undefined)
      throw new Problem('access_not_permitted', { detail: 'no key of this record is sealed to the reader yet' });
    return key;
  }

  /** As {@link of}; undefined when no key for this reader exists. */
  async find(record: RecordFact): Promise<Uint8Array | undefined> {
    const batch = await this.#batchOf(record);
    const wrapper = await this.#wrapperOf(batch);
    if (wrapper !== undefined) return unwrapDataKey(wrapper, record.wrappedKey);
    const granted = () => this.#grantedDataKey(record, batch);
    return kept(this.#granted, `${record.recordId}|${record.version}`, granted);
  }

  /** Private seeds of a category's pairs that the consents of the basis handed over, an epoch each. */
  async seedsOf(pair: Omit<CategoryKeyReference, 'epoch'>): Promise<readonly PairSeed[]> {
    const seeds: PairSeed[] = [];
    for (const basis of this.#basis) {
      if (basis.kind !== 'consent') continue;
      for (const { wrap, seed } of await this.#wrapsOf(basis.consentId)) {
        const { epoch } = wrap;
        if (wrap.kind === 'seed' && isOfPair(wrap, { ...pair, epoch }))
          seeds.push({ epoch, seed: await this.#seedIn(wrap, seed, { ...pair, epoch }) });
      }
    }
    return seeds;
  }

  /** The batch's key by the first basis that opens it. */
  #wrapperOf(batch: BatchKey): Promise<KeyWrapper | undefined> {
    return kept(this.#wrappers, batch.batchId, async () => {
      for (const basis of this.#basis) {
        const wrapper = await this.#openBatch(basis, batch);
        if (wrapper !== undefined) return wrapper;
      }
      // What the reader's own department wrote is theirs under whatever basis the access was opened.
      return batch.authorGroup === this.#caller.department ? this.#openBatch({ kind: 'author' }, batch) : undefined;
    });
  }

  async #openBatch(basis: AccessBasis, batch: BatchKey): Promise<KeyWrapper | undefined> {
    if (basis.kind === 'self')
      return openBatchAsHolder(await new CustodialPatientKeys(this.#services.keystore).seed(batch), batch, batch);
    if (basis.kind === 'author') {
      const seed = await groupSeed(this.#services.keystore, batch.authorGroup, batch.groupEpoch);
      if (seed === undefined || batch.authorOrg !== this.#caller.identity.mspId) return undefined;
      return openBatchAsAuthor(
        seed,
        { mspId: batch.authorOrg, group: batch.authorGroup, epoch: batch.groupEpoch },
        batch,
      );
    }
    // A token's keys are opened by its holder, elsewhere.
    if (basis.kind === 'token') return undefined;
    const { consentId } = basis;
    for (const { wrap, seed } of await this.#wrapsOf(consentId)) {
      if (wrap.kind !== 'seed' || !isOfPair(wrap, batch)) continue;
      return openBatchAsHolder(await this.#seedIn(wrap, seed, batch), batch, batch);
    }
    return undefined;
  }

  /** Of a consent to part of a category the record's own key is sealed. */
  async #grantedDataKey(record: RecordFact, { epoch }: BatchKey): Promise<Uint8Array | undefined> {
    for (const basis of this.#basis) {
      if (basis.kind !== 'consent') continue;
      const { consentId } = basis;
      for (const { wrap, seed } of await this.#wrapsOf(consentId))
        if (wrap.kind === 'dek' && wrap.recordId === record.recordId && wrap.version === record.version)
          return this.#dataKeyIn(wrap, seed, { ...record, epoch });
    }
    return undefined;
  }

  async #seedIn(wrap: GrantWrapFact, seed: Uint8Array, pair: CategoryKeyReference): Promise<Uint8Array> {
    const wrapper = await this.#grantWrapper(wrap, seed);
    return wrapper?.openSeed(wrap.sealed, pair) ?? openGrantedSeed(seed, wrap.sealed, pair, grantOf(wrap));
  }

  async #dataKeyIn(
    wrap: GrantWrapFact,
    seed: Uint8Array,
    record: RecordFact & { readonly epoch: number },
  ): Promise<Uint8Array> {
    const wrapper = await this.#grantWrapper(wrap, seed);
    return wrapper?.openDataKey(wrap.sealed, record) ?? openGrantedDataKey(seed, wrap.sealed, record, grantOf(wrap));
  }

  async #grantWrapper(wrap: GrantWrapFact, seed: Uint8Array): Promise<GrantWrapper | undefined> {
    const { grantKey, patientId } = wrap;
    if (grantKey === undefined) return undefined;
    return kept(this.#grantKeys, grantKey.keyId, async () => openGrantKey(seed, patientId, grantKey, grantOf(wrap)));
  }

  /** What the consent sealed to the reader; asked each time, because a holder may seal more. */
  async #wrapsOf(consentId: string): Promise<readonly { wrap: GrantWrapFact; seed: Uint8Array }[]> {
    this.#recipients ??= this.#recipientKeys();
    const recipients = new Map((await this.#recipients).map(({ recipient, seed }) => [recipient, seed]));
    const wraps = await grantWrapsOf(this.#services.readModel.db, consentId, [...recipients.keys()]);
    return wraps.map((wrap) => ({ wrap, seed: recipients.get(wrap.recipient)! }));
  }

  /** The reader's own key, and those of the groups the reader belongs to. */
  async #recipientKeys(): Promise<readonly RecipientKey[]> {
    const { keystore } = this.#services;
    const { id, role, department, sealingKeyName, identity } = this.#caller;
    const own = sealingKeyName === undefined ? undefined : await keystore.get(sealingKeyName);
    const groups = [wholeOrganization, `role:${role}`, ...(department === undefined ? [] : [department])];
    const keys: RecipientKey[] = own === undefined ? [] : [{ recipient: id, seed: own }];
    for (const group of groups) {
      const seed = await groupSeed(keystore, group, 0);
      if (seed !== undefined) keys.push({ recipient: `${identity.mspId}/${group}`, seed });
    }
    return keys;
  }

  #batchOf({ batchId }: RecordFact): Promise<BatchKey> {
    return kept(this.#batches, batchId, async () => {
      const [found] = await batchKeysOf(this.#services.readModel.db, [batchId]);
      if (found === undefined) throw new Problem('record_not_found');
      return found;
    });
  }
}

function grantOf({ consentId, recipient }: GrantWrapFact): { consentId: string; grantee: string } {
  return { consentId, grantee: recipient };
}

function isOfPair(wrap: GrantWrapFact, { category, confidentiality, epoch }: CategoryKeyReference): boolean {
  return wrap.category === category && wrap.confidentiality === confidentiality && wrap.epoch === epoch;
}

/** What was found is kept; what was not, or failed, is looked for again. */
function kept<Value>(values: Map<string, Promise<Value>>, id: string, find: () => Promise<Value>): Promise<Value> {
  const known = values.get(id);
  if (known !== undefined) return known;
  const finding = find();
  values.set(id, finding);
  const forget = (): void => void values.delete(id);
  finding.then((value) => (value === undefined ? forget() : undefined), forget);
  return finding;
}
