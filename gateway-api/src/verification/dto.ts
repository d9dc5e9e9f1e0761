/** Requests and answers of verification. */
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsFormat, verificationContexts, type VerificationContext } from '@chain-of-care/chaincode/model';
import { nmvsCodes } from '@chain-of-care/chaincode/rules';
import { AlertView } from '../supply/alertDto.ts';
import { ProductView } from '../supply/dto.ts';
import { SupplyEventView } from '../supply/eventDto.ts';

/** What stands on the box or container, and why it is asked. */
export class NewVerification {
  /** Element string (bracketed, or raw with separators), or Digital Link. */
  @IsOptional() @IsString() @MaxLength(1024) scan?: string;
  @IsOptional() @Matches(/^\d{8,14}$/) gtin?: string;
  /** Hyphenated, as labelled; instead of a GTIN. */
  @IsOptional() @Matches(/^[\d-]{10,14}$/) ndc?: string;
  /** Without it only the lot is verified, which proves no box. */
  @IsOptional() @IsFormat('gs1-text-20') serial?: string;
  @IsOptional() @IsFormat('gs1-text-20') lot?: string;
  /** YYMMDD as printed. */
  @IsOptional() @Matches(/^\d{6}$/) expiry?: string;
  /** A container. */
  @IsOptional() @IsFormat('sscc') sscc?: string;
  /** `consumer` when not told. */
  @IsOptional() @IsIn(verificationContexts) context?: VerificationContext;
  /** SSCC of the container in which the pack was found. */
  @IsOptional() @IsFormat('sscc') foundIn?: string;
  /** ISO 3166-1 alpha-2 of where it is scanned; of the premises for callers that have some. */
  @IsOptional() @Matches(/^[A-Z]{2}$/) country?: string;
  /** WGS 84; kept to a tenth of a degree. Needs `longitude`. */
  @IsOptional() @IsNumber() @Min(-90) @Max(90) latitude?: number;
  @IsOptional() @IsNumber() @Min(-180) @Max(180) longitude?: number;
}

export class VerificationQuery {
  /** `ledger`: evaluated on the peer instead of the read model. */
  @IsOptional() @IsIn(['read-model', 'ledger']) proof?: 'read-model' | 'ledger';
}

export class FindingView {
  @IsString() code!: string;
  @IsArray() @IsString({ each: true }) eventIds!: string[];
}

export class VerdictView {
  @IsString() verdict!: string;
  /** Of the status verdict. */
  @IsOptional() @IsString() state?: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => FindingView) findings!: FindingView[];
}

export class RiskFactorView extends FindingView {
  /** Basis points. */
  @IsOptional() @IsInt() weight?: number;
  /** Lowest score. */
  @IsOptional() @IsInt() floor?: number;
}

/** What a person must know whatever else is answered. */
export class WarningView {
  @IsString() code!: string;
  @IsString() text!: string;
}

export const audiences = ['regulator', 'maker', 'holder', 'partner', 'public'] as const;
export type Audience = (typeof audiences)[number];

export class VerificationView {
  /** Names it in the log and for its inclusion proof. */
  @IsFormat('uuid') verificationId!: string;
  /** `lot`: the class is known; only a serial proves a box. */
  @IsIn(['pack', 'container', 'lot']) scope!: 'pack' | 'container' | 'lot';
  @IsIn(verificationContexts) context!: VerificationContext;
  /** For whom the answer is: who stands further away from the goods sees less. */
  @IsIn(audiences) audience!: Audience;
  @IsBoolean() isAuthentic!: boolean;
  @ValidateNested() @Type(() => VerdictView) identity!: VerdictView;
  @ValidateNested() @Type(() => VerdictView) custody!: VerdictView;
  @ValidateNested() @Type(() => VerdictView) quality!: VerdictView;
  @ValidateNested() @Type(() => VerdictView) status!: VerdictView;
  /** 0 to 100, lower is better. */
  @IsInt() @Min(0) @Max(100) riskScore!: number;
  @IsIn(['accept', 'review', 'quarantine', 'reject']) riskBand!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => RiskFactorView) riskFactors!: RiskFactorView[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => WarningView) warnings!: WarningView[];
  /** Return code of a national medicines verification system, where one fits. */
  @IsOptional() @IsIn(Object.keys(nmvsCodes)) nmvsCode?: string;
  @IsOptional() @ValidateNested() @Type(() => ProductView) product?: ProductView;
  @IsOptional() @IsString() lot?: string;
  @IsOptional() @IsString() expiresOn?: string;
  /** Oldest first: all of it for regulator and maker, a holder's own and next to it. */
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => SupplyEventView)
  chainOfCustody?: SupplyEventView[];
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => AlertView) alerts?: AlertView[];
  @IsIn(['read-model', 'ledger']) proof!: 'read-model' | 'ledger';
  /** Block up to which the read model had read. */
  @IsOptional() @IsInt() blockHeight?: number;
  @IsFormat('date-time-offset') verifiedAt!: string;
}
