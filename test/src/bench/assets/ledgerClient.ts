/** Clients of Fabric's gateway service without a gateway of ours: the SDK as it comes, and the SDK with our signer. */
import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, hash, signers, type Contract, type Gateway, type ProposalOptions } from '@hyperledger/fabric-gateway';
import { openAnswer, proposeQuery, sealedPayload } from '@chain-of-care/client';
import { nativeSigner } from '@chain-of-care/client/node';
import { submitToOrderers } from '@chain-of-care/gateway-api/fabric/alreadyOrdered';
import type { ConnectionProfile, Network } from '@chain-of-care/network';
import { pairCollection } from './collection.ts';

const chaincode = 'assets';
const submitTimeoutMs = 20_000;
/** Endorsers of the pair's collection, and by default of one patient's records. */
const pair = ['HospitalMSP', 'RegulatorMSP'] as const;

/** Puts the plain contract beside ours: any two of the three members endorse, the pair's collection needs both. */
export async function deployAssets(network: Network): Promise<void> {
  const endorsedByBoth = pair.map((mspId) => `'${mspId}.peer'`).join(', ');
  await network.deployOtherChaincode({
    name: chaincode,
    entry: fileURLToPath(new URL('server.js', import.meta.url)),
    signaturePolicy: "OutOf(2, 'HospitalMSP.peer', 'PharmaMSP.peer', 'RegulatorMSP.peer')",
    collections: [
      {
        name: pairCollection,
        policy: `OR(${pair.map((mspId) => `'${mspId}.member'`).join(', ')})`,
        requiredPeerCount: 0,
        maxPeerCount: 1,
        blockToLive: 0,
        memberOnlyRead: true,
        memberOnlyWrite: true,
        endorsementPolicy: { signaturePolicy: `AND(${endorsedByBoth})` },
      },
    ],
  });
}

export class LedgerClient {
  readonly #client: Client;
  readonly #plain: Gateway;
  readonly #native: Gateway;
  readonly #channel: string;

  private constructor(client: Client, plain: Gateway, native: Gateway, channel: string) {
    this.#client = client;
    this.#plain = plain;
    this.#native = native;
    this.#channel = channel;
  }

  /** Connects to the member's own peer with the identity that its gateway reads blocks with. */
  static async of({ mspId, channel, peers, service }: ConnectionProfile): Promise<LedgerClient> {
    const peer = peers.find((candidate) => candidate.mspId === mspId);
    if (peer === undefined) throw new Error(`${mspId} has no peer`);
    const client = new Client(peer.endpoint, credentials.createSsl(await readFile(peer.tlsCa)), {
      'grpc.ssl_target_name_override': peer.hostname,
      'grpc.default_authority': peer.hostname,
    });
    const identity = { mspId, credentials: await readFile(service.certificate) };
    const key = createPrivateKey(await readFile(service.privateKey));
    const plain = connect({ client, identity, signer: signers.newPrivateKeySigner(key) });
    const native = connect({ client, identity, signer: nativeSigner(key), hash: hash.none });
    return new LedgerClient(client, plain, native, channel);
  }

  /** One transaction of the sample: the SDK's signer, endorsers found by Fabric. @returns the asset's id */
  async create(): Promise<string> {
    const id = randomUUID();
    await this.#submit(this.#plain, 'create', { arguments: [id, 'blue', '5', 'Ada', '300'] });
    return id;
  }

  /** The same on private data of two endorsers, who are named; signed by Node's own crypto. */
  async createPrivate(): Promise<void> {
    const id = randomUUID();
    const asset = JSON.stringify({ id, color: 'blue', size: 5, owner: 'Ada', appraisedValue: 300 });
    await this.#submit(this.#native, 'createPrivate', {
      arguments: [id],
      transientData: { asset },
      endorsingOrganizations: [...pair],
    });
  }

  async read(id: string): Promise<void> {
    await this.#assets(this.#plain).evaluateTransaction('read', id);
  }

  /** The same read with our signer, to tell the chaincode's cost from the client's. */
  async readNative(id: string): Promise<void> {
    await this.#assets(this.#native).evaluateTransaction('read', id);
  }

  /** A query of ours that reads one key of public state: validated, sealed and opened again. */
  async findProduct(gtin: string): Promise<unknown> {
    const { transient, sealKey } = proposeQuery({ type: 'supply.findProduct', body: { gtin } });
    const contract = this.#native.getNetwork(this.#channel).getContract('chain-of-care', 'supply');
    const payload = await contract.evaluate('query', { transientData: transient });
    return openAnswer(sealKey, sealedPayload(payload));
  }

  close(): void {
    this.#plain.close();
    this.#native.close();
    this.#client.close();
  }

  /** As the SDK's own submit, but a transaction that the orderers have already is no failure. */
  async #submit(gateway: Gateway, name: string, options: ProposalOptions): Promise<void> {
    const transaction = await this.#assets(gateway).newProposal(name, options).endorse();
    const commit = await submitToOrderers(transaction, gateway, this.#channel, submitTimeoutMs);
    const { successful, code } = await commit.getStatus();
    if (!successful) throw new Error(`${name} is not valid: ${code}`);
  }

  #assets(gateway: Gateway): Contract {
    return gateway.getNetwork(this.#channel).getContract(chaincode);
  }
}
