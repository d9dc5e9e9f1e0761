/** Requests and answers about requests for access (FHIR Task). */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
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
  accessRequestStatuses,
  IsFormat,
  IsSomeOf,
  limits,
  purposeCodes,
  recordCategories,
  type PurposeOfUse,
  type RecordCategory,
} from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';
import { Referral } from '../patients/dto.ts';

export class NewAccessRequest {
  @IsOptional() @IsIn(purposeCodes) purposeOfUse?: PurposeOfUse;
  /** Why, in words; sealed to the patient and the requester's organisation. */
  @IsString() @IsNotEmpty() @MaxLength(1024) reason!: string;
  @IsSomeOf(recordCategories) categories!: RecordCategory[];
  /** For how many days from the answer. */
  @IsInt() @Min(1) @Max(limits.requestedDays) days!: number;
  /** Refers the patient: the consent is for this department of the own hospital, not for who asks. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(64) receivingDepartment?: string;
  /** At a hospital that is not the patient's home: what the patient handed over. */
  @IsOptional() @ValidateNested() @Type(() => Referral) referral?: Referral;
}

export const requestStatuses = [...accessRequestStatuses, 'lapsed'] as const;
export type RequestStatus = (typeof requestStatuses)[number];

export class AccessRequestView {
  @IsFormat('uuid') id!: string;
  @IsFormat('uuid') patientId!: string;
  @IsFormat('uuid') requesterId!: string;
  @IsString() requesterOrg!: string;
  @IsString() requesterRole!: string;
  @IsIn(purposeCodes) purposeOfUse!: PurposeOfUse;
  /** Absent where it is not sealed to this organisation. */
  @IsOptional() @IsString() reason?: string;
  @IsArray() @IsIn(recordCategories, { each: true }) categories!: readonly RecordCategory[];
  @IsInt() days!: number;
  /** Of a referral: for whom the consent is. */
  @IsOptional() @IsString() receivingDepartment?: string;
  @IsFormat('date-time-offset') requestedAt!: string;
  /** Nobody can answer from then on. */
  @IsFormat('date-time-offset') lapsesAt!: string;
  @IsIn(requestStatuses) status!: RequestStatus;
  @IsOptional() @IsFormat('date-time-offset') answeredAt?: string;
  /** Of an approved one: the consent that it led to. */
  @IsOptional() @IsFormat('uuid') consentId?: string;
  /** For the patient: the standing rule by which it can be approved. */
  @IsOptional() @IsFormat('uuid') standingRule?: string;
}

export class RequestedAccess {
  @IsFormat('uuid') id!: string;
  @IsFormat('date-time-offset') lapsesAt!: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export const requestResponses = ['approve', 'deny'] as const;

/** Of an approval: by a standing rule alone; or the records chosen, or categories of those asked for, and for how long. */
export class AccessRequestResponse {
  @IsIn(requestResponses) response!: (typeof requestResponses)[number];
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(200) @IsFormat('uuid', { each: true }) records?: string[];
  @IsOptional()
  @IsSomeOf(recordCategories)
  categories?: RecordCategory[];
  /** As asked for when absent. */
  @IsOptional() @IsInt() @Min(1) @Max(limits.requestedDays) days?: number;
  @IsOptional() @IsInt() @Min(1) @Max(1_000_000) maxAccesses?: number;
  /** What this rule says is permitted, and to whom. */
  @IsOptional() @IsFormat('uuid') standingRule?: string;
}

export class AnsweredAccessRequest {
  @IsFormat('uuid') id!: string;
  @IsIn(requestStatuses) status!: RequestStatus;
  @IsOptional() @IsFormat('uuid') consentId?: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class AccessRequestParams {
  @IsFormat('uuid') requestId!: string;
}

export class ListAccessRequests extends PageQuery {
  @IsOptional() @IsIn(requestStatuses) status?: RequestStatus;
  /** By who represents them; the patient's own when absent. */
  @IsOptional() @IsFormat('uuid') patient?: string;
}
