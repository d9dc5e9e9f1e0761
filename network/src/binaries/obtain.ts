/** Fabric's programs, in this order: this user's cache, FABRIC_BIN, a build from Go modules, the release archive. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { cacheHome } from '../config/paths.ts';
import { NetworkFailure, messageOf } from '../failure.ts';
import { exists } from '../files.ts';
import { demandSpace } from '../space.ts';
import { withLock } from '../processes/lock.ts';
import { downloadRelease } from './archive.ts';
import type { Binaries } from './binaries.ts';
import { buildFabric, missingCompiler } from './build.ts';
import { binariesName, fabricPrograms, fabricSamples, fabricVersion } from './version.ts';

/** The programs, once unpacked or built. */
const binariesMegabytes = 400;

/** @returns the binaries if they are there without any work */
export async function binariesAtHand(): Promise<Binaries | undefined> {
  const cached = join(cacheHome(), binariesName);
  if (await isComplete(join(cached, 'bin'), join(cached, 'config')))
    return { folder: join(cached, 'bin'), samples: join(cached, 'config'), origin: 'cache' };
  return undefined;
}

/**
 * @param progress told what is being done
 * @throws NetworkFailure that names every way when none works
 */
export async function obtainBinaries(progress: (what: string) => void): Promise<Binaries> {
  const ready = await binariesAtHand();
  if (ready !== undefined) return ready;
  const cache = cacheHome();
  return withLock(
    join(cache, `${binariesName}.lock`),
    (pid) => progress(`another start (pid ${pid}) is getting them`),
    async () => (await binariesAtHand()) ?? (await given()) ?? (await fill(cache, progress)),
  );
}

/** FABRIC_BIN: a folder of programs, with Fabric's `config` beside it or in FABRIC_CFG_PATH. */
async function given(): Promise<Binaries | undefined> {
  const chosen = process.env['FABRIC_BIN'];
  if (chosen === undefined || chosen === '') return undefined;
  const folder = resolve(chosen);
  const candidates = [process.env['FABRIC_CFG_PATH'] ?? '', join(dirname(folder), 'config'), folder];
  for (const samples of candidates) {
    if (samples !== '' && (await isComplete(folder, samples))) return { folder, samples, origin: 'FABRIC_BIN' };
  }
  throw new NetworkFailure(
    `FABRIC_BIN=${chosen} lacks programs or Fabric's sample configuration`,
    `it must hold ${fabricPrograms.join(', ')}; core.yaml and orderer.yaml lie in ../config or FABRIC_CFG_PATH`,
  );
}

async function fill(cache: string, progress: (what: string) => void): Promise<Binaries> {
  await demandSpace(cache, binariesMegabytes, 'free some, or set CHAIN_OF_CARE_CACHE to a folder elsewhere');
  const target = join(cache, binariesName);
  await removeUnfinished(cache);
  const unfinished = `${target}.unfinished-${randomBytes(4).toString('hex')}`;
  await mkdir(unfinished, { recursive: true });
  const failures: string[] = [];
  try {
    const missing = await missingCompiler();
    let origin: Binaries['origin'] | undefined;
    if (missing === undefined) {
      origin = await attempt('built', failures, () => buildFabric(unfinished, progress));
    } else {
      failures.push(`building needs ${missing}, which is not in PATH`);
    }
    origin ??= await attempt('archive', failures, () => downloadRelease(unfinished, progress));
    if (origin === undefined) throw noWay(failures);
    await rm(target, { recursive: true, force: true });
    await rename(unfinished, target);
    return { folder: join(target, 'bin'), samples: join(target, 'config'), origin };
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function attempt(
  origin: Binaries['origin'],
  failures: string[],
  work: () => Promise<void>,
): Promise<Binaries['origin'] | undefined> {
  try {
    await work();
    return origin;
  } catch (error) {
    failures.push(messageOf(error));
    return undefined;
  }
}

function noWay(failures: readonly string[]): NetworkFailure {
  return new NetworkFailure(
    `no Fabric ${fabricVersion} binaries (${failures.join('; ')})`,
    'install Go 1.25 or newer and a C compiler, or set FABRIC_BIN to a folder that holds them, or allow the download of ' +
      'the release archive, or use Docker: docker compose -f docker-compose-fabric.yaml up',
  );
}

async function isComplete(folder: string, samples: string): Promise<boolean> {
  const files = [
    ...fabricPrograms.map((name) => join(folder, name)),
    ...fabricSamples.map((name) => join(samples, name)),
  ];
  return (await Promise.all(files.map(exists))).every(Boolean);
}

/** What an earlier start left when it was killed; the lock says that nobody works on it. */
async function removeUnfinished(cache: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const left = (await readdir(cache)).filter((name) => name.startsWith(`${binariesName}.unfinished-`));
  await Promise.all(left.map((name) => rm(join(cache, name), { recursive: true, force: true })));
}
