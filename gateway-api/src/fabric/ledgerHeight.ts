import { common } from '@hyperledger/fabric-protos';
import type { LedgerIdentity } from '../auth/caller.ts';
import type { PeerConnections } from './connection.ts';
import type { Identities } from './identities.ts';

/**
 * Number of blocks that the own peer has of the channel.
 *
 * @param identity a client of the own organisation
 * @throws GatewayError when the peer cannot be asked
 */
export async function ledgerHeight(
  peers: PeerConnections,
  identities: Identities,
  identity: LedgerIdentity,
  channel: string,
): Promise<bigint> {
  const gateway = await identities.gateway(peers.current, identity);
  const contract = gateway.getNetwork(channel).getContract('qscc');
  const answer = await contract.evaluate('GetChainInfo', {
    arguments: [channel],
    endorsingOrganizations: [identity.mspId],
  });
  return BigInt(common.BlockchainInfo.deserializeBinary(answer).getHeight());
}
