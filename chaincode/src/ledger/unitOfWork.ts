import { canonicalJson, upcast, type Policy, type Stored, type StoredType } from '../model/core/index.ts';
import { addressId, type Address } from './address.ts';
import { hmacSha256 } from './hmac.ts';
import { signaturePolicyEnvelope } from './signaturePolicy.ts';
import type { LedgerStub, StateWrite } from './stub.ts';

type Write =
  | { readonly kind: 'put'; readonly at: Address; readonly value: Stored }
  | { readonly kind: 'delete' | 'purge'; readonly at: Address }
  /** The stored fields stay as they are. `policy` absent clears it. */
  | { readonly kind: 'policy'; readonly at: Address; readonly policy?: Policy };

/**
 * What a transaction read and will write. Fabric shows a transaction committed state only; here it sees its own writes,
 * each key is read from the peer once and written once. Writes of a command that is refused are dropped whole.
 */
export class UnitOfWork {
  readonly #stub: LedgerStub;
  readonly #salt: Uint8Array;
  readonly #read = new Map<string, Stored | undefined>();
  readonly #committed = new Map<string, Write>();
  #pending = new Map<string, Write>();

  /** @param salt 32 random bytes of the submitter, from which each private value's salt is derived */
  constructor(stub: LedgerStub, salt: Uint8Array) {
    this.#stub = stub;
    this.#salt = salt;
  }

  /**
   * @returns the value with the type's current schema version, or undefined when there is none
   * @throws RangeError when another type lies there
   */
  async get<Fields extends object>(type: StoredType<Fields>, at: Address): Promise<(Fields & Stored) | undefined> {
    const id = addressId(at);
    const staged = this.#pending.get(id) ?? this.#committed.get(id);
    if (staged !== undefined) return staged.kind === 'put' ? upcast(type, staged.value) : undefined;
    const stored = await this.#stored(id, at);
    return stored === undefined ? undefined : upcast(type, stored);
  }

  async has(at: Address): Promise<boolean> {
    const id = addressId(at);
    const staged = this.#pending.get(id) ?? this.#committed.get(id);
    if (staged !== undefined) return staged.kind === 'put';
    return (await this.#stored(id, at)) !== undefined;
  }

  /** As {@link has}, of a private key that the endorser may not be allowed to read: every peer knows its hash. */
  async isTaken(at: Address & { readonly collection: string }): Promise<boolean> {
    const id = addressId(at);
    const staged = this.#pending.get(id) ?? this.#committed.get(id);
    if (staged !== undefined) return staged.kind === 'put';
    return this.#stub.hasPrivate(at.collection, at.key);
  }

  /** Reads what is not read yet, with one message to the peer for each collection; {@link get} then asks no more. */
  async prefetch(addresses: Iterable<Address>): Promise<void> {
    const unread = new Map<string | undefined, Map<string, string>>();
    for (const at of addresses) {
      const id = addressId(at);
      if (this.#read.has(id)) continue;
      const keys = unread.get(at.collection) ?? new Map<string, string>();
      unread.set(at.collection, keys.set(at.key, id));
    }
    for (const [collection, keys] of unread) {
      const values = await this.#stub.getStates(collection, [...keys.keys()]);
      for (const [index, id] of [...keys.values()].entries()) this.#read.set(id, parsed(values[index]));
    }
  }

  /** Stages a value; whoever reads the address in this transaction sees it. `fields` is not kept by reference. */
  put<Fields extends object>(type: StoredType<Fields>, at: Address, fields: Fields): void {
    const value: Stored = {
      ...structuredClone(fields),
      t: type.name,
      v: type.version,
      ...(at.collection === undefined ? {} : { salt: this.#saltOf(at) }),
    };
    this.#pending.set(addressId(at), { kind: 'put', at, value });
  }

  delete(at: Address): void {
    this.#pending.set(addressId(at), { kind: 'delete', at });
  }

  /** Deletes a private value so that no peer keeps its history. */
  purge(at: Address): void {
    this.#pending.set(addressId(at), { kind: 'purge', at });
  }

  /** Sets the key-level endorsement policy of a public key; undefined clears it. */
  setPolicy(at: Address, policy: Policy | undefined): void {
    this.#pending.set(`policy\u0001${addressId(at)}`, {
      kind: 'policy',
      at,
      ...(policy === undefined ? {} : { policy }),
    });
  }

  /** Keeps what was staged since the last keep or drop. */
  keep(): void {
    for (const [id, write] of this.#pending) this.#committed.set(id, write);
    this.#pending = new Map();
  }

  /** Forgets what was staged since the last keep or drop. */
  drop(): void {
    this.#pending = new Map();
  }

  /**
   * Writes everything kept to the stub, each key once.
   *
   * @returns number of writes
   */
  async flush(): Promise<number> {
    if (this.#committed.size > 0) await this.#stub.writeStates([...this.#committed.values()].map(stateWrite));
    return this.#committed.size;
  }

  async #stored(id: string, at: Address): Promise<Stored | undefined> {
    if (!this.#read.has(id)) await this.prefetch([at]);
    return this.#read.get(id);
  }

  #saltOf(at: Address): string {
    return hmacSha256(this.#salt, addressId(at)).subarray(0, 16).toString('base64url');
  }
}

function parsed(bytes: Uint8Array | undefined): Stored | undefined {
  return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString('utf8')) as Stored);
}

function stateWrite(write: Write): StateWrite {
  const { kind } = write;
  const place = { collection: write.at.collection, key: write.at.key };
  if (kind === 'put') return { ...place, kind, value: Buffer.from(canonicalJson(write.value)) };
  if (kind !== 'policy') return { ...place, kind };
  return {
    ...place,
    kind,
    policy: write.policy === undefined ? new Uint8Array(0) : signaturePolicyEnvelope(write.policy),
  };
}
