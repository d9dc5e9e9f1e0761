/** Requests and answers about who acts for a patient (FHIR RelatedPerson). */
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { IsFormat, representativeRelationships, type RepresentativeRelationship } from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';
import { PatientAccount, PatientName } from '../patients/dto.ts';

export class RepresentationEnd {
  /** Exclusive. Parents and guardians need one. */
  @IsFormat('date-time-offset') end!: string;
}

export class NewRepresentative {
  /** HL7 v3 RoleCode: parent, guardian, holder of a healthcare power of attorney. */
  @IsIn(representativeRelationships) relationship!: RepresentativeRelationship;
  /** The login that shall act: a patient's of this hospital, or one of somebody who is none. */
  @ValidateNested() @Type(() => PatientAccount) account!: PatientAccount;
  /** Sealed to the patient and the hospital. */
  @IsOptional() @ValidateNested() @Type(() => PatientName) name?: PatientName;
  /** CID of the document that was seen. */
  @IsFormat('cid') evidence!: string;
  @IsOptional() @ValidateNested() @Type(() => RepresentationEnd) period?: RepresentationEnd;
}

export class RepresentationPeriod {
  @IsFormat('date-time-offset') start!: string;
  @IsOptional() @IsFormat('date-time-offset') end?: string;
}

export class RepresentativeView {
  @IsFormat('uuid') id!: string;
  @IsFormat('uuid') patientId!: string;
  /** As the audit names who acted. */
  @IsFormat('uuid') personId!: string;
  @IsIn(representativeRelationships) relationship!: RepresentativeRelationship;
  /** Whether they act for the patient now. */
  @IsBoolean() active!: boolean;
  @IsOptional() @ValidateNested() @Type(() => PatientName) name?: PatientName;
  @ValidateNested() @Type(() => RepresentationPeriod) period!: RepresentationPeriod;
  /** Staff id of the registrar. */
  @IsFormat('uuid') confirmedBy!: string;
}

export class ConfirmedRepresentative {
  @IsFormat('uuid') id!: string;
  @IsFormat('uuid') personId!: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class EndedRepresentation {
  @IsFormat('uuid') id!: string;
  @IsFormat('date-time-offset') endedAt!: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class KeptEvidence {
  @IsFormat('cid') cid!: string;
  @IsInt() size!: number;
}

export class RepresentativeParams {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('uuid') representativeId!: string;
}

export class ListRepresentatives extends PageQuery {}
