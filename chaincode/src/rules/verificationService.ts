/**
 * The answer of a verification service to a partner (GS1 Lightweight Messaging Standard for Verification of Product
 * Identifiers 1.3; HDA's VRS guideline).
 */
import type { VerificationFacts } from './verificationFacts.ts';
import type { Verification } from './verification.ts';

export const verificationFailureReasons = [
  'No_match_GTIN_Serial',
  'No_match_GTIN_Serial_Lot',
  'No_match_GTIN_Serial_Expiry',
  'No_match_GTIN_Serial_Lot_Expiry',
  'Manufacturer_policy',
  'Not_for_re-distribution',
  'No_reason_provided',
] as const;
export type VerificationFailureReason = (typeof verificationFailureReasons)[number];

export const additionalInfos = ['Expired', 'ExpirationExtended', 'Recalled', 'Suspect', 'Illegitimate'] as const;
export type AdditionalInfo = (typeof additionalInfos)[number];

export interface ServiceAnswer {
  readonly verified: boolean;
  readonly verificationFailureReason?: VerificationFailureReason;
  readonly additionalInfo?: AdditionalInfo;
}

/** States from which nobody sells a pack again, nor uses it. A supplied one is good for the person who holds it. */
const notForSale: ReadonlySet<string> = new Set(['sampled', 'exported', 'checked_out', 'destroyed', 'stolen']);

export function serviceAnswerOf(facts: VerificationFacts, verification: Verification): ServiceAnswer {
  const reason = failureReasonOf(facts, verification);
  const info = additionalInfoOf(facts, verification);
  return {
    verified: reason === undefined,
    ...(reason === undefined ? {} : { verificationFailureReason: reason }),
    ...(info === undefined ? {} : { additionalInfo: info }),
  };
}

function failureReasonOf(
  { pack, makerMspId, cloneEventIds }: VerificationFacts,
  { identity, status }: Verification,
): VerificationFailureReason | undefined {
  const has = (code: string): boolean =>
    [...identity.findings, ...status.findings].some((found) => found.code === code);
  if (pack === undefined) return 'No_match_GTIN_Serial';
  if (has('lot_mismatch'))
    return has('expiry_mismatch') ? 'No_match_GTIN_Serial_Lot_Expiry' : 'No_match_GTIN_Serial_Lot';
  if (has('expiry_mismatch')) return 'No_match_GTIN_Serial_Expiry';
  if (notForSale.has(pack.state) || has('supplied_already')) return 'Not_for_re-distribution';
  if (pack.state === 'locked')
    return pack.lockedBy !== undefined && pack.lockedBy.mspId === makerMspId
      ? 'Manufacturer_policy'
      : 'No_reason_provided';
  return cloneEventIds.length > 0 ? 'No_reason_provided' : undefined;
}

/** The gravest that holds. */
function additionalInfoOf(
  { pack, lot }: VerificationFacts,
  { identity, custody, risk, status }: Verification,
): AdditionalInfo | undefined {
  const counts = (code: string): boolean => risk.factors.some((factor) => factor.code === code);
  if (counts('confirmed_counterfeit') || pack?.state === 'stolen') return 'Illegitimate';
  if (counts('recalled') || counts('withdrawn')) return 'Recalled';
  if (status.findings.some(({ code }) => code === 'expired')) return 'Expired';
  const isSuspect = custody.verdict === 'BROKEN' || identity.verdict === 'mismatch' || counts('licensed_report');
  if (pack !== undefined && (isSuspect || risk.band === 'quarantine')) return 'Suspect';
  return lot?.isExtended === true ? 'ExpirationExtended' : undefined;
}
