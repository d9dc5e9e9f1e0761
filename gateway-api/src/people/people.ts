/**
 * The organisation's directory of people who log in: `iss|sub` → person, role, Fabric identity. The ledger's facts
 * decide what a person may do; this only says who a token's subject is. Sealed at rest, one file a subject, read when
 * first asked for, so that another process (the seeding command) may add people while the gateway runs.
 */
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { Caller, CallerRole, LedgerIdentity } from '../auth/caller.ts';
import { deriveKey, openBytes, readIfExists, sealBytes, writeAtomically } from '../keystore/sealedFile.ts';

export interface Person {
  readonly issuer: string;
  readonly subject: string;
  readonly kind: Caller['kind'];
  /** staffId, patientId, or the id of a representative who is no patient here. */
  readonly id: string;
  readonly role: CallerRole;
  readonly department?: string;
  readonly gln?: string;
  readonly sealingKeyName?: string;
  readonly identity: LedgerIdentity;
}

export interface People {
  /** Adds or replaces a person. On disk when the promise resolves. */
  put(person: Person): Promise<void>;
  /** Who this subject of this issuer is. */
  find(issuer: string, subject: string): Promise<Person | undefined>;
}

const cacheSize = 50_000;

export class SealedPeople implements People {
  readonly #directory: string;
  readonly #sealKey: Uint8Array;
  readonly #nameKey: Uint8Array;
  readonly #known = new Map<string, Person>();

  /** @param master the key store's master key */
  constructor(directory: string, master: Uint8Array) {
    this.#directory = directory;
    this.#sealKey = deriveKey(master, 'people/seal');
    this.#nameKey = deriveKey(master, 'people/name');
  }

  async put(person: Person): Promise<void> {
    const name = this.#nameOf(person.issuer, person.subject);
    const plaintext = new TextEncoder().encode(JSON.stringify({ v: 1, person }));
    await writeAtomically(this.#fileOf(name), sealBytes(this.#sealKey, name, plaintext));
    this.#remember(name, person);
  }

  async find(issuer: string, subject: string): Promise<Person | undefined> {
    const name = this.#nameOf(issuer, subject);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const sealed = await readIfExists(this.#fileOf(name));
    if (sealed === undefined) return undefined;
    const plaintext = new TextDecoder().decode(openBytes(this.#sealKey, name, sealed));
    const { person } = JSON.parse(plaintext) as { person: Person };
    this.#remember(name, person);
    return person;
  }

  #remember(name: string, person: Person): void {
    if (this.#known.size >= cacheSize) this.#known.clear();
    this.#known.set(name, person);
  }

  #nameOf(issuer: string, subject: string): string {
    return createHmac('sha256', this.#nameKey)
      .update(JSON.stringify([issuer, subject]))
      .digest('hex');
  }

  #fileOf(name: string): string {
    return join(this.#directory, name.slice(0, 2), `${name}.sealed`);
  }
}
