/** Files that are whole or not there: written beside, synced, then renamed. */
import { randomBytes } from 'node:crypto';
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failureOf } from './failure.ts';

/** Mode of files that hold a secret, and of everything else. */
export const secretMode = 0o600;
export const openMode = 0o644;

/**
 * Writes a file atomically, making its folder.
 *
 * @param mode permission bits; {@link secretMode} for keys and secrets
 * @throws NetworkFailure when the disk is full
 */
export async function writeWhole(path: string, content: string | Uint8Array, mode: number = openMode): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = await open(beside, 'wx', mode);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw failureOf(error) ?? error;
  }
}

/** @returns whether something is at this path */
export async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** @returns the file's text, or undefined when there is none */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
