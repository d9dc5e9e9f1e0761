/** A proof as a gateway exports it: JSON, bytes in base64. */
export interface EventProof {
  readonly v: 1;
  readonly channel: string;
  readonly chaincode: string;
  readonly eventId: string;
  /** As the ledger has it. */
  readonly event: Readonly<Record<string, unknown>>;
  readonly transactionId: string;
  readonly block: {
    readonly number: number;
    /** Hex. */
    readonly previousHash: string;
    readonly dataHash: string;
    /** Every envelope: the data hash is over all of them. */
    readonly envelopes: readonly string[];
    /** Place of the transaction among them. */
    readonly index: number;
    /** The orderers' signatures: Fabric's `Metadata` of `SIGNATURES`. */
    readonly signatures: string;
  };
  /**
   * Members' word that the transaction was judged VALID: their peers' endorsement of a read of the event, whose version
   * is this block and place (Fabric's `Envelope`, never submitted).
   */
  readonly attestation: string;
}
