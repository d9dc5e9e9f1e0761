/**
 * The file of the development issuers' users: one for all gateways of a consortium on this machine, 0600, with random
 * secrets. Several processes write it, one after another.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readIfExists, writeAtomically } from '../../keystore/sealedFile.ts';

export interface UsersFile {
  readonly v: 1;
  /** Gateways by MSP id. */
  readonly gateways: Readonly<Record<string, string>>;
  /** Users' secrets by MSP id and name. */
  readonly users: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const empty: UsersFile = { v: 1, gateways: {}, users: {} };
const lockStaleMs = 10_000;

export async function readUsers(file: string): Promise<UsersFile> {
  const content = await readIfExists(file);
  return content === undefined ? empty : (JSON.parse(Buffer.from(content).toString('utf8')) as UsersFile);
}

/** Adds users that are not there yet, each with a random secret; keeps the secrets of those that are. */
export async function addUsers(
  file: string,
  mspId: string,
  gateway: string | undefined,
  names: readonly string[],
): Promise<UsersFile> {
  return exclusively(file, async () => {
    const known = await readUsers(file);
    const own = known.users[mspId] ?? {};
    const missing = names.filter((name) => !Object.hasOwn(own, name));
    const isKnown = gateway === undefined || known.gateways[mspId] === gateway;
    if (missing.length === 0 && isKnown) return known;
    const added = Object.fromEntries(missing.map((name) => [name, randomBytes(24).toString('base64url')]));
    const changed: UsersFile = {
      v: 1,
      gateways: gateway === undefined ? known.gateways : { ...known.gateways, [mspId]: gateway },
      users: { ...known.users, [mspId]: { ...own, ...added } },
    };
    await writeAtomically(file, `${JSON.stringify(changed, null, 1)}\n`);
    return changed;
  });
}

/** A lock file beside it; one that a killed process left is taken over. */
async function exclusively<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  const lock = `${file}.lock`;
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  for (;;) {
    try {
      await (await open(lock, 'wx', 0o600)).close();
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (await isStale(lock)) await rm(lock, { force: true });
      await pause(10 + Math.random() * 20);
    }
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function isStale(lock: string): Promise<boolean> {
  const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > lockStaleMs;
}
