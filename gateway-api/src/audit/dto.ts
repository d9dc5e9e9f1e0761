/** Answers of the audit (FHIR AuditEvent): who, what, when, why, on what basis, from where. */
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import {
  consentDecisions,
  IsFormat,
  purposeCodes,
  type ConsentDecision,
  type PurposeOfUse,
} from '@chain-of-care/chaincode/model';
import { AccessBasisView } from '../accesses/dto.ts';
import { PageQuery } from '../http/page.ts';
import { deviationKinds } from '../readmodel/projection/compare.ts';
import { RecordVersionView } from '../records/dto.ts';

/**
 * `access`: to records, permitted or denied. `record`, `consent`, `key`, `patient`: written, granted, revoked, sealed,
 * registered, on the ledger. `change`: another act on the ledger, by its name. `demographics`: name, birth date,
 * identifiers in the home vault, seen or searched. `export`: the audit, taken away. `investigation`: an origin shown to
 * the regulator. `review`: an unusual access, seen by the patient or answered. `standing-rule`: of consents, made, ended
 * or applied.
 */
export const auditEventTypes = [
  'access',
  'record',
  'consent',
  'key',
  'patient',
  'representative',
  'care-team',
  'change',
  'demographics',
  'export',
  'investigation',
  'review',
  'standing-rule',
] as const;
export type AuditEventType = (typeof auditEventTypes)[number];

export class PlaceView {
  @IsString() organization!: string;
  @IsOptional() @IsString() department?: string;
  @IsOptional() @IsString() gln?: string;
}

export class OriginView {
  /** IP address. */
  @IsString() address!: string;
  @ValidateNested() @Type(() => PlaceView) place!: PlaceView;
}

/** Of the type `access`: also purpose, decision, basis and what was asked for. */
export class AuditEventView {
  @IsFormat('uuid') id!: string;
  @IsIn(auditEventTypes) type!: string;
  /** What of this type: read, create, amend, grant, revoke, register, seal, search, … */
  @IsString() interaction!: string;
  /** Absent when it is about nobody in particular. */
  @IsOptional() @IsFormat('uuid') patientId?: string;
  @IsFormat('date-time-offset') recordTime!: string;
  @IsString() accessorId!: string;
  @IsString() accessorOrg!: string;
  @IsString() accessorRole!: string;
  @IsOptional() @IsString() accessorGroup?: string;
  @IsOptional() @IsIn(purposeCodes) purposeOfUse?: PurposeOfUse;
  /** Why, in words; shown to the patient. */
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
  /** Ids of what was acted on, such as consents. */
  @IsOptional() @IsArray() @IsString({ each: true }) subjects?: string[];
  @IsOptional() @IsInt() withheld?: number;
  /** From where; shown to the patient, where this gateway keeps it. */
  @IsOptional() @ValidateNested() @Type(() => OriginView) origin?: OriginView;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export const basisKinds = ['self', 'author', 'consent', 'token', 'emergency'] as const;

export class ListAuditEvents extends PageQuery {
  @IsOptional() @IsIn(auditEventTypes) type?: AuditEventType;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(64) accessor?: string;
  /** Of a record: events that name it, and accesses to its category since it was there. */
  @IsOptional() @IsFormat('uuid') record?: string;
  /** Of accesses; with one of these three no others are listed. */
  @IsOptional() @IsIn(purposeCodes) purpose?: PurposeOfUse;
  @IsOptional() @IsIn(basisKinds) basis?: string;
  @IsOptional() @IsIn(consentDecisions) decision?: ConsentDecision;
  /** RFC 3339; inclusive and exclusive. */
  @IsOptional() @IsFormat('date-time-offset') from?: string;
  @IsOptional() @IsFormat('date-time-offset') until?: string;
}

export class ListOrganizationAuditEvents extends ListAuditEvents {
  @IsOptional() @IsFormat('uuid') patient?: string;
}

/** Blocks to read again, both included; everything when absent. */
export class NewCompletenessCheck {
  @IsOptional() @IsInt() @Min(0) fromBlock?: number;
  @IsOptional() @IsInt() @Min(0) toBlock?: number;
}

export class DeviationView {
  @IsIn(deviationKinds) kind!: string;
  @IsString() table!: string;
  /** Of the access or of what was acted on. */
  @IsString() id!: string;
  @IsInt() blockNumber!: number;
  @IsString() transactionId!: string;
}

export class CompletenessCheck {
  @IsBoolean() complete!: boolean;
  @IsInt() fromBlock!: number;
  @IsInt() toBlock!: number;
  /** Rows that the ledger asks for. */
  @IsInt() checkedEvents!: number;
  @IsArray() @ValidateNested({ each: true }) @Type(() => DeviationView) deviations!: DeviationView[];
  @IsString() lastBlockHash!: string;
  @IsFormat('date-time-offset') checkedAt!: string;
}

export class NewInvestigation {
  @IsFormat('uuid') eventId!: string;
  /** Why it is looked into; kept by the regulator, sealed. */
  @IsString() @IsNotEmpty() @MaxLength(1024) reason!: string;
}

export class Investigation {
  @IsFormat('uuid') id!: string;
  @IsFormat('uuid') eventId!: string;
  @ValidateNested() @Type(() => OriginView) origin!: OriginView;
}

export class AuditEventParams {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('uuid') eventId!: string;
}
