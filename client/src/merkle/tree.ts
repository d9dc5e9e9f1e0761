/** Merkle trees of RFC 9162 (§2.1) with SHA-256: roots, inclusion and consistency proofs, and their verification. */
import { sha256 } from '@noble/hashes/sha2.js';

const leafPrefix = 0x00;
const nodePrefix = 0x01;
const hashBytes = 32;

/** §2.1.1: SHA-256(0x00 || entry). */
export function merkleLeaf(entry: Uint8Array): Uint8Array {
  return hashOf(leafPrefix, entry);
}

/** The tree's head. @param leaves hashes by {@link merkleLeaf}, in order */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array());
  let level = leaves;
  while (level.length > 1) level = parentsOf(level);
  return level[0]!;
}

/**
 * §2.1.3.1: the hashes beside the way from a leaf to the root, the nearest first.
 *
 * @throws RangeError when there is no such leaf
 */
export function inclusionPath(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length) throw new RangeError(`no leaf ${index}`);
  const path: Uint8Array[] = [];
  let at = index;
  for (let level = leaves; level.length > 1; level = parentsOf(level)) {
    const beside = level[at ^ 1];
    if (beside !== undefined) path.push(beside);
    at >>= 1;
  }
  return path;
}

export interface InclusionProof {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** §2.1.3.2: whether the leaf is in the tree with this root. */
export function isIncluded({ leaf, index, size, path, root }: InclusionProof): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  if (leaf.length !== hashBytes) return false;
  let [at, last] = [BigInt(index), BigInt(size - 1)];
  let hash = leaf;
  for (const beside of path) {
    if (last === 0n) return false;
    if ((at & 1n) === 1n || at === last) {
      hash = hashOf(nodePrefix, beside, hash);
      while (at !== 0n && (at & 1n) === 0n) [at, last] = [at >> 1n, last >> 1n];
    } else hash = hashOf(nodePrefix, hash, beside);
    [at, last] = [at >> 1n, last >> 1n];
  }
  return last === 0n && isSame(hash, root);
}

export interface ConsistencyProof {
  readonly first: { readonly size: number; readonly root: Uint8Array };
  readonly second: { readonly size: number; readonly root: Uint8Array };
  readonly path: readonly Uint8Array[];
}

/** §2.1.4.2: whether the second tree begins with everything that is in the first, which is not empty. */
export function isConsistent({ first, second, path }: ConsistencyProof): boolean {
  if (![first.size, second.size].every((size) => Number.isSafeInteger(size) && size > 0)) return false;
  if (first.size > second.size) return false;
  if (first.size === second.size) return path.length === 0 && isSame(first.root, second.root);
  const isPowerOfTwo = Number.isInteger(Math.log2(first.size));
  const [start, ...rest] = isPowerOfTwo ? [first.root, ...path] : path;
  if (start === undefined || (isPowerOfTwo && path.length === 0)) return false;
  let [at, last] = [BigInt(first.size - 1), BigInt(second.size - 1)];
  while ((at & 1n) === 1n) [at, last] = [at >> 1n, last >> 1n];
  let [before, after] = [start, start];
  for (const beside of rest) {
    if (last === 0n) return false;
    if ((at & 1n) === 1n || at === last) {
      before = hashOf(nodePrefix, beside, before);
      after = hashOf(nodePrefix, beside, after);
      while (at !== 0n && (at & 1n) === 0n) [at, last] = [at >> 1n, last >> 1n];
    } else after = hashOf(nodePrefix, after, beside);
    [at, last] = [at >> 1n, last >> 1n];
  }
  return last === 0n && isSame(before, first.root) && isSame(after, second.root);
}

/** A level above: pairs hashed, an odd last one carried up as it is. */
function parentsOf(level: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const right = level[at + 1];
    parents.push(right === undefined ? level[at]! : hashOf(nodePrefix, level[at]!, right));
  }
  return parents;
}

function hashOf(prefix: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const hash = sha256.create().update(Uint8Array.of(prefix));
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
