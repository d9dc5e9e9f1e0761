/** `consortium.yaml`, read and checked: who is in the consortium, on which slots, with which ordering parameters. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { Consortium, memberRoles, type Member, type MemberRole } from '@chain-of-care/chaincode/model';
import { NetworkFailure } from '../failure.ts';
import { memberPorts, type BlockPort, type MemberPorts, type PortPlan } from './ports.ts';

interface MemberEntry {
  readonly mspId: string;
  readonly role: MemberRole;
  readonly slot: number;
  readonly name: string;
  readonly orderer: boolean;
  /** Default 1. */
  readonly peers?: number;
}

export interface Ordering {
  readonly maxMessageCount: number;
  readonly absoluteMaxBytes: string;
  readonly preferredMaxBytes: string;
  readonly requestBatchMaxInterval: string;
  readonly leaderHeartbeatTimeout: string;
}

/** The file as written. */
export interface ConsortiumFile {
  readonly name: string;
  readonly channel: string;
  readonly chaincode: string;
  readonly host: string;
  readonly basePort: number;
  readonly ports: PortPlan;
  readonly members: Readonly<Record<string, MemberEntry>>;
  readonly profiles: Readonly<Record<string, readonly string[]>>;
  readonly ordering: Ordering;
}

/** A member of the chosen profile with all its ports. `key` names its nodes: `hospital` → `hospital-peer`. */
export interface ConfiguredMember extends Member {
  readonly key: string;
  readonly orderer: boolean;
  readonly hasPeer: boolean;
  /** None, one or two; in containers at most one. */
  readonly peers: number;
  readonly ports: MemberPorts;
}

export interface ConsortiumConfig {
  readonly name: string;
  readonly profile: string;
  readonly channel: string;
  readonly chaincode: string;
  /** Where every node is, and where clients reach the gateways. */
  readonly host: string;
  /** Whether each node has a host of its own instead, as containers have: see {@link hostOf}. */
  readonly hostPerNode: boolean;
  readonly basePort: number;
  readonly ordering: Ordering;
  readonly members: readonly ConfiguredMember[];
  readonly consortium: Consortium;
}

export interface Choice {
  readonly name?: string | undefined;
  readonly profile?: string | undefined;
  readonly basePort?: number | undefined;
  readonly hostPerNode?: boolean | undefined;
}

/** Fewer orderers tolerate no faulty one (3F+1 with F = 1). */
const fewestOrderers = 4;

/** @throws NetworkFailure when the file is missing or is not YAML */
export function readConsortiumFile(path: string): ConsortiumFile {
  try {
    return parse(readFileSync(path, 'utf8')) as ConsortiumFile;
  } catch (cause) {
    throw new NetworkFailure(`${path} cannot be read`, 'restore it from git', { cause });
  }
}

/**
 * The consortium of one profile, ports derived.
 *
 * @param file consortium.yaml as read
 * @param choice what the command line overrides
 * @throws NetworkFailure for an unknown profile, a bad name, a member that is unknown, double or without a known role,
 *   ports that leave 1024–65535, or too few orderers
 */
export function configure(file: ConsortiumFile, choice: Choice = {}): ConsortiumConfig {
  const name = choice.name ?? file.name;
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name))
    throw new NetworkFailure(`"${name}" is no name for a consortium`, 'use small letters, digits and hyphens');
  const profile = choice.profile ?? 'default';
  const keys = file.profiles[profile];
  if (keys === undefined)
    throw new NetworkFailure(`no profile "${profile}"`, `choose one of ${Object.keys(file.profiles).join(', ')}`);
  const basePort = choice.basePort ?? file.basePort;
  const members = keys.map((key) => configureMember(key, file, basePort, choice.hostPerNode ?? false));
  if (new Set(members.map(({ ports }) => ports.gateway)).size !== members.length)
    throw new NetworkFailure(
      `two members of profile "${profile}" share a slot`,
      'give each its own in consortium.yaml',
    );
  if (members.filter(({ orderer }) => orderer).length < fewestOrderers)
    throw new NetworkFailure(`profile "${profile}" has fewer than ${fewestOrderers} orderers`, 'SmartBFT needs 3F+1');
  return {
    name,
    profile,
    channel: file.channel,
    chaincode: file.chaincode,
    host: file.host,
    hostPerNode: choice.hostPerNode ?? false,
    basePort,
    ordering: file.ordering,
    members,
    consortium: new Consortium(members.map(({ mspId, role, name: title }) => ({ mspId, role, name: title }))),
  };
}

function configureMember(key: string, file: ConsortiumFile, basePort: number, hostPerNode: boolean): ConfiguredMember {
  const entry = file.members[key];
  if (entry === undefined) throw new NetworkFailure(`a profile names "${key}"`, 'describe it under members');
  if (!memberRoles.includes(entry.role))
    throw new NetworkFailure(`member "${key}" has the role "${entry.role}"`, `use one of ${memberRoles.join(', ')}`);
  const peers = entry.peers ?? 1;
  if (peers !== 1 && peers !== 2) throw new NetworkFailure(`member "${key}" has ${peers} peers`, 'give it one or two');
  const hasPeer = entry.role !== 'operator';
  return {
    key,
    mspId: entry.mspId,
    role: entry.role,
    name: entry.name,
    orderer: entry.orderer,
    hasPeer,
    peers: hasPeer ? (hostPerNode ? 1 : peers) : 0,
    ports: memberPorts(file.ports, basePort, entry.slot),
  };
}

/** One peer of a member. Its holder names its folder and enrolments; all peers of a member share its chaincode server. */
export interface PeerNode {
  readonly holder: 'peer' | 'peer2';
  /** As status and logs call it. */
  readonly name: string;
  readonly ports: { readonly peer: number; readonly chaincode: number; readonly operations: number };
}

const peerPorts = {
  peer: { peer: 'peer', chaincode: 'peerChaincode', operations: 'peerOperations' },
  peer2: { peer: 'peer2', chaincode: 'peer2Chaincode', operations: 'peer2Operations' },
} as const satisfies Record<PeerNode['holder'], Record<keyof PeerNode['ports'], BlockPort>>;

/** @returns a member's peers, the one that its gateway asks first before the other */
export function peersOf({ key, peers, ports }: ConfiguredMember): readonly PeerNode[] {
  return (['peer', 'peer2'] as const).slice(0, peers).map((holder) => {
    const { peer, chaincode, operations } = peerPorts[holder];
    return {
      holder,
      name: `${key}-${holder}`,
      ports: { peer: ports[peer], chaincode: ports[chaincode], operations: ports[operations] },
    };
  });
}

/** @returns the host at which a member's node listens and other nodes reach it */
export function hostOf(
  config: ConsortiumConfig,
  { key }: ConfiguredMember,
  node: 'ca' | 'orderer' | PeerNode['holder'] | 'chaincode' | 'gateway',
): string {
  return config.hostPerNode ? `${key}-${node}` : config.host;
}

/** The members that order blocks. */
export const ordering = (config: ConsortiumConfig): readonly ConfiguredMember[] =>
  config.members.filter((member) => member.orderer);

/** The members that run a peer, a chaincode and a gateway. */
export const endorsing = (config: ConsortiumConfig): readonly ConfiguredMember[] =>
  config.members.filter((member) => member.hasPeer);

/** @throws NetworkFailure for an MSP id that is no member */
export function memberOf(config: ConsortiumConfig, mspId: string): ConfiguredMember {
  const member = config.members.find((candidate) => candidate.mspId === mspId);
  if (member === undefined) throw new NetworkFailure(`${mspId} is no member of ${config.name}`);
  return member;
}
