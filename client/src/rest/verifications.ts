/** What verification takes and answers. */
import type { VerificationContext } from '@chain-of-care/chaincode/model';

/** What stands on the box (scanned or typed). Without a serial only the lot is verified, which proves no box. */
export type VerifiedThing =
  | { readonly scan: string }
  | {
      readonly gtin: string;
      readonly serial?: string;
      readonly lot?: string;
      /** YYMMDD as printed. */
      readonly expiry?: string;
    }
  | { readonly ndc: string; readonly serial?: string; readonly lot?: string; readonly expiry?: string }
  | { readonly sscc: string };

/** … and why and where it is asked. */
export type VerificationRequest = VerifiedThing & {
  readonly context: VerificationContext;
  /** SSCC of the container in which the pack was found. */
  readonly foundIn?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  /** WGS 84; both or none. */
  readonly latitude?: number;
  readonly longitude?: number;
};

export interface Finding {
  readonly code: string;
  readonly eventIds: readonly string[];
}

export interface Verdict {
  readonly verdict: string;
  /** Of the status. */
  readonly state?: string;
  readonly findings: readonly Finding[];
}

export interface Verification {
  readonly verificationId: string;
  /** `lot`: only a serial proves a box. */
  readonly scope: 'pack' | 'container' | 'lot';
  readonly context: VerificationContext;
  /** For whom the answer is: who stands further away from the goods sees less. */
  readonly audience: string;
  readonly isAuthentic: boolean;
  readonly identity: Verdict;
  readonly custody: Verdict;
  readonly quality: Verdict;
  readonly status: Verdict;
  /** 0 to 100, lower is better. */
  readonly riskScore: number;
  readonly riskBand: 'accept' | 'review' | 'quarantine' | 'reject';
  /** Weight in basis points, or the lowest score it leaves. */
  readonly riskFactors: readonly (Finding & { readonly weight?: number; readonly floor?: number })[];
  /** What a person must know whatever else is answered. */
  readonly warnings: readonly { readonly code: string; readonly text: string }[];
  readonly nmvsCode?: string;
  readonly product?: { readonly gtin: string; readonly name: string; readonly [member: string]: unknown };
  readonly lot?: string;
  readonly expiresOn?: string;
  readonly chainOfCustody?: readonly {
    readonly eventId: string;
    readonly kind: string;
    readonly [member: string]: unknown;
  }[];
  readonly alerts?: readonly { readonly alertId: string; readonly type: string; readonly [member: string]: unknown }[];
  readonly proof: 'read-model' | 'ledger';
  readonly blockHeight?: number;
  readonly verifiedAt: string;
}

/** Of an inventory that was verified. */
export interface InventoryCounts {
  readonly lines: number;
  readonly authentic: number;
  readonly notAuthentic: number;
  readonly unreadable: number;
  readonly byBand: Readonly<Record<string, number>>;
  /** Address of the lines. */
  readonly result: string;
}

/** That an answer is a leaf of the tree whose root is on the ledger (RFC 9162). Hashes are hex. */
export interface VerificationProof {
  readonly verificationId: string;
  /** The leaf as it was hashed. */
  readonly entry: string;
  readonly mspId: string;
  readonly sequence: number;
  readonly leafIndex: number;
  readonly treeSize: number;
  readonly inclusionPath: readonly string[];
  readonly rootHash: string;
  readonly transactionId?: string;
  readonly blockNumber?: number;
}
