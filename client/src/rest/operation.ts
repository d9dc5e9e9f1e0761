/** Work that a gateway accepted (202) and does later: its state, and waiting for its end. */
import { GatewayProblem, type ProblemDocument } from './problem.ts';

export interface Operation {
  readonly id: string;
  /** `operationId` of the route, or the kind of long work. */
  readonly kind: string;
  readonly status: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly progress?: { readonly done: number; readonly total?: number };
  /** How often a write that was sent for later was tried. */
  readonly tries?: number;
  /** Why it is queued, and until when. */
  readonly waiting?: { readonly code?: string; readonly detail: string; readonly nextTryAt?: string };
  /** Of a write that was sent for later: the answer it got. */
  readonly result?: unknown;
  readonly error?: ProblemDocument;
}

/** How to wait for an operation. */
export interface OperationWait {
  /** For how long at most; without end when absent. Milliseconds. */
  readonly withinMs?: number;
  /** Called with the first state seen, and with each that differs from the one before. */
  readonly onProgress?: (operation: Operation) => void;
}

/** The time to wait is over; the operation goes on. */
export class OperationUnfinished extends Error {
  override readonly name = 'OperationUnfinished';
  readonly code = 'operation_unfinished';
  /** As it was seen last. */
  readonly operation: Operation;

  constructor(operation: Operation) {
    super(`the operation ${operation.id} is ${operation.status}`);
    this.operation = operation;
  }
}

const firstPauseMs = 100;
const longestPauseMs = 2_000;

/**
 * @param read how the operation is now
 * @returns its result
 * @throws GatewayProblem that ended it; OperationUnfinished; as `read`
 */
export async function resultOf(
  read: () => Promise<Operation>,
  { withinMs = Infinity, onProgress }: OperationWait,
  sleep: (milliseconds: number) => Promise<void>,
): Promise<unknown> {
  let [leftMs, pauseMs, seen] = [withinMs, firstPauseMs, ''];
  for (;;) {
    const operation = await read();
    const state = JSON.stringify(operation);
    if (state !== seen) onProgress?.(operation);
    if (operation.status === 'succeeded') return operation.result;
    if (operation.error !== undefined) throw new GatewayProblem(operation.error);
    if (leftMs <= 0) throw new OperationUnfinished(operation);
    const restMs = Math.min(pauseMs, leftMs);
    await sleep(restMs);
    [leftMs, pauseMs, seen] = [leftMs - restMs, Math.min(2 * pauseMs, longestPauseMs), state];
  }
}
