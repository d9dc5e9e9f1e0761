/** What the law wants told: illegitimate products (FDA Form 3911) and answers to tracing requests. */
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsOptional } from 'class-validator';
import { IsFormat } from '../core/decorators.ts';
import { storedType } from '../core/stored.ts';
import { Occurrence } from './commands.ts';

/** Form 3911, item 1. */
export const productNotificationKinds = ['initial', 'follow_up', 'termination'] as const;
export type ProductNotificationKind = (typeof productNotificationKinds)[number];

/** Form 3911, item 5. */
export const illegitimateClassifications = [
  'counterfeit',
  'diverted',
  'stolen',
  'intentional_adulteration',
  'unfit_for_distribution',
  'fraudulent_transaction',
  'high_risk_of_illegitimacy',
] as const;
export type IllegitimateClassification = (typeof illegitimateClassifications)[number];

/** `form`: the whole form as a document sealed to the regulator. */
export class NotifyIllegitimateProduct extends Occurrence {
  @IsFormat('uuid') notificationId!: string;
  @IsIn(productNotificationKinds) kind!: ProductNotificationKind;
  @IsIn(illegitimateClassifications) classification!: IllegitimateClassification;
  @IsFormat('gtin') gtin!: string;
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(64) @ArrayUnique() @IsFormat('gs1-text-20', { each: true }) lots!: string[];
  /** When the company determined that the product is illegitimate: the clock's start. */
  @IsFormat('date-time-offset') determinedAt!: string;
  @IsOptional() @IsFormat('uuid') alertId?: string;
  @IsFormat('cid') form!: string;
}

export interface ProductNotificationStep {
  kind: ProductNotificationKind;
  classification: IllegitimateClassification;
  form: string;
  at: string;
  eventId: string;
}

/** Key `product-notification`, id. */
export interface ProductNotification {
  notificationId: string;
  status: 'open' | 'terminated';
  gtin: string;
  lots: string[];
  mspId: string;
  gln?: string;
  alertId?: string;
  determinedAt: string;
  dueAt: string;
  /** Whether the initial notification came within its clock. */
  isInTime: boolean;
  steps: ProductNotificationStep[];
}
export const productNotificationType = storedType<ProductNotification>('product-notification');

export const tracingPurposes = ['suspect', 'illegitimate', 'recall'] as const;
export type TracingPurpose = (typeof tracingPurposes)[number];

/** To premises that had the lot: what transactions do they know of? */
export class RequestTracing extends Occurrence {
  @IsFormat('uuid') requestId!: string;
  @IsFormat('gln') gln!: string;
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') lot!: string;
  @IsIn(tracingPurposes) purpose!: TracingPurpose;
  @IsOptional() @IsFormat('uuid') alertId?: string;
}

/** `answer`: transaction information and statements as a document sealed to who asks. */
export class AnswerTracing extends Occurrence {
  @IsFormat('uuid') requestId!: string;
  @IsFormat('cid') answer!: string;
}

/** Key `tracing-request`, id. */
export interface TracingRequest {
  requestId: string;
  status: 'open' | 'answered';
  gtin: string;
  lot: string;
  purpose: TracingPurpose;
  alertId?: string;
  /** Who asks, and who is asked. */
  mspId: string;
  gln?: string;
  recipient: string;
  recipientMspId: string;
  requestedAt: string;
  dueAt: string;
  answer?: string;
  answeredAt?: string;
  isInTime?: boolean;
  eventId: string;
}
export const tracingRequestType = storedType<TracingRequest>('tracing-request');
