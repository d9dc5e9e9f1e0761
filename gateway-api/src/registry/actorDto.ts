/** Requests and answers about authorised actors and how they come to be. */
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import {
  custodyEvents,
  IsFormat,
  LicenceApplication,
  LicenceDecision,
  licenceDecisionReasons,
  licenceKinds,
  licenceRequestStatuses,
  licenceStatuses,
  LicenceTerms,
  staffRoles,
  type CustodyEvent,
  type LicenceDecisionReason,
  type LicenceKind,
  type LicenceRequestStatus,
  type LicenceStatus,
  type StaffRole,
} from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';

export class ActorQuery extends PageQuery {
  @IsOptional() @IsIn(staffRoles) role?: StaffRole;
  @IsOptional() @IsFormat('msp-id') mspId?: string;
  @IsOptional() @IsFormat('gln') gln?: string;
  /** Of the licence. */
  @IsOptional() @IsIn(licenceStatuses) status?: LicenceStatus;
  @IsOptional() @IsIn(licenceKinds) kind?: LicenceKind;
}

/** One who acts on goods, and a licence of the premises that lets them. */
export class ActorView {
  @IsFormat('uuid') actorId!: string;
  @IsIn(staffRoles) role!: StaffRole;
  @IsFormat('msp-id') organization!: string;
  @IsFormat('gln') gln!: string;
  @IsOptional() @IsString() premises?: string;
  @IsOptional() @IsString() country?: string;
  @IsFormat('uuid') licenceId!: string;
  @IsIn(licenceKinds) licenceKind!: LicenceKind;
  @IsIn(licenceStatuses) licenceStatus!: LicenceStatus;
  /** Custody events it covers; absent: all that its kind is good for. */
  @IsOptional() @IsArray() @IsIn(custodyEvents, { each: true }) scope?: CustodyEvent[];
  /** Whether both the person and the licence are good now. */
  @IsBoolean() isAuthorized!: boolean;
  @IsFormat('date-time-offset') authorizedAt!: string;
  @IsFormat('date-time-offset') validUntil!: string;
  @IsOptional() @IsFormat('date-time-offset') revokedAt?: string;
}

/** Documents come from POST /v1/evidence-files. */
export class NewLicenceRequest extends LicenceApplication {}

export class LicenceRequestParams {
  @IsFormat('uuid') requestId!: string;
}

export class LicenceRequestQuery extends PageQuery {
  @IsOptional() @IsIn(licenceRequestStatuses) status?: LicenceRequestStatus;
  @IsOptional() @IsFormat('gln') gln?: string;
}

export class LicenceApproval extends LicenceTerms {}

export class LicenceDenial extends LicenceDecision {}

export class LicenceRequestView {
  @IsFormat('uuid') requestId!: string;
  @IsIn(licenceKinds) kind!: LicenceKind;
  @IsFormat('gln') gln!: string;
  @IsFormat('msp-id') mspId!: string;
  @IsOptional() @IsArray() @IsIn(custodyEvents, { each: true }) covers?: CustodyEvent[];
  @IsArray() @IsString({ each: true }) documents!: string[];
  @IsIn(licenceRequestStatuses) status!: LicenceRequestStatus;
  @IsFormat('date-time-offset') requestedAt!: string;
  @IsOptional() @IsFormat('date-time-offset') decidedAt?: string;
  @IsOptional() @IsIn(licenceDecisionReasons) reason?: LicenceDecisionReason;
  @IsOptional() @IsFormat('uuid') licenceId?: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class GoodsInHandLine {
  @IsFormat('gtin') gtin!: string;
  @IsString() lot!: string;
  @IsInt() units!: number;
}

export class GoodsInHandView {
  @IsFormat('gln') gln!: string;
  /** Whether the premises hold a licence with which they may have goods now; if not, what is listed is flagged. */
  @IsBoolean() isLicensed!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => GoodsInHandLine) goods!: GoodsInHandLine[];
}
