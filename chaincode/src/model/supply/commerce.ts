/**
 * What only shipper, recipient and regulator may know of a shipment: prices, order and invoice numbers, contract terms,
 * street addresses, DSCSA's texts, and who owns goods that somebody else possesses.
 */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsFormat } from '../core/decorators.ts';
import { storedType } from '../core/stored.ts';

export class PostalAddress {
  @IsFormat('label') @MaxLength(128) name!: string;
  @IsFormat('label') @MaxLength(128) street!: string;
  @IsFormat('label') @MaxLength(64) city!: string;
  @IsOptional() @IsFormat('label') @MaxLength(16) postalCode?: string;
  @IsOptional() @IsFormat('label') @MaxLength(64) region?: string;
  /** ISO 3166-1 alpha-2. */
  @Matches(/^[A-Z]{2}$/) country!: string;
}

export class CommerceLine {
  @IsFormat('gtin') gtin!: string;
  @IsOptional() @IsFormat('gs1-text-20') lot?: string;
  @IsOptional() @IsInt() @Min(1) @Max(1_000_000_000) units?: number;
  /** Decimal, of one pack. */
  @IsOptional() @Matches(/^\d{1,12}(\.\d{1,6})?$/) unitPrice?: string;
  /** ISO 4217. */
  @IsOptional() @Matches(/^[A-Z]{3}$/) currency?: string;
}

/** As the parties agree on them. */
export class CommerceTerms {
  @IsOptional() @IsFormat('label') @MaxLength(64) orderNumber?: string;
  @IsOptional() @IsFormat('label') @MaxLength(64) invoiceNumber?: string;
  @IsOptional() @IsString() @MaxLength(4_000) contractTerms?: string;
  /** Prices, by product or lot. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(64)
  @ValidateNested({ each: true })
  @Type(() => CommerceLine)
  lines?: CommerceLine[];
  @IsOptional() @ValidateNested() @Type(() => PostalAddress) shipFrom?: PostalAddress;
  @IsOptional() @ValidateNested() @Type(() => PostalAddress) shipTo?: PostalAddress;
  /** GLN of who owns the goods from now on, where it is not who receives them. */
  @IsOptional() @IsFormat('gln') owner?: string;
  /** The day ownership passes; today when not told. */
  @IsOptional() @IsFormat('calendar-day') transactionDate?: string;
}

/** With DSCSA's texts, which the shipper's gateway writes. */
export class Commerce extends CommerceTerms {
  /** DSCSA §581(26): JSON. */
  @IsOptional() @IsString() @MaxLength(65_536) transactionInformation?: string;
  /** DSCSA §581(27). */
  @IsOptional() @IsString() @MaxLength(8_000) transactionStatement?: string;
}

/** The shipper's and the recipient's copy. `trade_M` of each, key `trade|shipment`. */
export interface TradeRecord extends Commerce {
  shipmentId: string;
  /** GLNs. */
  shipper: string;
  recipient: string;
  recordedAt: string;
}
export const tradeRecordType = storedType<TradeRecord>('trade-record');
