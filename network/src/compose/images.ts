/** The build contexts of our own images: built code and the packages it needs to run, nothing else. */
import { cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { projectRoot, type DataFolder } from '../config/paths.ts';
import { NetworkFailure } from '../failure.ts';
import { exists } from '../files.ts';
import { nodeImage, officialImages } from './officialImages.ts';
import type { Release } from '../chaincode/release.ts';
import { productionTree, type LockedPackages } from './productionTree.ts';

interface Contents {
  /** Whose code and packages the image carries. */
  readonly workspaces: readonly string[];
  readonly files: readonly string[];
}

/** Our images. The network's runs the gateway's programs for seeding. */
export const ownImages = {
  chaincode: { workspaces: ['chaincode'], files: [] },
  gateway: { workspaces: ['gateway-api'], files: [] },
  network: { workspaces: ['network', 'gateway-api'], files: ['network/consortium.yaml', 'network/seed.yaml'] },
} as const satisfies Record<string, Contents>;
export type OwnImage = keyof typeof ownImages;

/** What the Dockerfiles are given, so that a version stands in one place. */
export const buildArguments: Readonly<Record<OwnImage, Readonly<Record<string, string>>>> = {
  chaincode: { NODE_IMAGE: nodeImage },
  gateway: { NODE_IMAGE: nodeImage },
  network: { NODE_IMAGE: nodeImage, PEER_IMAGE: officialImages.peer },
};

export const contextFolder = (data: DataFolder, image: OwnImage): string => data.at('images', image);

/**
 * Lays out one image's build context: a Dockerfile, and the project as the image will hold it.
 *
 * @param release the chaincode whose digest the packages carry
 * @param gateways whether the gateway is built; without it the network's image has none of its programs
 * @throws NetworkFailure when a workspace is not built
 */
export async function stageImage(
  data: DataFolder,
  image: OwnImage,
  release: Release,
  gateways: boolean,
): Promise<void> {
  const lock = JSON.parse(await readFile(join(projectRoot, 'package-lock.json'), 'utf8')) as {
    readonly packages: LockedPackages;
  };
  const { workspaces, files }: Contents = ownImages[image];
  const carried = workspaces.filter((workspace) => gateways || workspace !== 'gateway-api');
  const folders = new Set(carried.flatMap((workspace) => productionTree(lock.packages, workspace)));
  const context = contextFolder(data, image);
  const unfinished = `${context}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const app = join(unfinished, 'app');
  for (const folder of folders) {
    const locked = lock.packages[folder]!;
    if (locked.link === true) await link(join(app, folder), join(app, locked.resolved!));
    else if (folder.includes('node_modules/')) await copyPackage(folder, app);
    else await copyWorkspace(folder, app, release);
  }
  for (const file of files)
    if (await exists(join(projectRoot, file))) await copy(join(projectRoot, file), join(app, file));
  await copy(join(projectRoot, 'network/compose', `${image}.Dockerfile`), join(unfinished, 'Dockerfile'));
  await rm(context, { recursive: true, force: true });
  await rename(unfinished, context);
}

/** What a package carries for people and compilers; its licence stays. */
const notToRun = /\.(ts|cts|mts|map)$|\/(readme|changelog|history)[^/]*$/i;

/** A package without the packages inside it, which the lockfile lists themselves; optional ones may be absent. */
async function copyPackage(folder: string, app: string): Promise<void> {
  const source = join(projectRoot, folder);
  if (!(await exists(source))) return;
  const inner = join(source, 'node_modules');
  const filter = (path: string): boolean => path !== inner && !notToRun.test(path);
  await cp(source, join(app, folder), { recursive: true, filter });
}

async function copyWorkspace(folder: string, app: string, release: Release): Promise<void> {
  const source = folder === 'chaincode' ? release.folder : join(projectRoot, folder);
  if (!(await exists(join(source, 'dist')))) throw new NetworkFailure(`${folder} is not built`, 'run npm run build');
  const isCode = (path: string): boolean => !/\.(tsbuildinfo|d\.ts|d\.ts\.map)$/.test(path);
  await cp(join(source, 'dist'), join(app, folder, 'dist'), { recursive: true, filter: isCode });
  await copy(join(source, 'package.json'), join(app, folder, 'package.json'));
}

async function copy(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await cp(source, target);
}

async function link(path: string, target: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(relative(dirname(path), target), path);
}
