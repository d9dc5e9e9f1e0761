/** Requests and answers about work on an alert. */
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsNotEmpty, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import {
  ActOnAlert,
  alertReasons,
  alertStatuses,
  AssignAlert,
  IsFormat,
  SameAs,
  type AlertAct,
  type AlertReason,
  type AlertStatus,
} from '@chain-of-care/chaincode/model';
import { audienceRelations, type AudienceRelation } from './alertAudience.ts';
import { Committed } from './dto.ts';

export class NewAlertTransition {
  @SameAs(ActOnAlert, 'act') act!: AlertAct;
  @SameAs(ActOnAlert, 'reason') reason!: AlertReason;
  /** Sealed to the parties of the case; the ledger has its hash. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(4096) note?: string;
}

export class AlertTransitionView extends Committed {
  @IsFormat('uuid') alertId!: string;
  @IsFormat('uuid') eventId!: string;
  @IsIn(alertStatuses) status!: AlertStatus;
}

export class NewAlertAssignment {
  @SameAs(AssignAlert, 'mspId') mspId!: string;
  /** Premises of the organisation; absent: whoever works on alerts there. */
  @SameAs(AssignAlert, 'gln') gln?: string;
}

/** What an act on the alert became on the ledger. */
export class AlertActView extends Committed {
  @IsFormat('uuid') alertId!: string;
  @IsOptional() @IsFormat('uuid') eventId?: string;
}

export class EvidenceView extends Committed {
  @IsOptional() @IsFormat('uuid') alertId?: string;
  /** Of the sealed bytes. */
  @IsFormat('cid') cid!: string;
  @IsInt() size!: number;
  @IsString() mediaType!: string;
  /** Organisations that can open it. */
  @IsArray() @IsString({ each: true }) sealedTo!: string[];
}

export class EvidenceParams {
  @IsFormat('uuid') alertId!: string;
  @IsFormat('cid') cid!: string;
}

export class EvidenceQuery {
  /** Whose product it is about: its maker can open the file too. */
  @IsOptional() @IsString() @MaxLength(14) gtin?: string;
}

/** `lot`: the alert's whole lot, by one write. `goods`: the pack or container that the alert names. */
export class NewQuarantine {
  @IsIn(['lot', 'goods']) scope!: 'lot' | 'goods';
}

export class AudienceMemberView {
  @IsFormat('msp-id') mspId!: string;
  /** Absent: the organisation as such. */
  @IsOptional() @IsFormat('gln') gln?: string;
  @IsOptional() @IsString() name?: string;
  @IsIn(audienceRelations) relation!: AudienceRelation;
}

export class AlertStepView extends Committed {
  @IsString() change!: string;
  @IsOptional() @IsIn(alertReasons) reason?: AlertReason;
  @IsFormat('date-time-offset') at!: string;
  @IsFormat('msp-id') mspId!: string;
  @IsString() role!: string;
  @IsOptional() @IsFormat('gln') gln?: string;
  @IsOptional() @ValidateNested() @Type(() => NewAlertAssignment) assignee?: NewAlertAssignment;
  /** Sealed notes and evidence of this step. */
  @IsOptional() @IsArray() @IsString({ each: true }) documents?: string[];
  @IsFormat('uuid') eventId!: string;
}
