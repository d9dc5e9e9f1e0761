/**
 * Verification of a pack: four verdicts that say different things and are kept apart (a recalled pack is still
 * authentic), and a risk score. Decided from plain facts, so that read model and chaincode give the same answer.
 */
import { expiryInstantMs, type AlertStatus, type GoodsState, type VerificationContext } from '../model/index.ts';
import { brokenFindings, questionableFindings } from './custodyFindings.ts';
import { riskOf, type Risk, type RiskFinding } from './risk.ts';
import { finding, type Finding, type VerificationFacts, type VerificationRequest } from './verificationFacts.ts';

export interface Verdict<Value extends string> {
  readonly verdict: Value;
  readonly findings: readonly Finding[];
}

export interface Verification {
  readonly isAuthentic: boolean;
  readonly identity: Verdict<'verified' | 'mismatch' | 'unknown'>;
  readonly custody: Verdict<'CONSISTENT' | 'QUESTIONABLE' | 'BROKEN'>;
  readonly quality: Verdict<'no_data' | 'unaffected' | 'suspect'>;
  readonly status: Verdict<'usable' | 'not_usable'> & { readonly state: GoodsState | 'unknown' };
  readonly risk: Risk;
}

/** Contexts in which a pack that was supplied already must not turn up. */
const beforeSupply: ReadonlySet<VerificationContext> = new Set(['receive', 'dispense', 'return', 'inventory']);

export function verify(facts: VerificationFacts, request: VerificationRequest): Verification {
  const identity = identityFindings(facts, request);
  const broken = brokenFindings(facts);
  const questionable = questionableFindings(facts, request);
  const quality = qualityFindings(facts);
  const status = statusFindings(facts, request);
  const reports = reportFindings(facts.alerts);
  const unknown = facts.pack === undefined;
  return {
    isAuthentic: identity.length === 0 && facts.cloneEventIds.length === 0,
    identity: { verdict: unknown ? 'unknown' : identity.length > 0 ? 'mismatch' : 'verified', findings: identity },
    custody: {
      verdict: broken.length > 0 ? 'BROKEN' : questionable.length > 0 || unknown ? 'QUESTIONABLE' : 'CONSISTENT',
      findings: [...broken, ...questionable],
    },
    quality: {
      verdict: quality.length > 0 ? 'suspect' : facts.quality === undefined ? 'no_data' : 'unaffected',
      findings: quality,
    },
    status: {
      verdict: unknown || status.length > 0 ? 'not_usable' : 'usable',
      state: facts.pack?.state ?? 'unknown',
      findings: status,
    },
    risk: riskOfFindings([...identity, ...broken, ...questionable, ...quality, ...status, ...reports]),
  };
}

/** Does this box exist as printed? */
function identityFindings({ pack, lot, productKnown }: VerificationFacts, request: VerificationRequest): Finding[] {
  if (pack === undefined || lot === undefined) return [finding(productKnown ? 'unknown_pack' : 'unknown_product')];
  const findings: Finding[] = [];
  if (request.lot !== undefined && request.lot !== lot.lot) findings.push(finding('lot_mismatch', pack.commissionedBy));
  if (request.expiry !== undefined && request.expiry !== lot.expiry)
    findings.push(finding('expiry_mismatch', pack.commissionedBy));
  return findings;
}

function qualityFindings({ alerts, quality }: VerificationFacts): Finding[] {
  const found = (code: string, eventIds: readonly string[] = []): Finding[] =>
    eventIds.length === 0 ? [] : [{ code, eventIds }];
  const reported = alerts
    .filter(({ type, status }) => type === 'cold_chain_break' && isOpen(status))
    .map(({ eventId }) => eventId);
  return [
    ...found('temperature_exceeded', quality?.exceededEventIds),
    ...found('excursion_pending', [...(quality?.pendingEventIds ?? []), ...reported]),
    ...found('telemetry_gap', quality?.gapEventIds),
  ];
}

/** May it be used for what the context is about? */
function statusFindings(facts: VerificationFacts, request: VerificationRequest): Finding[] {
  const { pack, lot, recall, hold } = facts;
  if (pack === undefined || lot === undefined) return [];
  const findings: Finding[] = [];
  if (recall !== undefined) findings.push(finding(recall.kind === 'recall' ? 'recalled' : 'withdrawn', recall.eventId));
  if (request.timeMs >= expiryInstantMs(lot.expiresOn)) findings.push(finding('expired', pack.commissionedBy));
  if (hold !== undefined) findings.push(finding('quarantined', hold.eventId));
  if (pack.state === 'supplied' && beforeSupply.has(request.context))
    findings.push(finding('supplied_already', pack.suppliedBy?.eventId ?? pack.eventId));
  else if (pack.state !== 'active' && pack.state !== 'in_transit' && pack.state !== 'supplied')
    findings.push(finding(pack.state, pack.eventId));
  return findings;
}

/** Open reports, and what was confirmed as counterfeit. */
export function reportFindings(alerts: VerificationFacts['alerts']): Finding[] {
  return alerts.flatMap(({ type, status, source, eventId }) => {
    if (status === 'confirmed' && type === 'counterfeit') return [finding('confirmed_counterfeit', eventId)];
    if (!isOpen(status) || source === 'automatic' || source === 'unproven') return [];
    return [finding(source === 'public' ? 'public_report' : 'licensed_report', eventId)];
  });
}

/** What a finding counts as in the risk table; those that are not here do not count. */
const riskCodes: Readonly<Record<string, RiskFinding['code']>> = {
  unknown_pack: 'unknown_pack',
  unknown_product: 'unknown_pack',
  unknown_lot: 'unknown_pack',
  unknown_container: 'unknown_pack',
  lot_mismatch: 'lot_mismatch',
  expiry_mismatch: 'expiry_mismatch',
  clone: 'clone',
  quantity_overflow: 'quantity_overflow',
  impossible_travel: 'impossible_travel',
  scanned_far_apart: 'impossible_travel',
  temperature_exceeded: 'temperature_exceeded',
  wrong_recipient: 'wrong_recipient',
  unlicensed_actor: 'unlicensed_actor',
  licence_lapsed: 'unlicensed_actor',
  receive_without_ship: 'receive_without_ship',
  scan_outside_custody: 'scan_outside_custody',
  never_supplied: 'scan_outside_custody',
  supplied_in_another_country: 'scan_outside_custody',
  outside_its_markets: 'scan_outside_custody',
  actor_not_custodian: 'scan_outside_custody',
  excursion_pending: 'excursion_pending',
  aggregation_mismatch: 'aggregation_mismatch',
  licensed_report: 'licensed_report',
  overdue_receipt: 'overdue_receipt',
  telemetry_gap: 'telemetry_gap',
  public_report: 'public_report',
  recalled: 'recalled',
  withdrawn: 'withdrawn',
  expired: 'expired',
  supplied_already: 'supplied_already',
  stolen: 'stolen',
  destroyed: 'destroyed',
  confirmed_counterfeit: 'confirmed_counterfeit',
};

export function riskOfFindings(findings: readonly Finding[]): Risk {
  return riskOf(findings.flatMap(riskFinding));
}

function riskFinding({ code, eventIds }: Finding): RiskFinding[] {
  const counted = Object.hasOwn(riskCodes, code) ? riskCodes[code] : undefined;
  return counted === undefined ? [] : [{ code: counted, eventIds }];
}

function isOpen(status: AlertStatus): boolean {
  return status === 'open' || status === 'investigating' || status === 'confirmed';
}
