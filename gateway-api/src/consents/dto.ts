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
  GranteeReference,
  IsFormat,
  Scope,
  type ConsentDecision,
  type ConsentLevel,
} from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';

export class NewConsent extends Scope {
  @ValidateNested() @Type(() => GranteeReference) grantee!: GranteeReference;
  @IsOptional() @IsIn(consentDecisions) decision?: ConsentDecision;
  @IsOptional() @IsIn(consentLevels) level?: ConsentLevel;
  /** Exclusive. */
  @IsOptional() @IsFormat('date-time-offset') expiresAt?: string;
  @IsOptional() @IsInt() @Min(1) @Max(1_000_000) maxAccesses?: number;
  @IsOptional() @IsArray() @ArrayMaxSize(20) @ValidateNested({ each: true }) @Type(() => Scope) exceptions?: Scope[];
  /** The purpose in the patient's words; sealed, never open on the ledger. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(1024) note?: string;
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
