/**
 * The custodial key store: Fabric signing keys, X-Wing secrets and patients' roots that the organisation keeps for
 * people. One sealed file a secret; names are hashed on disk, because a name may hold a patient's id.
 */
import { createHmac } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveKey, openBytes, readIfExists, sealBytes, writeAtomically } from './sealedFile.ts';

export interface KeyStore {
  /** Keeps a secret under a name, replacing what was there. On disk (synced) when the promise resolves. */
  put(name: string, secret: Uint8Array): Promise<void>;
  /** @returns undefined when there is none @throws SealBroken */
  get(name: string): Promise<Uint8Array | undefined>;
  /** Destroys a secret; nothing happens when there is none. */
  delete(name: string): Promise<void>;
  /** A 32-byte secret of this purpose, the same for the life of the store; never on disk. */
  derived(purpose: string): Uint8Array;
}

export class SealedKeyStore implements KeyStore {
  readonly #directory: string;
  readonly #master: Uint8Array;
  readonly #sealKey: Uint8Array;
  readonly #nameKey: Uint8Array;

  /** @param master 32 bytes, from the environment or a file outside the backup of `directory` */
  constructor(directory: string, master: Uint8Array) {
    this.#directory = directory;
    this.#master = master;
    this.#sealKey = deriveKey(master, 'keystore/seal');
    this.#nameKey = deriveKey(master, 'keystore/name');
  }

  async put(name: string, secret: Uint8Array): Promise<void> {
    await writeAtomically(this.#fileOf(name), sealBytes(this.#sealKey, name, secret));
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    const sealed = await readIfExists(this.#fileOf(name));
    return sealed === undefined ? undefined : openBytes(this.#sealKey, name, sealed);
  }

  async delete(name: string): Promise<void> {
    await rm(this.#fileOf(name), { force: true });
  }

  derived(purpose: string): Uint8Array {
    return deriveKey(this.#master, `derived/${purpose}`);
  }

  #fileOf(name: string): string {
    const hashed = createHmac('sha256', this.#nameKey).update(name).digest('hex');
    return join(this.#directory, hashed.slice(0, 2), `${hashed}.sealed`);
  }
}
