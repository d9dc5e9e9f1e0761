/**
 * A ledger in memory for unit tests: versions and MVCC, private collections and their members, transaction time. Policies
 * and consensus are Fabric's and are tested on the real network only.
 */
import { addressId } from './address.ts';
import type { LedgerStub, StateWrite } from './stub.ts';

interface Versioned {
  readonly value: Uint8Array | undefined;
  readonly version: number;
}

type StagedWrite = { readonly collection: string | undefined; readonly key: string; readonly value?: Uint8Array };

export interface Proposal {
  readonly creator: LedgerStub['creator'];
  readonly timestampMs: number;
  readonly transient: ReadonlyMap<string, Uint8Array>;
  /** The member whose peer endorses; it can read only collections of which it is a member. */
  readonly endorser: string;
}

/** A simulated transaction: what it read, with versions, and what it would write. */
export class Simulation implements LedgerStub {
  readonly transactionId: string;
  readonly timestampMs: number;
  readonly creator: LedgerStub['creator'];
  readonly transient: ReadonlyMap<string, Uint8Array>;
  readonly reads = new Map<string, number>();
  readonly writes = new Map<string, StagedWrite>();
  readonly policies = new Map<string, Uint8Array>();
  /** To the peer so far: what a transaction costs beside its bytes. */
  messages = 0;
  readonly events: { name: string; payload: Uint8Array }[] = [];
  readonly #world: MemoryLedger;
  readonly #endorser: string;

  constructor(world: MemoryLedger, transactionId: string, proposal: Proposal) {
    this.#world = world;
    this.#endorser = proposal.endorser;
    this.transactionId = transactionId;
    this.timestampMs = proposal.timestampMs;
    this.creator = proposal.creator;
    this.transient = proposal.transient;
  }

  async getStates(
    collection: string | undefined,
    keys: readonly string[],
  ): Promise<readonly (Uint8Array | undefined)[]> {
    this.#requireMember(collection);
    this.messages += 1;
    return keys.map((key) => {
      const id = addressId({ key, ...(collection === undefined ? {} : { collection }) });
      const { value, version } = this.#world.read(id);
      this.reads.set(id, version);
      return value;
    });
  }

  async hasPrivate(collection: string, key: string): Promise<boolean> {
    this.messages += 1;
    const id = addressId({ key, collection });
    const { value, version } = this.#world.read(id);
    this.reads.set(id, version);
    return value !== undefined;
  }

  async writeStates(writes: readonly StateWrite[]): Promise<void> {
    this.messages += 1;
    for (const write of writes) {
      const { collection, key, kind } = write;
      const id = addressId({ key, ...(collection === undefined ? {} : { collection }) });
      if (kind === 'policy') this.policies.set(key, write.policy);
      else this.writes.set(id, { collection, key, ...(kind === 'put' ? { value: write.value } : {}) });
    }
  }

  setEvent(name: string, payload: Uint8Array): void {
    this.events.push({ name, payload });
  }

  /** As a peer answers: who is not a member of a collection has none of its values. */
  #requireMember(collection: string | undefined): void {
    if (collection !== undefined && !this.#world.isMember(collection, this.#endorser))
      throw new Error(`${this.#endorser} is not a member of ${collection}`);
  }
}

export class MemoryLedger {
  readonly #state = new Map<string, Versioned>();
  readonly #members: ReadonlyMap<string, readonly string[]>;
  #height = 0;
  #transactions = 0;

  /** @param collections of the consortium, with their members */
  constructor(collections: readonly { readonly name: string; readonly members: readonly string[] }[]) {
    this.#members = new Map(collections.map(({ name, members }) => [name, members]));
  }

  isMember(collection: string, mspId: string): boolean {
    return this.#members.get(collection)?.includes(mspId) ?? false;
  }

  /** A simulation on the state as it is now. */
  simulate(proposal: Proposal): Simulation {
    this.#transactions += 1;
    return new Simulation(this, `tx${this.#transactions}`, proposal);
  }

  /** Validates what was read against the versions of now, and applies the writes when nothing has changed. */
  commit(simulation: Simulation): 'VALID' | 'MVCC_READ_CONFLICT' {
    for (const [id, version] of simulation.reads) if (this.read(id).version !== version) return 'MVCC_READ_CONFLICT';
    this.#height += 1;
    for (const [id, { value }] of simulation.writes) this.#state.set(id, { value, version: this.#height });
    return 'VALID';
  }

  read(id: string): Versioned {
    return this.#state.get(id) ?? { value: undefined, version: 0 };
  }

  /** Current values as text, by address, for assertions on what lies where. */
  get values(): ReadonlyMap<string, string> {
    return new Map(
      [...this.#state].flatMap(([id, { value }]) =>
        value === undefined ? [] : [[id, Buffer.from(value).toString('utf8')] as const],
      ),
    );
  }
}
