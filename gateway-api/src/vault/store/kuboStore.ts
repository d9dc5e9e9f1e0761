import {
  CiphertextStoreError,
  type ByteRange,
  type CiphertextSource,
  type CiphertextStore,
  type StoredCiphertext,
} from './ciphertextStore.ts';
import { CiphertextHash, leafBytes } from './ciphertextHash.ts';
import { cidOf, digestFrom } from './cid.ts';
import { KuboRefusal, KuboRpc, type KuboAddress } from './kuboRpc.ts';
import { StoreUnavailable } from './storeUnavailable.ts';

/**
 * Up to {@link leafBytes} an object is one raw leaf and its node's CID is ours; a larger one is a tree, the same on every
 * node: `unixfs-v1-2025` of the IPFS specification IPIP-499.
 */
const unixfs = {
  'cid-version': 1,
  'raw-leaves': true,
  hash: 'sha2-256',
  chunker: `size-${leafBytes}`,
  'max-file-links': 1024,
} as const;

/** Folder in the node's own file system (MFS) that names the tree of each larger object after our CID. */
const table = '/chain-of-care';

/** Nothing is looked for on other nodes: a replica is a store of its own. */
const here = { offline: true } as const;

/** Objects whose verification is remembered, 32 bytes for each MiB of them. */
const rememberedVerifications = 1024;
/** Names of blocks in one command. */
const blocksAtOnce = 256;

/** What the node has under our CID. */
interface Located extends StoredCiphertext {
  /** The node's CID. */
  readonly root: string;
}

interface Verified {
  readonly root: string;
  readonly leaves: readonly Uint8Array[];
}

/**
 * An IPFS node, by the RPC of Kubo. Objects are pinned; bytes are hashed on their way in and out, so the node is trusted
 * with their safety only. A range is checked leaf by leaf against what a whole verification has found.
 */
export class KuboStore implements CiphertextStore {
  readonly #node: KuboRpc;
  readonly #verified = new Map<string, Verified>();

  /** @param limitMs how long the node may do nothing before StoreUnavailable */
  constructor(address: KuboAddress, limitMs: number) {
    this.#node = new KuboRpc(address, limitMs);
  }

  async put(source: CiphertextSource, limit?: number): Promise<StoredCiphertext> {
    const [stored] = await this.#add([source], limit);
    return stored!;
  }

  async putBatch(sources: readonly CiphertextSource[]): Promise<readonly StoredCiphertext[]> {
    return sources.length === 0 ? [] : this.#add(sources);
  }

  async get(cid: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>> {
    const located = await this.#found(cid);
    if (range === undefined) return this.#verifiedWhole(located, new CiphertextHash());
    const end = Math.min(range.end ?? located.size - 1, located.size - 1);
    if (range.start < 0 || range.start >= located.size || end < range.start)
      throw new CiphertextStoreError('range', cid, `the object has ${located.size} bytes`);
    return this.#range(located, range.start, end);
  }

  async stat(cid: string): Promise<StoredCiphertext | undefined> {
    const located = await this.#locate(cid);
    return located === undefined ? undefined : withoutRoot(located);
  }

  async verify(cid: string): Promise<StoredCiphertext> {
    const located = await this.#found(cid);
    await this.#verifyLeaves(located);
    return withoutRoot(located);
  }

  async verifyOnce(cid: string): Promise<StoredCiphertext> {
    const located = await this.#found(cid);
    await this.#leavesOf(located);
    return withoutRoot(located);
  }

  async delete(cid: string): Promise<boolean> {
    const located = await this.#locate(cid);
    if (located === undefined) return false;
    this.#verified.delete(cid);
    const blocks = located.root === cid ? [cid] : [located.root, ...(await this.#blocksBelow(located.root))];
    if (located.root !== cid) await absentIsFine(this.#node.call('files/rm', { arg: entry(cid), force: true }));
    await absentIsFine(this.#node.call('pin/rm', { arg: located.root }));
    for (let at = 0; at < blocks.length; at += blocksAtOnce)
      await this.#node.call('block/rm', { arg: blocks.slice(at, at + blocksAtOnce), force: true });
    return true;
  }

  async #add(sources: readonly CiphertextSource[], limit?: number): Promise<readonly StoredCiphertext[]> {
    const hashes = sources.map(() => new CiphertextHash());
    const files = sources.map((source, index) => hashed(source, hashes[index]!, limit));
    const added = await this.#node
      .upload<{ Name: string; Hash: string }>('add', { ...unixfs, pin: true, progress: false }, files)
      .catch(asUnavailable);
    const roots = new Map(added.map(({ Name, Hash }) => [Name, Hash]));
    const stored: StoredCiphertext[] = [];
    for (const [index, hash] of hashes.entries()) {
      const { leaves: _leaves, ...one } = hash.digest();
      await this.#name(one, roots.get(String(index)));
      stored.push(one);
    }
    return stored;
  }

  /** @throws CiphertextStoreError `integrity` when the node has computed another CID than ours */
  async #name({ cid, size }: StoredCiphertext, root: string | undefined): Promise<void> {
    const isTree = size > leafBytes;
    if (root === undefined || !/^[a-z0-9]+$/.test(root) || (!isTree && root !== cid))
      throw new CiphertextStoreError('integrity', cid, 'the node keeps other bytes than were sent');
    if (!isTree) return;
    const copy = { arg: [`/ipfs/${root}`, entry(cid)], parents: true, force: true };
    await this.#node.call('files/cp', copy).catch(asUnavailable);
  }

  async #found(cid: string): Promise<Located> {
    const located = await this.#locate(cid);
    if (located === undefined) throw notFound(cid);
    return located;
  }

  async #locate(cid: string): Promise<Located | undefined> {
    const sha256 = Buffer.from(digestFrom(cid)).toString('hex');
    const [block] = await orNone(this.#node.call<{ Size: number }>('block/stat', { arg: cid, ...here }));
    if (block !== undefined) return { cid, sha256, size: block.Size, root: cid };
    const asked = { arg: entry(cid), ...here };
    const [file] = await orNone(this.#node.call<{ Hash: string; Size: number }>('files/stat', asked));
    return file === undefined ? undefined : { cid, sha256, size: file.Size, root: file.Hash };
  }

  async *#verifiedWhole({ cid, root }: Located, hash: CiphertextHash): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of await this.#node.stream('cat', { arg: `/ipfs/${root}`, ...here })) {
        hash.update(piece);
        yield piece;
      }
    } catch (error) {
      throw ofContent(cid, error);
    }
    const { leaves, cid: found } = hash.digest();
    if (found !== cid) throw altered(cid);
    this.#remember(cid, { root, leaves });
  }

  async #verifyLeaves(located: Located): Promise<Verified> {
    const { cid } = located;
    this.#verified.delete(cid);
    for await (const piece of this.#verifiedWhole(located, new CiphertextHash())) void piece;
    return this.#verified.get(cid)!;
  }

  async #leavesOf(located: Located): Promise<readonly Uint8Array[]> {
    const known = this.#verified.get(located.cid);
    return (known?.root === located.root ? known : await this.#verifyLeaves(located)).leaves;
  }

  /** The first leaf is there and checked before this resolves. @param end inclusive */
  async #range(located: Located, start: number, end: number): Promise<AsyncIterable<Uint8Array>> {
    const leaves = await this.#leavesOf(located);
    const first = Math.floor(start / leafBytes);
    const read = (index: number): Promise<Buffer> => this.#leaf(located.cid, leaves[index]!);
    const begun = await read(first);
    return (async function* () {
      for (let index = first; index * leafBytes <= end; index += 1) {
        const bytes = index === first ? begun : await read(index);
        const begin = index * leafBytes;
        yield bytes.subarray(Math.max(0, start - begin), Math.min(bytes.length, end - begin + 1));
      }
    })();
  }

  /** @throws CiphertextStoreError of the object that it belongs to */
  async #leaf(cid: string, digest: Uint8Array): Promise<Buffer> {
    const hash = new CiphertextHash();
    const pieces: Uint8Array[] = [];
    try {
      for await (const piece of await this.#node.stream('block/get', { arg: cidOf(digest), ...here })) {
        hash.update(piece);
        pieces.push(piece);
      }
    } catch (error) {
      throw ofContent(cid, error);
    }
    if (hash.digest().cid !== cidOf(digest)) {
      this.#verified.delete(cid);
      throw altered(cid);
    }
    return Buffer.concat(pieces);
  }

  async #blocksBelow(root: string): Promise<readonly string[]> {
    const asked = { arg: root, recursive: true, unique: true, ...here };
    // An altered root tells nothing of what is below it; that belongs to nothing then.
    const below = await this.#node.call<{ Ref: string }>('refs', asked).catch(ofRefusal);
    return below.map(({ Ref }) => Ref).filter((ref) => ref !== '');
  }

  #remember(cid: string, verified: Verified): void {
    this.#verified.delete(cid);
    if (this.#verified.size >= rememberedVerifications) this.#verified.delete(this.#verified.keys().next().value!);
    this.#verified.set(cid, verified);
  }
}

/** Fan-out by the last two letters, as in a directory store. */
function entry(cid: string): string {
  return `${table}/${cid.slice(-2)}/${cid}`;
}

async function* hashed(
  source: CiphertextSource,
  hash: CiphertextHash,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  for await (const piece of source instanceof Uint8Array ? [source] : source) {
    hash.update(piece);
    if (hash.size > limit) throw new CiphertextStoreError('size', '', `more than ${limit} bytes`);
    yield piece;
  }
}

const absent = /not find|not found|does not exist|no link named|not pinned/i;
const damaged = /hash did not match|block in storage has different hash|mismatch|merkledag|unexpected EOF|protobuf/i;

const isAbsent = (error: unknown): boolean => error instanceof KuboRefusal && absent.test(error.message);

async function orNone<Answer>(answers: Promise<readonly Answer[]>): Promise<readonly Answer[]> {
  return answers.catch((error: unknown) => (isAbsent(error) ? [] : asUnavailable(error)));
}

function ofRefusal(error: unknown): readonly never[] {
  if (error instanceof KuboRefusal) return [];
  throw error;
}

async function absentIsFine(answers: Promise<readonly unknown[]>): Promise<void> {
  await orNone(answers);
}

/** A command that a working node does not refuse: its disk is full or broken, or its configuration wrong. */
function asUnavailable(error: unknown): never {
  if (!(error instanceof KuboRefusal)) throw error;
  throw new StoreUnavailable(`the IPFS node refuses: ${error.message}`, { cause: error });
}

/** What a failed reading says about the object. */
function ofContent(cid: string, error: unknown): unknown {
  if (!(error instanceof KuboRefusal)) return error;
  if (absent.test(error.message)) return notFound(cid);
  if (damaged.test(error.message)) return altered(cid);
  return new StoreUnavailable(`the IPFS node refuses: ${error.message}`, { cause: error });
}

function notFound(cid: string): CiphertextStoreError {
  return new CiphertextStoreError('not_found', cid, 'the object is not in the store');
}

function altered(cid: string): CiphertextStoreError {
  return new CiphertextStoreError('integrity', cid, 'the stored bytes do not hash to their identifier');
}

function withoutRoot({ cid, size, sha256 }: Located): StoredCiphertext {
  return { cid, size, sha256 };
}
