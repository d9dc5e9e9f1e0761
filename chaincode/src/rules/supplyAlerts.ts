/** When an alert opens by itself, and how severe it is. */
import type { AlertSeverity, AlertType, ErrorCode } from '../model/index.ts';

export interface AlertRule {
  readonly type: AlertType;
  readonly severity: AlertSeverity;
}

/** Of a report, by its type. */
export const severityOfReport: Readonly<Record<AlertType, AlertSeverity>> = {
  counterfeit: 'critical',
  tampering: 'critical',
  stolen: 'high',
  diversion: 'high',
  clone: 'high',
  cold_chain_break: 'high',
  integrity: 'medium',
  misuse: 'medium',
  expired: 'low',
};

/** Of a refused attempt, by the code found when it is reported. Codes without a row open none. */
export const alertOfRefusal: Readonly<Partial<Record<ErrorCode, AlertRule>>> = {
  already_supplied: { type: 'clone', severity: 'critical' },
  already_supplied_here: { type: 'misuse', severity: 'low' },
  pack_not_found: { type: 'counterfeit', severity: 'critical' },
  container_not_found: { type: 'counterfeit', severity: 'high' },
  lot_not_found: { type: 'counterfeit', severity: 'critical' },
  product_not_found: { type: 'counterfeit', severity: 'critical' },
  not_custodian: { type: 'diversion', severity: 'high' },
  wrong_recipient: { type: 'diversion', severity: 'high' },
  licence_required: { type: 'diversion', severity: 'high' },
  licence_suspended: { type: 'diversion', severity: 'high' },
  licence_expired: { type: 'diversion', severity: 'medium' },
  role_not_allowed: { type: 'misuse', severity: 'medium' },
  lot_recalled: { type: 'misuse', severity: 'high' },
  lot_expired: { type: 'expired', severity: 'high' },
  locked: { type: 'misuse', severity: 'high' },
  wrong_state: { type: 'integrity', severity: 'medium' },
  undo_too_late: { type: 'misuse', severity: 'medium' },
  wrong_premises: { type: 'misuse', severity: 'medium' },
  event_in_future: { type: 'integrity', severity: 'low' },
  event_out_of_order: { type: 'integrity', severity: 'low' },
};

/** Goods that did not arrive with a shipment which its recipient closed. */
export const alertOfShortage: AlertRule = { type: 'diversion', severity: 'medium' };

/** Goods that arrived without having been shipped. */
export const alertOfOverage: AlertRule = { type: 'diversion', severity: 'high' };

/** A shipment that came after the time by which it was expected. */
export const alertOfLateReceipt: AlertRule = { type: 'diversion', severity: 'low' };

/** Shipper and recipient do not agree on what was received. */
export const alertOfDispute: AlertRule = { type: 'integrity', severity: 'medium' };

/** Goods declared stolen. */
export const alertOfTheft: AlertRule = { type: 'stolen', severity: 'high' };

/** A shipment that nobody received in time. */
export const alertOfOverdueReceipt: AlertRule = { type: 'diversion', severity: 'medium' };

/** A serial that stands in two places of a product. */
export const alertOfDuplicate: AlertRule = { type: 'clone', severity: 'critical' };

/** Serials of a product tried one after the other at a verification service. */
export const alertOfGuessing: AlertRule = { type: 'counterfeit', severity: 'medium' };

/** Told by a gateway for somebody whom the ledger does not know: noted, and grave for nobody. */
export const alertOfUnproven: AlertRule = { type: 'misuse', severity: 'low' };

/** Of a licensed scan, by the finding; the first row that fits counts. */
export const alertOfFinding: readonly (AlertRule & { readonly finding: string })[] = [
  { finding: 'unknown_product', type: 'counterfeit', severity: 'critical' },
  { finding: 'unknown_pack', type: 'counterfeit', severity: 'critical' },
  { finding: 'clone', type: 'clone', severity: 'critical' },
  { finding: 'lot_mismatch', type: 'counterfeit', severity: 'critical' },
  { finding: 'expiry_mismatch', type: 'tampering', severity: 'critical' },
  { finding: 'stolen', type: 'stolen', severity: 'high' },
  { finding: 'destroyed', type: 'counterfeit', severity: 'critical' },
  { finding: 'scan_outside_custody', type: 'diversion', severity: 'high' },
];

/**
 * How grave a report by somebody without an account is: one step below a licensed one's, never critical.
 */
export function severityOfPublicReport(type: AlertType): AlertSeverity {
  const order: readonly AlertSeverity[] = ['low', 'medium', 'high', 'critical'];
  return order[Math.max(0, order.indexOf(severityOfReport[type]) - 1)]!;
}

/** From this attempt on to supply a pack, repeats at the same premises are grave; until then they are noted. */
export const graveRepeat = 3;

/**
 * The alert that a refused attempt opens.
 *
 * @param attempt how many times the pack was to be supplied at these premises, this attempt included
 */
export function alertRuleOf(code: ErrorCode, attempt: number): AlertRule | undefined {
  if (code === 'already_supplied_here' && attempt >= graveRepeat) return { type: 'clone', severity: 'high' };
  return alertOfRefusal[code];
}
