/** How premises come to a licence: the organisation asks, the regulator approves or denies. */
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsOptional } from 'class-validator';
import { IsFormat } from '../core/decorators.ts';
import { storedType } from '../core/stored.ts';
import { custodyEvents, type CustodyEvent } from '../supply/vocabulary.ts';
import { licenceKinds, type LicenceKind } from './state.ts';

export const licenceRequestStatuses = ['requested', 'approved', 'denied', 'withdrawn'] as const;
export type LicenceRequestStatus = (typeof licenceRequestStatuses)[number];

/** Why a request was decided as it was. */
export const licenceDecisionReasons = [
  'documents_complete',
  'inspection_passed',
  'documents_missing',
  'inspection_failed',
  'not_eligible',
] as const;
export type LicenceDecisionReason = (typeof licenceDecisionReasons)[number];

/** What premises ask for. Documents lie sealed off the ledger. */
export class LicenceApplication {
  @IsIn(licenceKinds) kind!: LicenceKind;
  @IsFormat('gln') gln!: string;
  /** Custody events that the licence is to cover; absent: all of its kind. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(32)
  @ArrayUnique()
  @IsIn(custodyEvents, { each: true })
  covers?: CustodyEvent[];
  /** Content identifiers of sealed documents. */
  @IsOptional() @IsArray() @ArrayMaxSize(32) @ArrayUnique() @IsFormat('cid', { each: true }) documents?: string[];
}

export class LicenceDecision {
  @IsIn(licenceDecisionReasons) reason!: LicenceDecisionReason;
}

/** With which an application is approved. */
export class LicenceTerms extends LicenceDecision {
  @IsFormat('date-time-offset') validFrom!: string;
  @IsFormat('date-time-offset') validUntil!: string;
  /** Narrower than asked for; absent: as asked for. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(32)
  @ArrayUnique()
  @IsIn(custodyEvents, { each: true })
  covers?: CustodyEvent[];
}

/** By the organisation's administrator, for its own premises. */
export class RequestLicence extends LicenceApplication {
  @IsFormat('uuid') requestId!: string;
}

export class WithdrawLicenceRequest {
  @IsFormat('uuid') requestId!: string;
}

export class DenyLicenceRequest extends LicenceDecision {
  @IsFormat('uuid') requestId!: string;
}

export class ApproveLicenceRequest extends LicenceTerms {
  @IsFormat('uuid') requestId!: string;
  @IsFormat('uuid') licenceId!: string;
}

/** `registry`, key `licence-request|id`. */
export interface LicenceRequest {
  requestId: string;
  kind: LicenceKind;
  gln: string;
  mspId: string;
  covers?: CustodyEvent[];
  documents: string[];
  status: LicenceRequestStatus;
  requestedAt: string;
  decidedAt?: string;
  reason?: LicenceDecisionReason;
  /** Of the licence that was granted. */
  licenceId?: string;
}
export const licenceRequestType = storedType<LicenceRequest>('licence-request');
