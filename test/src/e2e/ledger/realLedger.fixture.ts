/** The real network as a ledger of scenarios: proposals through Fabric's gateway service, endorsers named, no gateway of ours. */
import { createHash, createPrivateKey, randomUUID, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, credentials } from '@grpc/grpc-js';
import { connect, hash, StatusCode, type Gateway, type GatewayError } from '@hyperledger/fabric-gateway';
import { common } from '@hyperledger/fabric-protos';
import { contractOf, type BatchOutcome, type Command, type Outcome } from '@chain-of-care/chaincode/model';
import { openAnswer, openBatchOutcome, proposeCommands, proposeQuery } from '@chain-of-care/client';
import { nativeSigner } from '@chain-of-care/client/node';
import { deviceKeyOf, FabricCa } from '../../../../gateway-api/src/enrolment/fabricCa.ts';
import { submitToOrderers } from '../../../../gateway-api/src/fabric/alreadyOrdered.ts';
import { newSigningKey, signingRequest } from '../../../../gateway-api/src/enrolment/signingRequest.ts';
import type { ConnectionProfile, TestNetwork } from '../../system/network.ts';
import type { Identity, ScenarioLedger, ScenarioOptions } from './scenarioLedger.fixture.ts';

export interface RealIdentity extends Identity {
  readonly privateKey: KeyObject;
}

/** How a transaction ended, policies and all. */
export interface Submitted {
  readonly outcome: BatchOutcome;
  /** Name of the validation code; undefined when there was nothing to commit. */
  readonly validation: string | undefined;
  readonly transactionId: string;
}

const channel = 'consortium';
const maxProposals = 8;
const submitTimeoutMs = 20_000;
const levelTimeoutMs = 30_000;
const validationNames = new Map<number, string>(Object.entries(StatusCode).map(([name, code]) => [code, name]));

interface Registrar {
  readonly certificate: string;
  readonly privateKey: KeyObject;
}

export class RealLedger implements ScenarioLedger {
  readonly #network: TestNetwork;
  readonly #clients = new Map<string, Client>();
  readonly #registrars = new Map<string, Promise<Registrar>>();
  readonly #authorities = new Map<string, FabricCa>();

  constructor(network: TestNetwork) {
    this.#network = network;
  }

  async identity(mspId: string, unit: 'client' | 'admin' = 'client'): Promise<RealIdentity> {
    const profile = await this.#network.profileOf(mspId);
    if (unit === 'admin') {
      const { certificate, privateKey } = profile.admin;
      return realIdentity(mspId, await readFile(certificate), createPrivateKey(await readFile(privateKey)));
    }
    const authority = this.#authority(profile);
    const registrar = await this.#registrar(profile);
    const name = randomUUID();
    const secret = await authority.register(registrar, name);
    const { privateKey } = newSigningKey();
    const certificate = await authority.enrol(name, secret, await signingRequest(privateKey, name));
    return realIdentity(mspId, Buffer.from(certificate), privateKey);
  }

  async submit(identity: Identity, type: string, body: object, options: ScenarioOptions = {}): Promise<Outcome> {
    const { outcome, validation } = await this.submitAll(identity, [commandOf(type, body, options)], options.endorsers);
    if (validation !== undefined && validation !== 'VALID') throw new Error(validation);
    return outcome.outcomes[0]!;
  }

  /**
   * Proposes to exactly these members, and commits whatever they endorse, whether the policies like it or not. A member's
   * peer first has every block that any member has; blocks that come meanwhile may set peers apart again, and while they
   * disagree it proposes again, as the gateway does.
   */
  async submitAll(identity: Identity, commands: readonly Command[], endorsers?: readonly string[]): Promise<Submitted> {
    await this.#levelPeers(identity as RealIdentity);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#submitOnce(identity, commands, endorsers);
      } catch (error) {
        const isBehind = error instanceof Error && error.message.includes('ProposalResponsePayloads do not match');
        if (!isBehind || attempt === maxProposals) throw error;
        await delay(100 * attempt);
      }
    }
  }

  async #submitOnce(
    identity: Identity,
    commands: readonly Command[],
    endorsers?: readonly string[],
  ): Promise<Submitted> {
    const gateway = await this.#gateway(identity as RealIdentity, endorsers?.[0] ?? identity.mspId);
    const { transient, sealKey } = proposeCommands(commands);
    const proposal = this.#contract(gateway, commands[0]!.type).newProposal('submit', {
      transientData: transient,
      endorsingOrganizations: [...(endorsers ?? usualEndorsers(identity.mspId))],
    });
    const transactionId = proposal.getTransactionId();
    const transaction = await proposal.endorse().catch(rethrowRefusal);
    const outcome = await openBatchOutcome(sealKey, payloadOf(transaction.getResult()));
    if (outcome.writes === 0) return { outcome, validation: undefined, transactionId };
    const commit = await submitToOrderers(transaction, gateway, channel, submitTimeoutMs);
    const { code } = await commit.getStatus();
    return { outcome, validation: validationNames.get(code) ?? String(code), transactionId };
  }

  async query(identity: Identity, type: string, body: object, options: ScenarioOptions = {}): Promise<unknown> {
    await this.#levelPeers(identity as RealIdentity);
    const gateway = await this.#gateway(identity as RealIdentity, options.endorsers?.[0] ?? identity.mspId);
    const { handle } = options;
    const { transient, sealKey } = proposeQuery({ type, body, ...(handle === undefined ? {} : { handle }) });
    const proposal = this.#contract(gateway, type).newProposal('query', {
      transientData: transient,
      endorsingOrganizations: [options.endorsers?.[0] ?? identity.mspId],
    });
    return openAnswer(sealKey, payloadOf(await proposal.evaluate().catch(rethrowRefusal)));
  }

  /** Waits until each member's peer has the blocks that any of them has now: none decides on an older state. */
  async #levelPeers(identity: RealIdentity): Promise<void> {
    const { peers } = await this.#network.profileOf(identity.mspId);
    const members = [...new Set(peers.map(({ mspId }) => mspId))];
    const heights = await Promise.all(members.map((mspId) => this.#height(identity, mspId)));
    const highest = Math.max(...heights);
    const deadline = Date.now() + levelTimeoutMs;
    const behind = members.filter((_, index) => heights[index]! < highest);
    await Promise.all(
      behind.map(async (mspId) => {
        while ((await this.#height(identity, mspId)) < highest) {
          if (Date.now() > deadline) throw new Error(`the peer of ${mspId} does not reach block ${highest - 1}`);
          await delay(20);
        }
      }),
    );
  }

  /** Number of blocks that a member's peer has. */
  async #height(identity: RealIdentity, mspId: string): Promise<number> {
    const gateway = await this.#gateway(identity, mspId);
    const answer = await gateway
      .getNetwork(channel)
      .getContract('qscc')
      .evaluate('GetChainInfo', { arguments: [channel], endorsingOrganizations: [mspId] });
    return common.BlockchainInfo.deserializeBinary(answer).getHeight();
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    for (const authority of this.#authorities.values()) authority.close();
  }

  #contract(gateway: Gateway, type: string) {
    return gateway.getNetwork(channel).getContract('chain-of-care', contractOf(type)!);
  }

  /** @param through the member whose peer is asked; it forwards to the endorsers */
  async #gateway({ mspId, certificate, privateKey }: RealIdentity, through: string): Promise<Gateway> {
    return connect({
      client: await this.#client(through),
      identity: { mspId, credentials: certificate },
      signer: nativeSigner(privateKey),
      hash: hash.none,
    });
  }

  async #client(mspId: string): Promise<Client> {
    const known = this.#clients.get(mspId);
    if (known !== undefined) return known;
    const { peers } = await this.#network.profileOf(mspId);
    const peer = peers.find((candidate) => candidate.mspId === mspId)!;
    const client = new Client(peer.endpoint, credentials.createSsl(await readFile(peer.tlsCa)), {
      'grpc.ssl_target_name_override': peer.hostname,
      'grpc.default_authority': peer.hostname,
    });
    this.#clients.set(mspId, client);
    return client;
  }

  #authority(profile: ConnectionProfile): FabricCa {
    const known = this.#authorities.get(profile.mspId) ?? new FabricCa(profile.ca);
    this.#authorities.set(profile.mspId, known);
    return known;
  }

  #registrar(profile: ConnectionProfile): Promise<Registrar> {
    const known = this.#registrars.get(profile.mspId) ?? this.#enrolRegistrar(profile);
    this.#registrars.set(profile.mspId, known);
    return known;
  }

  async #enrolRegistrar(profile: ConnectionProfile): Promise<Registrar> {
    const { enrollmentId, enrollmentSecret } = JSON.parse(await readFile(profile.ca.registrar, 'utf8')) as {
      enrollmentId: string;
      enrollmentSecret: string;
    };
    const { privateKey } = newSigningKey();
    const request = await signingRequest(privateKey, enrollmentId);
    return { privateKey, certificate: await this.#authority(profile).enrol(enrollmentId, enrollmentSecret, request) };
  }
}

/** A command as a gateway builds it: the idempotency key is a digest. */
export function commandOf(type: string, body: object, { handle, key }: ScenarioOptions = {}): Command {
  const digest = createHash('sha256')
    .update(key ?? randomUUID())
    .digest('hex');
  return { type, key: digest, body, ...(handle === undefined ? {} : { handle }) };
}

/** A contract's answer travels as base64. */
function payloadOf(result: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(result).toString('utf8'), 'base64');
}

function usualEndorsers(mspId: string): readonly string[] {
  return mspId === 'RegulatorMSP' ? ['RegulatorMSP', 'HospitalMSP'] : [mspId, 'RegulatorMSP'];
}

function realIdentity(mspId: string, certificate: Uint8Array, privateKey: KeyObject): RealIdentity {
  const { publicKey } = new X509Certificate(certificate);
  return { mspId, certificate, privateKey, deviceKey: deviceKeyOf(publicKey) };
}

/** The chaincode's refusal as an object with its code, as the in-memory ledger throws it; anything else as it came. */
function rethrowRefusal(error: unknown): never {
  const { details = [], cause } = error as Partial<GatewayError>;
  for (const message of [...details.map((detail) => detail.message), cause?.details ?? '']) {
    const answer = /chaincode response \d+, (\{[\s\S]*\})$/.exec(message)?.[1];
    if (answer !== undefined) throw Object.assign(new Error(answer), JSON.parse(answer) as object);
  }
  if (details.length > 0) throw new Error(details.map(({ mspId, message }) => `${mspId}: ${message}`).join('; '));
  throw error;
}
