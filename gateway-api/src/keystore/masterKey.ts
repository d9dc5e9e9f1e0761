/** The key store's master key: from the environment, or from a file of the operating system that only its owner reads. */
import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readIfExists } from './sealedFile.ts';

/**
 * Reads the key in `file`, which is made with a random key when it does not exist; two processes that start together
 * agree on one key.
 *
 * @returns 32 bytes
 * @throws Error when the file is readable by others or does not hold 32 bytes in hex or base64
 */
export async function masterKeyFrom(file: string): Promise<Uint8Array> {
  const existing = await readIfExists(file);
  if (existing === undefined) {
    await createOnce(file);
    return masterKeyFrom(file);
  }
  if (((await stat(file)).mode & 0o077) !== 0) throw new Error(`${file} must be readable by its owner only (0600)`);
  const key = key32(Buffer.from(existing).toString('utf8').trim());
  if (key === undefined) throw new Error(`${file} does not hold 32 bytes in hex or base64`);
  return key;
}

/** @returns 32 bytes, or undefined when the text is neither their hex nor their base64 (either alphabet) */
export function key32(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
  return bytes.length === 32 ? new Uint8Array(bytes) : undefined;
}

async function createOnce(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(temporary, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  await chmod(temporary, 0o600);
  try {
    await link(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}
