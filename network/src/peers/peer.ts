/** A peer of one member: its configuration and process. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Binaries } from '../binaries/binaries.ts';
import { projectRoot, type MemberFolder } from '../config/paths.ts';
import { hostOf, peersOf, type ConfiguredMember, type ConsortiumConfig, type PeerNode } from '../config/consortium.ts';
import { overlay } from '../config/merge.ts';
import { writeWhole } from '../files.ts';
import { logFormat } from '../processes/logs.ts';
import { accepts, answersOk } from '../processes/ports.ts';
import type { ProcessPlan } from '../processes/processes.ts';

/** Folder of the external builder for chaincode as a service. */
const builder = join(projectRoot, 'network/fabric/ccaas');

/** Names of the variables through which the builder learns the peer's own TLS client material. */
const builderEnvironment = ['CHAINCODE_CLIENT_CERT', 'CHAINCODE_CLIENT_KEY', 'CHAINCODE_ROOT_CERT'] as const;

export async function writePeerConfig(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  folder: MemberFolder,
  binaries: Binaries,
  node: PeerNode = peersOf(member)[0]!,
): Promise<void> {
  const sample = parse(await readFile(join(binaries.samples, 'core.yaml'), 'utf8')) as Record<string, unknown>;
  const settings = peerSettings(config, member, folder, node);
  await writeWhole(folder.at(node.holder, 'core.yaml'), stringify(overlay(sample, settings)));
}

/** What differs from Fabric's sample, and why where it is not plain. */
function peerSettings(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  folder: MemberFolder,
  { holder, name, ports }: PeerNode,
): Record<string, unknown> {
  const host = hostOf(config, member, holder);
  const tls = folder.tlsOf(holder);
  const address = `${host}:${ports.peer}`;
  return {
    peer: {
      id: name,
      networkId: 'chain-of-care',
      listenAddress: address,
      address,
      chaincodeListenAddress: `${host}:${ports.chaincode}`,
      localMspId: member.mspId,
      mspConfigPath: folder.mspOf(holder),
      fileSystemPath: folder.at(holder, 'ledger'),
      tls: {
        enabled: true,
        cert: { file: tls.certificate },
        key: { file: tls.privateKey },
        rootcert: { file: tls.ca },
      },
      // The gateway service of Fabric pings other peers and orderers every 10 s; a stricter one would hang up on it.
      keepalive: { minInterval: '5s' },
      gossip: {
        bootstrap: `${hostOf(config, member, 'peer')}:${member.ports.peer}`,
        endpoint: address,
        externalEndpoint: address,
        // Every peer pulls blocks from the orderers; gossip carries private data only.
        useLeaderElection: false,
        orgLeader: true,
        state: { enabled: false },
        // Anchors are tried once at the join and then only this often.
        reconnectInterval: '2s',
        aliveTimeInterval: '2s',
        aliveExpirationTimeout: '10s',
        publishStateInfoInterval: '1s',
        requestStateInfoInterval: '1s',
        pvtData: { pullRetryThreshold: '3s', reconcileSleepInterval: '10s' },
      },
      // A peer that knows of a block by its header, and does not get it, asks another orderer after this time: one orderer that
      // has fallen behind must not hold its peer back (unset: 30 s, in which its endorsements disagree with the others').
      deliveryclient: { blockGossipEnabled: false, blockCensorshipTimeoutKey: '4s' },
      // A member's peer that is down holds an endorsement up no longer than this.
      gateway: { endorsementTimeout: '15s', broadcastTimeout: '20s', dialTimeout: '5s' },
      limits: { concurrency: { endorserService: 5000, deliverService: 5000, gatewayService: 5000 } },
    },
    vm: { endpoint: '' },
    chaincode: {
      externalBuilders: [{ name: 'ccaas', path: builder, propagateEnvironment: [...builderEnvironment] }],
      startuptimeout: '20s',
    },
    // A purge takes effect at the next block.
    ledger: { pvtdataStore: { purgeInterval: 1 }, snapshots: { rootDir: folder.at(holder, 'snapshots') } },
    operations: { listenAddress: `${host}:${ports.operations}` },
    metrics: { provider: 'prometheus' },
  };
}

export function peerPlan(
  { host }: ConsortiumConfig,
  member: ConfiguredMember,
  folder: MemberFolder,
  binaries: Binaries,
  { holder, name, ports }: PeerNode = peersOf(member)[0]!,
): ProcessPlan {
  const tls = folder.tlsOf(holder);
  return {
    name,
    command: [join(binaries.folder, 'peer'), 'node', 'start'],
    environment: {
      FABRIC_CFG_PATH: folder.at(holder),
      FABRIC_LOGGING_SPEC: 'warn:grpc=error',
      FABRIC_LOGGING_FORMAT: logFormat,
      CHAINCODE_CLIENT_CERT: tls.certificate,
      CHAINCODE_CLIENT_KEY: tls.privateKey,
      CHAINCODE_ROOT_CERT: tls.ca,
    },
    folder: folder.at(holder),
    ports: [ports.peer, ports.chaincode, ports.operations],
    ready: async () =>
      (await answersOk(`http://${host}:${ports.operations}/healthz`)) && (await accepts(host, ports.peer)),
  };
}
