/** Commands about verification and about what a lot's maker says of it later. */
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsFormat } from '../core/decorators.ts';
import { storedType } from '../core/stored.ts';
import { Occurrence } from './commands.ts';

/**
 * The root over an organisation's verifications of an hour (RFC 9162). By any certificate of the organisation: it speaks
 * for its own log only.
 */
export class AnchorVerifications {
  /** 1, 2, 3 …, without a gap. */
  @IsInt() @Min(1) sequence!: number;
  @IsInt() @Min(1) @Max(100_000_000) size!: number;
  @IsFormat('hex-256') root!: string;
  @IsFormat('date-time-offset') since!: string;
  /** Exclusive. */
  @IsFormat('date-time-offset') until!: string;
}

/** Many failed verifications of one product at one gateway: somebody tries serials. By its service identity. */
export class ReportGuessing extends Occurrence {
  @IsFormat('gtin') gtin!: string;
  @IsInt() @Min(1) failures!: number;
}

/** Quality release of a lot by a qualified person (EU GMP Annex 16). */
export class CertifyLot extends Occurrence {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') lot!: string;
  /** SHA-256 of the certificate. */
  @IsOptional() @IsFormat('hex-256') certificateHash?: string;
}

/** A later last day; what is printed stays what it is. */
export class ExtendExpiry extends Occurrence {
  @IsFormat('gtin') gtin!: string;
  @IsFormat('gs1-text-20') lot!: string;
  @IsFormat('calendar-day') expiresOn!: string;
  /** SHA-256 of the authority's decision. */
  @IsOptional() @IsFormat('hex-256') certificateHash?: string;
}

/** Key `verification-anchor`, organisation, sequence. */
export interface VerificationAnchor {
  mspId: string;
  sequence: number;
  size: number;
  root: string;
  since: string;
  until: string;
  anchoredAt: string;
}
export const verificationAnchorType = storedType<VerificationAnchor>('verification-anchor');
