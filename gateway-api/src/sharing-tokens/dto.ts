/** Requests and answers about sharing tokens: record versions that a patient shares by a secret. */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { Clinician, IsFormat, limits, purposeCodes, type PurposeOfUse } from '@chain-of-care/chaincode/model';
import { tokenStates, type TokenState } from '@chain-of-care/chaincode/rules';
import { AskedRecord } from '../accesses/dto.ts';
import { PageQuery } from '../http/page.ts';
import { Referral } from '../patients/dto.ts';
import { RecordVersionView, RecordView } from '../records/dto.ts';

/** 30 days. */
const longestHours = 720;

export class NewSharingToken {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(limits.recordsPerToken)
  @ValidateNested({ each: true })
  @Type(() => AskedRecord)
  records!: AskedRecord[];
  @IsInt() @Min(1) @Max(longestHours) expiresInHours!: number;
  /** True when absent: the first redemption spends it. */
  @IsOptional() @IsBoolean() singleUse?: boolean;
  /** The only person who may use it; absent: whoever shows the secret. */
  @IsOptional() @ValidateNested() @Type(() => Clinician) grantee?: Clinician;
  @IsOptional() @IsIn(purposeCodes) purposeOfUse?: PurposeOfUse;
}

export class CreatedSharingToken {
  @IsFormat('uuid') id!: string;
  /** Shown once: whoever has it can open the records. 32 bytes, base64url. */
  @IsString() secret!: string;
  @IsFormat('date-time-offset') expiresAt!: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class SharingTokenView {
  @IsFormat('uuid') id!: string;
  @IsFormat('uuid') patientId!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => RecordVersionView) records!: RecordVersionView[];
  @IsIn(purposeCodes) purposeOfUse!: PurposeOfUse;
  @IsBoolean() singleUse!: boolean;
  @IsOptional() @ValidateNested() @Type(() => Clinician) grantee?: Clinician;
  @IsFormat('date-time-offset') createdAt!: string;
  @IsFormat('date-time-offset') expiresAt!: string;
  @IsIn(tokenStates) status!: TokenState;
  @IsOptional() @IsFormat('date-time-offset') spentAt?: string;
  @IsOptional() @IsFormat('date-time-offset') revokedAt?: string;
}

export class RevokedSharingToken {
  @IsFormat('uuid') id!: string;
  @IsFormat('date-time-offset') revokedAt!: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

/** The part of the secret that proves possession; the other part never comes here. */
export class NewTokenRedemption {
  @Matches(/^[A-Za-z0-9_-]{43}$/) redeem!: string;
  /** At a hospital that is not the patient's home: what the patient handed over. */
  @IsOptional() @ValidateNested() @Type(() => Referral) referral?: Referral;
}

/** A record as it is shared: its data key is wrapped under the part of the secret that the holder keeps. */
export class SharedRecord extends RecordView {
  @IsString() wrappedKey!: string;
  /** What was sealed beside the content, under the data key. */
  @IsString() sealed!: string;
}

export class TokenRedemption {
  /** The access that it yields. */
  @IsFormat('uuid') id!: string;
  @IsFormat('uuid') tokenId!: string;
  @IsFormat('date-time-offset') servesUntil!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => SharedRecord) records!: SharedRecord[];
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class SharingTokenParams {
  @IsFormat('uuid') tokenId!: string;
}

export class SharedContentParams {
  @IsFormat('uuid') accessId!: string;
  @IsFormat('uuid') recordId!: string;
}

export class ListSharingTokens extends PageQuery {}
