import { describe, expect, test } from '@jest/globals';
import { gateway as protos, msp } from '@hyperledger/fabric-protos';
import { GatewayError, type Commit, type Gateway, type Transaction } from '@hyperledger/fabric-gateway';
import { commitOf, isAlreadyOrdered, submitToOrderers } from './alreadyOrdered.ts';

const failure = (message: string): GatewayError =>
  Object.assign(Object.create(GatewayError.prototype) as GatewayError, {
    details: [{ address: '127.0.0.1:1', message, mspId: 'AMSP' }],
  });

describe('a transaction that is ordered before its last orderer has heard of it', () => {
  test('is told from one that the orderers did not take', () => {
    const info =
      'received unsuccessful response from orderer: status=SERVICE_UNAVAILABLE, info=failed to submit request: ';
    expect(isAlreadyOrdered(failure(`${info}request already processed`))).toBe(true);
    expect(isAlreadyOrdered(failure(`${info}no leader`))).toBe(false);
    expect(isAlreadyOrdered(new Error('request already processed'))).toBe(false);
  });

  test('counts as submitted: what is left is its commit status; any other failure is told', async () => {
    const commit = {} as Commit;
    const gateway = {
      getIdentity: () => ({ mspId: 'AMSP', credentials: Buffer.from('certificate') }),
      newCommit: () => commit,
    } as unknown as Gateway;
    const failing = (message: string) =>
      ({ getTransactionId: () => 'ab12', submit: () => Promise.reject(failure(message)) }) as unknown as Transaction;
    expect(await submitToOrderers(failing('request already processed'), gateway, 'consortium', 1)).toBe(commit);
    await expect(submitToOrderers(failing('no leader'), gateway, 'consortium', 1)).rejects.toBeInstanceOf(GatewayError);
  });

  test('is asked for by its id, channel and submitter', () => {
    let asked: Uint8Array = new Uint8Array();
    const gateway = {
      getIdentity: () => ({ mspId: 'AMSP', credentials: Buffer.from('certificate') }),
      newCommit: (bytes: Uint8Array) => {
        asked = bytes;
        return {} as Commit;
      },
    } as unknown as Gateway;
    commitOf(gateway, 'consortium', 'ab12');
    const signed = protos.SignedCommitStatusRequest.deserializeBinary(asked);
    const request = protos.CommitStatusRequest.deserializeBinary(signed.getRequest_asU8());
    const creator = msp.SerializedIdentity.deserializeBinary(request.getIdentity_asU8());
    expect([request.getChannelId(), request.getTransactionId(), creator.getMspid()]).toEqual([
      'consortium',
      'ab12',
      'AMSP',
    ]);
    expect(Buffer.from(creator.getIdBytes_asU8()).toString()).toBe('certificate');
  });
});
