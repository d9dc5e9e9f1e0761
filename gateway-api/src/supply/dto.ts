/** Requests and answers about products, lots, packs and containers. */
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
  Min,
  ValidateNested,
} from 'class-validator';
import {
  goodsStates,
  IsFormat,
  recallClasses,
  recallKinds,
  RegisterLot,
  RegisterProduct,
  SameAs,
  type GoodsState,
  type RecallClass,
  type RecallKind,
} from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';

/** Which transaction wrote what the answer says. */
export class Committed {
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

/** UCUM degrees Celsius. Limits of excursions default to those of storage. */
export class StorageConditions {
  @IsIn(['Cel']) unit!: 'Cel';
  @IsNumber() @Min(-273.15) @Max(200) min!: number;
  @IsNumber() @Min(-273.15) @Max(200) max!: number;
  @IsOptional() @IsNumber() @Min(-273.15) @Max(200) excursionMin?: number;
  @IsOptional() @IsNumber() @Min(-273.15) @Max(200) excursionMax?: number;
  /** Highest mean kinetic temperature; defaults to `max`. */
  @IsOptional() @IsNumber() @Min(-273.15) @Max(200) maxMeanKinetic?: number;
  @IsOptional() @IsBoolean() freezeSensitive?: boolean;
}

export class NewProduct {
  /** GTIN-8, -12, -13 or -14. Without it, it is made of the NDC. */
  @IsOptional() @Matches(/^\d{8,14}$/) gtin?: string;
  /** Hyphenated, as labelled. */
  @SameAs(RegisterProduct, 'ndc') ndc?: string;
  @SameAs(RegisterProduct, 'name') name!: string;
  @SameAs(RegisterProduct, 'dosageForm') dosageForm!: string;
  @SameAs(RegisterProduct, 'strength') strength!: string;
  /** GLN of who registers; anybody else's is refused. */
  @IsOptional() @IsFormat('gln') manufacturer?: string;
  /** Units in one pack; 1 when not told. */
  @IsOptional() @SameAs(RegisterProduct, 'packContent') packContent?: number;
  @IsOptional() @ValidateNested() @Type(() => StorageConditions) storage?: StorageConditions;
  /** ISO 3166-1 alpha-2. */
  @IsOptional() @SameAs(RegisterProduct, 'markets') markets?: string[];
  @SameAs(RegisterProduct, 'contractManufacturers') contractManufacturers?: string[];
}

export class ProductView extends Committed {
  @IsFormat('gtin') gtin!: string;
  @IsOptional() @IsString() ndc?: string;
  @IsString() name!: string;
  @IsString() dosageForm!: string;
  @IsString() strength!: string;
  @IsInt() packContent!: number;
  @IsOptional() @ValidateNested() @Type(() => StorageConditions) storage?: StorageConditions;
  @IsArray() @IsString({ each: true }) markets!: string[];
  /** The maker's organisation and premises. */
  @IsFormat('msp-id') mspId!: string;
  @IsFormat('gln') gln!: string;
  @IsArray() @IsString({ each: true }) contractManufacturers!: string[];
  @IsFormat('date-time-offset') registeredAt!: string;
}

export class ProductParams {
  @Matches(/^\d{8,14}$/) gtin!: string;
}

export class ProductQuery extends PageQuery {
  @IsOptional() @Matches(/^[\d-]{10,14}$/) ndc?: string;
}

export class NewLot {
  @SameAs(RegisterLot, 'lot') lot!: string;
  /** YYMMDD, as it is printed. */
  @SameAs(RegisterLot, 'expiry') expiry!: string;
  @SameAs(RegisterLot, 'manufacturedOn') manufacturedOn!: string;
  @SameAs(RegisterLot, 'declaredQuantity') declaredQuantity!: number;
  /** false: the lot has no serials and moves by quantity. */
  @SameAs(RegisterLot, 'serialised') serialised?: boolean;
}

export class LotRecallView {
  @IsFormat('uuid') recallId!: string;
  @IsIn(recallKinds) kind!: RecallKind;
  @IsIn(recallClasses) recallClass!: RecallClass;
  @IsFormat('date-time-offset') recalledAt!: string;
}

export class LotView extends Committed {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') lot!: string;
  @Matches(/^\d{6}$/) expiry!: string;
  /** The last day; good until it ends, UTC. */
  @IsFormat('calendar-day') expiresOn!: string;
  @IsFormat('calendar-day') manufacturedOn!: string;
  @IsInt() declaredQuantity!: number;
  @IsInt() commissionedQuantity!: number;
  @IsBoolean() serialised!: boolean;
  @IsFormat('msp-id') mspId!: string;
  @IsFormat('gln') gln!: string;
  @IsFormat('date-time-offset') registeredAt!: string;
  /** Quality release. */
  @IsOptional() @IsFormat('date-time-offset') releasedAt?: string;
  /** Set: `expiresOn` is later than printed. */
  @IsOptional() @IsFormat('date-time-offset') expiryExtendedAt?: string;
  @IsOptional() @ValidateNested() @Type(() => LotRecallView) recall?: LotRecallView;
}

export class LotParams extends ProductParams {
  @IsFormat('gs1-text-20') lot!: string;
}

export class PackParams extends ProductParams {
  @IsFormat('gs1-text-20') serial!: string;
}

export class PackView {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') serial!: string;
  @IsFormat('gs1-text-20') lot!: string;
  @IsInt() segment!: number;
  @IsOptional() @IsString() expiry?: string;
  @IsIn(goodsStates) state!: GoodsState;
  /** GLN of the premises that have custody. */
  @IsFormat('gln') holder!: string;
  @IsFormat('msp-id') mspId!: string;
  /** SSCC of the containers it is in, the nearest first. */
  @IsArray() @IsString({ each: true }) containers!: string[];
  @IsOptional() @IsFormat('uuid') shipmentId?: string;
  /** Units left in a pack that was opened. */
  @IsOptional() @IsInt() remaining?: number;
  /** Canonical GS1 Digital Link. */
  @IsString() uri!: string;
}

export class ContainerParams {
  @IsFormat('sscc') sscc!: string;
}

export class ContentsView {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') lot!: string;
  @IsInt() units!: number;
  @IsInt() locked!: number;
}

export class ContainerView {
  @IsFormat('sscc') sscc!: string;
  @IsIn(goodsStates) state!: GoodsState;
  @IsFormat('gln') holder!: string;
  @IsFormat('msp-id') mspId!: string;
  @IsArray() @IsString({ each: true }) containers!: string[];
  @IsOptional() @IsFormat('uuid') shipmentId?: string;
  /** By lot, at every depth. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => ContentsView) contents!: ContentsView[];
}

/** What lies directly in a container: a container, a pack, or units of a lot without serials. */
export class ContainedView {
  @IsOptional() @IsFormat('sscc') sscc?: string;
  @IsOptional() @IsFormat('gtin') gtin?: string;
  @IsOptional() @IsFormat('gs1-text-20') serial?: string;
  @IsOptional() @IsFormat('gs1-text-20') lot?: string;
  @IsOptional() @IsInt() units?: number;
}
