/** Brings the chaincode on the channel to the digest of the built one: at the first start, and after every change. */
import type { Binaries } from '../binaries/binaries.ts';
import { endorsing, type ConsortiumConfig } from '../config/consortium.ts';
import { chaincodePort } from '../config/ports.ts';
import type { DataFolder } from '../config/paths.ts';
import { NetworkFailure } from '../failure.ts';
import { exists } from '../files.ts';
import { demandFreePorts } from '../processes/freePorts.ts';
import type { Processes, ProcessPlan } from '../processes/processes.ts';
import { remember, type NetworkState } from '../state.ts';
import type { Report } from '../steps/step.ts';
import { Lifecycle } from './lifecycle.ts';
import { chaincodePackage, packageLabel, type ChaincodePackage } from './package.ts';
import { releaseFolder, stageRelease, type Release } from './release.ts';
import { chaincodePlan, serverName } from './server.ts';

/**
 * Starts the servers of the committed chaincode and, when the built one differs, deploys that as the next sequence: old
 * and new servers stand side by side until the new definition is committed.
 */
export async function deployChaincode(
  config: ConsortiumConfig,
  data: DataFolder,
  report: Report,
  processes: Processes,
  binaries: Binaries,
): Promise<void> {
  const lifecycle = new Lifecycle(config, data, binaries.folder);
  const members = endorsing(config);
  const built = await stageRelease(data);
  const committed = await lifecycle.committed(members[0]!);
  if (committed !== undefined) {
    const { sequence, version: digest } = committed;
    if (await exists(releaseFolder(data, digest))) {
      const running = { digest, folder: releaseFolder(data, digest) };
      await report.step(`chaincode sequence ${sequence}`, () =>
        startServers(config, data, processes, running, sequence),
      );
    } else if (digest === built.digest) {
      throw new NetworkFailure(`the chaincode ${digest} is committed but not there`, 'run npm run build');
    }
    await remember(data, { chaincode: { sequence, digest } });
    if (digest === built.digest) {
      await endOtherServers(config, processes, sequence);
      return;
    }
  }
  const sequence = (committed?.sequence ?? 0) + 1;
  await report.step(`chaincode sequence ${sequence} deployed`, async (progress) => {
    progress('install');
    const packages = await packagesOf(config, built, sequence);
    await Promise.all(members.map((member) => lifecycle.install(member, packages.get(member.key)!)));
    progress('servers');
    await startServers(config, data, processes, built, sequence);
    progress('approve');
    await Promise.all(
      members.map((member) => lifecycle.approve(member, sequence, built.digest, packages.get(member.key)!.packageId)),
    );
    progress('commit');
    await lifecycle.commit(sequence, built.digest);
    await remember(data, { chaincode: { sequence, digest: built.digest } });
  });
  await endOtherServers(config, processes, sequence);
}

/**
 * Launches, without waiting, the servers that will surely be needed: those of the committed chaincode, or in a new
 * consortium those of the built one. They take their time while orderers and peers come up.
 */
export async function launchServers(
  config: ConsortiumConfig,
  data: DataFolder,
  processes: Processes,
  state: NetworkState,
): Promise<void> {
  if (state.chaincode === undefined && state.joined === true) return;
  const { sequence, digest } = state.chaincode ?? { sequence: 1, digest: (await stageRelease(data)).digest };
  const release = { digest, folder: releaseFolder(data, digest) };
  if (!(await exists(release.folder))) return;
  const plans = await serverPlans(config, data, release, sequence);
  await Promise.all(plans.map((plan) => processes.launch(plan)));
}

async function serverPlans(
  config: ConsortiumConfig,
  data: DataFolder,
  release: Release,
  sequence: number,
): Promise<readonly ProcessPlan[]> {
  const packages = await packagesOf(config, release, sequence);
  return endorsing(config).map((member) =>
    chaincodePlan(config, member, data, { ...release, sequence, packageId: packages.get(member.key)!.packageId }),
  );
}

async function startServers(
  config: ConsortiumConfig,
  data: DataFolder,
  processes: Processes,
  release: Release,
  sequence: number,
): Promise<void> {
  const plans = await serverPlans(config, data, release, sequence);
  await demandFreePorts(config.host, plans, processes);
  await Promise.all(
    plans.map(async (plan) => {
      await processes.launch(plan);
      await processes.awaitReady(plan);
    }),
  );
}

/** The package of each member; the same release and sequence give the same package ids at any time. */
async function packagesOf(
  config: ConsortiumConfig,
  release: Release,
  sequence: number,
): Promise<ReadonlyMap<string, ChaincodePackage>> {
  const label = packageLabel(config.chaincode, sequence, release.digest);
  const packaged = endorsing(config).map(async (member): Promise<[string, ChaincodePackage]> => {
    const address = `${config.host}:${chaincodePort(member.ports, sequence)}`;
    return [member.key, await chaincodePackage(label, address)];
  });
  return new Map(await Promise.all(packaged));
}

/** Ends the servers of every other sequence. */
async function endOtherServers(config: ConsortiumConfig, processes: Processes, sequence: number): Promise<void> {
  const keep = new Set(endorsing(config).map((member) => serverName(member, sequence)));
  const isServer = (name: string) =>
    config.members.some((member) => new RegExp(`^${member.key}-chaincode-\\d+$`).test(name));
  const names = (await processes.names()).filter((name) => isServer(name) && !keep.has(name));
  await Promise.all(names.map((name) => processes.end(name)));
}
