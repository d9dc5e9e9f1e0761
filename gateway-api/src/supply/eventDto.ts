/** Requests and answers about supply events and shipments. */
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
  MaxLength,
  ValidateNested,
} from 'class-validator';
import {
  Commission,
  CommerceTerms,
  Destroy,
  GoodsOccurrence,
  Lock,
  Occurrence,
  PackInto,
  Receive,
  SameAs,
  Ship,
  SupplyArticle23,
  UndoDispense,
  Unlock,
  custodyEvents,
  FoundUnit,
  IsFormat,
  sensorLimits,
  shipmentStatuses,
  supplyEventKinds,
  supplyLimits,
  type Article23Body,
  type CustodyEvent,
  type DisputeOutcome,
  type DisputeReason,
  type ErrorReason,
  type HeldQuantity,
  type LockReason,
  type OverageInput,
  type ShipmentStatus,
  type SupplyEventKind,
} from '@chain-of-care/chaincode/model';
import { nmvsCodes } from '@chain-of-care/chaincode/rules';
import { PageQuery } from '../http/page.ts';
import { Committed } from './dto.ts';
import { SensorElement } from './sensors.ts';

export const supplyCommandTypes = [...custodyEvents, 'openCommissioningJob'] as const;
export type SupplyCommandType = CustodyEvent | 'openCommissioningJob';

/** The first and the last of serials that differ only in a number of fixed width at their end. */
export class SerialRange {
  @IsFormat('gs1-text-20') first!: string;
  @IsFormat('gs1-text-20') last!: string;
}

/** A pack as scanned, or by GTIN and serials; the lot is found by them unless it is told. */
export class PackReference {
  /** Element string or Digital Link; an SSCC names a container. */
  @IsOptional() @IsString() @MaxLength(1024) scan?: string;
  @IsOptional() @Matches(/^\d{8,14}$/) gtin?: string;
  @IsOptional() @IsFormat('gs1-text-20') lot?: string;
  @IsOptional() @IsFormat('gs1-text-20') serial?: string;
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(supplyLimits.packsPacked)
  @IsFormat('gs1-text-20', { each: true })
  serials?: string[];
  @IsOptional() @ValidateNested() @Type(() => SerialRange) range?: SerialRange;
}

/** What an event says; which fields it takes follows from its type, and the ledger refuses the others. */
export class SupplyEventFields {
  /** When it happened, with offset; now when not told. */
  @IsOptional() @IsFormat('date-time-offset') eventTime?: string;
  /** The submitter acts; anybody else's premises here are refused. */
  @SameAs(Occurrence, 'actor') actor?: string;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(supplyLimits.packsPacked)
  @ValidateNested({ each: true })
  @Type(() => PackReference)
  packs?: PackReference[];
  @SameAs(GoodsOccurrence, 'containers') containers?: string[];
  /** Container that is packed or unpacked. */
  @IsOptional() @SameAs(PackInto, 'sscc') sscc?: string;
  @IsOptional() @SameAs(Ship, 'shipmentId') shipmentId?: string;
  @IsOptional() @SameAs(Ship, 'recipient') recipient?: string;
  @SameAs(Receive, 'complete') complete?: boolean;
  @IsOptional() @SameAs(Lock, 'reason') reason?: LockReason;
  /** When a shipment is to be received by; seven days after its shipping when not told. */
  @SameAs(Ship, 'expectedBy') expectedBy?: string;
  /** Of a shipment: what only shipper, recipient and regulator learn. */
  @IsOptional() @ValidateNested() @Type(() => CommerceTerms) commerce?: CommerceTerms;
  /** Of a receipt: what came along without having been shipped. */
  @SameAs(Receive, 'overage') overage?: OverageInput;
  /** The alert on whose account goods are locked or released. */
  @SameAs(Lock, 'alertId') alertId?: string;
  /** SHA-256 of a certificate of destruction. */
  @SameAs(Destroy, 'certificateHash') certificateHash?: string;
  /** SHA-256 of a witness's statement. */
  @SameAs(Destroy, 'witnessHash') witnessHash?: string;
  /** SHA-256 of quality assurance's decision about returned goods. */
  @SameAs(Unlock, 'qualityDecisionHash') qualityDecisionHash?: string;
  /** To whom goods go without a pharmacy: EU 2016/161 article 23. */
  @IsOptional() @SameAs(SupplyArticle23, 'suppliedTo') suppliedTo?: Article23Body;
  @IsOptional() @SameAs(UndoDispense, 'notHandedOver') notHandedOver?: boolean;
  /** Of an undone dispensing of quantities: the event that handed them out. */
  @SameAs(UndoDispense, 'takesBack') takesBack?: string;
  @IsOptional() @Matches(/^\d{8,14}$/) gtin?: string;
  @IsOptional() @SameAs(Commission, 'lot') lot?: string;
  @SameAs(Commission, 'jobId') jobId?: string;
  @SameAs(Commission, 'firstSegment') firstSegment?: number;
  @SameAs(Commission, 'units') units?: number;
  /** Serials to commission, in any order. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(supplyLimits.serialsPerCommission)
  @IsFormat('gs1-text-20', { each: true })
  serials?: string[];
  /** Serials to commission that only count up. */
  @IsOptional() @ValidateNested() @Type(() => SerialRange) serialRange?: SerialRange;
  /** Check-outs (event ids) whose packs the new ones are made of. */
  @SameAs(Commission, 'transformations') transformations?: string[];
  /** Of lots that have no serials. */
  @SameAs(GoodsOccurrence, 'quantities') quantities?: HeldQuantity[];
  /** Of an event about goods: what sensors told, as EPCIS 2.0 writes it. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(sensorLimits.elements)
  @ValidateNested({ each: true })
  @Type(() => SensorElement)
  sensorElementList?: SensorElement[];
}

export class SupplyCommand extends SupplyEventFields {
  @IsIn(supplyCommandTypes) type!: SupplyCommandType;
}

/** One event (`type` …), or a list of `commands`, each decided by itself. */
export class NewSupplyEvents extends SupplyEventFields {
  @IsOptional() @IsIn(supplyCommandTypes) type?: SupplyCommandType;
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => SupplyCommand)
  commands?: SupplyCommand[];
}

export class SupplyCommandOutcome extends Committed {
  @IsIn(['applied', 'replayed', 'refused']) status!: 'applied' | 'replayed' | 'refused';
  @IsOptional() @IsFormat('uuid') eventId?: string;
  @IsOptional() @IsFormat('uuid') shipmentId?: string;
  @IsOptional() @IsString() shipmentStatus?: string;
  /** Of a shipment: `recorded` with it, or `follows` as soon as the regulator can be reached. */
  @IsOptional() @IsIn(['recorded', 'follows']) commerce?: 'recorded' | 'follows';
  /** Of a receipt with which more than one thing is wrong. */
  @IsOptional() @IsArray() @IsFormat('uuid', { each: true }) alertIds?: string[];
  @IsOptional() @IsFormat('sscc') sscc?: string;
  @IsOptional() @IsFormat('uuid') alertId?: string;
  @IsOptional() @IsFormat('uuid') jobId?: string;
  @IsOptional() @IsInt() firstSegment?: number;
  @IsOptional() @IsInt() segments?: number;
  @IsOptional() @IsInt() units?: number;
  /** Of a refusal. */
  @IsOptional() @IsString() code?: string;
  /** What a European national system answers to the same, where it has a code. */
  @IsOptional() @IsIn(Object.keys(nmvsCodes)) nmvsCode?: string;
  @IsOptional() @IsInt() httpStatus?: number;
  @IsOptional() @IsString() detail?: string;
  @IsOptional() @IsString() pointer?: string;
}

export class SupplyCommandOutcomes {
  @IsArray() @ValidateNested({ each: true }) @Type(() => SupplyCommandOutcome) results!: SupplyCommandOutcome[];
}

export class NamedPacksView {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') lot!: string;
  @IsArray() @IsString({ each: true }) serials!: string[];
}

export class QuantityView {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') lot!: string;
  @IsInt() units!: number;
  @IsOptional() @IsFormat('gln') holder?: string;
}

export class OverageView {
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => FoundUnit) packs?: FoundUnit[];
  @IsOptional() @IsArray() @IsString({ each: true }) containers?: string[];
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => QuantityView) quantities?: QuantityView[];
}

export class DisputeView {
  @IsString() reason!: DisputeReason;
  @IsFormat('gln') gln!: string;
  @IsFormat('msp-id') mspId!: string;
  @IsFormat('uuid') eventId!: string;
  @IsFormat('date-time-offset') openedAt!: string;
  @IsOptional() @IsString() outcome?: DisputeOutcome;
  @IsOptional() @IsFormat('date-time-offset') settledAt?: string;
}

/** Why an event is declared wrong (EPCIS errorDeclaration). */
export class ErrorDeclarationView {
  @IsString() reason!: ErrorReason;
  @IsFormat('date-time-offset') declarationTime!: string;
  @IsArray() @IsString({ each: true }) correctiveEventIds!: string[];
}

/** `type`, `action`, `bizStep` and `disposition` as in EPCIS 2.0; absent for what is no EPCIS event. */
export class SupplyEventView extends Committed {
  @IsFormat('uuid') eventId!: string;
  @IsIn(supplyEventKinds) kind!: SupplyEventKind;
  @IsOptional() @IsString() type?: string;
  @IsOptional() @IsString() action?: string;
  @IsOptional() @IsString() bizStep?: string;
  @IsOptional() @IsString() disposition?: string;
  @IsFormat('date-time-offset') eventTime!: string;
  @IsFormat('date-time-offset') recordTime!: string;
  /** GLN where it happened. */
  @IsOptional() @IsFormat('gln') readPoint?: string;
  @IsFormat('msp-id') mspId!: string;
  @IsString() role!: string;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => NamedPacksView) packs?: NamedPacksView[];
  @IsOptional() @IsArray() @IsString({ each: true }) containers?: string[];
  @IsOptional() @IsString() parent?: string;
  @IsOptional() @IsString() gtin?: string;
  @IsOptional() @IsString() lot?: string;
  @IsOptional() @IsInt() units?: number;
  @IsOptional() @IsFormat('uuid') shipmentId?: string;
  @IsOptional() @IsFormat('gln') recipient?: string;
  @IsOptional() @IsString() reason?: string;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => QuantityView) quantities?: QuantityView[];
  /** Of an event that handed out quantities: what of them was taken back. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => QuantityView) takenBack?: QuantityView[];
  @IsOptional() @ValidateNested() @Type(() => OverageView) overage?: OverageView;
  @IsOptional() @IsString() suppliedTo?: string;
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => SensorElement)
  sensorElementList?: SensorElement[];
  /** Of an undone dispensing of quantities: the event that handed them out. */
  @IsOptional() @IsFormat('uuid') takesBack?: string;
  @IsOptional() @IsArray() @IsString({ each: true }) transformations?: string[];
  @IsOptional() @IsBoolean() late?: boolean;
  /** How a dispute ended. */
  @IsOptional() @IsString() outcome?: string;
  /** It was made without connection, and handed in later. */
  @IsOptional() @IsBoolean() wasQueued?: boolean;
  /** Of a declaration of error: the event declared wrong. */
  @IsOptional() @IsFormat('uuid') erroneousEventId?: string;
  /** The event is declared wrong. */
  @IsOptional() @ValidateNested() @Type(() => ErrorDeclarationView) errorDeclaration?: ErrorDeclarationView;
  @IsOptional() @IsFormat('uuid') alertId?: string;
  @IsOptional() @IsFormat('uuid') recallId?: string;
  /** Of a refused attempt: what was tried, and the code. */
  @IsOptional() @IsString() attempted?: string;
  @IsOptional() @IsString() code?: string;
  @IsArray() @IsString({ each: true }) previous!: string[];
  @IsFormat('hex-256') hash!: string;
}

export class SupplyEventParams {
  @IsFormat('uuid') eventId!: string;
}

/** By what it is about (the narrowest of shipment, container, lot, product counts), or by kind. */
export class SupplyEventQuery extends PageQuery {
  @IsOptional() @IsIn(supplyEventKinds) kind?: SupplyEventKind;
  @IsOptional() @Matches(/^\d{8,14}$/) gtin?: string;
  @IsOptional() @IsFormat('gs1-text-20') lot?: string;
  @IsOptional() @IsFormat('sscc') sscc?: string;
  @IsOptional() @IsFormat('uuid') shipmentId?: string;
}

export class ShipmentParams {
  @IsFormat('uuid') shipmentId!: string;
}

export class ShipmentQuery extends PageQuery {
  @IsOptional() @IsIn(shipmentStatuses) status?: ShipmentStatus;
  /** Not received by the time it was expected. */
  @IsOptional() @IsIn(['true', 'false']) overdue?: 'true' | 'false';
}

export class ShipmentView {
  @IsFormat('uuid') shipmentId!: string;
  @IsIn(['transfer', 'return']) kind!: 'transfer' | 'return';
  @IsString() status!: string;
  @IsFormat('gln') shipper!: string;
  @IsFormat('msp-id') shipperMspId!: string;
  @IsFormat('gln') recipient!: string;
  @IsFormat('msp-id') recipientMspId!: string;
  @IsFormat('date-time-offset') shippedAt!: string;
  @IsOptional() @IsFormat('date-time-offset') receivedAt?: string;
  @IsOptional() @IsFormat('date-time-offset') expectedBy?: string;
  /** It was received after that. */
  @IsOptional() @IsBoolean() late?: boolean;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => QuantityView) quantities?: QuantityView[];
  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => QuantityView)
  receivedQuantities?: QuantityView[];
  @IsOptional() @ValidateNested() @Type(() => DisputeView) dispute?: DisputeView;
  /** Whether its commerce lies in the collections of shipper and recipient. */
  @IsBoolean() hasCommerce!: boolean;
  @IsArray() @IsString({ each: true }) containers!: string[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => NamedPacksView) packs!: NamedPacksView[];
  @IsArray() @IsString({ each: true }) receivedContainers!: string[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => NamedPacksView) receivedPacks!: NamedPacksView[];
}
