/** SHA-256 of an object and of each of its leaves, taken while it passes by. */
import { createHash, type Hash } from 'node:crypto';
import { cidOf } from './cid.ts';
import type { StoredCiphertext } from './ciphertextStore.ts';

/** Bytes of a leaf: the largest block that every IPFS node takes, and what a tree is cut into. */
export const leafBytes = 1 << 20;

export class CiphertextHash {
  readonly #whole = createHash('sha256');
  #leaf: Hash | undefined;
  #size = 0;
  readonly #leaves: Buffer[] = [];

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  update(bytes: Uint8Array): void {
    this.#whole.update(bytes);
    for (let at = 0; at < bytes.length;) {
      this.#leaf ??= createHash('sha256');
      const end = Math.min(bytes.length, at + leafBytes - (this.#size % leafBytes));
      this.#leaf.update(bytes.subarray(at, end));
      this.#size += end - at;
      at = end;
      if (this.#size % leafBytes === 0) this.#endLeaf();
    }
  }

  /** Nothing may be added afterwards. `leaves` are SHA-256 in the order of the leaves; an empty object has none. */
  digest(): StoredCiphertext & { readonly leaves: readonly Uint8Array[] } {
    this.#endLeaf();
    const digest = this.#whole.digest();
    return { cid: cidOf(digest), size: this.#size, sha256: digest.toString('hex'), leaves: this.#leaves };
  }

  #endLeaf(): void {
    if (this.#leaf === undefined) return;
    this.#leaves.push(this.#leaf.digest());
    this.#leaf = undefined;
  }
}
