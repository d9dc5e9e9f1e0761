import type { Caller } from '../auth/caller.ts';
import type { Operation, Operations, RequestIdentity, Work } from '../operations/operation.ts';
import type { Spool } from './spool.ts';

/**
 * Starts an operation on a body that was put aside. The body is forgotten with its end, and at once where a repeat of the
 * request finds the operation of the first, or none begins.
 *
 * @throws as {@link Operations.start}
 */
export async function startOnSpool(
  operations: Pick<Operations, 'start'>,
  spool: Spool,
  caller: Caller,
  kind: string,
  work: Work,
  request: RequestIdentity,
): Promise<Operation> {
  let isRunning = false;
  const disposing: Work = async (report) => {
    isRunning = true;
    try {
      return await work(report);
    } finally {
      await spool.dispose();
    }
  };
  try {
    return await operations.start(caller, kind, disposing, request);
  } finally {
    if (!isRunning) await spool.dispose();
  }
}
