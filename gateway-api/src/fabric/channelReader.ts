/** Reads what the peers know of the channel itself: blocks, its configuration, and their word for a piece of state. */
import { common, gateway as protos } from '@hyperledger/fabric-protos';
import { contractOf, smallestEndorsers, type Consortium } from '@chain-of-care/chaincode/model';
import { proposeQuery } from '@chain-of-care/client';
import type { LedgerIdentity } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';
import type { Question } from './act.ts';
import type { PeerConnections } from './connection.ts';
import type { Identities } from './identities.ts';

export interface ChannelReaderOptions {
  readonly channel: string;
  readonly chaincode: string;
  readonly consortium: Consortium;
  readonly mspId: string;
  readonly timeoutMs: number;
}

export interface ChannelReader {
  /** Number of blocks that the own peer has. @throws Problem 503 */
  height(): Promise<number>;
  /** A whole block. @throws Problem 503 */
  block(number: number): Promise<InstanceType<typeof common.Block>>;
  /** The block of the channel's present configuration. @throws Problem 503 */
  configBlock(): Promise<Uint8Array>;
  /**
   * The question's answer endorsed by peers that meet the channel's policy: an envelope that is never submitted.
   *
   * @throws Problem 503 when not enough members can be reached
   */
  attest(question: Question): Promise<Uint8Array>;
}

export class PeerChannelReader implements ChannelReader {
  readonly #peers: PeerConnections;
  readonly #identities: Identities;
  readonly #identity: LedgerIdentity;
  readonly #options: ChannelReaderOptions;

  /** @param identity a client of the own organisation: the gateway's service identity */
  constructor(peers: PeerConnections, identities: Identities, identity: LedgerIdentity, options: ChannelReaderOptions) {
    this.#peers = peers;
    this.#identities = identities;
    this.#identity = identity;
    this.#options = options;
  }

  async height(): Promise<number> {
    const info = common.BlockchainInfo.deserializeBinary(await this.#evaluate('qscc', 'GetChainInfo'));
    return info.getHeight();
  }

  async block(number: number): Promise<InstanceType<typeof common.Block>> {
    return common.Block.deserializeBinary(await this.#evaluate('qscc', 'GetBlockByNumber', String(number)));
  }

  async configBlock(): Promise<Uint8Array> {
    return this.#evaluate('cscc', 'GetConfigBlock');
  }

  async attest(question: Question): Promise<Uint8Array> {
    const { channel, chaincode, consortium, mspId, timeoutMs } = this.#options;
    const others = consortium.withPeers.filter((id) => id !== mspId);
    const endorsers = smallestEndorsers([consortium.chaincodePolicy], [mspId, consortium.regulator, ...others]) ?? [];
    const { transient } = proposeQuery(question);
    return unavailable(async () => {
      const gateway = await this.#identities.gateway(this.#peers.current, this.#identity);
      const contract = gateway.getNetwork(channel).getContract(chaincode, contractOf(question.type) ?? '');
      const proposal = contract.newProposal('query', {
        transientData: transient,
        endorsingOrganizations: [...new Set(endorsers)],
      });
      const endorsed = await proposal.endorse({ deadline: Date.now() + timeoutMs });
      const prepared = protos.PreparedTransaction.deserializeBinary(endorsed.getBytes());
      return prepared.getEnvelope()!.serializeBinary();
    });
  }

  #evaluate(contract: string, name: string, ...parameters: string[]): Promise<Uint8Array> {
    const { channel, mspId, timeoutMs } = this.#options;
    return unavailable(async () => {
      const gateway = await this.#identities.gateway(this.#peers.current, this.#identity);
      const proposal = gateway
        .getNetwork(channel)
        .getContract(contract)
        .newProposal(name, { arguments: [channel, ...parameters], endorsingOrganizations: [mspId] });
      return proposal.evaluate({ deadline: Date.now() + timeoutMs });
    });
  }
}

async function unavailable<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw new Problem('unavailable', { cause, headers: { 'retry-after': '5' } });
  }
}
