/** Requests and answers about notifications. */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { alertSeverities, IsFormat, type AlertSeverity } from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';
import { noticeKinds, noticeLanguages, type NoticeKind, type NoticeLanguage } from './catalogue.ts';
import type { ChannelFloor } from './preferences.ts';

const floors = [...alertSeverities, 'never'] as const;

export class NotificationQuery extends PageQuery {
  @IsOptional() @IsIn(noticeKinds) kind?: NoticeKind;
  @IsOptional() @IsBoolean() unread?: boolean;
  @IsOptional() @IsIn(alertSeverities) severity?: AlertSeverity;
}

export class NotificationParams {
  @IsFormat('uuid') notificationId!: string;
}

export class NotificationView {
  @IsFormat('uuid') notificationId!: string;
  @IsIn(noticeKinds) kind!: NoticeKind;
  @IsIn(alertSeverities) severity!: AlertSeverity;
  /** In the caller's language. */
  @IsString() title!: string;
  @IsString() text!: string;
  /** Identifiers and codes of what it is about. */
  @IsObject() about!: object;
  @IsFormat('date-time-offset') occurredAt!: string;
  @IsOptional() @IsFormat('date-time-offset') readAt?: string;
}

export class NotificationCountsView {
  @IsInt() unread!: number;
  /** Of the unread, by severity; what does not occur is absent. */
  @IsObject() bySeverity!: object;
}

/** Everything up to and with this notification. */
export class Acknowledgement {
  @IsFormat('uuid') upTo!: string;
}

export class AcknowledgedView {
  @IsInt() @Min(0) acknowledged!: number;
}

export class EventStreamQuery {
  /** As the header Last-Event-ID, for clients that cannot set it. */
  @IsOptional() @IsInt() @Min(0) lastEventId?: number;
}

export class PreferencesView {
  @IsIn(noticeLanguages) language!: NoticeLanguage;
  /** Kinds that are kept off mail and short messages; the inbox has them. */
  @IsArray() @ArrayMaxSize(64) @ArrayUnique() @IsIn(noticeKinds, { each: true }) muted!: NoticeKind[];
  /** Lowest severity that is mailed. */
  @IsIn(floors) mail!: ChannelFloor;
  /** Lowest severity that is sent as a short message. */
  @IsIn(floors) sms!: ChannelFloor;
  @IsOptional() @IsEmail() @MaxLength(254) mailAddress?: string;
  /** E.164, such as +491701234567. */
  @IsOptional() @Matches(/^\+[1-9]\d{6,14}$/) phoneNumber?: string;
}

export class NewSubscription {
  /** HTTPS address that takes signed POSTs. */
  @IsString() @IsNotEmpty() @MaxLength(2048) @Matches(/^https?:\/\/[^\s]+$/) address!: string;
  /** Absent: every kind. */
  @IsOptional() @IsArray() @ArrayMaxSize(64) @ArrayUnique() @IsIn(noticeKinds, { each: true }) kinds?: NoticeKind[];
}

export class SubscriptionParams {
  @IsFormat('uuid') subscriptionId!: string;
}

export class SubscriptionView extends NewSubscription {
  @IsFormat('uuid') subscriptionId!: string;
  @IsString() declare address: string;
  @IsIn(['active', 'ended']) status!: 'active' | 'ended';
  @IsFormat('date-time-offset') createdAt!: string;
}

const deliveryStatuses = ['pending', 'delivered', 'dead'] as const;

export class DeliveryQuery extends PageQuery {
  @IsOptional() @IsIn(deliveryStatuses) status?: (typeof deliveryStatuses)[number];
  /** By an administrator: of everybody in the organisation. */
  @IsOptional() @IsBoolean() organization?: boolean;
}

export class DeliveryParams {
  @IsFormat('uuid') deliveryId!: string;
}

export class DeliveryView {
  @IsFormat('uuid') deliveryId!: string;
  @IsFormat('uuid') notificationId!: string;
  @IsIn(['webhook', 'mail', 'sms']) channel!: string;
  @IsOptional() @IsFormat('uuid') subscriptionId?: string;
  @IsIn(deliveryStatuses) status!: string;
  @IsInt() attempts!: number;
  /** Of the next attempt. */
  @IsOptional() @IsFormat('date-time-offset') dueAt?: string;
  @IsOptional() @IsString() lastError?: string;
  @IsFormat('date-time-offset') createdAt!: string;
}

export class WebhookKeyView {
  @IsString() kty!: string;
  @IsString() crv!: string;
  @IsString() x!: string;
  @IsString() kid!: string;
  @IsString() use!: string;
  @IsString() alg!: string;
}

export class WebhookKeysView {
  @IsArray() @ValidateNested({ each: true }) @Type(() => WebhookKeyView) keys!: WebhookKeyView[];
}
