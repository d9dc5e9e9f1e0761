/** `npm start`: brings a consortium up, from nothing or from whatever an earlier start left. */
import { obtainBinaries } from './binaries/obtain.ts';
import type { Binaries } from './binaries/binaries.ts';
import { fabricVersion } from './binaries/version.ts';
import { enrollMember, enrollmentCount } from './ca/material.ts';
import { caPlan } from './ca/server.ts';
import { writeServerConfig } from './ca/serverConfig.ts';
import { makeGenesisBlock } from './channel/genesis.ts';
import { joinOrderer, joinPeer } from './channel/join.ts';
import { awaitEndorsers } from './chaincode/answers.ts';
import { deployChaincode, launchServers } from './chaincode/deploy.ts';
import { builtDigest, writeMembers } from './chaincode/release.ts';
import { serverName } from './chaincode/server.ts';
import { endorsing, ordering, peersOf, type ConfiguredMember, type ConsortiumConfig } from './config/consortium.ts';
import { chaincodePort } from './config/ports.ts';
import type { DataFolder } from './config/paths.ts';
import { gatewayPlans, launchGateways, settleGateways } from './gateways/start.ts';
import { gatewayMain, gatewayPlan } from './gateways/gateway.ts';
import { writeConnectionProfiles } from './gateways/profile.ts';
import { ordererPlan, writeOrdererConfig } from './orderers/orderer.ts';
import { peerPlan, writePeerConfig } from './peers/peer.ts';
import { findPreparation } from './compose/preparation.ts';
import { NetworkFailure } from './failure.ts';
import { exists } from './files.ts';
import { demandFreePorts, type PortHolder } from './processes/freePorts.ts';
import { Processes, type ProcessPlan } from './processes/processes.ts';
import { demandSpace } from './space.ts';
import { demandSame, readState, remember, writeState, type NetworkState } from './state.ts';
import { expectedProcesses } from './status/status.ts';
import type { Report } from './steps/step.ts';

export interface StartOptions {
  /** Whether gateways are started and the consortium is seeded. */
  readonly gateways: boolean;
}

/**
 * Brings everything up and returns when everything answers; on a running network it only looks.
 *
 * @throws NetworkFailure with what is wrong and what helps; what runs then goes on running, the next start repairs
 */
export async function start(
  config: ConsortiumConfig,
  data: DataFolder,
  report: Report,
  options: StartOptions,
): Promise<void> {
  const binaries = await report.step('Fabric binaries', obtainBinaries);
  const before = await readState(data);
  if ((await findPreparation(data)) !== undefined)
    throw new NetworkFailure(`"${config.name}" was prepared for containers`, 'give another --name; see docs/docker.md');
  if (before !== undefined) demandSame(before, config);
  const state: NetworkState = before ?? { version: 1, ...identityOf(config), fabric: fabricVersion };
  const processes = new Processes(data);
  // Before anything is remembered: whoever is told to choose other ports is still free to.
  await demandFreePorts(config.host, plannedPorts(config, data, binaries, state, options), processes);
  await demandSpace(
    data.root,
    neededMegabytes(config, before, options),
    'free some, or set CHAIN_OF_CARE_HOME to a folder elsewhere',
  );
  await writeState(data, state);
  await startAuthorities(config, data, report, processes, binaries);
  await startNodes(config, data, report, processes, binaries, state);
  const gateways = options.gateways ? await launchGateways(config, data, report, processes) : [];
  await deployChaincode(config, data, report, processes, binaries);
  await report.step('every peer reaches every chaincode', async () => {
    await Promise.all(peerNodes(config).map(({ member, node }) => awaitEndorsers(config, member, data, node)));
  });
  if (gateways.length > 0) await settleGateways(config, data, report, processes, gateways);
}

/** Whether everything of it runs, with the chaincode as it is built now: then a start has nothing to do. */
export async function isUpToDate(config: ConsortiumConfig, data: DataFolder, options: StartOptions): Promise<boolean> {
  const state = await readState(data);
  if (state?.chaincode === undefined) return false;
  demandSame(state, config);
  const gateways = options.gateways && (await exists(gatewayMain));
  if (gateways && (state.gateways !== true || state.seeded !== true)) return false;
  const processes = new Processes(data);
  for (const { name } of expectedProcesses(config, state.chaincode, gateways)) {
    if ((await processes.find(name)) === undefined) return false;
  }
  if (gateways) {
    for (const plan of await gatewayPlans(config, data)) if (!(await processes.runsAsPlanned(plan))) return false;
  }
  return (await builtDigest(data)) === state.chaincode.digest;
}

/** Every peer with its member. */
const peerNodes = (config: ConsortiumConfig) =>
  endorsing(config).flatMap((member) => peersOf(member).map((node) => ({ member, node })));

const identityOf = ({ name, profile, basePort }: ConsortiumConfig) => ({ name, profile, basePort });

/** What a member's part takes when it is new (most of it the read model of its gateway), and what any start writes. */
const megabytes = { gateway: 48, nodes: 8, logs: 16 };

function neededMegabytes(
  config: ConsortiumConfig,
  before: NetworkState | undefined,
  { gateways }: StartOptions,
): number {
  if (before?.seeded === true) return megabytes.logs;
  return megabytes.logs + endorsing(config).length * (megabytes.nodes + (gateways ? megabytes.gateway : 0));
}

/** Everything with a port, so that a port in use is said before anything is started. */
function plannedPorts(
  config: ConsortiumConfig,
  data: DataFolder,
  binaries: Binaries,
  state: NetworkState,
  options: StartOptions,
): readonly PortHolder[] {
  const folder = (member: ConfiguredMember) => data.member(member.key);
  const sequence = state.chaincode?.sequence ?? 1;
  return [
    ...config.members.map((member) => caPlan(config, member, folder(member), binaries.folder)),
    ...ordering(config).map((member) => ordererPlan(config, member, folder(member), binaries)),
    ...endorsing(config).flatMap((member) => [
      ...peersOf(member).map((node) => peerPlan(config, member, folder(member), binaries, node)),
      { name: serverName(member, sequence), ports: [chaincodePort(member.ports, sequence)] },
      ...(options.gateways ? [gatewayPlan(config, member, data)] : []),
    ]),
  ];
}

async function startAuthorities(
  config: ConsortiumConfig,
  data: DataFolder,
  report: Report,
  processes: Processes,
  binaries: Binaries,
): Promise<void> {
  await report.step('certificate authorities', async () => {
    const plans = config.members.map((member) => caPlan(config, member, data.member(member.key), binaries.folder));
    await Promise.all(config.members.map((member) => writeServerConfig(config, member, data.member(member.key))));
    await startAll(processes, plans);
  });
  await report.step('identities enrolled', async (progress) => {
    const total = config.members.reduce((sum, member) => sum + enrollmentCount(member), 0);
    let done = 0;
    const enrolled = () => progress(`${(done += 1)} of ${total}`);
    await Promise.all(config.members.map((member) => enrollMember(config, member, data.member(member.key), enrolled)));
    await writeConnectionProfiles(config, data);
  });
}

async function startNodes(
  config: ConsortiumConfig,
  data: DataFolder,
  report: Report,
  processes: Processes,
  binaries: Binaries,
  state: NetworkState,
): Promise<void> {
  await report.step('channel configuration', async () => {
    await makeGenesisBlock(config, data, binaries.folder);
    await writeMembers(config, data);
  });
  await report.step('orderers and peers', async () => {
    const orderers = ordering(config).map((member) => ordererPlan(config, member, data.member(member.key), binaries));
    const peers = peerNodes(config).map(({ member, node }) =>
      peerPlan(config, member, data.member(member.key), binaries, node),
    );
    await Promise.all([
      ...ordering(config).map((member) => writeOrdererConfig(config, member, data.member(member.key), binaries)),
      ...peerNodes(config).map(({ member, node }) =>
        writePeerConfig(config, member, data.member(member.key), binaries, node),
      ),
    ]);
    await Promise.all([startAll(processes, [...orderers, ...peers]), launchServers(config, data, processes, state)]);
  });
  if (state.joined === true) return;
  await report.step(`channel ${config.channel} joined`, async () => {
    await Promise.all([
      ...ordering(config).map((member) => joinOrderer(config, member, data)),
      ...peerNodes(config).map(({ member, node }) => joinPeer(config, member, data, binaries.folder, node)),
    ]);
    await remember(data, { joined: true });
  });
}

async function startAll(processes: Processes, plans: readonly ProcessPlan[]): Promise<void> {
  await Promise.all(
    plans.map(async (plan) => {
      await processes.launch(plan);
      await processes.awaitReady(plan);
    }),
  );
}
