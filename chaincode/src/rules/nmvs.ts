/** Return codes of the European national medicines verification systems, where they fit (EMVO, level 5 exceptions). */
import type { ErrorCode } from '../model/index.ts';
import type { VerificationFacts, VerificationRequest } from './verificationFacts.ts';
import type { Verification } from './verification.ts';

export const nmvsCodes = {
  NMVS_FE_LOT_03: 'unknown batch number',
  NMVS_FE_LOT_12: 'expiry date mismatch',
  NMVS_FE_LOT_13: 'batch number mismatch',
  NMVS_NC_PC_02: 'unknown serial number',
  NMVS_NC_PCK_06: 'undo does not match the status',
  NMVS_NC_PCK_19: 'status is already set',
  NMVS_NC_PCK_20: 'undo after more than 10 days',
  NMVS_NC_PCK_21: 'undo by another user',
  NMVS_NC_PCK_22: 'pack is already inactive',
  NMVS_NC_PCK_27: 'status change could not be performed',
} as const;
export type NmvsCode = keyof typeof nmvsCodes;

/** States in which a pack is inactive (EU 2016/161, article 3). */
const inactive: ReadonlySet<string> = new Set([
  'supplied',
  'sampled',
  'exported',
  'checked_out',
  'stolen',
  'destroyed',
  'locked',
]);

/** @returns undefined when a national system would answer that the pack is active, or has no code for what is wrong */
export function nmvsCodeOf(
  { pack, namedLotKnown }: Pick<VerificationFacts, 'pack' | 'namedLotKnown'>,
  { context }: Pick<VerificationRequest, 'context'>,
  { identity }: Pick<Verification, 'identity'>,
): NmvsCode | undefined {
  const has = (code: string): boolean => identity.findings.some((found) => found.code === code);
  if (pack === undefined) return namedLotKnown === false ? 'NMVS_FE_LOT_03' : 'NMVS_NC_PC_02';
  if (has('lot_mismatch')) return namedLotKnown === false ? 'NMVS_FE_LOT_03' : 'NMVS_FE_LOT_13';
  if (has('expiry_mismatch')) return 'NMVS_FE_LOT_12';
  if (context === 'consumer' || context === 'inspection') return undefined;
  return inactive.has(pack.state) ? 'NMVS_NC_PCK_22' : undefined;
}

/** Of an event that was refused. */
export const nmvsCodeOfRefusal: Readonly<Partial<Record<ErrorCode, NmvsCode>>> = {
  lot_not_found: 'NMVS_FE_LOT_03',
  pack_not_found: 'NMVS_NC_PC_02',
  already_supplied_here: 'NMVS_NC_PCK_19',
  already_supplied: 'NMVS_NC_PCK_22',
  undo_too_late: 'NMVS_NC_PCK_20',
  wrong_premises: 'NMVS_NC_PCK_21',
  wrong_state: 'NMVS_NC_PCK_27',
};
