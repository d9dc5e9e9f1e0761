/** Where ciphertext lies: content-addressed, immutable, unreadable to who keeps it. */

export interface StoredCiphertext {
  /** CIDv1, raw codec, SHA-256, base32 lower case: `b…`, 59 characters. */
  readonly cid: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256 of the bytes, hex. */
  readonly sha256: string;
}

/** With `healed` when it, or its replica, had to be restored first. */
export interface VerifiedCiphertext extends StoredCiphertext {
  readonly healed?: true;
}

/** Bytes `start` to `end`, both inclusive, as HTTP's Range counts; `end` absent means up to the last. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

export type CiphertextSource = Uint8Array | AsyncIterable<Uint8Array>;

export interface CiphertextStore {
  /**
   * Keeps the bytes; the same bytes twice are kept once. Durable when it resolves.
   *
   * @throws CiphertextStoreError `size` when a limit was given and the bytes exceed it
   */
  put(source: CiphertextSource, limit?: number): Promise<StoredCiphertext>;
  /** Keeps many with one wait for the disk. In the order of the sources. */
  putBatch(sources: readonly CiphertextSource[]): Promise<readonly StoredCiphertext[]>;
  /**
   * The bytes, verified while they are read. A whole read fails at its end when they do not hash to the CID; a range is
   * verified before its first byte is given.
   *
   * @throws CiphertextStoreError `not_found`, `integrity`, `range` (start beyond the end), `cid` (malformed)
   */
  get(cid: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  /** @returns undefined when it is not there */
  stat(cid: string): Promise<StoredCiphertext | undefined>;
  /**
   * Hashes what lies there.
   *
   * @throws CiphertextStoreError `not_found`, `integrity`
   */
  verify(cid: string): Promise<VerifiedCiphertext>;
  /** As {@link verify}, unless the object is the very one, unchanged, that was verified before. */
  verifyOnce(cid: string): Promise<VerifiedCiphertext>;
  /** @returns whether it was there */
  delete(cid: string): Promise<boolean>;
}

export type CiphertextStoreCode = 'not_found' | 'integrity' | 'range' | 'cid' | 'size';

export class CiphertextStoreError extends Error {
  override readonly name = 'CiphertextStoreError';
  readonly code: CiphertextStoreCode;
  readonly cid: string;

  constructor(code: CiphertextStoreCode, cid: string, detail: string) {
    super(detail);
    this.code = code;
    this.cid = cid;
  }
}
