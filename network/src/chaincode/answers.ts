/** Whether the chaincode of every member can be asked through a member's peer: what a gateway needs to be of use. */
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, signers } from '@hyperledger/fabric-gateway';
import { endorsing, type ConfiguredMember, type ConsortiumConfig, type PeerNode } from '../config/consortium.ts';
import type { DataFolder } from '../config/paths.ts';
import { NetworkFailure, messageOf } from '../failure.ts';

const pollMilliseconds = 200;
const longestWait = 45_000;

/** The contract that fabric-contract-api adds to every chaincode: it tells its functions and touches no state. */
const systemContract = 'org.hyperledger.fabric';

/**
 * Waits until a peer of a member has found the peers and chaincodes of all members by gossip: all of them must endorse the
 * same answer. Nothing is submitted.
 *
 * @throws NetworkFailure with what the peer says when that takes too long
 */
export async function awaitEndorsers(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  data: DataFolder,
  { name, ports }: PeerNode,
): Promise<void> {
  const folder = data.member(member.key);
  const [tlsCa, certificate, key] = await Promise.all([
    readFile(folder.tlsCa),
    readFile(folder.certificateOf('service')),
    readFile(folder.keyOf('service')),
  ]);
  const client = new Client(`${config.host}:${ports.peer}`, credentials.createSsl(tlsCa), {
    'grpc.ssl_target_name_override': name,
  });
  const gateway = connect({
    client,
    identity: { mspId: member.mspId, credentials: certificate },
    signer: signers.newPrivateKeySigner(createPrivateKey(key)),
  });
  const contract = gateway.getNetwork(config.channel).getContract(config.chaincode, systemContract);
  const endorsingOrganizations = endorsing(config).map(({ mspId }) => mspId);
  const deadline = Date.now() + longestWait;
  try {
    for (;;) {
      try {
        await contract.newProposal('GetMetadata', { endorsingOrganizations }).endorse();
        return;
      } catch (error) {
        if (Date.now() > deadline) throw new NetworkFailure(`${name} does not find all endorsers: ${messageOf(error)}`);
        await delay(pollMilliseconds);
      }
    }
  } finally {
    gateway.close();
    client.close();
  }
}
