/** Requests and answers about who may act: organisations, premises, licences, staff. */
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import {
  IsFormat,
  licenceKinds,
  licenceStatuses,
  memberRoles,
  premisesKinds,
  staffRoles,
  type LicenceKind,
  type LicenceStatus,
  type MemberRole,
  type PremisesKind,
  type StaffRole,
} from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';
import { subjectPattern } from '../auth/subject.ts';

export class OrganizationParams {
  @IsFormat('msp-id') mspId!: string;
}

export class OrganizationView {
  @IsFormat('msp-id') mspId!: string;
  @IsString() name!: string;
  @IsIn(memberRoles) role!: MemberRole;
  /** Address of its gateway. */
  @IsOptional() @IsString() gateway?: string;
}

export class PremisesParams {
  @IsFormat('gln') gln!: string;
}

export class NewPremises {
  @IsFormat('gln') gln!: string;
  @IsString() @IsNotEmpty() @MaxLength(128) name!: string;
  @IsIn(premisesKinds) kind!: PremisesKind;
  /** WGS 84, degrees. */
  @IsNumber() @Min(-90) @Max(90) latitude!: number;
  @IsNumber() @Min(-180) @Max(180) longitude!: number;
  /** ISO 3166-1 alpha-2. */
  @Matches(/^[A-Z]{2}$/) country!: string;
}

export class LicenceView {
  @IsFormat('uuid') licenceId!: string;
  @IsIn(licenceKinds) kind!: LicenceKind;
  @IsIn(licenceStatuses) status!: LicenceStatus;
  /** GLN of premises or staff id of a professional. */
  @IsString() holder!: string;
  @IsFormat('date-time-offset') validFrom!: string;
  /** Exclusive. */
  @IsFormat('date-time-offset') validUntil!: string;
}

export class PremisesView {
  @IsFormat('gln') gln!: string;
  @IsFormat('msp-id') mspId!: string;
  @IsString() name!: string;
  @IsIn(premisesKinds) kind!: PremisesKind;
  @IsNumber() latitude!: number;
  @IsNumber() longitude!: number;
  @IsString() country!: string;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => LicenceView) licences?: LicenceView[];
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class PremisesQuery extends PageQuery {
  @IsOptional() @IsFormat('msp-id') mspId?: string;
  @IsOptional() @IsIn(premisesKinds) kind?: PremisesKind;
}

/** To premises by `gln` or to a professional by `staffId`, exactly one of them. */
export class NewLicence {
  @IsIn(licenceKinds) kind!: LicenceKind;
  @IsOptional() @IsFormat('gln') gln?: string;
  @IsOptional() @IsFormat('uuid') staffId?: string;
  @IsFormat('date-time-offset') validFrom!: string;
  @IsFormat('date-time-offset') validUntil!: string;
}

export class GrantedLicence {
  @IsFormat('uuid') licenceId!: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class LicenceParams {
  @IsFormat('uuid') licenceId!: string;
}

export class LicenceQuery extends PageQuery {
  /** GLN or staff id. */
  @IsOptional() @IsString() @MaxLength(36) holder?: string;
}

export class NewStaff {
  @IsIn(staffRoles) role!: StaffRole;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(64) department?: string;
  /** Premises where a supply actor acts. */
  @IsOptional() @IsFormat('gln') gln?: string;
  /** `sub` of the person's access tokens. */
  @Matches(subjectPattern) subject!: string;
}

export class StaffView {
  @IsFormat('uuid') staffId!: string;
  @IsFormat('msp-id') mspId!: string;
  @IsIn(staffRoles) role!: StaffRole;
  @IsOptional() @IsString() department?: string;
  @IsOptional() @IsString() gln?: string;
  @IsOptional() @IsIn(['active', 'suspended']) status?: string;
  /** Whether grants can be sealed to this person. */
  @IsOptional() @IsBoolean() canReceiveGrants?: boolean;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class StaffParams {
  @IsFormat('uuid') staffId!: string;
}

export class StaffQuery extends PageQuery {
  @IsOptional() @IsIn(staffRoles) role?: StaffRole;
  @IsOptional() @IsString() @MaxLength(64) department?: string;
  /** The organisation. */
  @IsOptional() @IsFormat('msp-id') mspId?: string;
  @IsOptional() @IsIn(['active', 'suspended']) status?: string;
}

export class NewGroupKey {
  /** Department or role of the own organisation. */
  @IsString() @IsNotEmpty() @MaxLength(64) group!: string;
  @IsInt() @Min(0) epoch!: number;
}
