/** Requests and answers about disputes, corrections, quantities, queued events and device keys. */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  ValidateNested,
} from 'class-validator';
import {
  DeclareError,
  DisputeReceipt,
  IsFormat,
  SameAs,
  SettleDispute,
  staffRoles,
  SubmitQueued,
  type DisputeOutcome,
  type DisputeReason,
  type ErrorReason,
  type StaffRole,
} from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';
import { SupplyCommandOutcome } from './eventDto.ts';

export class NewDispute {
  @SameAs(DisputeReceipt, 'reason') reason!: DisputeReason;
}

/** The other party accepts, who opened it withdraws, the regulator decides. */
export class DisputeSettlement {
  @SameAs(SettleDispute, 'outcome') outcome!: DisputeOutcome;
}

/** The wrong event stays; the events named put right what it did to goods. */
export class NewErrorDeclaration {
  @SameAs(DeclareError, 'reason') reason!: ErrorReason;
  @SameAs(DeclareError, 'correctiveEventIds') correctiveEventIds?: string[];
}

/** By product, lot and premises. */
export class ClassBalanceQuery extends PageQuery {
  @IsOptional() @Matches(/^\d{8,14}$/) gtin?: string;
  @IsOptional() @IsFormat('gs1-text-20') lot?: string;
  @IsOptional() @IsFormat('gln') gln?: string;
}

export class UnitsByState {
  @IsOptional() @IsInt() active?: number;
  @IsOptional() @IsInt() locked?: number;
  @IsOptional() @IsInt() supplied?: number;
  @IsOptional() @IsInt() sampled?: number;
  @IsOptional() @IsInt() exported?: number;
  @IsOptional() @IsInt() stolen?: number;
  @IsOptional() @IsInt() destroyed?: number;
}

/** What premises hold of a lot without serials, and what became of it there. */
export class ClassBalanceView {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') lot!: string;
  @IsFormat('gln') gln!: string;
  @IsFormat('msp-id') mspId!: string;
  @ValidateNested() @Type(() => UnitsByState) units!: UnitsByState;
}

/** As the device signed it: ECDSA P-256 with SHA-256 over `chain-of-care/queued-event/1`, a line feed and the statement. */
export class SignedQueuedEvent {
  /** JSON: `type`, `eventTime` and what else the event says. */
  @SameAs(SubmitQueued, 'statement') statement!: string;
  /** SubjectPublicKeyInfo, DER, base64url. */
  @SameAs(SubmitQueued, 'publicKey') publicKey!: string;
  /** DER, base64url. */
  @SameAs(SubmitQueued, 'signature') signature!: string;
}

/** In the order in which they happened. */
export class QueuedEvents {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => SignedQueuedEvent)
  events!: SignedQueuedEvent[];
}

export class QueuedOutcome extends SupplyCommandOutcome {
  /** Of a refusal: the last events of the goods, one of which is in the way. */
  @IsOptional() @IsArray() @IsString({ each: true }) conflicts?: string[];
}

export class QueuedOutcomes {
  @IsArray() @ValidateNested({ each: true }) @Type(() => QueuedOutcome) results!: QueuedOutcome[];
}

export class PremisesKeyParams {
  @IsFormat('gln') gln!: string;
}

export class NewDeviceKey {
  /** P-256 SubjectPublicKeyInfo, DER, base64url. */
  @SameAs(SubmitQueued, 'publicKey') publicKey!: string;
  /** What the device may state events as. */
  @IsIn(staffRoles) role!: StaffRole;
}

export class DeviceKeyView {
  /** Suspended and reinstated as a member of staff is. */
  @IsFormat('uuid') staffId!: string;
  /** SHA-256 of the public key. */
  @IsFormat('hex-256') deviceKey!: string;
  @IsFormat('gln') gln!: string;
  @IsIn(staffRoles) role!: StaffRole;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}
