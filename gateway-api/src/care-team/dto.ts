/** Requests and answers about a patient's care team (FHIR CareTeam). */
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Clinician, IsFormat, staffRoles, type StaffRole } from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';

export class NewCareTeamMember {
  @ValidateNested() @Type(() => Clinician) member!: Clinician;
}

export class MembershipPeriod {
  @IsFormat('date-time-offset') start!: string;
  @IsOptional() @IsFormat('date-time-offset') end?: string;
}

export class CareTeamMemberView {
  @IsFormat('uuid') id!: string;
  @ValidateNested() @Type(() => Clinician) member!: Clinician;
  /** As the registry has them now. */
  @IsOptional() @IsIn(staffRoles) role?: StaffRole;
  @IsOptional() @IsString() department?: string;
  @IsIn(['active', 'inactive']) status!: string;
  @ValidateNested() @Type(() => MembershipPeriod) period!: MembershipPeriod;
}

export class AddedCareTeamMember {
  @IsFormat('uuid') id!: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class RemovedCareTeamMember {
  @IsFormat('uuid') id!: string;
  @IsFormat('date-time-offset') removedAt!: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class CareTeamMemberParams {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('uuid') memberId!: string;
}

export class ListCareTeam extends PageQuery {}
