/** Commands and queries of the contract `supply`. No field takes a person, a patient or free text about health. */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsFormat } from '../core/decorators.ts';
import { Commerce } from './commerce.ts';
import { sensorLimits, SensorReadings } from './sensors.ts';
import { disputeOutcomes, type DisputeOutcome } from './state.ts';
import {
  alertTypes,
  article23Bodies,
  custodyEvents,
  disputeReasons,
  errorReasons,
  lockReasons,
  recallClasses,
  recallDepths,
  recallKinds,
  supplyLimits,
  verificationContexts,
  type AlertType,
  type Article23Body,
  type CustodyEvent,
  type DisputeReason,
  type ErrorReason,
  type LockReason,
  type RecallClass,
  type RecallDepth,
  type RecallKind,
  type VerificationContext,
} from './vocabulary.ts';

const printedDate = /^\d{6}$/;
const country = /^[A-Z]{2}$/;

/** Thousandths of a degree Celsius. */
export class StorageProfileInput {
  @IsInt() @Min(-273_150) @Max(200_000) minMilliCelsius!: number;
  @IsInt() @Min(-273_150) @Max(200_000) maxMilliCelsius!: number;
  @IsInt() @Min(-273_150) @Max(200_000) excursionMinMilliCelsius!: number;
  @IsInt() @Min(-273_150) @Max(200_000) excursionMaxMilliCelsius!: number;
  @IsInt() @Min(-273_150) @Max(200_000) maxMktMilliCelsius!: number;
  @IsBoolean() freezeSensitive!: boolean;
}

/** By the marketing authorisation holder. */
export class RegisterProduct {
  @IsFormat('gtin') gtin!: string;
  @IsOptional() @Matches(/^[\d-]{10,14}$/) ndc?: string;
  @IsFormat('label') @MaxLength(128) name!: string;
  @IsFormat('label') @MaxLength(64) dosageForm!: string;
  @IsFormat('label') @MaxLength(64) strength!: string;
  @IsInt() @Min(1) @Max(1_000_000) packContent!: number;
  @IsOptional() @ValidateNested() @Type(() => StorageProfileInput) storage?: StorageProfileInput;
  @IsArray() @ArrayMaxSize(250) @ArrayUnique() @Matches(country, { each: true }) markets!: string[];
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(32)
  @ArrayUnique()
  @IsFormat('gln', { each: true })
  contractManufacturers?: string[];
}

/** By the product's maker or a contract manufacturer it named. */
export class RegisterLot {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') lot!: string;
  /** YYMMDD; day 00 is not accepted here. */
  @Matches(printedDate) expiry!: string;
  @IsFormat('calendar-day') manufacturedOn!: string;
  @IsInt() @Min(1) @Max(1_000_000_000) declaredQuantity!: number;
  /** false: the lot has no serials and moves by quantity. */
  @IsOptional() @IsBoolean() serialised?: boolean;
}

/** When something happened, and optionally who says so: naming anyone but the submitter's premises is refused. */
export class Occurrence {
  @IsFormat('date-time-offset') eventTime!: string;
  @IsOptional() @IsFormat('gln') actor?: string;
}

/** Reserves segments of a lot for one line or shift, so that jobs commission side by side without a common key. */
export class OpenCommissioningJob {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') lot!: string;
  @IsFormat('uuid') jobId!: string;
  @IsInt() @Min(1) @Max(1_000_000_000) units!: number;
}

/**
 * Serials ascend by code unit; `units` instead, of a lot that has none. Without a job, segments are taken from the lot's
 * counter.
 */
export class Commission extends Occurrence {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') lot!: string;
  @IsOptional() @IsFormat('uuid') jobId?: string;
  /** With a job: the segment to begin with, the next one after those written. */
  @IsOptional() @IsInt() @Min(0) firstSegment?: number;
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(supplyLimits.serialsPerCommission)
  @IsFormat('gs1-text-20', { each: true })
  serials?: string[];
  @IsOptional() @IsInt() @Min(1) @Max(1_000_000_000) units?: number;
  /** Check-outs (event ids) whose packs these are made of. A repackager names them always. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(8)
  @ArrayUnique()
  @IsFormat('uuid', { each: true })
  transformations?: string[];
}

/** Packs by the segment they were commissioned in. */
export class PackSet {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') lot!: string;
  @IsInt() @Min(0) segment!: number;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(supplyLimits.serialsPerSegment)
  @ArrayUnique()
  @IsFormat('gs1-text-20', { each: true })
  serials!: string[];
}

/** Units of a lot that has no serials. */
export class QuantityOfLot {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') lot!: string;
  @IsInt() @Min(1) @Max(1_000_000_000) units!: number;
}

/** Units that premises hold in a state from which the event may start; the first such state when none is named. */
export class HeldQuantity extends QuantityOfLot {
  @IsOptional() @IsIn(['active', 'locked']) state?: 'active' | 'locked';
  /** Whose; the submitter's own when absent. For the maker and the regulator. */
  @IsOptional() @IsFormat('gln') holder?: string;
}

/** An event on packs, containers, quantities. All of them or none. */
export class GoodsOccurrence extends Occurrence {
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(supplyLimits.packSets)
  @ValidateNested({ each: true })
  @Type(() => PackSet)
  packs?: PackSet[];
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(supplyLimits.containers)
  @ArrayUnique()
  @IsFormat('sscc', { each: true })
  containers?: string[];
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(supplyLimits.quantities)
  @ValidateNested({ each: true })
  @Type(() => HeldQuantity)
  quantities?: HeldQuantity[];
  /** What sensors told of the goods. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(sensorLimits.elements)
  @ValidateNested({ each: true })
  @Type(() => SensorReadings)
  sensors?: SensorReadings[];
}

/** Puts packs and containers into a container, which comes to be with its first contents. */
export class PackInto extends GoodsOccurrence {
  @IsFormat('sscc') sscc!: string;
}
export class UnpackFrom extends GoodsOccurrence {
  @IsFormat('sscc') sscc!: string;
}

/** `expectedBy`: when it is to be received by; some days after its shipping when absent. */
export class Ship extends GoodsOccurrence {
  @IsFormat('uuid') shipmentId!: string;
  @IsFormat('gln') recipient!: string;
  @IsOptional() @IsFormat('date-time-offset') expectedBy?: string;
  /** For the collections of shipper and recipient; only they and the regulator may be asked to endorse it. */
  @IsOptional() @ValidateNested() @Type(() => Commerce) commerce?: Commerce;
}
export class Return extends Ship {}

/** By the shipper, of a shipment whose commerce could not be recorded with it. */
export class RecordCommerce {
  @IsFormat('uuid') shipmentId!: string;
  @ValidateNested() @Type(() => Commerce) commerce!: Commerce;
}

/** A pack as it was found. */
export class FoundUnit {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') serial!: string;
  @IsOptional() @IsFormat('gs1-text-20') lot?: string;
}

/** What came along without having been shipped. It is recorded and an alert; its custody does not move. */
export class OverageInput {
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1000)
  @ValidateNested({ each: true })
  @Type(() => FoundUnit)
  packs?: FoundUnit[];
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(supplyLimits.containers)
  @ArrayUnique()
  @IsFormat('sscc', { each: true })
  containers?: string[];
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(supplyLimits.quantities)
  @ValidateNested({ each: true })
  @Type(() => QuantityOfLot)
  quantities?: QuantityOfLot[];
}

/** What arrived. `complete` (the default) closes the shipment: what is missing then is a shortage. */
export class Receive extends GoodsOccurrence {
  @IsFormat('uuid') shipmentId!: string;
  @IsOptional() @IsBoolean() complete?: boolean;
  @IsOptional() @ValidateNested() @Type(() => OverageInput) overage?: OverageInput;
}

/** Takes back what was not received. */
export class VoidShipment extends Occurrence {
  @IsFormat('uuid') shipmentId!: string;
}

/** By shipper or recipient. */
export class DisputeReceipt extends Occurrence {
  @IsFormat('uuid') shipmentId!: string;
  @IsIn(disputeReasons) reason!: DisputeReason;
}

/** The other party accepts, who opened it withdraws, the regulator decides. */
export class SettleDispute extends Occurrence {
  @IsFormat('uuid') shipmentId!: string;
  @IsIn(disputeOutcomes) outcome!: DisputeOutcome;
}

/** By the premises that recorded the event, or the regulator. */
export class DeclareError extends Occurrence {
  @IsFormat('uuid') erroneousEventId!: string;
  @IsIn(errorReasons) reason!: ErrorReason;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(16)
  @ArrayUnique()
  @IsFormat('uuid', { each: true })
  correctiveEventIds?: string[];
}

export class Lock extends GoodsOccurrence {
  @IsIn(lockReasons) reason!: LockReason;
  /** The alert on whose account goods are locked or released. */
  @IsOptional() @IsFormat('uuid') alertId?: string;
}

/** Returned goods need `inspected_good` and the hash of quality assurance's decision. */
export class Unlock extends Lock {
  @IsOptional() @IsFormat('hex-256') qualityDecisionHash?: string;
}

export class Dispense extends GoodsOccurrence {}

/** Hands out part of each pack named, in the product's units (tablets, millilitres …). */
export class Open extends GoodsOccurrence {
  @IsInt() @Min(1) @Max(1_000_000) units!: number;
}

/** `notHandedOver`: the attestation that the goods did not leave the premises. */
export class UndoDispense extends GoodsOccurrence {
  @IsBoolean() notHandedOver!: boolean;
  /** Of quantities, which have no memory: the event that handed them out. */
  @IsOptional() @IsFormat('uuid') takesBack?: string;
}

export class SupplyArticle23 extends GoodsOccurrence {
  @IsIn(article23Bodies) suppliedTo!: Article23Body;
}

/** With a certificate, or a witness's statement, or both. */
export class Destroy extends GoodsOccurrence {
  /** SHA-256 of the certificate. */
  @IsOptional() @IsFormat('hex-256') certificateHash?: string;
  /** SHA-256 of the witness's statement. */
  @IsOptional() @IsFormat('hex-256') witnessHash?: string;
}

/** freeSample, sample, export, checkOut, undo, steal, inspect, observe. */
export class PlainOccurrence extends GoodsOccurrence {}

/** By the product's maker or the regulator. Irreversible. */
export class Recall extends Occurrence {
  @IsFormat('uuid') recallId!: string;
  @IsIn(recallKinds) kind!: RecallKind;
  @IsIn(recallClasses) recallClass!: RecallClass;
  @IsIn(recallDepths) depth!: RecallDepth;
  @IsFormat('gtin') gtin!: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(64)
  @ArrayUnique()
  @IsFormat('gs1-text-20', { each: true })
  lots!: string[];
}

/** A report by somebody licensed. Text and evidence lie sealed off the ledger. */
export class ReportAlert extends Occurrence {
  @IsFormat('uuid') alertId!: string;
  @IsIn(alertTypes) type!: AlertType;
  @IsOptional() @IsFormat('gtin') gtin?: string;
  @IsOptional() @IsFormat('gs1-text-20') lot?: string;
  @IsOptional() @IsFormat('gs1-text-20') serial?: string;
  @IsOptional() @IsFormat('sscc') sscc?: string;
  @IsOptional() @IsFormat('hex-256') descriptionHash?: string;
  @IsOptional() @IsArray() @ArrayMaxSize(32) @IsFormat('cid', { each: true }) evidence?: string[];
}

/** A refused act, told by the identity that tried it, in a transaction of its own. Exactly one of pack and container. */
export class ReportRefusal extends Occurrence {
  @IsIn(custodyEvents) event!: CustodyEvent;
  /** SHA-256 of the refused command. */
  @IsFormat('hex-256') commandDigest!: string;
  @IsOptional() @IsFormat('gtin') gtin?: string;
  @IsOptional() @IsFormat('gs1-text-20') lot?: string;
  @IsOptional() @IsInt() @Min(0) segment?: number;
  @IsOptional() @IsFormat('gs1-text-20') serial?: string;
  @IsOptional() @IsFormat('sscc') sscc?: string;
}

export class FindProduct {
  @IsFormat('gtin') gtin!: string;
}
export class FindLot extends FindProduct {
  @IsFormat('gs1-text-20') lot!: string;
}
export class FindPack extends FindLot {
  @IsInt() @Min(0) segment!: number;
  @IsFormat('gs1-text-20') serial!: string;
}
export class FindContainer {
  @IsFormat('sscc') sscc!: string;
}
export class FindShipment {
  @IsFormat('uuid') shipmentId!: string;
}

/** `segment` as the read model knows it; absent for a serial that it does not know. Lot and expiry as printed. */
export class VerifyPack {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') serial!: string;
  @IsOptional() @IsFormat('gs1-text-20') lot?: string;
  @IsOptional() @Matches(printedDate) expiry?: string;
  @IsIn(verificationContexts) context!: VerificationContext;
  /** Where the pack is known to be commissioned. */
  @IsOptional() @IsFormat('gs1-text-20') knownLot?: string;
  @IsOptional() @IsInt() @Min(0) segment?: number;
}
