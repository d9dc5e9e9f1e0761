/** What custody is decided from. Plain facts: of the ledger in the contract, of the read model elsewhere. */
import type { Article23Body, CustodyEvent, GoodsState, LockReason } from '../model/index.ts';

/** Goods as a decision sees them: custody is the root's, the state the narrower of its own and its containers'. */
export interface CustodyFacts {
  readonly state: GoodsState | 'none';
  readonly holder: string;
  readonly mspId: string;
  readonly hasParent: boolean;
  /** The state is that of a container around the goods, not their own. */
  readonly isInherited?: boolean;
  /** Packs locked inside a container. */
  readonly lockedInside: number;
  readonly shipment?: {
    readonly shipper: string;
    readonly shipperMspId: string;
    readonly recipient: string;
    readonly recipientMspId: string;
  };
  /** The act that brought the present state about. */
  readonly act?: {
    readonly event: CustodyEvent;
    readonly gln?: string;
    readonly mspId: string;
    readonly recordTime: string;
    readonly reason?: LockReason;
    /** The goods were locked before it. */
    readonly wasLocked?: boolean;
  };
  /** Of a single pack, in the product's units. */
  readonly content?: { readonly left: number; readonly opened: boolean };
  readonly lastEventTime?: string;
  readonly lots: readonly LotFacts[];
}

/** Of a lot that is in the goods. */
export interface LotFacts {
  readonly lot: string;
  readonly makerMspId: string;
  /** Premises that may act as its maker. */
  readonly makerGlns: readonly string[];
  readonly expiresOn: string;
  readonly recalled: boolean;
  /** Quarantined as a whole. */
  readonly held?: boolean;
}

export interface CustodyOccasion {
  readonly event: CustodyEvent;
  readonly eventTime: string;
  /** Transaction time. */
  readonly timeMs: number;
  /** Attestation of `undoDispense`. */
  readonly notHandedOver?: boolean;
  /** Of quantities: the event that handed out what `undoDispense` takes back. */
  readonly takesBack?: string;
  /** Of a return: the organisation that takes packs and containers back, which carry their lock; quantities do not. */
  readonly returnedTo?: string;
  /** Units that `open` takes out. */
  readonly units?: number;
  /** Why goods are released. */
  readonly reason?: LockReason;
  /** SHA-256 of what quality assurance decided. */
  readonly qualityDecisionHash?: string;
  readonly certificateHash?: string;
  readonly witnessHash?: string;
  readonly suppliedTo?: Article23Body;
}
