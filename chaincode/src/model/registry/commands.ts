/** Commands of the contract `registry`. */
import { IsIn, IsInt, IsNotEmpty, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { IsFormat } from '../core/decorators.ts';
import {
  licenceKinds,
  premisesKinds,
  staffRoles,
  type LicenceKind,
  type PremisesKind,
  type StaffRole,
} from './state.ts';

/** Length of an X-Wing public key in base64url without padding. */
const xWingPublicKey = /^[A-Za-z0-9_-]{1622}$/;

/** By the organisation's administrator; the first ones by its MSP administrator's certificate, which may register only administrators. */
export class RegisterStaff {
  @IsFormat('uuid') staffId!: string;
  /** SHA-256 of the public key (SPKI, DER) of the certificate that will act. */
  @IsFormat('hex-256') deviceKey!: string;
  @IsIn(staffRoles) role!: StaffRole;
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(64) department?: string;
  @IsOptional() @IsFormat('gln') gln?: string;
  @IsOptional() @Matches(xWingPublicKey) sealingKey?: string;
}

/** By the organisation's administrator or the regulator's inspector. */
export class SuspendStaff {
  @IsFormat('uuid') staffId!: string;
  @IsIn(staffRoles) role!: StaffRole;
}

export class ReinstateStaff extends SuspendStaff {
  @IsFormat('uuid') declare staffId: string;
}

/** By the organisation's administrator. */
export class RegisterPremises {
  @IsFormat('gln') gln!: string;
  @IsString() @IsNotEmpty() @MaxLength(128) name!: string;
  @IsIn(premisesKinds) kind!: PremisesKind;
  @IsInt() @Min(-90_000_000) @Max(90_000_000) latitudeE6!: number;
  @IsInt() @Min(-180_000_000) @Max(180_000_000) longitudeE6!: number;
  @Matches(/^[A-Z]{2}$/) country!: string;
}

/** By the regulator: to premises by `gln`, or to a professional by `staffId`; exactly one of them. */
export class GrantLicence {
  @IsFormat('uuid') licenceId!: string;
  @IsIn(licenceKinds) kind!: LicenceKind;
  @IsOptional() @IsFormat('gln') gln?: string;
  @IsOptional() @IsFormat('uuid') staffId?: string;
  @IsFormat('date-time-offset') validFrom!: string;
  @IsFormat('date-time-offset') validUntil!: string;
}

export const licenceChanges = ['suspend', 'reinstate', 'revoke'] as const;
export type LicenceChange = (typeof licenceChanges)[number];

/** By the regulator. A revoked licence stays revoked. */
export class ChangeLicence {
  @IsFormat('uuid') licenceId!: string;
  @IsIn(licenceChanges) change!: LicenceChange;
  @IsOptional() @IsFormat('gln') gln?: string;
  @IsOptional() @IsFormat('uuid') staffId?: string;
}

/** By the organisation's administrator: the first key of a group has epoch 0, a new one the next epoch. */
export class PublishGroupKey {
  @IsString() @IsNotEmpty() @MaxLength(64) group!: string;
  @IsInt() @Min(0) epoch!: number;
  @Matches(xWingPublicKey) publicKey!: string;
}

/** Body of a query for one fact by its identifier. */
export class FindStaff {
  @IsFormat('uuid') staffId!: string;
}

export class FindPremises {
  @IsFormat('gln') gln!: string;
}
