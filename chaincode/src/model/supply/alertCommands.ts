/** Commands about alerts. No field takes a person, a patient or free text; words lie in sealed documents off the ledger. */
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  Matches,
  Min,
  ValidateNested,
} from 'class-validator';
import { Type } from 'class-transformer';
import { IsFormat } from '../core/decorators.ts';
import { alertActs, alertReasons, type AlertAct, type AlertReason } from './alertVocabulary.ts';
import { Occurrence, ReportAlert, ReportRefusal } from './commands.ts';
import { verificationContexts, type VerificationContext } from './vocabulary.ts';

/** Moves an alert through its life cycle. */
export class ActOnAlert extends Occurrence {
  @IsFormat('uuid') alertId!: string;
  @IsIn(alertActs) act!: AlertAct;
  @IsIn(alertReasons) reason!: AlertReason;
  @IsOptional() @IsFormat('cid') note?: string;
}

/** By the regulator, or by who is responsible and hands it on. */
export class AssignAlert extends Occurrence {
  @IsFormat('uuid') alertId!: string;
  @IsFormat('msp-id') mspId!: string;
  @IsOptional() @IsFormat('gln') gln?: string;
}

export class AddEvidence extends Occurrence {
  @IsFormat('uuid') alertId!: string;
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(32) @ArrayUnique() @IsFormat('cid', { each: true }) evidence!: string[];
}

/** Quarantines the alert's whole lot, or ends that. */
export class HoldLot extends Occurrence {
  @IsFormat('uuid') alertId!: string;
}
export class ReleaseLot extends HoldLot {
  @IsFormat('uuid') declare alertId: string;
}

/** A report by somebody without an account, passed on by a gateway's service identity. */
export class ReportPublicly extends ReportAlert {
  @IsFormat('uuid') declare alertId: string;
}

/** A refused act that the identity which tried it cannot report itself; `code` is the one the gateway saw. */
export class ReportUnproven extends ReportRefusal {
  @Matches(/^[a-z_]{1,64}$/) code!: string;
}

/** A shipment that was not received in time. Anybody may say so: the ledger looks itself. */
export class ReportOverdueReceipt extends Occurrence {
  @IsFormat('uuid') shipmentId!: string;
}

export class CommissionedPlace {
  @IsFormat('gs1-text-20') lot!: string;
  @IsInt() @Min(0) segment!: number;
}

/** A serial that was commissioned twice. Anybody may say so: the ledger looks itself. */
export class ReportDuplicate extends Occurrence {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') serial!: string;
  @IsArray()
  @ArrayMinSize(2)
  @ArrayMaxSize(2)
  @ValidateNested({ each: true })
  @Type(() => CommissionedPlace)
  places!: CommissionedPlace[];
}

/** What a licensed scan found. Decided again on the ledger's own state. */
export class ReportVerification extends Occurrence {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') serial!: string;
  @IsOptional() @IsFormat('gs1-text-20') lot?: string;
  @IsOptional() @Matches(/^\d{6}$/) expiry?: string;
  @IsIn(verificationContexts) context!: VerificationContext;
  /** Where the pack is known to be commissioned. */
  @IsOptional() @IsFormat('gs1-text-20') knownLot?: string;
  @IsOptional() @IsInt() @Min(0) segment?: number;
}

/** Read by an attestation: the endorsed read carries the version with which the event was written. */
export class FindEvent {
  @IsFormat('uuid') eventId!: string;
}
