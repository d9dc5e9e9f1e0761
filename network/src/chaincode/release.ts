/** A copy of the built chaincode under its digest, so that an old server still starts after the next build. */
import { randomBytes } from 'node:crypto';
import { cp, mkdir, realpath, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { chaincodeDigest } from '@chain-of-care/chaincode/digest';
import { chaincodeFolder, projectRoot, type DataFolder } from '../config/paths.ts';
import { NetworkFailure } from '../failure.ts';
import { exists, writeWhole } from '../files.ts';
import type { ConsortiumConfig } from '../config/consortium.ts';

/** A chaincode as it will run: where it lies, and the digest its package must carry. */
export interface Release {
  readonly digest: string;
  readonly folder: string;
}

export const releaseFolder = (data: DataFolder, digest: string): string => data.at('chaincode/releases', digest);

/** Writes members.json, which the digest covers. */
export async function writeMembers(config: ConsortiumConfig, data: DataFolder): Promise<void> {
  await writeWhole(data.members, `${JSON.stringify(config.consortium.members, null, 2)}\n`);
}

/** @returns the digest of the chaincode as it is built now */
export const builtDigest = (data: DataFolder): Promise<string> => chaincodeDigest(data.members, chaincodeFolder());

/**
 * Copies the built chaincode beside the network's data unless this digest is there.
 *
 * @throws NetworkFailure when the chaincode is not built
 */
export async function stageRelease(data: DataFolder): Promise<Release> {
  const attempts = 3;
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const release = await stageOnce(data);
    if (release !== undefined) return release;
  }
  throw new NetworkFailure(
    'the chaincode is rebuilt again and again while it is copied',
    'start again after the build',
  );
}

/** @returns undefined when the copy is not what was there before, because a build came in between */
async function stageOnce(data: DataFolder): Promise<Release | undefined> {
  const source = chaincodeFolder();
  if (!(await exists(join(source, 'dist/server.js'))))
    throw new NetworkFailure(`the chaincode in ${source} is not built`, 'run npm run build');
  const digest = await builtDigest(data);
  const folder = releaseFolder(data, digest);
  if (await exists(folder)) return { digest, folder };
  const unfinished = `${folder}.${randomBytes(4).toString('hex')}`;
  await mkdir(unfinished, { recursive: true });
  await cp(join(source, 'dist'), join(unfinished, 'dist'), { recursive: true });
  await cp(join(source, 'package.json'), join(unfinished, 'package.json'));
  // Imports of the copy find the chaincode's own dependencies first, then the workspace's.
  await link(join(source, 'node_modules'), join(unfinished, 'node_modules'));
  await link(join(projectRoot, 'node_modules'), data.at('chaincode/node_modules'));
  const copied = await chaincodeDigest(data.members, unfinished);
  if (copied !== digest) {
    await rm(unfinished, { recursive: true, force: true });
    return undefined;
  }
  await rename(unfinished, folder).catch(async (error: NodeJS.ErrnoException) => {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(folder))) throw error;
  });
  return { digest, folder };
}

async function link(target: string, path: string): Promise<void> {
  if (!(await exists(target)) || (await exists(path))) return;
  await symlink(await realpath(target), path);
}
