/** Long work and requests that run later as a resource (`/v1/operations/{id}`). */
import type { Caller } from '../auth/caller.ts';
import type { Reply } from '../http/route.ts';
import type { Page, PageParams } from '../readmodel/queries/page.ts';
import type { KeptRequest } from './keptRequest.ts';

export interface Progress {
  readonly done: number;
  readonly total?: number;
}

/** Why an operation is queued, and until when. */
export interface Waiting {
  /** Of the problem that its last try met; absent when an earlier operation of the same chart or person goes first. */
  readonly code?: string;
  readonly detail: string;
  readonly nextTryAt?: string;
}

export const operationStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;

export type OperationStatus = (typeof operationStatuses)[number];

export interface AskedOperations extends PageParams {
  readonly status?: OperationStatus;
}

export interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly status: OperationStatus;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly progress?: Progress;
  /** Of a request that runs later: how often it was tried. */
  readonly tries?: number;
  readonly waiting?: Waiting | undefined;
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
  /**
   * Accepts a request to run later: as often as is needed for it to happen once, by a later process too.
   *
   * @param id as {@link RequestIdentity}
   * @returns as {@link Operations.start}
   * @throws as {@link Operations.start}; Problem queue_full when this caller has too many, unavailable when all have
   */
  enqueue(caller: Caller, request: KeptRequest, id: string): Promise<Operation>;
  /** @throws Problem not_found when there is none of this caller's with the id */
  get(caller: Caller, id: string): Promise<Operation>;
  /** This caller's, newest first. @throws Problem invalid_cursor */
  list(caller: Caller, asked: AskedOperations): Promise<Page<Operation>>;
  /**
   * Takes a queued operation back. What is not known to have failed cannot be taken back.
   *
   * @throws Problem not_found; operation_irrevocable when it runs, has ended, or may have been committed
   */
  cancel(caller: Caller, id: string): Promise<Operation>;
}

export interface KeptOperation {
  readonly owner: string;
  readonly digest: string;
  readonly operation: Operation;
  /** Present while it has not ended, when any process can run it. */
  readonly request?: KeptRequest;
  /** Requests of one lane are taken up in this order. */
  readonly order?: number;
  /** A try of it may have been committed. */
  readonly isUnsettled?: boolean;
}

export function hasEnded({ status }: Operation): boolean {
  return status !== 'queued' && status !== 'running';
}

/** Where operations outlive the process. */
export interface OperationStore {
  find(id: string): Promise<KeptOperation | undefined>;
  put(kept: KeptOperation): Promise<void>;
  /** Those that a process did not see the end of. */
  unfinished(): Promise<readonly KeptOperation[]>;
  /** Newest first. @throws Problem invalid_cursor */
  ofOwner(owner: string, asked: AskedOperations): Promise<Page<Operation>>;
}

/** The answer that says where to ask for an operation. */
export function accepted(operation: Operation): Reply {
  return { status: 202, body: operation, headers: { location: `/v1/operations/${operation.id}` } };
}
