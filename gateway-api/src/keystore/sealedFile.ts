/** Small secrets at rest: AES-256-GCM under a key of its own purpose, written atomically, readable by the owner only. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, type KeyObject } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const nonceLength = 12;
const tagLength = 16;
const version = 1;

/** A sealed file is damaged, was moved to another name, or was sealed with another key. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/** @param purpose separates keys derived from one master key */
export function deriveKey(master: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', master, new Uint8Array(0), `chain-of-care/${purpose}`, 32));
}

/** @returns `version ‖ nonce ‖ ciphertext ‖ tag`; `name` is bound to it as additional data */
export function sealBytes(key: Uint8Array | KeyObject, name: string, plaintext: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(name));
  return Buffer.concat([Buffer.from([version]), nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** @throws SealBroken */
export function openBytes(key: Uint8Array | KeyObject, name: string, sealed: Uint8Array): Uint8Array {
  try {
    if (sealed[0] !== version) throw new SealBroken('unknown version');
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + nonceLength));
    decipher.setAAD(Buffer.from(name));
    decipher.setAuthTag(sealed.subarray(sealed.length - tagLength));
    const body = sealed.subarray(1 + nonceLength, sealed.length - tagLength);
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch (error) {
    throw new SealBroken('a sealed file does not open', { cause: error });
  }
}

/** Writes beside the file, syncs, then renames: a reader or a crash sees the old content or the new one, whole. */
export async function writeAtomically(file: string, content: Uint8Array | string): Promise<void> {
  const directory = dirname(file);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const temporary = join(directory, `.${randomBytes(8).toString('hex')}.tmp`);
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
    await handle.close();
    await rename(temporary, file);
  } catch (error) {
    await handle.close();
    await rm(temporary, { force: true });
    throw error;
  }
}

/** @returns undefined when there is no such file */
export async function readIfExists(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
