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

/** By the organisation's administrator, for its own premises. Documents lie sealed off the ledger. */
export class RequestLicence {
  @IsFormat('uuid') requestId!: string;
  @IsIn(licenceKinds) kind!: LicenceKind;
  @IsFormat('gln') gln!: string;
  /** Custody events that the licence is to cover; absent: all of its kind. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(32)
  @ArrayUnique()
  @IsIn(custodyEvents, { each: true })
  covers?: CustodyEvent[];
  @IsOptional() @IsArray() @ArrayMaxSize(32) @ArrayUnique() @IsFormat('cid', { each: true }) documents?: string[];
}

export class WithdrawLicenceRequest {
  @IsFormat('uuid') requestId!: string;
}

export class DenyLicenceRequest {
  @IsFormat('uuid') requestId!: string;
  @IsIn(licenceDecisionReasons) reason!: LicenceDecisionReason;
}

/** The licence may cover less than was asked for. */
export class ApproveLicenceRequest extends DenyLicenceRequest {
  @IsFormat('uuid') licenceId!: string;
  @IsFormat('date-time-offset') validFrom!: string;
  @IsFormat('date-time-offset') validUntil!: string;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(32)
  @ArrayUnique()
  @IsIn(custodyEvents, { each: true })
  covers?: CustodyEvent[];
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
