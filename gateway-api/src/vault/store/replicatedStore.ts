import {
  CiphertextStoreError,
  type ByteRange,
  type CiphertextSource,
  type CiphertextStore,
  type StoredCiphertext,
  type VerifiedCiphertext,
} from './ciphertextStore.ts';

/** What became of one object outside of a request's own answer. */
export interface ReplicaEvents {
  /** Restored in the store or in the replica from the other one. */
  readonly healed: (cid: string) => void;
  /** The replica did not take an object, give it or let it go; the next verification tries again. */
  readonly behind: (cid: string, error: unknown) => void;
}

/**
 * A store with a replica beside it. Reads come from the store; what is lost or altered there is restored from the replica
 * before the first byte is given, and what the replica lacks is copied to it when an object is verified.
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
    await this.#replicate([stored.cid]);
    return stored;
  }

  async putBatch(sources: readonly CiphertextSource[]): Promise<readonly StoredCiphertext[]> {
    const stored = await this.#store.putBatch(sources);
    await this.#replicate(stored.map(({ cid }) => cid));
    return stored;
  }

  async get(cid: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>> {
    await this.verifyOnce(cid);
    return this.#store.get(cid, range);
  }

  async stat(cid: string): Promise<StoredCiphertext | undefined> {
    return (await this.#store.stat(cid)) ?? (await this.#replica.stat(cid));
  }

  async verify(cid: string): Promise<VerifiedCiphertext> {
    const own = await this.#orRestored(cid, () => this.#store.verify(cid));
    const isWhole = await this.#replica.verify(cid).then(
      () => true,
      () => false,
    );
    return !isWhole && (await this.#copied(cid)) ? { ...own, healed: true } : own;
  }

  async verifyOnce(cid: string): Promise<VerifiedCiphertext> {
    return this.#orRestored(cid, () => this.#store.verifyOnce(cid));
  }

  async delete(cid: string): Promise<boolean> {
    const own = await this.#store.delete(cid);
    const other = await this.#replica.delete(cid).catch((error: unknown) => {
      this.#events.behind(cid, error);
      return false;
    });
    return own || other;
  }

  /** @throws CiphertextStoreError of the store, when the replica has nothing whole either */
  async #orRestored(cid: string, verify: () => Promise<VerifiedCiphertext>): Promise<VerifiedCiphertext> {
    try {
      return await verify();
    } catch (error) {
      if (!isBroken(error)) throw error;
      // The replica's bytes are hashed on their way: an object that is broken there too gets no name here.
      const restored = await this.#fromReplica(cid).catch(() => {
        throw error;
      });
      this.#events.healed(cid);
      return { ...restored, healed: true };
    }
  }

  async #fromReplica(cid: string): Promise<StoredCiphertext> {
    return this.#store.put(await this.#replica.get(cid));
  }

  async #replicate(cids: readonly string[]): Promise<void> {
    try {
      await this.#replica.putBatch(cids.map((cid) => this.#read(cid)));
    } catch (error) {
      for (const cid of cids) this.#events.behind(cid, error);
    }
  }

  async *#read(cid: string): AsyncGenerator<Uint8Array> {
    yield* await this.#store.get(cid);
  }

  async #copied(cid: string): Promise<boolean> {
    try {
      await this.#replica.put(await this.#store.get(cid));
    } catch (error) {
      this.#events.behind(cid, error);
      return false;
    }
    this.#events.healed(cid);
    return true;
  }
}

/** Lost, altered, or not to be read: a disk that fails says `EIO`, a mount that is gone `ENOTDIR`. */
function isBroken(error: unknown): boolean {
  return !(error instanceof CiphertextStoreError) || error.code === 'not_found' || error.code === 'integrity';
}
