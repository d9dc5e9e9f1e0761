/**
 * SmartBFT orderers that meet a transaction in a block before the client's own copy of it refuse that copy ("request
 * already processed"). The peer's gateway service then misses its quorum and reports a failure, although the transaction
 * is ordered: what is left to learn is its commit status.
 */
import { gateway as protos, msp } from '@hyperledger/fabric-protos';
import { GatewayError, type Commit, type Gateway, type Transaction } from '@hyperledger/fabric-gateway';

const processed = /request already processed/;

/** Whether an orderer says that it has this transaction in a block already. */
export function isAlreadyOrdered(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.details.some(({ message }) => processed.test(message));
}

/**
 * Hands a transaction to the orderers; one that they have ordered already is as good as submitted.
 *
 * @param gateway of the identity that made the transaction
 * @param timeoutMs longest wait for the orderers
 * @throws SubmitError
 */
export async function submitToOrderers(
  transaction: Transaction,
  gateway: Gateway,
  channel: string,
  timeoutMs: number,
): Promise<Commit> {
  try {
    return await transaction.submit({ deadline: Date.now() + timeoutMs });
  } catch (error) {
    if (!isAlreadyOrdered(error)) throw error;
    return commitOf(gateway, channel, transaction.getTransactionId());
  }
}

/** @returns what to ask for the status of a transaction that this gateway's identity has submitted */
export function commitOf(gateway: Gateway, channel: string, transactionId: string): Commit {
  const { mspId, credentials } = gateway.getIdentity();
  const creator = new msp.SerializedIdentity();
  creator.setMspid(mspId);
  creator.setIdBytes(credentials);
  const request = new protos.CommitStatusRequest();
  request.setChannelId(channel);
  request.setTransactionId(transactionId);
  request.setIdentity(creator.serializeBinary());
  const signed = new protos.SignedCommitStatusRequest();
  signed.setRequest(request.serializeBinary());
  return gateway.newCommit(signed.serializeBinary());
}
