import type { Caller } from '../auth/caller.ts';
import { Problem } from './problem.ts';
import type { Reply } from './route.ts';

/** Keeps from where a transaction's submitter acted. */
export type KeepOrigin = (transactionId: string, caller: Caller) => Promise<void>;

/** Of every act that a transaction committed, a refused one too: from where it came. */
export async function withOriginKept(
  keepOrigin: KeepOrigin,
  caller: Caller | undefined,
  handle: () => Promise<Reply>,
): Promise<Reply> {
  const keep = async (answer: unknown): Promise<void> => {
    const { transactionId } = (answer ?? {}) as { transactionId?: unknown };
    if (caller !== undefined && typeof transactionId === 'string') await keepOrigin(transactionId, caller);
  };
  try {
    const reply = await handle();
    await keep(reply.body);
    return reply;
  } catch (error) {
    if (error instanceof Problem) await keep(error.members);
    throw error;
  }
}
