/** Long work as a resource (`/v1/operations/{id}`): started by a request that is answered 202, asked for later. */
import { randomUUID } from 'node:crypto';
import { Refusal } from '@chain-of-care/chaincode/model';
import type { Caller } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';
import { problemFrom } from '../http/answer.ts';
import type { Reply } from '../http/route.ts';
import type { Log } from '../log.ts';

export interface Progress {
  readonly done: number;
  readonly total?: number;
}

export interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly status: 'running' | 'succeeded' | 'failed';
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly progress?: Progress;
  /** What the work returned; no health information. */
  readonly result?: unknown;
  /** A problem document. */
  readonly error?: unknown;
}

export type Work = (report: (progress: Progress) => void) => Promise<unknown>;

/** What makes a repeat of a request find its operation. */
export interface RequestIdentity {
  /** `exchange.idempotency.uuid('operation')`. */
  readonly id: string;
  /** Tells another request with the same Idempotency-Key. */
  readonly digest: string;
}

export interface Operations {
  /**
   * Starts work for a caller; what is returned is known again after a restart of the gateway.
   *
   * @returns the operation, already running or finished when the request is known
   * @throws Refusal idempotency_key_reused when another request started it
   */
  start(caller: Caller, kind: string, work: Work, request?: RequestIdentity): Promise<Operation>;
  /** @throws Problem not_found when there is none of this caller's with the id */
  get(caller: Caller, id: string): Promise<Operation>;
}

export interface KeptOperation {
  readonly owner: string;
  readonly digest: string;
  readonly operation: Operation;
}

/** Where operations outlive the process. */
export interface OperationStore {
  find(id: string): Promise<KeptOperation | undefined>;
  put(kept: KeptOperation): Promise<void>;
  /** Those that a process did not see the end of. */
  running(): Promise<readonly KeptOperation[]>;
}

/**
 * Operations that this process runs, in front of those it keeps. What a process did not finish cannot be taken up by
 * another: the request's content is gone with it. It is shown as failed, and a repeat of the request finishes the work.
 */
export class RunningOperations implements Operations {
  readonly #live = new Map<string, KeptOperation>();
  readonly #running = new Set<Promise<void>>();
  readonly #store: OperationStore;
  readonly #clock: () => number;
  readonly #log: Log;

  constructor(store: OperationStore, clock: () => number, log: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
  }

  /** Ends what an earlier process left running; to be called before requests are taken. */
  async recover(): Promise<void> {
    for (const { operation, ...kept } of await this.#store.running())
      await this.#store.put({ ...kept, operation: this.#failed(operation, new Problem('interrupted')) });
  }

  async start(
    caller: Caller,
    kind: string,
    work: Work,
    { id, digest }: RequestIdentity = { id: randomUUID(), digest: '' },
  ): Promise<Operation> {
    const stored = this.#live.has(id) ? undefined : await this.#store.find(id);
    const known = this.#live.get(id) ?? stored;
    if (known !== undefined && known.digest !== digest) throw new Refusal('idempotency_key_reused');
    if (known !== undefined && known.operation.status !== 'failed') return known.operation;
    const operation: Operation = { id, kind, status: 'running', startedAt: this.#now() };
    const kept = { owner: caller.id, digest, operation };
    this.#live.set(id, kept);
    try {
      await this.#store.put(kept);
    } catch (error) {
      this.#live.delete(id);
      throw error;
    }
    const running = this.#run(id, work).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return operation;
  }

  async get(caller: Caller, id: string): Promise<Operation> {
    const found = this.#live.get(id) ?? (await this.#store.find(id));
    if (found === undefined || found.owner !== caller.id) throw new Problem('not_found');
    return found.operation;
  }

  /** Resolves when nothing runs any more. */
  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async #run(id: string, work: Work): Promise<void> {
    let ended: Operation;
    try {
      const result = await work((progress) => this.#update(id, { progress }));
      ended = this.#update(id, { status: 'succeeded', endedAt: this.#now(), result });
    } catch (error) {
      const problem = problemFrom(error);
      if (problem.code === 'internal_error') this.#log.error({ err: error, code: problem.code }, 'operation failed');
      ended = this.#update(id, this.#failed(this.#live.get(id)!.operation, problem));
    }
    try {
      await this.#store.put({ ...this.#live.get(id)!, operation: ended });
      this.#live.delete(id);
    } catch (error) {
      // It stays in memory: as long as this process lives, its end is known.
      this.#log.error({ err: error }, 'the end of an operation could not be kept');
    }
  }

  #update(id: string, change: Partial<Operation>): Operation {
    const kept = this.#live.get(id)!;
    const operation = { ...kept.operation, ...change };
    this.#live.set(id, { ...kept, operation });
    return operation;
  }

  #failed(operation: Operation, problem: Problem): Operation {
    const error = problem.document(`urn:uuid:${operation.id}`);
    return { ...operation, status: 'failed', endedAt: this.#now(), error };
  }

  #now(): string {
    return new Date(this.#clock()).toISOString();
  }
}

/** The answer that says where to ask for an operation. */
export function accepted(operation: Operation): Reply {
  return { status: 202, body: operation, headers: { location: `/v1/operations/${operation.id}` } };
}
