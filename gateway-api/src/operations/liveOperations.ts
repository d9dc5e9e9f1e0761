import { Refusal } from '@chain-of-care/chaincode/model';
import type { Caller } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';
import type { Log } from '../log.ts';
import { hasEnded, type KeptOperation, type Operation, type OperationStore } from './operation.ts';

/** Operations that have not ended, in front of the store that keeps all. */
export class LiveOperations {
  readonly #live = new Map<string, KeptOperation>();
  readonly #store: OperationStore;
  readonly #clock: () => number;
  readonly #log: Log;

  constructor(store: OperationStore, clock: () => number, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** @returns what the store has of one that is not live */
  async stored(id: string): Promise<KeptOperation | undefined> {
    return this.#live.has(id) ? undefined : this.#store.find(id);
  }

  /**
   * Asked and begun without waiting in between, of two at once the second finds the first.
   *
   * @param stored as {@link stored} says
   * @returns what an earlier request of the same key started, unless it failed or was cancelled
   * @throws Refusal idempotency_key_reused when it was another request
   */
  known(id: string, digest: string, stored: KeptOperation | undefined): Operation | undefined {
    const known = this.#live.get(id) ?? stored;
    if (known !== undefined && known.digest !== digest) throw new Refusal('idempotency_key_reused');
    const status = known?.operation.status;
    return status === 'failed' || status === 'cancelled' ? undefined : known?.operation;
  }

  /** @throws when it cannot be kept: then it has not begun */
  async begin(kept: KeptOperation): Promise<void> {
    const { id } = kept.operation;
    this.#live.set(id, kept);
    try {
      await this.#store.put(kept);
    } catch (error) {
      this.#live.delete(id);
      throw error;
    }
  }

  /** Known to be kept already. */
  resume(kept: KeptOperation): void {
    this.#live.set(kept.operation.id, kept);
  }

  find(id: string): KeptOperation | undefined {
    return this.#live.get(id);
  }

  all(): readonly KeptOperation[] {
    return [...this.#live.values()];
  }

  /** @throws Problem not_found when the caller has none of this id */
  async of(caller: Caller, id: string): Promise<KeptOperation> {
    const found = this.#live.get(id) ?? (await this.#store.find(id));
    if (found === undefined || found.owner !== caller.id) throw new Problem('not_found');
    return found;
  }

  update(id: string, change: Partial<Operation>, more: Pick<KeptOperation, 'isUnsettled'> = {}): KeptOperation {
    const kept = this.#live.get(id)!;
    const updated = { ...kept, ...more, operation: { ...kept.operation, ...change } };
    this.#live.set(id, updated);
    return updated;
  }

  /** Changed once that is kept. When the database is away it is changed all the same: what is kept is older then. */
  async keepAs(id: string, change: Partial<Operation>, more: Pick<KeptOperation, 'isUnsettled'>): Promise<void> {
    const kept = this.#live.get(id)!;
    const changed = { ...kept, ...more, operation: { ...kept.operation, ...change } };
    await this.#store.put(changed).catch(() => undefined);
    this.#live.set(id, changed);
  }

  async keep(id: string): Promise<void> {
    await this.#store.put(this.#live.get(id)!);
  }

  /**
   * The request is forgotten with the end. A failure to keep it is logged: as long as this process lives, it is known.
   *
   * @returns whether it is kept
   */
  async end(id: string, change: Partial<Operation>): Promise<boolean> {
    const { request: _, ...kept } = this.update(id, { ...change, endedAt: this.now() });
    try {
      await this.#store.put(kept);
      this.#live.delete(id);
      return true;
    } catch (error) {
      this.#log.error({ err: error }, 'the end of an operation could not be kept');
      return false;
    }
  }

  async fail(id: string, problem: Problem): Promise<void> {
    if (problem.code === 'internal_error')
      this.#log.error({ err: problem.cause ?? problem, code: problem.code }, 'operation failed');
    await this.end(id, { status: 'failed', error: problem.document(`urn:uuid:${id}`) });
  }

  unfinishedRequests(): readonly KeptOperation[] {
    return this.all().filter(({ request, operation }) => request !== undefined && !hasEnded(operation));
  }

  now(): string {
    return new Date(this.#clock()).toISOString();
  }
}
