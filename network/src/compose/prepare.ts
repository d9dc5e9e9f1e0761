/**
 * `npm run compose:prepare`: makes on this host all that the containers are given, with the native way's own code.
 * Certificate authorities run here just long enough to enrol every node; then their containers go on with the same data.
 */
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { obtainBinaries } from '../binaries/obtain.ts';
import type { Binaries } from '../binaries/binaries.ts';
import { enrollMember, enrollmentCount } from '../ca/material.ts';
import { caPlan } from '../ca/server.ts';
import { writeServerConfig } from '../ca/serverConfig.ts';
import { makeGenesisBlock } from '../channel/genesis.ts';
import { stageRelease, writeMembers } from '../chaincode/release.ts';
import { endorsing, ordering, type ConsortiumConfig } from '../config/consortium.ts';
import type { DataFolder } from '../config/paths.ts';
import { NetworkFailure } from '../failure.ts';
import { exists, readIfThere, writeWhole } from '../files.ts';
import { provideKeystoreKey, usersFile } from '../gateways/gateway.ts';
import { connectionProfile } from '../gateways/profile.ts';
import { provideUsers } from '../gateways/programs.ts';
import { writeOrdererConfig } from '../orderers/orderer.ts';
import { writePeerConfig } from '../peers/peer.ts';
import { demandFreePorts } from '../processes/freePorts.ts';
import { Processes } from '../processes/processes.ts';
import { readState } from '../state.ts';
import type { Report } from '../steps/step.ts';
import { composeFile, composePath } from './composeFile.ts';
import { writeEnvironments } from './environment.ts';
import { ownImages, stageImage, type OwnImage } from './images.ts';
import { seenInside, usersFolder } from './layout.ts';
import { findPreparation, writePreparation } from './preparation.ts';

/**
 * Makes what is missing and renews what follows from the sources: images, configuration, environment, compose file.
 * Keys, certificates and the genesis block stay as they are.
 *
 * @param config of the consortium, with one host
 * @returns path of the compose file
 * @throws NetworkFailure when a network of this name runs natively, a port is taken or something is not built
 */
export async function prepare(
  config: ConsortiumConfig,
  data: DataFolder,
  report: Report,
  gateways: boolean,
): Promise<string> {
  if ((await readState(data)) !== undefined)
    throw new NetworkFailure(`"${config.name}" is a network of npm start`, 'give another --name');
  const before = await findPreparation(data);
  if (before !== undefined && (before.basePort !== config.basePort || before.profile !== config.profile))
    throw new NetworkFailure(`"${config.name}" was prepared with other ports or members`, `remove ${data.root} first`);
  const inside: ConsortiumConfig = { ...config, hostPerNode: true };
  const binaries = await report.step('Fabric binaries', obtainBinaries);
  await mkdir(data.root, { recursive: true, mode: 0o700 });
  if (!(await exists(data.genesisBlock)))
    await report.step('identities enrolled', (progress) => enrollAll(config, data, binaries, progress));
  await report.step('channel and nodes configured', async () => {
    await makeGenesisBlock(inside, data, binaries.folder);
    await writeMembers(config, data);
    await writeNodes(inside, data, binaries);
  });
  const release = await report.step('images laid out', async () => {
    const staged = await stageRelease(data);
    const wanted = (Object.keys(ownImages) as OwnImage[]).filter((image) => gateways || image !== 'gateway');
    for (const image of wanted) await stageImage(data, image, staged, gateways);
    return staged;
  });
  await writeEnvironments(inside, data, binaries, release.digest);
  const { profile, basePort } = config;
  await writePreparation(data, { profile, basePort, digest: release.digest, gateways });
  const path = composePath(config, data);
  const text = composeFile(config, gateways);
  if ((await readIfThere(path)) !== text) await writeWhole(path, text);
  return path;
}

async function enrollAll(
  config: ConsortiumConfig,
  data: DataFolder,
  binaries: Binaries,
  progress: (what: string) => void,
): Promise<void> {
  const processes = new Processes(data);
  const plans = config.members.map((member) => caPlan(config, member, data.member(member.key), binaries.folder));
  await demandFreePorts(config.host, plans, processes);
  const total = config.members.reduce((sum, member) => sum + enrollmentCount(member), 0);
  let done = 0;
  try {
    await Promise.all(
      config.members.map(async (member, index) => {
        const folder = data.member(member.key);
        await writeServerConfig(config, member, folder);
        await processes.launch(plans[index]!);
        await processes.awaitReady(plans[index]!);
        await enrollMember(config, member, folder, () => progress(`${(done += 1)} of ${total}`));
      }),
    );
  } finally {
    await Promise.all(plans.map(({ name }) => processes.end(name)));
  }
}

/** Configuration of orderers, peers and gateways as their containers see it. */
async function writeNodes(config: ConsortiumConfig, data: DataFolder, binaries: Binaries): Promise<void> {
  const keys = config.members.map(({ key }) => key);
  const inside = (text: string): string => seenInside(text, data, config.name, keys);
  const rewrite = async (path: string): Promise<void> => writeWhole(path, inside(await readFile(path, 'utf8')));
  await provideGatewayUsers(config, data);
  await Promise.all([
    ...ordering(config).map(async (member) => {
      const folder = data.member(member.key);
      await writeOrdererConfig(config, member, folder, binaries);
      await rewrite(folder.at('orderer/orderer.yaml'));
    }),
    ...endorsing(config).map(async (member) => {
      const folder = data.member(member.key);
      await writePeerConfig(config, member, folder, binaries);
      await rewrite(folder.at('peer/core.yaml'));
      await provideKeystoreKey(data, member);
      const profile = JSON.stringify(connectionProfile(config, member, data), null, 2);
      await writeWhole(data.connection(member.mspId), inside(profile));
    }),
  ]);
}

/** The users lie in a folder of their own; the native way's tools find them by a link. */
async function provideGatewayUsers(config: ConsortiumConfig, data: DataFolder): Promise<void> {
  await mkdir(data.at(usersFolder), { recursive: true, mode: 0o700 });
  await provideUsers(config, data, data.at(usersFolder, 'users.json'));
  if (!(await exists(usersFile(data)))) await symlink(join(usersFolder, 'users.json'), usersFile(data));
}
