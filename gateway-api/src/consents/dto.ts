/** Requests and answers about consents (FHIR Consent). */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import {
  consentDecisions,
  consentLevels,
  granteeKinds,
  GranteeReference,
  IsFormat,
  limits,
  purposeCodes,
  recordCategories,
  Scope,
  type ConsentDecision,
  type ConsentLevel,
  type GranteeKind,
  type PurposeOfUse,
  type RecordCategory,
} from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';
import { noticeLanguages, type NoticeLanguage } from '../notifications/catalogue.ts';
import { consentTemplateNames, type ConsentTemplateName } from './templateData.ts';

export class NewConsent extends Scope {
  /** What is not said here is as in this template. */
  @IsOptional() @IsIn(consentTemplateNames) template?: ConsentTemplateName;
  @ValidateNested() @Type(() => GranteeReference) grantee!: GranteeReference;
  @IsOptional() @IsIn(consentDecisions) decision?: ConsentDecision;
  @IsOptional() @IsIn(consentLevels) level?: ConsentLevel;
  /** Exclusive. */
  @IsOptional() @IsFormat('date-time-offset') expiresAt?: string;
  @IsOptional() @IsInt() @Min(1) @Max(1_000_000) maxAccesses?: number;
  @IsOptional() @IsArray() @ArrayMaxSize(20) @ValidateNested({ each: true }) @Type(() => Scope) exceptions?: Scope[];
  /** How many times over the grantee may pass it on, each time more narrowly. */
  @IsOptional() @IsInt() @Min(0) @Max(limits.delegationDepth) mayDelegate?: number;
  /** The purpose in the patient's words; sealed, never open on the ledger. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(1024) note?: string;
}

/** A title in a language. */
export class ConsentTemplateTitle {
  @IsIn(noticeLanguages) language!: NoticeLanguage;
  @IsString() text!: string;
}

export class ConsentTemplateView {
  @IsIn(consentTemplateNames) name!: ConsentTemplateName;
  @IsArray() @ValidateNested({ each: true }) @Type(() => ConsentTemplateTitle) titles!: ConsentTemplateTitle[];
  /** Whom it is for. */
  @IsArray() @IsIn(granteeKinds, { each: true }) granteeKinds!: GranteeKind[];
  @IsArray() @IsIn(purposeCodes, { each: true }) purposes!: PurposeOfUse[];
  @IsIn(consentLevels) level!: ConsentLevel;
  /** Absent: all. */
  @IsOptional() @IsArray() @IsIn(recordCategories, { each: true }) categories?: RecordCategory[];
  /** From the grant. */
  @IsInt() days!: number;
  @IsOptional() @IsInt() maxAccesses?: number;
  @IsOptional() @IsInt() mayDelegate?: number;
}

/** What is not said is as in the consent that is passed on. */
export class NewDelegation extends Scope {
  @ValidateNested() @Type(() => GranteeReference) grantee!: GranteeReference;
  @IsOptional() @IsIn(consentLevels) level?: ConsentLevel;
  /** Exclusive. */
  @IsOptional() @IsFormat('date-time-offset') expiresAt?: string;
  @IsOptional() @IsInt() @Min(1) @Max(1_000_000) maxAccesses?: number;
  @IsOptional() @IsInt() @Min(0) @Max(limits.delegationDepth) mayDelegate?: number;
}

/** A consent that another was delegated from, and whose it is. */
export class ConsentParentView {
  @IsFormat('uuid') consentId!: string;
  @ValidateNested() @Type(() => GranteeReference) grantee!: GranteeReference;
}

export class ConsentView extends Scope {
  @IsFormat('uuid') id!: string;
  @IsFormat('uuid') patientId!: string;
  @ValidateNested() @Type(() => GranteeReference) grantee!: GranteeReference;
  @IsIn(consentDecisions) decision!: ConsentDecision;
  @IsIn(consentLevels) level!: ConsentLevel;
  @IsFormat('date-time-offset') grantedAt!: string;
  @IsOptional() @IsFormat('date-time-offset') expiresAt?: string;
  @IsOptional() @IsFormat('date-time-offset') revokedAt?: string;
  @IsOptional() @IsInt() maxAccesses?: number;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Scope) exceptions?: Scope[];
  @IsOptional() @IsInt() mayDelegate?: number;
  /** The consent that this one follows. */
  @IsOptional() @IsFormat('uuid') renews?: string;
  /** Of a delegated one: who passed it on, and the consents it comes from, the nearest first. */
  @IsOptional() @IsFormat('uuid') delegatedBy?: string;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => ConsentParentView) parents?: ConsentParentView[];
}

export class GrantedConsent {
  @IsFormat('uuid') id!: string;
  /** Keys sealed to the grantee: of whole categories, and of single records. */
  @IsInt() seeds!: number;
  @IsInt() dataKeys!: number;
  /** There was no room for another rule of this grantee: until it is revoked the denial denies them everything. */
  @IsOptional() @IsBoolean() deniesEverything?: true;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class ConsentRenewal {
  /** Exclusive. Absent: from now for as long as before. */
  @IsOptional() @IsFormat('date-time-offset') expiresAt?: string;
}

export class RevokedConsent {
  @IsFormat('uuid') id!: string;
  @IsFormat('date-time-offset') revokedAt!: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class ConsentParams {
  @IsFormat('uuid') consentId!: string;
}

export class ListConsents extends PageQuery {}
