import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inclusionPath, isConsistent, isIncluded, merkleLeaf, merkleRoot } from '@chain-of-care/client';
import { conformanceFolder, conformanceJson } from '../data.ts';

interface InclusionVector {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string | null;
  readonly leafHash: string | null;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

interface ConsistencyVector {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string | null;
  readonly root2: string | null;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

const vectors = 'crypto/merkle-rfc9162';
const bytes = (text: string | null): Uint8Array => new Uint8Array(Buffer.from(text ?? '', 'base64'));

function filesOf(kind: string): string[] {
  const folder = join(conformanceFolder(), vectors, kind);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(vectors, kind, name));
}

describe('RFC 9162 proofs of transparency-dev/merkle', () => {
  test('every good inclusion proof is accepted, every bad one refused', () => {
    const files = filesOf('inclusion');
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) {
      const { leafIdx, treeSize, root, leafHash, proof, wantErr } = conformanceJson(file) as InclusionVector;
      const path = (proof ?? []).map(bytes);
      const accepted = isIncluded({ leaf: bytes(leafHash), index: leafIdx, size: treeSize, path, root: bytes(root) });
      expect([file, accepted]).toEqual([file, !wantErr]);
    }
  });

  test('every good consistency proof is accepted, every bad one refused', () => {
    const files = filesOf('consistency');
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) {
      const { size1, size2, root1, root2, proof, wantErr } = conformanceJson(file) as ConsistencyVector;
      const [first, second] = [
        { size: size1, root: bytes(root1) },
        { size: size2, root: bytes(root2) },
      ];
      const accepted = isConsistent({ first, second, path: (proof ?? []).map(bytes) });
      expect([file, accepted]).toEqual([file, !wantErr]);
    }
  });

  test('our own proof of any leaf of any tree is accepted, and of no other leaf', () => {
    const entries = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 70 });
    fc.assert(
      fc.property(entries, fc.nat(), (texts, seed) => {
        const leaves = texts.map((text) => merkleLeaf(new TextEncoder().encode(text)));
        const [root, index] = [merkleRoot(leaves), seed % leaves.length];
        const proof = { index, size: leaves.length, path: inclusionPath(leaves, index), root };
        expect(isIncluded({ ...proof, leaf: leaves[index]! })).toBe(true);
        const other = leaves[(index + 1) % leaves.length]!;
        if (leaves.length > 1) expect(isIncluded({ ...proof, leaf: other })).toBe(false);
      }),
    );
  });
});
