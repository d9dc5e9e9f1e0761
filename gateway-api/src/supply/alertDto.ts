/** Requests and answers about alerts and recalls. */
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import {
  alertSeverities,
  alertSources,
  alertStatuses,
  alertTypes,
  IsFormat,
  Recall,
  recallClasses,
  recallDepths,
  recallKinds,
  ReportAlert,
  SameAs,
  type AlertSeverity,
  type AlertSource,
  type AlertStatus,
  type AlertType,
  type RecallClass,
  type RecallDepth,
  type RecallKind,
} from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';
import { statisticsIntervals, type StatisticsInterval } from '../readmodel/queries/alertStatistics.ts';
import { Committed } from './dto.ts';

/** What somebody without an account may report. */
export const publicAlertTypes = ['counterfeit', 'tampering', 'expired', 'stolen'] as const;

/** A report. Its text is sealed to regulator, maker and this organisation; the ledger has its hash. */
export class NewAlert {
  @SameAs(ReportAlert, 'type') type!: AlertType;
  /** GLN of who reports; anybody else's is refused. */
  @SameAs(ReportAlert, 'actor') actor?: string;
  @IsOptional() @IsString() @MaxLength(1024) scan?: string;
  @IsOptional() @Matches(/^\d{8,14}$/) gtin?: string;
  @SameAs(ReportAlert, 'lot') lot?: string;
  @SameAs(ReportAlert, 'serial') serial?: string;
  @SameAs(ReportAlert, 'sscc') sscc?: string;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(4096) description?: string;
  /** Content identifiers of sealed evidence. */
  @SameAs(ReportAlert, 'evidence') evidence?: string[];
}

/** By anybody: what is on the box, and what is wrong with it. */
export class NewPublicReport {
  @IsIn(publicAlertTypes) type!: AlertType;
  @IsOptional() @IsString() @MaxLength(1024) scan?: string;
  @IsOptional() @Matches(/^\d{8,14}$/) gtin?: string;
  @IsOptional() @IsFormat('gs1-text-20') lot?: string;
  @IsOptional() @IsFormat('gs1-text-20') serial?: string;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(2048) description?: string;
}

export class AlertView extends Committed {
  @IsFormat('uuid') alertId!: string;
  @IsIn(alertTypes) type!: AlertType;
  @IsIn(alertSeverities) severity!: AlertSeverity;
  @IsIn(alertStatuses) status!: AlertStatus;
  @IsIn(alertSources) source!: AlertSource;
  /** `report`, or the rule or refusal that raised it. */
  @IsString() reason!: string;
  @IsOptional() @IsString() gtin?: string;
  @IsOptional() @IsString() lot?: string;
  @IsOptional() @IsString() serial?: string;
  @IsOptional() @IsString() sscc?: string;
  @IsOptional() @IsString() shipmentId?: string;
  /** Who reported: premises, organisation, role. */
  @IsOptional() @IsString() gln?: string;
  @IsFormat('msp-id') mspId!: string;
  @IsString() role!: string;
  @IsOptional() @IsString() makerMspId?: string;
  @IsOptional() @IsString() descriptionHash?: string;
  @IsArray() @IsString({ each: true }) evidence!: string[];
  @IsFormat('uuid') eventId!: string;
  @IsFormat('date-time-offset') openedAt!: string;
  /** Who is responsible, when the regulator said so. */
  @IsOptional() @IsFormat('msp-id') assigneeMspId?: string;
  @IsOptional() @IsFormat('gln') assigneeGln?: string;
  @IsFormat('date-time-offset') changedAt!: string;
  /** Whether the lot is quarantined as a whole on account of this alert. */
  @IsOptional() @IsBoolean() isLotQuarantined?: boolean;
}

export class OpenedAlert extends Committed {
  @IsFormat('uuid') alertId!: string;
  @IsFormat('uuid') eventId!: string;
}

export class AlertParams {
  @IsFormat('uuid') alertId!: string;
}

export class AlertQuery extends PageQuery {
  @IsOptional() @IsIn(alertTypes) type?: AlertType;
  @IsOptional() @IsIn(alertSeverities) severity?: AlertSeverity;
  @IsOptional() @IsIn(alertStatuses) status?: AlertStatus;
  @IsOptional() @IsIn(alertSources) source?: AlertSource;
  @IsOptional() @Matches(/^\d{8,14}$/) gtin?: string;
  @IsOptional() @IsFormat('gs1-text-20') lot?: string;
  @IsOptional() @IsFormat('gs1-text-20') serial?: string;
}

export class AlertStatisticsQuery {
  @IsOptional() @IsFormat('date-time-offset') since?: string;
  /** Exclusive. */
  @IsOptional() @IsFormat('date-time-offset') until?: string;
  @IsOptional() @IsIn(alertSeverities) severity?: AlertSeverity;
  @IsOptional() @IsIn(alertTypes) type?: AlertType;
  @IsOptional() @IsIn(alertStatuses) status?: AlertStatus;
  @IsOptional() @IsIn(alertSources) source?: AlertSource;
  @IsOptional() @Matches(/^\d{8,14}$/) gtin?: string;
  @IsOptional() @IsFormat('gs1-text-20') lot?: string;
  /** Region: country of the premises that reported or tried, ISO 3166-1 alpha-2. */
  @IsOptional() @Matches(/^[A-Z]{2}$/) country?: string;
  /** Who reported or tried: organisation, premises. */
  @IsOptional() @IsFormat('msp-id') mspId?: string;
  @IsOptional() @IsFormat('gln') gln?: string;
  /** A time series besides. */
  @IsOptional() @IsIn(statisticsIntervals) interval?: StatisticsInterval;
}

export class AlertsOfInterval {
  /** Its beginning, UTC. */
  @IsFormat('date-time-offset') from!: string;
  @IsInt() totalAlerts!: number;
}

export class AlertStatisticsView {
  @IsInt() totalAlerts!: number;
  /** Counts by name. */
  @IsObject() bySeverity!: object;
  @IsObject() byType!: object;
  @IsObject() byStatus!: object;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => AlertsOfInterval) series?: AlertsOfInterval[];
}

export class NewRecall {
  @IsOptional() @SameAs(Recall, 'kind') kind?: RecallKind;
  @SameAs(Recall, 'recallClass') class!: RecallClass;
  @SameAs(Recall, 'depth') depth!: RecallDepth;
  @Matches(/^\d{8,14}$/) gtin!: string;
  @SameAs(Recall, 'lots') lots!: string[];
}

export class RecallView extends Committed {
  @IsFormat('uuid') recallId!: string;
  @IsIn(recallKinds) kind!: RecallKind;
  @IsIn(recallClasses) class!: RecallClass;
  @IsIn(recallDepths) depth!: RecallDepth;
  @IsFormat('gtin') gtin!: string;
  @IsArray() @IsString({ each: true }) lots!: string[];
  @IsOptional() @IsFormat('msp-id') mspId?: string;
  @IsFormat('uuid') eventId!: string;
  @IsOptional() @IsFormat('date-time-offset') recalledAt?: string;
}
