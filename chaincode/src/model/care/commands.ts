/** Commands and queries of the contract `care`. Every one carries the patient's handle beside its body. */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsFormat, IsSomeOf } from '../core/decorators.ts';
import {
  confidentialities,
  consentDecisions,
  consentLevels,
  granteeKinds,
  limits,
  purposeCodes,
  recordCategories,
  representativeRelationships,
  withdrawals,
  type Confidentiality,
  type ConsentDecision,
  type ConsentLevel,
  type GranteeKind,
  type PurposeOfUse,
  type RecordCategory,
  type RepresentativeRelationship,
  type Withdrawal,
} from './vocabulary.ts';

const xWingPublicKey = /^[A-Za-z0-9_-]{1622}$/;

export class OfferedCategoryKey {
  @IsIn(recordCategories) category!: RecordCategory;
  @IsIn(confidentialities) confidentiality!: Confidentiality;
  @Matches(xWingPublicKey) publicKey!: string;
}

/** By a registrar of the home hospital. */
export class RegisterPatient {
  @IsFormat('uuid') patientId!: string;
  /** W3C DID document as JSON text; device keys only, no health information, no name. */
  @IsString() @MaxLength(8192) didDocument!: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @ArrayUnique()
  @IsFormat('hex-256', { each: true })
  deviceKeys!: string[];
  @IsArray()
  @ArrayMaxSize(64)
  @ValidateNested({ each: true })
  @Type(() => OfferedCategoryKey)
  categoryKeys!: OfferedCategoryKey[];
}

export class NextCategoryKey extends OfferedCategoryKey {
  /** One more than the epoch that ends. */
  @IsInt() @Min(1) epoch!: number;
}

/** By the patient: begins an epoch of these key pairs. What was sealed to the one before stays as it is. */
export class BeginKeyEpoch {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(64)
  @ValidateNested({ each: true })
  @Type(() => NextCategoryKey)
  keys!: NextCategoryKey[];
}

/** By a registrar of the home hospital: both registrations are one person, or with `ended` they are not after all. */
export class LinkPatients {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsFormat('uuid') otherId!: string;
  @IsFormat('hex-128') otherHandle!: string;
  @IsOptional() @IsBoolean() ended?: boolean;
}

/** By a registrar of the home hospital. `active` takes back a death that was recorded in error. */
export class ChangePatientStatus {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsIn(['active', 'deceased']) status!: 'active' | 'deceased';
}

/** By a registrar of the home hospital, who saw the evidence. */
export class ConfirmRepresentative {
  @IsFormat('uuid') representativeId!: string;
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsFormat('uuid') personId!: string;
  @IsFormat('hex-256') deviceKey!: string;
  @IsIn(representativeRelationships) relationship!: RepresentativeRelationship;
  @IsOptional() @IsFormat('base64url') @MaxLength(8192) sealedName?: string;
  @IsFormat('cid') evidence!: string;
  /** Exclusive. */
  @IsOptional() @IsFormat('date-time-offset') endsAt?: string;
}

/** By a registrar of the home hospital, by the representative, or by the patient where the ground allows it. It needs no regulator. */
export class EndRepresentative {
  @IsFormat('uuid') representativeId!: string;
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsFormat('hex-256') deviceKey!: string;
}

export class AppendedBatch {
  @IsFormat('uuid') batchId!: string;
  @IsIn(recordCategories) category!: RecordCategory;
  @IsIn(confidentialities) confidentiality!: Confidentiality;
  @IsInt() @Min(0) epoch!: number;
  @IsFormat('base64url') @MaxLength(4096) sealedToCategory!: string;
  @IsString() @IsNotEmpty() @MaxLength(64) authorGroup!: string;
  @IsInt() @Min(0) groupEpoch!: number;
  @IsFormat('base64url') @MaxLength(4096) sealedToGroup!: string;
}

export class AppendedRecord {
  @IsFormat('uuid') recordId!: string;
  /** 1 for a new record, otherwise one more than the version it supersedes. */
  @IsInt() @Min(1) @Max(1_000_000) version!: number;
  @IsFormat('uuid') batchId!: string;
  /** The record's own category: that of its batch, or, in a batch of `other`, one that has no key pair. */
  @IsIn(recordCategories) category!: RecordCategory;
  @IsFormat('clinical-date') clinicalDate!: string;
  @IsFormat('cid') cid!: string;
  @IsFormat('hex-256') sha256!: string;
  @IsInt() @Min(1) size!: number;
  @IsFormat('base64url') @MaxLength(128) wrappedKey!: string;
  @IsFormat('base64url') @MaxLength(16_384) sealed!: string;
  /** Blind-index tokens, 128 bits each. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @Matches(/^[A-Za-z0-9_-]{22}$/, { each: true })
  terms?: string[];
}

/** By whoever may write records at the patient's home hospital. New records' ids are `recordIdOf` (rules) the command. */
export class AppendRecords {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  /** New ones; a record may also name a batch that its author's group appended before. */
  @IsArray()
  @ArrayMaxSize(64)
  @ValidateNested({ each: true })
  @Type(() => AppendedBatch)
  batches!: AppendedBatch[];
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(limits.recordsPerCommand)
  @ValidateNested({ each: true })
  @Type(() => AppendedRecord)
  records!: AppendedRecord[];
}

/** By the organisation that wrote the record: it is withdrawn, its chain and its earlier versions stay. */
export class WithdrawRecord {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsFormat('uuid') recordId!: string;
  /** One more than the version that is withdrawn. */
  @IsInt() @Min(2) @Max(1_000_000) version!: number;
  @IsIn(withdrawals) withdrawn!: Withdrawal;
}

export class GranteeReference {
  @IsIn(granteeKinds) kind!: GranteeKind;
  @IsOptional() @IsFormat('msp-id') mspId?: string;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(64) id?: string;
}

export class Period {
  @IsOptional() @IsFormat('clinical-date') start?: string;
  @IsOptional() @IsFormat('clinical-date') end?: string;
}

export class Scope {
  @IsOptional()
  @IsSomeOf(purposeCodes)
  purposes?: PurposeOfUse[];
  @IsOptional()
  @IsSomeOf(recordCategories)
  categories?: RecordCategory[];
  @IsOptional()
  @IsSomeOf(confidentialities)
  confidentialities?: Confidentiality[];
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(200) @IsFormat('uuid', { each: true }) recordIds?: string[];
  @IsOptional() @ValidateNested() @Type(() => Period) period?: Period;
}

/** A fresh key that is sealed to a consent's grantee; seeds and data keys are wrapped under it. */
export class OfferedGrantKey {
  @IsFormat('uuid') keyId!: string;
  @IsString() @IsNotEmpty() @MaxLength(128) recipient!: string;
  @IsFormat('base64url') @MaxLength(4096) sealed!: string;
}

export class OfferedWrap {
  @IsFormat('uuid') wrapId!: string;
  /** The grant key under which it is wrapped. Absent: sealed to the recipient by itself, as the first release did. */
  @IsOptional() @IsFormat('uuid') keyId?: string;
  @IsIn(['seed', 'dek']) kind!: 'seed' | 'dek';
  @IsIn(recordCategories) category!: RecordCategory;
  @IsIn(confidentialities) confidentiality!: Confidentiality;
  @IsInt() @Min(0) epoch!: number;
  @IsOptional() @IsFormat('uuid') recordId?: string;
  @IsOptional() @IsInt() @Min(1) version?: number;
  @IsString() @IsNotEmpty() @MaxLength(128) recipient!: string;
  @IsFormat('base64url') @MaxLength(4096) sealed!: string;
}

/** By a clinician: asks the patient for a consent. */
export class RequestAccess {
  @IsFormat('uuid') requestId!: string;
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsIn(purposeCodes) purposeOfUse!: PurposeOfUse;
  @IsSomeOf(recordCategories) categories!: RecordCategory[];
  /** For how many days from the answer. */
  @IsInt() @Min(1) @Max(limits.requestedDays) days!: number;
  /** A referral: not for who asks, but for this department of their organisation. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(64) receivingDepartment?: string;
  /** Sealed to the patient and to the requester's organisation. */
  @IsFormat('base64url') @MaxLength(8192) sealedReason!: string;
}

/** By the patient. A request is approved by the consent that names it. */
export class DenyAccessRequest {
  @IsFormat('uuid') requestId!: string;
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsFormat('msp-id') requesterOrg!: string;
}

/** By who asked. */
export class WithdrawAccessRequest {
  @IsFormat('uuid') requestId!: string;
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
}

/** By the patient. */
export class GrantConsent extends Scope {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsFormat('uuid') consentId!: string;
  @ValidateNested() @Type(() => GranteeReference) grantee!: GranteeReference;
  @IsIn(consentDecisions) decision!: ConsentDecision;
  @IsIn(consentLevels) level!: ConsentLevel;
  @IsOptional() @IsFormat('date-time-offset') expiresAt?: string;
  @IsOptional() @IsInt() @Min(1) @Max(1_000_000) maxAccesses?: number;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => Scope)
  exceptions?: Scope[];
  /** How many times over the grantee may pass it on. */
  @IsOptional() @IsInt() @Min(0) @Max(limits.delegationDepth) mayDelegate?: number;
  @IsOptional() @IsFormat('base64url') @MaxLength(8192) sealedNote?: string;
  /** The request for access that this consent answers: its grantee asked. */
  @IsOptional() @IsFormat('uuid') requestId?: string;
  /** The consent that this one follows: of the same grantee, and not revoked. */
  @IsOptional() @IsFormat('uuid') renews?: string;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => OfferedGrantKey)
  grantKeys?: OfferedGrantKey[];
  @IsArray() @ArrayMaxSize(200) @ValidateNested({ each: true }) @Type(() => OfferedWrap) wraps!: OfferedWrap[];
}

/**
 * By whom a consent names that may be passed on: a narrower one for somebody else. What is not said is as in the parent;
 * who delegates can only read, and pass on, what the parent lets them.
 */
export class DelegateConsent extends Scope {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsFormat('uuid') consentId!: string;
  @IsFormat('uuid') parentId!: string;
  @ValidateNested() @Type(() => GranteeReference) grantee!: GranteeReference;
  @IsOptional() @IsIn(consentLevels) level?: ConsentLevel;
  @IsOptional() @IsFormat('date-time-offset') expiresAt?: string;
  @IsOptional() @IsInt() @Min(1) @Max(1_000_000) maxAccesses?: number;
  @IsOptional() @IsInt() @Min(0) @Max(limits.delegationDepth) mayDelegate?: number;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => OfferedGrantKey)
  grantKeys?: OfferedGrantKey[];
  @IsArray() @ArrayMaxSize(200) @ValidateNested({ each: true }) @Type(() => OfferedWrap) wraps!: OfferedWrap[];
}

/** By the patient, or who delegated it: keys for records that a consent covers, sealed to its grantee, when they do not fit into the grant. */
export class AddWraps {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsFormat('uuid') consentId!: string;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => OfferedGrantKey)
  grantKeys?: OfferedGrantKey[];
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => OfferedWrap)
  wraps!: OfferedWrap[];
}

/** By the patient, or who delegated it. Effective with this transaction, for what was delegated from it too. */
export class RevokeConsent {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsFormat('uuid') consentId!: string;
  @ValidateNested() @Type(() => GranteeReference) grantee!: GranteeReference;
}

export class RecordReference {
  @IsFormat('uuid') recordId!: string;
  @IsInt() @Min(1) version!: number;
}

/** By the patient: copies facts of existing records to `exchange_H`, for a consent to a person of another hospital. */
export class MirrorRecords {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(limits.recordsPerCommand)
  @ValidateNested({ each: true })
  @Type(() => RecordReference)
  records!: RecordReference[];
}

/** By whoever wants to read: named record versions, or everything permitted of some categories; exactly one of them. */
export class OpenAccess {
  @IsFormat('uuid') accessId!: string;
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsIn(purposeCodes) purposeOfUse!: PurposeOfUse;
  @IsOptional() @IsFormat('base64url') @MaxLength(8192) sealedReason?: string;
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(limits.recordsPerAccess)
  @ValidateNested({ each: true })
  @Type(() => RecordReference)
  records?: RecordReference[];
  @IsOptional()
  @IsSomeOf(recordCategories)
  categories?: RecordCategory[];
  /** Set when consents with maximum accesses may be used: they count this access, so the regulator must endorse too. */
  @IsOptional() @IsBoolean() counted?: boolean;
}

/** One member of staff of a hospital. */
export class Clinician {
  @IsFormat('msp-id') mspId!: string;
  @IsFormat('uuid') id!: string;
}

/** By the patient's side: from now on consents to the care team of the member's organisation are for them too. */
export class AddCareTeamMember {
  @IsFormat('uuid') membershipId!: string;
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @ValidateNested() @Type(() => Clinician) member!: Clinician;
}

/** By the patient's side. Effective with this transaction; at home it needs no regulator. */
export class RemoveCareTeamMember extends AddCareTeamMember {
  @IsFormat('uuid') declare membershipId: string;
}

/** A record version that a token shares, its data key wrapped under the token's. */
export class SharedKey {
  @IsFormat('uuid') recordId!: string;
  @IsInt() @Min(1) version!: number;
  @IsFormat('base64url') @MaxLength(128) wrapped!: string;
}

/** By the patient: shares record versions with whoever shows the secret, or with one clinician. */
export class CreateSharingToken {
  @IsFormat('uuid') tokenId!: string;
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  /** SHA-256 of what proves possession. */
  @IsFormat('hex-256') redeemHash!: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(limits.recordsPerToken)
  @ValidateNested({ each: true })
  @Type(() => SharedKey)
  keys!: SharedKey[];
  @IsIn(purposeCodes) purposeOfUse!: PurposeOfUse;
  @IsBoolean() singleUse!: boolean;
  @IsOptional() @ValidateNested() @Type(() => Clinician) grantee?: Clinician;
  /** Exclusive. */
  @IsFormat('date-time-offset') expiresAt!: string;
}

/** By the patient. Effective with this transaction: it needs no regulator. */
export class RevokeSharingToken {
  @IsFormat('uuid') tokenId!: string;
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  /** Of the person named; absent where the token names nobody. */
  @IsOptional() @IsFormat('msp-id') granteeOrg?: string;
}

/** By the person named, or by the gateway to which a bearer showed the secret. */
export class RedeemSharingToken {
  @IsFormat('uuid') tokenId!: string;
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsFormat('uuid') accessId!: string;
  /** What proves possession, 32 bytes. */
  @Matches(/^[A-Za-z0-9_-]{43}$/) redeem!: string;
}

/** Query: is this access permitted now, and for which of these records? Asked by whoever serves content. */
export class CheckAccess {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsFormat('uuid') accessId!: string;
  /** The accessor's organisation: where it is not the home, the access lies in `exchange_H`. */
  @IsFormat('msp-id') accessorOrg!: string;
  @IsArray()
  @ArrayMaxSize(limits.recordsPerAccess)
  @ValidateNested({ each: true })
  @Type(() => RecordReference)
  records!: RecordReference[];
}

/** Query: which of these records may the submitter open now, and on which basis? Nothing is counted or served. */
export class PermittedRecords {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsIn(purposeCodes) purposeOfUse!: PurposeOfUse;
  @IsArray()
  @ArrayMaxSize(limits.recordsPerAccess)
  @ValidateNested({ each: true })
  @Type(() => RecordReference)
  records!: RecordReference[];
}

/** Query: facts of these record versions, and the head of the chain. */
export class ReadRecords {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsArray()
  @ArrayMaxSize(limits.recordsPerAccess)
  @ValidateNested({ each: true })
  @Type(() => RecordReference)
  records!: RecordReference[];
}
