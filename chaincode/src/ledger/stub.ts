export type StateWrite = { readonly collection: string | undefined; readonly key: string } & (
  | { readonly kind: 'put'; readonly value: Uint8Array }
  | { readonly kind: 'delete' }
  /** Removes a private value and its history from the peers. */
  | { readonly kind: 'purge' }
  /** Key-level endorsement policy of public state (a serialized SignaturePolicyEnvelope); empty bytes clear it. */
  | { readonly kind: 'policy'; readonly policy: Uint8Array }
);

/** The part of Fabric's chaincode stub that the ledger uses; fabric-shim and the in-memory ledger both provide it. */
export interface LedgerStub {
  readonly transactionId: string;
  /** Transaction time: milliseconds since the epoch, as the submitter set it. */
  readonly timestampMs: number;
  readonly creator: { readonly mspId: string; readonly certificate: Uint8Array };
  readonly transient: ReadonlyMap<string, Uint8Array>;
  /**
   * Reads keys of one collection (undefined: public state) in one message to the peer.
   *
   * @returns a value for each key, in order; undefined where there is none
   */
  getStates(collection: string | undefined, keys: readonly string[]): Promise<readonly (Uint8Array | undefined)[]>;
  /** Whether a private key has a value, by its hash: every peer knows, also one that is not of the collection. */
  hasPrivate(collection: string, key: string): Promise<boolean>;
  /** Writes in one message to the peer. */
  writeStates(writes: readonly StateWrite[]): Promise<void>;
  setEvent(name: string, payload: Uint8Array): void;
}
