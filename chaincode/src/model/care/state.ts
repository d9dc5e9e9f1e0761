/** Facts of the care chain as the ledger keeps them, in private collections only. */
import { storedType } from '../core/stored.ts';
import type {
  AccessRequestStatus,
  Confidentiality,
  ConsentDecision,
  ConsentLevel,
  GranteeKind,
  PurposeOfUse,
  RecordCategory,
  RepresentativeRelationship,
  Withdrawal,
} from './vocabulary.ts';

/** `care_H`, key HMAC(handle, patient|id). */
export interface Patient {
  patientId: string;
  home: string;
  /** 128 bits, hex: the secret from which the keys of this patient's facts come. Kept here, sent with every command. */
  handle: string;
  status: 'active' | 'deceased';
  /** DID document (W3C DID Core) as JSON text; it holds device keys only. */
  didDocument: string;
  devices: { deviceKey: string; status: 'active' | 'revoked'; addedAt: string }[];
  registeredAt: string;
}
export const patientType = storedType<Patient>('patient');

/**
 * Two registrations of one person at one hospital (FHIR Patient.link, `seealso`). Chains are never merged. Under each of the
 * two handles, key HMAC(handle, link|otherId).
 */
export interface PatientLink {
  patientId: string;
  otherId: string;
  linkedAt: string;
  linkedBy: string;
  /** It was found to be wrong. */
  endedAt?: string;
}
export const patientLinkType = storedType<PatientLink>('patient-link');

/**
 * Who acts for the patient (FHIR RelatedPerson), by a device key of theirs. `care_H`, key HMAC(handle, representative|deviceKey);
 * a later confirmation of the same person takes the place of one that ended.
 */
export interface Representative {
  representativeId: string;
  patientId: string;
  /** Who it is: the same for every patient whom the person represents. */
  personId: string;
  deviceKey: string;
  relationship: RepresentativeRelationship;
  /** Sealed to the patient and the home hospital. */
  sealedName?: string;
  /** CID of the sealed document that the registrar saw. */
  evidence: string;
  confirmedAt: string;
  confirmedBy: string;
  /** Exclusive. */
  endsAt?: string;
}
export const representativeType = storedType<Representative>('representative');

/** Ends a representation before its time. `access_H`, so that it needs no regulator; key HMAC(handle, ending|representativeId). */
export interface RepresentativeEnding {
  representativeId: string;
  patientId: string;
  endedAt: string;
  endedBy: string;
}
export const representativeEndingType = storedType<RepresentativeEnding>('representative-ending');

/** End of the patient's record chain. `care_H`, key HMAC(handle, head|id). */
export interface ChainHead {
  patientId: string;
  length: number;
  hash: string;
}
export const chainHeadType = storedType<ChainHead>('chain-head');

/** X-Wing public key of a category, confidentiality and epoch. Key HMAC(handle, key|category|confidentiality). */
export interface CategoryKey {
  patientId: string;
  category: RecordCategory;
  confidentiality: Confidentiality;
  epoch: number;
  publicKey: string;
}
export const categoryKeyType = storedType<CategoryKey>('category-key');

/** A batch key, sealed to the category's key pair and to the author's group. Key HMAC(handle, batch|batchId). */
export interface BatchKey {
  patientId: string;
  batchId: string;
  category: RecordCategory;
  confidentiality: Confidentiality;
  epoch: number;
  sealedToCategory: string;
  authorOrg: string;
  authorGroup: string;
  groupEpoch: number;
  sealedToGroup: string;
}
export const batchKeyType = storedType<BatchKey>('batch-key');

/** One version of a record. Key HMAC(handle, record|id|version). */
export interface RecordFact {
  patientId: string;
  recordId: string;
  version: number;
  category: RecordCategory;
  confidentiality: Confidentiality;
  /** Local date of care: a day, month or year. */
  clinicalDate: string;
  authorId: string;
  authorOrg: string;
  authorGroup: string;
  cid: string;
  sha256: string;
  size: number;
  batchId: string;
  /** The data key under the batch key, AES-KW, base64url. */
  wrappedKey: string;
  /** Coding, exact time, title, facility, media type; sealed. base64url. */
  sealed: string;
  /** Blind-index tokens of the coding, for whoever has the category's index key; absent where the writer had it not. */
  terms?: string[];
  /** Of the entry that withdraws the record: its last version, which brings no content of its own. */
  withdrawn?: Withdrawal;
  recordTime: string;
  /** 1-based place in the patient's chain, and the chain's link. */
  sequence: number;
  previousHash: string;
  hash: string;
}
/** Version 1 had neither terms nor withdrawals. */
export const recordFactType = storedType<RecordFact>('record', (record) => record);

/** That a record was withdrawn, for decisions on its earlier versions. Key HMAC(handle, withdrawal|recordId). */
export interface RecordWithdrawal {
  patientId: string;
  recordId: string;
  /** The entry of the chain that says so. */
  version: number;
  withdrawn: Withdrawal;
  recordTime: string;
}
export const recordWithdrawalType = storedType<RecordWithdrawal>('record-withdrawal');

/** What of a category is opened to other hospitals: appends mirror to `exchange_H`. Key HMAC(handle, opening|category). */
export interface Opening {
  patientId: string;
  category: RecordCategory;
  /** To which the whole category is opened. */
  hospitals: string[];
  /** Records that are opened by themselves. */
  recordIds?: string[];
}
export const openingType = storedType<Opening>('opening');

export interface Grantee {
  kind: GranteeKind;
  /** The organisation of the person, department, role or care team, or the organisation itself. Absent for everyone. */
  mspId?: string;
  /** Staff id, department or role. Absent for organization, care team and everyone. */
  id?: string;
}

/** Days as an interval, both ends included; a partial date stands for its whole month or year. */
export interface ClinicalPeriod {
  start?: string;
  end?: string;
}

/** What a consent or an exception inside it speaks about; an absent list means everything. */
export interface ConsentScope {
  purposes?: PurposeOfUse[];
  categories?: RecordCategory[];
  confidentialities?: Confidentiality[];
  recordIds?: string[];
  period?: ClinicalPeriod;
}

/** A consent that another one was delegated from, and whose it is. */
export interface ConsentParent {
  consentId: string;
  grantee: Grantee;
}

/** A rule as a bucket holds it: everything a decision needs. */
export interface ConsentRule extends ConsentScope {
  consentId: string;
  decision: ConsentDecision;
  level: ConsentLevel;
  grantedAt: string;
  /** Exclusive. */
  expiresAt?: string;
  maxAccesses?: number;
  /** One nested level: each has the opposite decision, and beats its parent where it applies. */
  exceptions?: ConsentScope[];
  /** How many times over it may be passed on, each time more narrowly. */
  mayDelegate?: number;
  /** Of a delegated one: the consents it comes from, the nearest first. It permits only what each of them does. */
  parents?: ConsentParent[];
}

/** Key HMAC(handle, consent|id). */
export interface Consent extends ConsentRule {
  patientId: string;
  grantee: Grantee;
  /** The purpose in the patient's words, sealed. */
  sealedNote?: string;
  grantedBy: string;
  /** The consent that this one follows. */
  renews?: string;
  /** Of a delegated one: the member of staff who passed it on. */
  delegatedBy?: string;
  /** Of a denial that found its bucket full. */
  closes?: ClosingKind;
}
export const consentType = storedType<Consent>('consent');

/** A denial that closes a full bucket closes it to care, or to break-glass too where it names that. */
export type ClosingKind = 'care' | 'breakGlass';

/** Rules for one subject, sorted by consent id. Key HMAC(handle, bucket|subject). */
export interface ConsentBucket {
  patientId: string;
  subject: string;
  rules: ConsentRule[];
  /** Denials that found it full, ended ones included: with one that is not stopped the subject is denied everything. */
  closing?: Record<ClosingKind, number>;
}
export const consentBucketType = storedType<ConsentBucket>('consent-bucket');

/** Somebody on the patient's care team (FHIR CareTeam.participant). `care_H` or `exchange_H`, key HMAC(handle, member|staffId). */
export interface CareTeamMember {
  membershipId: string;
  patientId: string;
  mspId: string;
  staffId: string;
  addedAt: string;
  /** A device key. */
  addedBy: string;
}
export const careTeamMemberType = storedType<CareTeamMember>('care-team-member');

/** Takes somebody off the team. `access_H` or `exchange_H`, so that at home it needs no regulator; key HMAC(handle, removal|id). */
export interface CareTeamRemoval {
  membershipId: string;
  patientId: string;
  staffId: string;
  removedAt: string;
  removedBy: string;
}
export const careTeamRemovalType = storedType<CareTeamRemoval>('care-team-removal');

/** A clinician's request for a consent. `care_H` or `exchange_H`, key HMAC(handle, request|id). */
export interface AccessRequest {
  requestId: string;
  patientId: string;
  requesterId: string;
  requesterOrg: string;
  requesterRole: string;
  purposeOfUse: PurposeOfUse;
  categories: RecordCategory[];
  /** For how many days from the answer. */
  days: number;
  /** Of a referral: the department of the requester's organisation that the consent is for. */
  receivingDepartment?: string;
  /** Sealed to the patient and to the requester's organisation. */
  sealedReason: string;
  requestedAt: string;
  /** Exclusive: nobody answers from then on. */
  lapsesAt: string;
  status: AccessRequestStatus;
  answeredAt?: string;
  /** Of an approved one. */
  consentId?: string;
}
export const accessRequestType = storedType<AccessRequest>('access-request');

/** What narrows rights at once, before it is folded into the bucket. `access_H` or `exchange_H`, key HMAC(handle, stop|subject). */
export interface ConsentStops {
  patientId: string;
  subject: string;
  stops: { consentId: string; revokedAt: string; revokedBy: string; closes?: ClosingKind }[];
}
export const consentStopsType = storedType<ConsentStops>('consent-stops');

/** Accesses counted under a consent with maximum accesses. `care_H`, key HMAC(handle, counter|consentId). */
export interface AccessCounter {
  patientId: string;
  consentId: string;
  used: number;
}
export const accessCounterType = storedType<AccessCounter>('access-counter');

/** The key under which a consent's keys are wrapped, sealed to the grantee. Key HMAC(handle, grantkey|consentId|keyId). */
export interface GrantKey {
  patientId: string;
  consentId: string;
  keyId: string;
  /** To whose key it is sealed: a staff id, or `mspId/group`. */
  recipient: string;
  sealed: string;
}
export const grantKeyType = storedType<GrantKey>('grant-key');

/** A key for a grantee under a consent. Key HMAC(handle, wrap|consentId|wrapId). */
export interface GrantWrap {
  patientId: string;
  consentId: string;
  wrapId: string;
  kind: 'seed' | 'dek';
  category: RecordCategory;
  confidentiality: Confidentiality;
  epoch: number;
  recordId?: string;
  version?: number;
  /** The grant key that it is wrapped under; absent where it is sealed to the recipient by itself. */
  keyId?: string;
  /** Who can open it: a staff id, or `mspId/group`. */
  recipient: string;
  sealed: string;
}
export const grantWrapType = storedType<GrantWrap>('grant-wrap');

/** Record versions that the patient shares by a secret. `care_H` or `exchange_H`, key HMAC(handle, token|id). */
export interface SharingToken {
  tokenId: string;
  patientId: string;
  /** SHA-256 of what proves possession, hex. */
  redeemHash: string;
  /** Data keys under the part of the secret that its holder keeps. */
  keys: { recordId: string; version: number; wrapped: string }[];
  purposeOfUse: PurposeOfUse;
  singleUse: boolean;
  /** The only person who may use it; absent: whoever shows the secret. */
  grantee?: { mspId: string; id: string };
  createdAt: string;
  /** Exclusive. */
  expiresAt: string;
  /** Of a single-use one: the access that spent it. */
  spentBy?: string;
  spentAt?: string;
}
export const sharingTokenType = storedType<SharingToken>('sharing-token');

export type AccessBasis =
  | { readonly kind: 'self' }
  | { readonly kind: 'author' }
  | { readonly kind: 'consent'; readonly consentId: string }
  | { readonly kind: 'token'; readonly tokenId: string };

export interface RecordVersion {
  recordId: string;
  version: number;
}

/** A decided access, permitted or not. `access_H` (home) or `exchange_H` (another hospital), key HMAC(handle, access|id). */
export interface Access {
  accessId: string;
  patientId: string;
  /** A staff id, the patient's, a representative's person id, or `bearer` of a token without an account. */
  accessorId: string;
  accessorOrg: string;
  accessorRole: string;
  accessorGroup?: string;
  deviceKey: string;
  purposeOfUse: PurposeOfUse;
  /** Reason, sealed to the patient and the accessor's organisation. */
  sealedReason?: string;
  /** What was asked for. */
  records?: RecordVersion[];
  categories?: RecordCategory[];
  decision: ConsentDecision;
  code?: string;
  basis: AccessBasis[];
  /** Of the records asked for, how many no basis permits. */
  withheld: number;
  recordTime: string;
  /** The transaction must be committed before this time to count. */
  notAfter: string;
  /** Content is served under it until then. */
  servesUntil: string;
}
export const accessType = storedType<Access>('access');
