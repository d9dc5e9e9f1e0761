/** What a decoded block says. Produced by {@link decodeBlock}; used by the read model and by tests that look into blocks. */

/** Who signed the transaction's proposal. */
export interface Creator {
  readonly mspId: string;
  /** PEM. */
  readonly certificate: string;
  /** SHA-256 of the certificate's public key (SPKI, DER), hex; the empty string when the certificate cannot be parsed. */
  readonly deviceKey: string;
}

/** One key written: public, or private and matched to its hash. */
export interface LedgerWrite {
  /** Chaincode name. */
  readonly namespace: string;
  /** Private data collection; absent for public state. */
  readonly collection?: string;
  readonly key: string;
  /** SHA-256 of the key, hex. */
  readonly keyHash: string;
  /** Absent when the key was deleted. */
  readonly value?: Uint8Array;
  readonly isDelete: boolean;
  readonly isPurge: boolean;
}

/** A private write of which the block has the hashes and this peer has (not yet, or never) the value. */
export interface HashedWrite {
  readonly namespace: string;
  readonly collection: string;
  /** SHA-256, hex. */
  readonly keyHash: string;
  /** SHA-256, hex; empty when the key was deleted. */
  readonly valueHash: string;
  readonly isDelete: boolean;
  readonly isPurge: boolean;
}

/** Key-level metadata, such as an endorsement policy (`VALIDATION_PARAMETER`). */
export interface MetadataWrite {
  readonly namespace: string;
  readonly collection?: string;
  /** Public keys as they are; of private ones only the SHA-256, hex. */
  readonly key: string;
  readonly entries: readonly { readonly name: string; readonly value: Uint8Array }[];
}

/** Everything of a transaction that each member of the channel sees, beyond its write sets. */
export interface OpenParts {
  /** Chaincode name of the invocation, and its arguments (function first). */
  readonly chaincode: string;
  readonly args: readonly Uint8Array[];
  readonly response: { readonly status: number; readonly message: string; readonly payload: Uint8Array };
  readonly event?: { readonly name: string; readonly payload: Uint8Array };
}

export interface DecodedTransaction {
  readonly txId: string;
  /** Position in the block. */
  readonly index: number;
  /** RFC 3339, UTC, of the channel header: set by the submitter, checked by the chaincode. */
  readonly timestamp: string;
  /** Fabric's HeaderType: 3 is an endorsed transaction, 1 a configuration. */
  readonly headerType: number;
  readonly channel: string;
  readonly creator: Creator;
  /** Fabric's TxValidationCode; 0 is VALID. */
  readonly validationCode: number;
  /** Only of a VALID transaction; empty otherwise. */
  readonly writes: readonly LedgerWrite[];
  /** Private writes without a value that matches; only of a VALID transaction. */
  readonly unmatched: readonly HashedWrite[];
  readonly metadataWrites: readonly MetadataWrite[];
  /** Of an endorsed transaction, whatever its validation code. */
  readonly open?: OpenParts;
}

export interface DecodedBlock {
  readonly blockNumber: bigint;
  /** Hash of this block's header and of the previous one's, hex. */
  readonly hash: string;
  readonly previousHash: string;
  readonly transactions: readonly DecodedTransaction[];
}

/** A block is not what Fabric defines. */
export class BlockFormatError extends Error {
  override readonly name = 'BlockFormatError';
}
