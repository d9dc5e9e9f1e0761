/** Commerce of a shipment: what only shipper, recipient and regulator learn. */
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { CommerceLine, IsFormat, PostalAddress } from '@chain-of-care/chaincode/model';

export class PartyView {
  @IsFormat('gln') gln!: string;
  @IsString() name!: string;
  @IsOptional() @ValidateNested() @Type(() => PostalAddress) address?: PostalAddress;
}

export class TransactedProductView {
  @IsString() name!: string;
  @IsString() strength!: string;
  @IsString() dosageForm!: string;
  @IsOptional() @IsString() ndc?: string;
  @IsFormat('gtin') gtin!: string;
  /** Units in one pack. */
  @IsInt() containerSize!: number;
  /** Packs. */
  @IsInt() numberOfContainers!: number;
  @IsFormat('gs1-text-20') lot!: string;
  /** YYMMDD, as printed. */
  @IsString() expiry!: string;
  @IsOptional() @IsArray() @IsString({ each: true }) serials?: string[];
}

/** FD&C Act §581(26). */
export class TransactionInformationView {
  @IsString() documentType!: string;
  @IsFormat('uuid') transactionId!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => TransactedProductView) products!: TransactedProductView[];
  /** SSCCs. */
  @IsArray() @IsString({ each: true }) containers!: string[];
  @IsFormat('calendar-day') transactionDate!: string;
  @IsFormat('calendar-day') shipmentDate!: string;
  @ValidateNested() @Type(() => PartyView) transferredFrom!: PartyView;
  @ValidateNested() @Type(() => PartyView) transferredTo!: PartyView;
  /** GLN of who has the goods, where it is not the new owner. */
  @IsOptional() @IsFormat('gln') possessor?: string;
}

/** DSCSA's texts are written by the gateway. */
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

/** For shipper, recipient and regulator. */
export class CommerceView extends CommerceTerms {
  @IsFormat('uuid') shipmentId!: string;
  /** GLNs. */
  @IsFormat('gln') shipper!: string;
  @IsFormat('gln') recipient!: string;
  @IsFormat('date-time-offset') recordedAt!: string;
  @IsOptional()
  @ValidateNested()
  @Type(() => TransactionInformationView)
  transactionInformation?: TransactionInformationView;
  /** FD&C Act §581(27). */
  @IsOptional() @IsString() transactionStatement?: string;
}
