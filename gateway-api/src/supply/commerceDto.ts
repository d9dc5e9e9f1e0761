/** Commerce of a shipment: what only shipper, recipient and regulator learn. */
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { CommerceTerms, IsFormat, PostalAddress } from '@chain-of-care/chaincode/model';

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
