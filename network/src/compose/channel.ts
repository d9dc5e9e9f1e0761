/**
 * The container `channel`: joins orderers and peers and brings the chaincode on the channel to the images' digest.
 * It ends when that is so, and the gateways start.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Lifecycle } from '../chaincode/lifecycle.ts';
import { joinOrderer, joinPeer } from '../channel/join.ts';
import { endorsing, ordering, type ConsortiumConfig } from '../config/consortium.ts';
import type { DataFolder } from '../config/paths.ts';
import type { Report } from '../steps/step.ts';
import { containerPackage } from './preparation.ts';

/** Folder of the `peer` command in the image. */
const binaries = '/usr/local/bin';

/**
 * @param config with a host per node
 * @param digest of the chaincode in the image
 */
export async function bringUpChannel(
  config: ConsortiumConfig,
  data: DataFolder,
  report: Report,
  digest: string,
): Promise<void> {
  const members = endorsing(config);
  await report.step(`channel ${config.channel} joined`, async () => {
    await Promise.all([
      ...ordering(config).map((member) => joinOrderer(config, member, data)),
      ...members.map((member) => joinPeer(config, member, data, binaries)),
    ]);
  });
  const lifecycle = new Lifecycle(config, data, binaries);
  const committed = await lifecycle.committed(members[0]!);
  if (committed?.version === digest) {
    report.note(`chaincode sequence ${committed.sequence} is committed`);
    return;
  }
  const sequence = (committed?.sequence ?? 0) + 1;
  await report.step(`chaincode sequence ${sequence} deployed`, async () => {
    const packages = await Promise.all(members.map((member) => containerPackage(config, member, digest)));
    await Promise.all(members.map((member, index) => lifecycle.install(member, packages[index]!)));
    await Promise.all(
      members.map((member, index) => lifecycle.approve(member, sequence, digest, packages[index]!.packageId)),
    );
    await lifecycle.commit(sequence, digest);
  });
  await report.step('chaincode known to every peer', async () => {
    for (const member of members)
      while ((await lifecycle.committed(member))?.version !== digest) await delay(pollMilliseconds);
  });
}

const pollMilliseconds = 200;
