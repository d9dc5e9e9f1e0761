import type { CommittedTransaction } from '../fabric/act.ts';

/** Which transaction wrote what the answer says, as members of the answer; none on a replay. */
export function transactionMembers(transaction: CommittedTransaction | undefined): {
  transactionId?: string;
  blockNumber?: number;
} {
  if (transaction === undefined) return {};
  return { transactionId: transaction.transactionId, blockNumber: Number(transaction.blockNumber) };
}
