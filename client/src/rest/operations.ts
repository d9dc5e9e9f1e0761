/** The caller's long work and writes that are done later, over REST. */
import type { Operation, OperationWait } from './operation.ts';
import { path, type PostOptions, type RestClient } from './restClient.ts';

export class Operations {
  readonly #rest: RestClient;

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /**
   * Sends a write to be done later: at once when it can be, otherwise when those who must endorse it are back.
   *
   * @returns the operation it became, without waiting; a repeat under the same Idempotency-Key finds it
   * @throws GatewayProblem queue_full (429)
   */
  async start(target: string, body: object, options: PostOptions = {}): Promise<Operation> {
    return this.#rest.postLater(target, body, options);
  }

  /** One's own, newest first. @throws GatewayProblem */
  async *list(filter: { readonly status?: Operation['status'] } = {}): AsyncGenerator<Operation, void, void> {
    for await (const operation of this.#rest.list('/v1/operations', { ...filter })) yield operation as Operation;
  }

  /** @throws GatewayProblem not_found, also for somebody else's */
  async get(operationId: string): Promise<Operation> {
    return (await this.#rest.get(path`/v1/operations/${operationId}`)) as Operation;
  }

  /**
   * Waits for its end.
   *
   * @returns its result: of a write that was done later `{status, location?, body}`
   * @throws GatewayProblem that ended it; OperationUnfinished when the time is over: then it goes on
   */
  async result(operationId: string, wait: OperationWait = {}): Promise<unknown> {
    return this.#rest.operation(operationId, wait);
  }

  /**
   * Takes a queued write back. Once more changes nothing.
   *
   * @throws GatewayProblem operation_irrevocable (409) when it runs, has ended, or may have been committed
   */
  async cancel(operationId: string, options: PostOptions = {}): Promise<Operation> {
    const target = path`/v1/operations/${operationId}/cancellation`;
    return (await this.#rest.post(target, {}, options)) as Operation;
  }
}
