/** The chaincode's lifecycle on the channel: committed definition, install, approve, commit. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  endorsing,
  hostOf,
  ordering,
  peersOf,
  type ConfiguredMember,
  type ConsortiumConfig,
  type PeerNode,
} from '../config/consortium.ts';
import { collectionsConfig, signaturePolicy } from '../config/policies.ts';
import type { DataFolder } from '../config/paths.ts';
import { messageOf } from '../failure.ts';
import { writeWhole } from '../files.ts';
import { peerCommand, type PeerCommand } from '../peers/command.ts';
import type { ChaincodePackage } from './package.ts';

/** A definition as the channel holds it; its version is the digest of the chaincode. */
export interface CommittedDefinition {
  readonly sequence: number;
  readonly version: string;
}

/** Name, policy and collections of a chaincode in Fabric's words. */
export interface Definition {
  readonly name: string;
  readonly signaturePolicy: string;
  readonly collections?: readonly object[];
}

/** The consortium's own chaincode, as the model derives it from the members. */
function ownDefinition({ chaincode, consortium }: ConsortiumConfig): Definition {
  return {
    name: chaincode,
    signaturePolicy: signaturePolicy(consortium.chaincodePolicy),
    collections: collectionsConfig(consortium.collections),
  };
}

export class Lifecycle {
  readonly #config: ConsortiumConfig;
  readonly #data: DataFolder;
  readonly #binaries: string;
  readonly #definition: Definition;

  /**
   * @param binaries folder of the Fabric binaries
   * @param definition of the chaincode, by default the consortium's own
   */
  constructor(
    config: ConsortiumConfig,
    data: DataFolder,
    binaries: string,
    definition: Definition = ownDefinition(config),
  ) {
    this.#config = config;
    this.#data = data;
    this.#binaries = binaries;
    this.#definition = definition;
  }

  /** @returns the definition that a member's peer sees committed, undefined when there is none */
  async committed(member: ConfiguredMember): Promise<CommittedDefinition | undefined> {
    const { channel } = this.#config;
    const { name } = this.#definition;
    try {
      const json = await this.#peer(member)([
        'lifecycle',
        'chaincode',
        'querycommitted',
        '--channelID',
        channel,
        '--name',
        name,
        '--output',
        'json',
      ]);
      return JSON.parse(json) as CommittedDefinition;
    } catch (error) {
      if (messageOf(error).includes('is not defined')) return undefined;
      throw error;
    }
  }

  /** Installs a member's package on its peers; installed already is as good. */
  async install(member: ConfiguredMember, packaged: ChaincodePackage): Promise<void> {
    const file = this.#data.at('chaincode/packages', `${member.key}-${packaged.label}.tar.gz`);
    await writeWhole(file, packaged.archive);
    await Promise.all(
      peersOf(member).map(async (node) => {
        try {
          await this.#peer(member, node)(['lifecycle', 'chaincode', 'install', file]);
        } catch (error) {
          if (!messageOf(error).includes('already successfully installed')) throw error;
        }
      }),
    );
  }

  /** Approves a definition for the member's organisation; approved already is as good. */
  async approve(member: ConfiguredMember, sequence: number, version: string, packageId: string): Promise<void> {
    try {
      await this.#ordered(member, [
        'lifecycle',
        'chaincode',
        'approveformyorg',
        ...(await this.#parameters(sequence, version)),
        '--package-id',
        packageId,
      ]);
    } catch (error) {
      if (!messageOf(error).includes('attempted to redefine uncommitted sequence')) throw error;
    }
  }

  /** Commits a definition that enough members have approved. */
  async commit(sequence: number, version: string): Promise<void> {
    const members = endorsing(this.#config);
    const endorsers = members.flatMap((endorser) => [
      '--peerAddresses',
      `${hostOf(this.#config, endorser, 'peer')}:${endorser.ports.peer}`,
      '--tlsRootCertFiles',
      this.#data.member(endorser.key).tlsCa,
    ]);
    await this.#ordered(members[0]!, [
      'lifecycle',
      'chaincode',
      'commit',
      ...(await this.#parameters(sequence, version)),
      ...endorsers,
    ]);
  }

  #peer(member: ConfiguredMember, node?: PeerNode): PeerCommand {
    return peerCommand(this.#config, member, this.#data, this.#binaries, node);
  }

  async #parameters(sequence: number, version: string): Promise<readonly string[]> {
    const { name, signaturePolicy: policy, collections } = this.#definition;
    const file = this.#data.at('chaincode', `${name}.collections.json`);
    if (collections !== undefined) await writeWhole(file, JSON.stringify(collections, null, 2));
    return [
      '--channelID',
      this.#config.channel,
      '--name',
      name,
      '--version',
      version,
      '--sequence',
      String(sequence),
      '--signature-policy',
      policy,
      ...(collections === undefined ? [] : ['--collections-config', file]),
    ];
  }

  /** Sends to one orderer after the other: a follower hands a request on, a leaderless cluster answers nobody yet. */
  async #ordered(member: ConfiguredMember, parameters: readonly string[]): Promise<void> {
    const attempts = 24;
    const orderers = ordering(this.#config);
    for (let attempt = 0; ; attempt += 1) {
      const orderer = orderers[attempt % orderers.length]!;
      try {
        await this.#peer(member)([
          ...parameters,
          '--orderer',
          `${hostOf(this.#config, orderer, 'orderer')}:${orderer.ports.orderer}`,
          '--tls',
          '--cafile',
          this.#data.member(orderer.key).tlsCa,
        ]);
        return;
      } catch (error) {
        if (attempt + 1 >= attempts || !isPassing(messageOf(error))) throw error;
        await delay(300);
      }
    }
  }
}

/** What a cluster says that has no leader yet. */
function isPassing(message: string): boolean {
  return /SERVICE_UNAVAILABLE|no Raft leader|not running|timed out|connection refused/i.test(message);
}
