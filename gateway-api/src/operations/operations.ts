/** Long work and requests that run later: started by a request that is answered 202, asked for afterwards. */
import { randomUUID } from 'node:crypto';
import type { Caller } from '../auth/caller.ts';
import { problemFrom } from '../http/answer.ts';
import { Problem } from '../http/problem.ts';
import type { Log } from '../log.ts';
import { mapPage } from '../readmodel/queries/newestFirst.ts';
import type { Page } from '../readmodel/queries/page.ts';
import type { KeptRequest } from './keptRequest.ts';
import { LiveOperations } from './liveOperations.ts';
import type { AskedOperations, Operation, Operations, OperationStore, RequestIdentity, Work } from './operation.ts';
import { RequestQueue, type Perform, type QueueLimits } from './requestQueue.ts';

/**
 * Operations that this process runs, in front of those it keeps. A request that runs later is taken up by the next
 * process. Other work cannot be: what it works on is gone with the process. It is shown as failed, and a repeat of its
 * request finishes it.
 */
export class RunningOperations implements Operations {
  readonly #running = new Set<Promise<void>>();
  readonly #store: OperationStore;
  readonly #live: LiveOperations;
  readonly #queue: RequestQueue;

  constructor(store: OperationStore, limits: QueueLimits, clock: () => number, log: Log) {
    this.#store = store;
    this.#live = new LiveOperations(store, clock, log);
    this.#queue = new RequestQueue(this.#live, limits, clock);
  }

  /**
   * Takes up or ends what an earlier process left; to be called before requests are taken.
   *
   * @param perform runs a request
   */
  async recover(perform: Perform): Promise<void> {
    const unfinished = await this.#store.unfinished();
    for (const kept of unfinished.filter(({ request }) => request === undefined)) {
      this.#live.resume(kept);
      await this.#live.fail(kept.operation.id, new Problem('interrupted'));
    }
    const requests = unfinished.filter(({ request }) => request !== undefined);
    await this.#queue.takeUp(requests, perform);
  }

  async start(
    caller: Caller,
    kind: string,
    work: Work,
    { id, digest }: RequestIdentity = { id: randomUUID(), digest: '' },
  ): Promise<Operation> {
    const known = this.#live.known(id, digest, await this.#live.stored(id));
    if (known !== undefined) return known;
    const operation: Operation = { id, kind, status: 'running', startedAt: this.#live.now() };
    await this.#live.begin({ owner: caller.id, digest, operation });
    const running = this.#run(id, work).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return operation;
  }

  async enqueue(caller: Caller, request: KeptRequest, id: string): Promise<Operation> {
    const stored = await this.#live.stored(id);
    return this.#live.known(id, request.digest, stored) ?? this.#queue.add(caller, request, id);
  }

  async get(caller: Caller, id: string): Promise<Operation> {
    return (await this.#live.of(caller, id)).operation;
  }

  async list(caller: Caller, asked: AskedOperations): Promise<Page<Operation>> {
    const page = await this.#store.ofOwner(caller.id, asked);
    const { items, ...rest } = mapPage(page, (kept) => this.#live.find(kept.id)?.operation ?? kept);
    // It may have gone on since it was kept.
    return { items: items.filter(({ status }) => asked.status === undefined || status === asked.status), ...rest };
  }

  async cancel(caller: Caller, id: string): Promise<Operation> {
    const { operation } = await this.#live.of(caller, id);
    const isKept = operation.status === 'cancelled' && this.#live.find(id) === undefined;
    return isKept ? operation : this.#queue.cancel(id);
  }

  /** Resolves when nothing runs any more; what waits for its time is the next process's. */
  async stop(): Promise<void> {
    await Promise.all([this.#queue.stop(), this.drain()]);
  }

  /** Resolves when nothing runs now. */
  async drain(): Promise<void> {
    await this.#queue.drain();
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async #run(id: string, work: Work): Promise<void> {
    try {
      const result = await work((progress) => void this.#live.update(id, { progress }));
      await this.#live.end(id, { status: 'succeeded', result });
    } catch (error) {
      await this.#live.fail(id, problemFrom(error));
    }
  }
}
