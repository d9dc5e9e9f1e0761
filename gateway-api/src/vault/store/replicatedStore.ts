import {
  CiphertextStoreError,
  type ByteRange,
  type CiphertextSource,
  type CiphertextStore,
  type StoredCiphertext,
  type VerifiedCiphertext,
} from './ciphertextStore.ts';
import { StoreUnavailable } from './storeUnavailable.ts';

/** What became of one object outside of a request's own answer. */
export interface ReplicaEvents {
  /** Restored in the store or in the replica from the other one. */
  readonly healed: (cid: string) => void;
  /** The store or its replica did not take an object, give it or let it go; the next verification tries again. */
  readonly behind: (cid: string, error: unknown) => void;
}

interface Held<Value> {
  readonly value: Value;
  /** Where it lies. */
  readonly holder: CiphertextStore;
  readonly healed: boolean;
}

/**
 * A store with a replica beside it. Reads come from the store; what is lost or altered there is restored from the replica
 * before the first byte is given, and what the replica lacks is copied to it when an object is verified. While the store
 * takes nothing, reads come from the replica.
 */
export class ReplicatedStore implements CiphertextStore {
  readonly #store: CiphertextStore;
  readonly #replica: CiphertextStore;
  readonly #events: ReplicaEvents;

  constructor(store: CiphertextStore, replica: CiphertextStore, events: ReplicaEvents) {
    this.#store = store;
    this.#replica = replica;
    this.#events = events;
  }

  async put(source: CiphertextSource, limit?: number): Promise<StoredCiphertext> {
    const stored = await this.#store.put(source, limit);
    await this.#replicate([stored], [source]);
    return stored;
  }

  async putBatch(sources: readonly CiphertextSource[]): Promise<readonly StoredCiphertext[]> {
    const stored = await this.#store.putBatch(sources);
    await this.#replicate(stored, sources);
    return stored;
  }

  async get(cid: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>> {
    const { value } = await this.#held(cid, async (store) => {
      await store.verifyOnce(cid);
      return store.get(cid, range);
    });
    return value;
  }

  async stat(cid: string): Promise<StoredCiphertext | undefined> {
    const own = await this.#store.stat(cid).catch(async (error: unknown) => {
      if (!isBroken(error)) throw error;
      return this.#replica.stat(cid);
    });
    return own ?? (await this.#replica.stat(cid));
  }

  async verify(cid: string): Promise<VerifiedCiphertext> {
    const { value, holder, healed } = await this.#held(cid, (store) => store.verify(cid));
    if (healed) return { ...value, healed };
    if (holder === this.#replica) return value;
    const isWhole = await this.#replica.verify(cid).then(
      () => true,
      () => false,
    );
    return !isWhole && (await this.#copied(cid)) ? { ...value, healed: true } : value;
  }

  async verifyOnce(cid: string): Promise<VerifiedCiphertext> {
    return (await this.#held(cid, (store) => store.verifyOnce(cid))).value;
  }

  async delete(cid: string): Promise<boolean> {
    const own = await this.#store.delete(cid);
    const other = await this.#replica.delete(cid).catch((error: unknown) => {
      this.#events.behind(cid, error);
      return false;
    });
    return own || other;
  }

  /**
   * Asks the store, restored from the replica where it has to be, or else the replica.
   *
   * @throws what the store says, when the replica has nothing whole either
   */
  async #held<Value>(cid: string, ask: (store: CiphertextStore) => Promise<Value>): Promise<Held<Value>> {
    try {
      return { value: await ask(this.#store), holder: this.#store, healed: false };
    } catch (error) {
      if (!isBroken(error)) throw error;
      if (!(error instanceof StoreUnavailable) && (await this.#restored(cid)))
        return { value: await ask(this.#store), holder: this.#store, healed: true };
      const value = await ask(this.#replica).catch(() => {
        throw error;
      });
      this.#events.behind(cid, error);
      return { value, holder: this.#replica, healed: false };
    }
  }

  /** Nothing is touched in the store unless the replica has it whole. */
  async #restored(cid: string): Promise<boolean> {
    try {
      await this.#replica.verify(cid);
      await rewritten(this.#store, cid, await this.#replica.get(cid));
    } catch {
      return false;
    }
    this.#events.healed(cid);
    return true;
  }

  /** Bytes that are in memory are not read back; a stream is at its end. */
  async #replicate(stored: readonly StoredCiphertext[], sources: readonly CiphertextSource[]): Promise<void> {
    try {
      await this.#replica.putBatch(
        sources.map((source, index) => (source instanceof Uint8Array ? source : this.#read(stored[index]!.cid))),
      );
    } catch (error) {
      for (const { cid } of stored) this.#events.behind(cid, error);
    }
  }

  async *#read(cid: string): AsyncGenerator<Uint8Array> {
    yield* await this.#store.get(cid);
  }

  async #copied(cid: string): Promise<boolean> {
    try {
      await rewritten(this.#replica, cid, await this.#store.get(cid));
    } catch (error) {
      this.#events.behind(cid, error);
      return false;
    }
    this.#events.healed(cid);
    return true;
  }
}

/** A store of blocks does not write over one that it has, altered or not. */
async function rewritten(store: CiphertextStore, cid: string, bytes: CiphertextSource): Promise<StoredCiphertext> {
  await store.delete(cid).catch(() => false);
  return store.put(bytes);
}

/** Lost, altered, or not to be read: a disk that fails says `EIO`, a mount that is gone `ENOTDIR`. */
function isBroken(error: unknown): boolean {
  return !(error instanceof CiphertextStoreError) || error.code === 'not_found' || error.code === 'integrity';
}
