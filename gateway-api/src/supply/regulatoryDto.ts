/** Requests and answers about illegitimate products (FDA Form 3911) and tracing requests. */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import {
  illegitimateClassifications,
  IsFormat,
  NotifyIllegitimateProduct,
  productNotificationKinds,
  RequestTracing,
  SameAs,
  tracingPurposes,
  type IllegitimateClassification,
  type ProductNotificationKind,
  type TracingPurpose,
} from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';
import { Committed } from './dto.ts';

export const companyTypes = ['manufacturer', 'wholesale_distributor', 'dispenser', 'repackager'] as const;
export const drugUses = ['human', 'other'] as const;
export const drugDescriptions = [
  'finished_prescription',
  'vaccine',
  'plasma_derivative',
  'allergenic',
  'multiple',
  'other',
] as const;

/** FDA Form 3911, Drug Notification; comments name the items of the form. Product, lots and serials are the ledger's. */
export class NewProductNotification {
  /** 1. */
  @SameAs(NotifyIllegitimateProduct, 'kind') kind!: ProductNotificationKind;
  /** Of a follow-up or termination: the notification it belongs to. */
  @IsOptional() @IsFormat('uuid') notificationId?: string;
  /** 2: as FDA gave it. */
  @IsOptional() @IsString() @MaxLength(64) incidentNumber?: string;
  /** 4. */
  @SameAs(NotifyIllegitimateProduct, 'determinedAt') determinedAt!: string;
  /** 5. */
  @SameAs(NotifyIllegitimateProduct, 'classification') classification!: IllegitimateClassification;
  /** 6 to 13 follow from the product; 7: */
  @IsOptional() @IsString() @MaxLength(512) activeIngredients?: string;
  /** 8. */
  @IsIn(drugUses) drugUse!: (typeof drugUses)[number];
  /** 9. */
  @IsIn(drugDescriptions) drugDescription!: (typeof drugDescriptions)[number];
  /** 12. */
  @IsOptional() @IsInt() @Min(0) quantity?: number;
  @Matches(/^\d{8,14}$/) gtin!: string;
  /** 15. */
  @SameAs(NotifyIllegitimateProduct, 'lots') lots!: string[];
  /** 14. */
  @IsOptional() @IsArray() @ArrayMaxSize(1000) @IsFormat('gs1-text-20', { each: true }) serials?: string[];
  /** 17 of a notification, 18 of a request for termination. */
  @IsString() @IsNotEmpty() @MaxLength(8192) description!: string;
  /** 19: reports by other ways, such as MedWatch. */
  @IsOptional() @IsString() @MaxLength(1024) otherReports?: string;
  /** 20 to 23. */
  @IsString() @IsNotEmpty() @MaxLength(256) companyName!: string;
  @IsString() @IsNotEmpty() @MaxLength(512) companyAddress!: string;
  @IsIn(companyTypes) companyType!: (typeof companyTypes)[number];
  @IsString() @IsNotEmpty() @MaxLength(256) contactName!: string;
  @IsEmail() @MaxLength(254) contactMail!: string;
  @IsOptional() @Matches(/^\+?[\d ()-]{5,32}$/) contactPhone?: string;
  @IsOptional() @Matches(/^\d{9}$/) uniqueFacilityIdentifier?: string;
  @IsOptional() @IsFormat('uuid') alertId?: string;
}

export class ProductNotificationStepView {
  @IsIn(productNotificationKinds) kind!: ProductNotificationKind;
  @IsIn(illegitimateClassifications) classification!: IllegitimateClassification;
  /** The form, sealed to the regulator. */
  @IsFormat('cid') form!: string;
  @IsFormat('date-time-offset') at!: string;
  @IsFormat('uuid') eventId!: string;
}

export class ProductNotificationView extends Committed {
  @IsFormat('uuid') notificationId!: string;
  @IsIn(['open', 'terminated']) status!: 'open' | 'terminated';
  @IsFormat('gtin') gtin!: string;
  @IsArray() @IsString({ each: true }) lots!: string[];
  @IsFormat('msp-id') mspId!: string;
  @IsOptional() @IsFormat('gln') gln?: string;
  @IsOptional() @IsFormat('uuid') alertId?: string;
  @IsFormat('date-time-offset') determinedAt!: string;
  /** 24 hours after the determination. */
  @IsFormat('date-time-offset') dueAt!: string;
  @IsBoolean() isInTime!: boolean;
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => ProductNotificationStepView)
  steps!: ProductNotificationStepView[];
}

export class ProductNotificationParams {
  @IsFormat('uuid') notificationId!: string;
}

export class NewTracingRequest {
  /** Premises that are asked. */
  @SameAs(RequestTracing, 'gln') gln!: string;
  @Matches(/^\d{8,14}$/) gtin!: string;
  @SameAs(RequestTracing, 'lot') lot!: string;
  @SameAs(RequestTracing, 'purpose') purpose!: TracingPurpose;
  @SameAs(RequestTracing, 'alertId') alertId?: string;
}

export class TracingAnswer {
  /** Words beside what the ledger knows. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(4096) remark?: string;
}

export class TracingRequestParams {
  @IsFormat('uuid') requestId!: string;
}

export class TracingRequestQuery extends PageQuery {
  @IsOptional() @IsIn(['open', 'answered']) status?: 'open' | 'answered';
}

export class TracingRequestView extends Committed {
  @IsFormat('uuid') requestId!: string;
  @IsIn(['open', 'answered']) status!: 'open' | 'answered';
  @IsFormat('gtin') gtin!: string;
  @IsString() lot!: string;
  @IsIn(tracingPurposes) purpose!: TracingPurpose;
  @IsFormat('msp-id') mspId!: string;
  @IsOptional() @IsFormat('gln') gln?: string;
  @IsFormat('gln') recipient!: string;
  @IsFormat('msp-id') recipientMspId!: string;
  @IsOptional() @IsFormat('uuid') alertId?: string;
  @IsFormat('date-time-offset') requestedAt!: string;
  @IsFormat('date-time-offset') dueAt!: string;
  /** Sealed to who asked and the regulator. */
  @IsOptional() @IsFormat('cid') answer?: string;
  @IsOptional() @IsFormat('date-time-offset') answeredAt?: string;
  @IsOptional() @IsBoolean() isInTime?: boolean;
}
