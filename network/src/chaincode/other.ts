/**
 * Chaincodes beside the deployed one, for tests and benchmarks: a patched copy that one member alone runs, and a second
 * chaincode of another name.
 */
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { chaincodeDigest } from '@chain-of-care/chaincode/digest';
import { endorsing, memberOf, type ConfiguredMember, type ConsortiumConfig } from '../config/consortium.ts';
import { projectRoot, type DataFolder } from '../config/paths.ts';
import { NetworkFailure } from '../failure.ts';
import { accepts } from '../processes/ports.ts';
import type { Processes, ProcessPlan } from '../processes/processes.ts';
import type { ChaincodeState } from '../state.ts';
import { Lifecycle } from './lifecycle.ts';
import { chaincodePackage, packageLabel } from './package.ts';
import { releaseFolder } from './release.ts';
import { chaincodeEnvironment, serverName } from './server.ts';

interface Surroundings {
  readonly config: ConsortiumConfig;
  readonly data: DataFolder;
  readonly processes: Processes;
  /** Folder of the Fabric binaries. */
  readonly binaries: string;
}

/**
 * Replaces the chaincode on one member's peer by a patched copy, as a cheating member would: same name and sequence, its
 * own package, approved by nobody else. The next start does not undo it; reset does.
 *
 * @param patch changes files of the copy (its `dist` folder is given)
 * @returns the digest of the patched chaincode
 */
export async function runPatchedChaincode(
  { config, data, processes, binaries }: Surroundings,
  committed: ChaincodeState,
  mspId: string,
  patch: (dist: string) => Promise<void>,
): Promise<string> {
  const member = memberOf(config, mspId);
  const folder = data.at('chaincode/patched', member.key);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const original = releaseFolder(data, committed.digest);
  await cp(join(original, 'dist'), join(folder, 'dist'), { recursive: true });
  await cp(join(original, 'package.json'), join(folder, 'package.json'));
  await cp(join(original, 'node_modules'), join(folder, 'node_modules'), { recursive: true, force: true }).catch(
    ignoreMissing,
  );
  await patch(join(folder, 'dist'));
  const digest = await chaincodeDigest(data.members, folder);
  const port = member.ports.chaincodeOther;
  const packaged = await chaincodePackage(
    packageLabel(config.chaincode, committed.sequence, digest),
    `${config.host}:${port}`,
  );
  const lifecycle = new Lifecycle(config, data, binaries);
  await lifecycle.install(member, packaged);
  await processes.end(serverName(member, committed.sequence));
  const plan: ProcessPlan = {
    name: `${member.key}-chaincode-patched`,
    command: [process.execPath, join(folder, 'dist/server.js')],
    environment: chaincodeEnvironment(config, member, data, { port, packageId: packaged.packageId, digest }),
    folder,
    ports: [port],
    ready: () => accepts(config.host, port),
  };
  await launch(processes, plan);
  await lifecycle.approve(member, committed.sequence, committed.digest, packaged.packageId);
  return digest;
}

export interface OtherChaincode {
  readonly name: string;
  /** A Node program that serves chaincode with the environment that ours gets. */
  readonly entry: string;
  /** Fabric's text form. */
  readonly signaturePolicy: string;
  /** The objects of a collections file. */
  readonly collections?: readonly object[];
}

/** Deploys another chaincode on every peer as sequence 1, its servers beside ours. */
export async function deployOtherChaincode(
  { config, data, processes, binaries }: Surroundings,
  other: OtherChaincode,
): Promise<void> {
  const lifecycle = new Lifecycle(config, data, binaries, other);
  const members = endorsing(config);
  const version = '1';
  const committed = await lifecycle.committed(members[0]!);
  const approvals = members.map(async (member: ConfiguredMember) => {
    const port = member.ports.chaincodeOther;
    const packaged = await chaincodePackage(`${other.name}_1`, `${config.host}:${port}`);
    await lifecycle.install(member, packaged);
    await launch(processes, {
      name: `${member.key}-chaincode-other`,
      command: [process.execPath, other.entry],
      environment: chaincodeEnvironment(config, member, data, { port, packageId: packaged.packageId, digest: '' }),
      folder: projectRoot,
      ports: [port],
      ready: () => accepts(config.host, port),
    });
    if (committed === undefined) await lifecycle.approve(member, 1, version, packaged.packageId);
  });
  await Promise.all(approvals);
  if (committed === undefined) await lifecycle.commit(1, version);
}

async function launch(processes: Processes, plan: ProcessPlan): Promise<void> {
  await processes.end(plan.name);
  await processes.launch(plan);
  await processes.awaitReady(plan);
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw new NetworkFailure(`the chaincode could not be copied: ${error.message}`);
}
