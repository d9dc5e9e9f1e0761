/** What the care resources of a gateway take and answer (its OpenAPI document says the same). */
import type {
  Confidentiality,
  ConsentDecision,
  ConsentLevel,
  ConsentScope,
  Grantee,
  PurposeOfUse,
  RecordCategory,
} from '@chain-of-care/chaincode/model';

/** Where a write stands; absent when a repeat had nothing left to write. */
export interface Committed {
  readonly transactionId?: string;
  readonly blockNumber?: number;
}

export interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

export interface RecordVersion {
  readonly id: string;
  readonly version: number;
}

export interface AppendedRecords extends Committed {
  readonly records: readonly RecordVersion[];
}

/** Open facts of a record version. */
export interface RecordFacts extends RecordVersion {
  readonly patientId: string;
  readonly category: RecordCategory;
  readonly confidentiality: Confidentiality;
  readonly clinicalDate: string;
  readonly authorOrg: string;
  readonly authorGroup: string;
  readonly recordTime: string;
  readonly cid: string;
  readonly size: number;
  readonly sequence: number;
  readonly hash: string;
}

/** A record as an access shows it: with what is sealed beside its content. */
export interface AccessedRecord extends RecordFacts {
  readonly title?: string;
  readonly coding?: readonly Coding[];
  readonly exactTime?: string;
  readonly facility?: string;
  readonly mediaType?: string;
}

export interface NewConsent extends ConsentScope {
  readonly grantee: Grantee;
  readonly decision?: ConsentDecision;
  readonly level?: ConsentLevel;
  /** RFC 3339 with offset; exclusive. */
  readonly expiresAt?: string;
  readonly maxAccesses?: number;
  readonly exceptions?: readonly ConsentScope[];
  /** How many times over the grantee may pass it on, each time more narrowly. */
  readonly mayDelegate?: number;
  /** Name of a template: what is not said is as there. */
  readonly template?: string;
  /** The purpose in the patient's words; sealed. */
  readonly note?: string;
}

/** A consent that patients give often. */
export interface ConsentTemplate {
  readonly name: string;
  readonly titles: readonly { readonly language: string; readonly text: string }[];
  readonly granteeKinds: readonly Grantee['kind'][];
  readonly purposes: readonly PurposeOfUse[];
  readonly level: ConsentLevel;
  readonly categories?: readonly RecordCategory[];
  /** From the grant. */
  readonly days: number;
  readonly maxAccesses?: number;
  readonly mayDelegate?: number;
}

/** A part of a consent for somebody else; what is not said is as in that consent. */
export interface NewDelegation extends ConsentScope {
  readonly grantee: Grantee;
  readonly level?: ConsentLevel;
  readonly expiresAt?: string;
  readonly maxAccesses?: number;
  readonly mayDelegate?: number;
}

export interface Consent extends NewConsent {
  readonly id: string;
  readonly patientId: string;
  readonly grantedAt: string;
  readonly revokedAt?: string;
  /** The consent that this one follows. */
  readonly renews?: string;
  /** Of a delegated one: who passed it on, and the consents it comes from, the nearest first. */
  readonly delegatedBy?: string;
  readonly parents?: readonly { readonly consentId: string; readonly grantee: Grantee }[];
}

export interface GrantedConsent extends Committed {
  readonly id: string;
  readonly seeds: number;
  readonly dataKeys: number;
}

export interface RevokedConsent extends Committed {
  readonly id: string;
  readonly revokedAt: string;
}

export interface AccessBasis {
  readonly kind: 'self' | 'author' | 'consent' | 'token';
  readonly consentId?: string;
  readonly tokenId?: string;
}

export interface Access extends Committed {
  readonly id: string;
  readonly patientId: string;
  readonly decision: ConsentDecision;
  readonly basis: readonly AccessBasis[];
  /** Records asked for that no basis permits. */
  readonly withheld: number;
  readonly servesUntil: string;
}

/** From where somebody acted. */
export interface Origin {
  /** IP address. */
  readonly address: string;
  readonly place: { readonly organization: string; readonly department?: string; readonly gln?: string };
}

/** An event of the audit; of the type `access` with purpose, decision, basis and what was asked for. */
export interface AuditEvent {
  readonly id: string;
  readonly type: string;
  readonly interaction: string;
  readonly patientId?: string;
  readonly recordTime: string;
  readonly accessorId: string;
  readonly accessorOrg: string;
  readonly accessorRole: string;
  readonly accessorGroup?: string;
  readonly purposeOfUse?: PurposeOfUse;
  readonly reason?: string;
  readonly decision?: ConsentDecision;
  readonly code?: string;
  readonly basis?: readonly AccessBasis[];
  readonly records?: readonly RecordVersion[];
  readonly categories?: readonly string[];
  /** Ids of what was acted on, such as consents. */
  readonly subjects?: readonly string[];
  readonly withheld?: number;
  readonly origin?: Origin;
  readonly transactionId?: string;
  readonly blockNumber?: number;
}

export interface IntegrityCheck {
  readonly valid: boolean;
  readonly brokenLinks: readonly {
    readonly sequence: number;
    readonly recordId?: string;
    readonly version?: number;
    readonly reason: string;
  }[];
  readonly totalRecords: number;
  readonly checkedCiphertexts: number;
  readonly head: string;
  readonly checkedAt: string;
}
