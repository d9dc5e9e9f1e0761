/** One starter at a time: a lock file with its holder's identity, broken when the holder is gone. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readIfThere } from '../files.ts';
import { formatIdentity, isAlive, ownIdentity, parseIdentity } from './identity.ts';

/**
 * Runs `work` while holding the lock.
 *
 * @param path of the lock file
 * @param waiting called once, with the holder's pid, when somebody else holds it
 */
export async function withLock<T>(path: string, waiting: (pid: number) => void, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  let told = false;
  while (!(await take(path))) {
    const text = await readIfThere(path);
    if (text === undefined) continue;
    const holder = parseIdentity(text);
    if (holder === undefined || !isAlive(holder)) {
      await breakLock(path, text);
      continue;
    }
    if (!told) waiting(holder.pid);
    told = true;
    await delay(300);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

const beside = (path: string): string => `${path}.${randomBytes(6).toString('hex')}`;

/** A hard link appears with its content or not at all. */
async function take(path: string): Promise<boolean> {
  const own = beside(path);
  await writeFile(own, formatIdentity(ownIdentity()), { mode: 0o600 });
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

/** Takes a dead holder's lock away; one that somebody else took in the meantime is put back. */
async function breakLock(path: string, stale: string): Promise<void> {
  const aside = beside(path);
  try {
    await rename(path, aside);
    if ((await readIfThere(aside)) !== stale) await link(aside, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'EEXIST') throw error;
  }
  await rm(aside, { force: true });
}
