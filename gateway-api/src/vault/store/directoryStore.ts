import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { cidOf, digestFrom } from './cid.ts';
import {
  CiphertextStoreError,
  type ByteRange,
  type CiphertextSource,
  type CiphertextStore,
  type StoredCiphertext,
} from './ciphertextStore.ts';

/** Written to the temporary folder, not yet under its name. */
interface Received extends StoredCiphertext {
  readonly path: string;
  readonly file: FileHandle;
}

const chunkSize = 1 << 16;
/** Of a batch, written and synced side by side. */
const filesAtOnce = 64;
/** Objects whose verification is remembered, so that reading one in many ranges does not hash it as often. */
const rememberedVerifications = 1024;

/**
 * A directory: `<last two letters>/<cid>`, files 0600, folders 0700. A file appears under its name
 * whole or not at all: it is written and synced in `tmp/` and renamed. Many callers at once are fine, also for the same
 * bytes; so are several processes, except that opening clears what others are just receiving.
 */
export class DirectoryStore implements CiphertextStore {
  readonly #directory: string;
  readonly #temporary: string;
  readonly #madeFolders = new Set<string>();
  readonly #verified = new Map<string, string>();

  private constructor(directory: string) {
    this.#directory = directory;
    this.#temporary = join(directory, 'tmp');
  }

  /**
   * Makes the directory where it is missing, and clears what a crash has left half-written.
   *
   * @throws Error of the file system
   */
  static async open(directory: string): Promise<DirectoryStore> {
    const store = new DirectoryStore(directory);
    await mkdir(store.#temporary, { recursive: true, mode: 0o700 });
    for (const left of await readdir(store.#temporary)) await rm(join(store.#temporary, left), { force: true });
    return store;
  }

  async put(source: CiphertextSource, limit?: number): Promise<StoredCiphertext> {
    const received = await this.#receive(source, limit);
    await this.#nameAll([received], async () => received.file.sync());
    await this.#syncFolders([received.cid]);
    return withoutFile(received);
  }

  async putBatch(sources: readonly CiphertextSource[]): Promise<readonly StoredCiphertext[]> {
    const stored: StoredCiphertext[] = [];
    for (let at = 0; at < sources.length; at += filesAtOnce)
      stored.push(...(await this.#putTogether(sources.slice(at, at + filesAtOnce))));
    await this.#syncFolders(stored.map(({ cid }) => cid));
    return stored;
  }

  async get(cid: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>> {
    const { size } = await this.#found(cid);
    if (range === undefined) return this.#verifiedWhole(cid);
    const end = Math.min(range.end ?? size - 1, size - 1);
    if (range.start < 0 || range.start >= size || end < range.start)
      throw new CiphertextStoreError('range', cid, `the object has ${size} bytes`);
    await this.verifyOnce(cid);
    return this.#read(cid, range.start, end);
  }

  async stat(cid: string): Promise<StoredCiphertext | undefined> {
    const digest = digestFrom(cid);
    const found = await stat(this.#pathOf(cid)).catch(undefinedWhenAbsent);
    return found === undefined ? undefined : { cid, size: found.size, sha256: Buffer.from(digest).toString('hex') };
  }

  async verify(cid: string): Promise<StoredCiphertext> {
    const found = await this.#found(cid);
    for await (const chunk of this.#verifiedWhole(cid)) void chunk;
    return found;
  }

  async verifyOnce(cid: string): Promise<StoredCiphertext> {
    const found = await this.#found(cid);
    const { ino, size, mtimeNs, ctimeNs } = await stat(this.#pathOf(cid), { bigint: true });
    const version = [ino, size, mtimeNs, ctimeNs].join('|');
    if (this.#verified.get(cid) === version) return found;
    await this.verify(cid);
    if (this.#verified.size >= rememberedVerifications) this.#verified.delete(this.#verified.keys().next().value!);
    this.#verified.set(cid, version);
    return found;
  }

  async delete(cid: string): Promise<boolean> {
    if ((await this.stat(cid)) === undefined) return false;
    await rm(this.#pathOf(cid), { force: true });
    await this.#syncFolders([cid]);
    return true;
  }

  /** Durable once the folders are synced too. All of them or none gets its name. */
  async #putTogether(sources: readonly CiphertextSource[]): Promise<readonly StoredCiphertext[]> {
    const outcomes = await Promise.allSettled(
      sources.map(async (source) => {
        const received = await this.#receive(source);
        await received.file.sync();
        return received;
      }),
    );
    const received = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    await this.#nameAll(received, async () => {
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    });
    return received.map(withoutFile);
  }

  async #receive(source: CiphertextSource, limit = Number.POSITIVE_INFINITY): Promise<Received> {
    const path = join(this.#temporary, randomUUID());
    const file = await open(path, 'wx', 0o600);
    try {
      const hash = createHash('sha256');
      let size = 0;
      for await (const chunk of source instanceof Uint8Array ? [source] : source) {
        size += chunk.length;
        if (size > limit) throw new CiphertextStoreError('size', '', `more than ${limit} bytes`);
        hash.update(chunk);
        await file.writeFile(chunk);
      }
      const digest = hash.digest();
      return { cid: cidOf(digest), size, sha256: digest.toString('hex'), path, file };
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
  }

  /** @param ready to be awaited before; if it fails, or a file cannot be named, what has no name yet is removed */
  async #nameAll(received: readonly Received[], ready: () => Promise<void>): Promise<void> {
    try {
      await ready();
      for (const one of received) await this.#name(one);
    } catch (error) {
      await Promise.all(received.map(async ({ path }) => rm(path, { force: true })));
      throw error;
    } finally {
      await Promise.all(received.map(async ({ file }) => file.close()));
    }
  }

  /** Gives the bytes their name; the same bytes already there are replaced by themselves. */
  async #name({ cid, path }: Received): Promise<void> {
    const folder = this.#folderOf(cid);
    if (!this.#madeFolders.has(folder)) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await syncFolder(this.#directory);
      this.#madeFolders.add(folder);
    }
    await rename(path, this.#pathOf(cid));
  }

  async #syncFolders(cids: readonly string[]): Promise<void> {
    const folders = new Set(cids.map((cid) => this.#folderOf(cid)));
    await Promise.all([...folders].map(syncFolder));
  }

  async #found(cid: string): Promise<StoredCiphertext> {
    const found = await this.stat(cid);
    if (found === undefined) throw new CiphertextStoreError('not_found', cid, 'the object is not in the store');
    return found;
  }

  async *#verifiedWhole(cid: string): AsyncIterable<Uint8Array> {
    const expected = digestFrom(cid);
    const hash = createHash('sha256');
    for await (const chunk of this.#read(cid)) {
      hash.update(chunk);
      yield chunk;
    }
    if (!hash.digest().equals(expected))
      throw new CiphertextStoreError('integrity', cid, 'the stored bytes do not hash to their identifier');
  }

  /** @param end inclusive */
  async *#read(cid: string, start = 0, end = Number.POSITIVE_INFINITY): AsyncIterable<Uint8Array> {
    const file = await open(this.#pathOf(cid), 'r');
    try {
      for (let position = start; position <= end;) {
        const wanted = Math.min(chunkSize, end - position + 1);
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(wanted), 0, wanted, position);
        if (bytesRead === 0) return;
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }

  #folderOf(cid: string): string {
    return join(this.#directory, cid.slice(-2));
  }

  #pathOf(cid: string): string {
    return join(this.#folderOf(cid), cid);
  }
}

function withoutFile({ cid, size, sha256 }: Received): StoredCiphertext {
  return { cid, size, sha256 };
}

function undefinedWhenAbsent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
