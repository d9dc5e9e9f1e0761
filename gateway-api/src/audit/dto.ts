/** Answers of the audit (FHIR AuditEvent): who, what, when, why, on what basis. */
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import {
  consentDecisions,
  IsFormat,
  purposeCodes,
  type ConsentDecision,
  type PurposeOfUse,
} from '@chain-of-care/chaincode/model';
import { AccessBasisView } from '../accesses/dto.ts';
import { PageQuery } from '../http/page.ts';
import { demographicInteractions, type DemographicInteraction } from './demographicReads.ts';
import { RecordVersionView } from '../records/dto.ts';

/** `access`: to records, decided on the ledger. `demographics`: name, birth date, identifiers in the home vault. */
export const auditEventTypes = ['access', 'demographics'] as const;
export type AuditEventType = (typeof auditEventTypes)[number];

/** Of the type `access`: all from `purposeOfUse` to `blockNumber`. Of the type `demographics`: `interaction`. */
export class AuditEventView {
  @IsFormat('uuid') id!: string;
  @IsIn(auditEventTypes) type!: AuditEventType;
  @IsFormat('date-time-offset') recordTime!: string;
  @IsString() accessorId!: string;
  @IsString() accessorOrg!: string;
  @IsString() accessorRole!: string;
  @IsOptional() @IsString() accessorGroup?: string;
  @IsOptional() @IsIn(demographicInteractions) interaction?: DemographicInteraction;
  @IsOptional() @IsIn(purposeCodes) purposeOfUse?: PurposeOfUse;
  /** Why, in words; shown to the patient and to the accessor. */
  @IsOptional() @IsString() reason?: string;
  @IsOptional() @IsIn(consentDecisions) decision?: string;
  @IsOptional() @IsString() code?: string;
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => AccessBasisView)
  basis?: AccessBasisView[];
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => RecordVersionView) records?: RecordVersionView[];
  @IsOptional() @IsArray() @IsString({ each: true }) categories?: string[];
  @IsOptional() @IsInt() withheld?: number;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class ListAuditEvents extends PageQuery {
  @IsOptional() @IsIn(auditEventTypes) type?: AuditEventType;
  @IsOptional() @IsFormat('uuid') accessor?: string;
  /** Of accesses; with it no others are listed. */
  @IsOptional() @IsIn(consentDecisions) decision?: ConsentDecision;
  /** RFC 3339; inclusive and exclusive. */
  @IsOptional() @IsFormat('date-time-offset') from?: string;
  @IsOptional() @IsFormat('date-time-offset') until?: string;
}
