/**
 * Requests that run later. Each is tried until it has an answer other than that the ledger, or what it needs, is away
 * now; what is derived from its Idempotency-Key lets it happen once, however often it is tried.
 */
import type { Caller } from '../auth/caller.ts';
import { problemFrom } from '../http/answer.ts';
import { Problem, type ProblemCode } from '../http/problem.ts';
import type { KeptRequest } from './keptRequest.ts';
import { Lanes } from './lanes.ts';
import type { LiveOperations } from './liveOperations.ts';
import type { KeptOperation, Operation } from './operation.ts';

/** @returns the operation's result. @throws as the request's route */
export type Perform = (request: KeptRequest) => Promise<unknown>;

export interface QueueLimits {
  /** No try begins later than so long after the request was accepted, the last one excepted. */
  readonly withinMs: number;
  readonly perCaller: number;
  readonly ofAll: number;
  /** What they say waits in memory: bounded besides their number. */
  readonly bytesPerCaller: number;
  readonly bytesOfAll: number;
  /** Pause before the second try; it doubles up to the longest. */
  readonly pauseMs: number;
  readonly longestPauseMs: number;
}

const mebibyte = 1024 * 1024;

export const queueLimits = {
  ofAll: 5_000,
  bytesPerCaller: 16 * mebibyte,
  bytesOfAll: 256 * mebibyte,
  pauseMs: 1_000,
  longestPauseMs: 30_000,
} as const;

/** Problems that pass by themselves; a conflict, which may be one of the request with what is, where it says when to come again. */
const passing: ReadonlySet<ProblemCode> = new Set([
  'unavailable',
  'commit_unknown',
  'database_unavailable',
  'storage_unavailable',
  'idempotency_in_progress',
  'draining',
]);
const passes = ({ code, headers }: Problem): boolean =>
  passing.has(code) || (code === 'conflict' && headers['retry-after'] !== undefined);
const earlierFirst = { detail: 'an earlier operation goes first' };

export class RequestQueue {
  readonly #lanes = new Lanes();
  readonly #live: LiveOperations;
  readonly #limits: QueueLimits;
  readonly #clock: () => number;
  #perform: Perform | undefined;
  #lastOrder = 0;

  constructor(live: LiveOperations, limits: QueueLimits, clock: () => number) {
    this.#live = live;
    this.#limits = limits;
    this.#clock = clock;
  }

  /**
   * Takes up what an earlier process left, in its order.
   *
   * @param kept requests that have not ended
   */
  async takeUp(kept: readonly KeptOperation[], perform: Perform): Promise<void> {
    this.#perform = perform;
    for (const each of kept.toSorted((a, b) => orderOf(a) - orderOf(b))) {
      const { id, status } = each.operation;
      this.#lastOrder = Math.max(this.#lastOrder, orderOf(each));
      this.#live.resume(each);
      if (status === 'running') {
        this.#live.update(id, { status: 'queued', waiting: waitingFor(new Problem('interrupted')) }, unsettled);
        await this.#live.keep(id);
      }
      this.#lanes.add(each.request!.lane, id, () => this.#try(id));
    }
  }

  async add(caller: Caller, request: KeptRequest, id: string): Promise<Operation> {
    this.#requirePlace(caller, request);
    this.#lastOrder = Math.max(this.#lastOrder + 1, this.#clock());
    const isFirst = this.#lanes.isFree(request.lane);
    const operation: Operation = {
      id,
      kind: request.route,
      status: isFirst ? 'running' : 'queued',
      startedAt: this.#live.now(),
      ...(isFirst ? {} : { waiting: earlierFirst }),
    };
    await this.#live.begin({ owner: caller.id, digest: request.digest, operation, request, order: this.#lastOrder });
    this.#lanes.add(request.lane, id, () => this.#try(id));
    return operation;
  }

  /** @throws Problem operation_irrevocable; database_unavailable when that cannot be kept: then to be repeated */
  async cancel(id: string): Promise<Operation> {
    const { request, operation, isUnsettled } = this.#live.find(id) ?? {};
    const isRepeat = operation?.status === 'cancelled';
    if (request === undefined || (operation?.status !== 'queued' && !isRepeat))
      throw new Problem('operation_irrevocable', { detail: 'the operation is not queued' });
    if (isUnsettled === true)
      throw new Problem('operation_irrevocable', { detail: 'the operation may have been committed' });
    if (!isRepeat) this.#lanes.remove(request.lane, id);
    const error = new Problem('operation_cancelled').document(`urn:uuid:${id}`);
    const { operation: cancelled } = this.#live.update(id, {
      status: 'cancelled',
      waiting: undefined,
      endedAt: this.#live.now(),
      error,
    });
    if (!(await this.#live.end(id, {}))) throw new Problem('database_unavailable', { headers: { 'retry-after': '5' } });
    return cancelled;
  }

  stop(): Promise<void> {
    return this.#lanes.stop();
  }

  drain(): Promise<void> {
    return this.#lanes.drain();
  }

  #requirePlace(caller: Caller, request: KeptRequest): void {
    const waiting = this.#live.unfinishedRequests();
    const own = waiting.filter(({ owner }) => owner === caller.id);
    const { ofAll, bytesOfAll, perCaller, bytesPerCaller } = this.#limits;
    const isFull = (queued: readonly KeptOperation[], most: number, bytes: number): boolean =>
      queued.length >= most || bytesOf([request, ...queued.map((each) => each.request!)]) > bytes;
    if (isFull(waiting, ofAll, bytesOfAll))
      throw new Problem('unavailable', { detail: 'too many operations are queued', headers: { 'retry-after': '60' } });
    if (isFull(own, perCaller, bytesPerCaller)) throw new Problem('queue_full', { headers: { 'retry-after': '60' } });
  }

  /** One try. @returns the pause before the next; undefined at the end */
  async #try(id: string): Promise<number | undefined> {
    const { operation, request } = this.#live.find(id)!;
    const tries = (operation.tries ?? 0) + 1;
    const wasRunning = operation.status === 'running';
    this.#live.update(id, { status: 'running', tries, waiting: undefined });
    try {
      // So that the next process knows that this one may have committed it.
      if (!wasRunning) await this.#live.keep(id);
      const result = await this.#perform!(request!);
      await this.#live.end(id, { status: 'succeeded', result });
      // What it waited for is back, perhaps for the others too.
      if (tries > 1) this.#lanes.wake();
      return undefined;
    } catch (error) {
      return this.#afterFailure(id, tries, problemFrom(error));
    }
  }

  async #afterFailure(id: string, tries: number, problem: Problem): Promise<number | undefined> {
    const leftMs = Date.parse(this.#live.find(id)!.operation.startedAt) + this.#limits.withinMs - this.#clock();
    if (!passes(problem) || leftMs <= 0) {
      await this.#live.fail(id, problem);
      return undefined;
    }
    const longest = Math.min(this.#limits.longestPauseMs, this.#limits.pauseMs * 2 ** (tries - 1));
    const pauseMs = Math.min(leftMs, longest * (0.5 + Math.random() / 2));
    const waiting = waitingFor(problem, new Date(this.#clock() + pauseMs).toISOString());
    // It can be taken back once that is kept: a later writing would bring it back.
    await this.#live.keepAs(id, { status: 'queued', waiting }, problem.code === 'commit_unknown' ? unsettled : {});
    return pauseMs;
  }
}

const unsettled = { isUnsettled: true };

const sizes = new WeakMap<KeptRequest, number>();

/** As JSON; of each it is found out once. */
function bytesOf(requests: readonly KeptRequest[]): number {
  return requests.reduce((sum, request) => {
    const size = sizes.get(request) ?? JSON.stringify([request.params, request.query, request.body]).length;
    sizes.set(request, size);
    return sum + size;
  }, 0);
}

function orderOf({ order }: KeptOperation): number {
  return order ?? 0;
}

function waitingFor({ code, detail, title }: Problem, nextTryAt?: string): Operation['waiting'] {
  return { code, detail: detail ?? title, ...(nextTryAt === undefined ? {} : { nextTryAt }) };
}
