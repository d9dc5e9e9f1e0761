/** What a pack's history and present custody say against it. BROKEN is proven wrong, QUESTIONABLE wants a look. */
import type { CustodyEvent } from '../model/index.ts';
import { isImpossibleTravel, type Place } from './travel.ts';
import {
  finding,
  type Finding,
  type PackFacts,
  type VerificationFacts,
  type VerificationRequest,
  type VerifiedEvent,
} from './verificationFacts.ts';

/** Days after which a shipment that was not received is overdue. */
export const receiptDueDays = 14;
const dayMs = 24 * 3600 * 1000;

/** Refused attempts that speak against the pack itself, by the code they were refused with. */
const brokenAttempts: Readonly<Record<string, string>> = {
  already_supplied: 'dispensed_twice',
  wrong_recipient: 'wrong_recipient',
  not_custodian: 'actor_not_custodian',
  lot_quantity_exceeded: 'quantity_overflow',
};

const questionableAttempts: Readonly<Record<string, string>> = {
  licence_required: 'unlicensed_actor',
  licence_suspended: 'unlicensed_actor',
  licence_expired: 'unlicensed_actor',
  not_in_container: 'aggregation_mismatch',
  has_parent: 'aggregation_mismatch',
  event_in_future: 'time_irregular',
  event_out_of_order: 'time_irregular',
};

/** Codes with which a receipt is refused where nothing was on its way to the receiver. */
const receiptsOfNothing: ReadonlySet<string> = new Set(['wrong_state', 'not_in_shipment', 'shipment_not_found']);

/** After these nothing may happen to a pack but being looked at. */
const terminal: ReadonlySet<string> = new Set<CustodyEvent>(['destroy', 'steal']);
const merelyLooks: ReadonlySet<string> = new Set([
  'inspect',
  'observe',
  'refusal',
  'report',
  'alert',
  'notification',
  'tracing',
  'recall',
  'withdraw',
]);

export function brokenFindings(facts: VerificationFacts): Finding[] {
  const { cloneEventIds, lot, pack } = facts;
  if (pack === undefined) return [];
  const findings = cloneEventIds.length === 0 ? [] : [{ code: 'clone', eventIds: cloneEventIds }];
  const { declaredUnits, commissionedUnits } = lot ?? {};
  if (declaredUnits !== undefined && commissionedUnits !== undefined && commissionedUnits > declaredUnits)
    findings.push(finding('quantity_overflow', pack.commissionedBy));
  for (const event of attemptsThatCount(facts)) {
    const code = brokenAttempts[event.refused!] ?? (isReceiptOfNothing(event) ? 'receive_without_ship' : undefined);
    if (code !== undefined) findings.push(finding(code, event.eventId));
  }
  return [...findings, ...orderFindings(facts.events, pack)];
}

export function questionableFindings(facts: VerificationFacts, request: VerificationRequest): Finding[] {
  const { pack, events } = facts;
  if (pack === undefined) return [];
  const findings = [...travelFindings(events)];
  for (const { refused, eventId } of attemptsThatCount(facts)) {
    const code = questionableAttempts[refused!];
    if (code !== undefined) findings.push(finding(code, eventId));
  }
  if (request.timeMs > dueMs(pack)) findings.push(finding('overdue_receipt', pack.eventId));
  if (!pack.holderLicensed && pack.state !== 'supplied') findings.push(finding('licence_lapsed', pack.eventId));
  if (request.foundIn !== undefined && pack.containers?.includes(request.foundIn) !== true)
    findings.push(finding('aggregation_mismatch', pack.eventId));
  return [...findings, ...scanFindings(facts, pack, request)];
}

/** Infinity when nothing is on its way. */
function dueMs({ shippedAt, expectedBy }: PackFacts): number {
  if (shippedAt === undefined) return Infinity;
  return expectedBy === undefined ? Date.parse(shippedAt) + receiptDueDays * dayMs : Date.parse(expectedBy);
}

/**
 * Refused attempts, but those whose alert was closed as a false alarm or resolved, and what the present holder itself
 * repeated: a double scan is no sign of anything.
 */
function attemptsThatCount({ events, alerts, pack }: VerificationFacts): VerifiedEvent[] {
  const closed = new Set(
    alerts.filter(({ status }) => status === 'false_alarm' || status === 'resolved').map(({ eventId }) => eventId),
  );
  return events.filter(
    ({ refused, attempted, gln, eventId }) =>
      refused !== undefined && !closed.has(eventId) && !(attempted === 'receive' && gln === pack?.holder),
  );
}

function isReceiptOfNothing({ attempted, refused }: VerifiedEvent): boolean {
  return attempted === 'receive' && receiptsOfNothing.has(refused!);
}

function orderFindings(events: readonly VerifiedEvent[], { commissionedBy }: PackFacts): Finding[] {
  const findings: Finding[] = [];
  const commissioned = events.find(({ eventId }) => eventId === commissionedBy);
  let end: VerifiedEvent | undefined;
  for (const event of events) {
    if (event.refused !== undefined || merelyLooks.has(event.kind)) continue;
    if (commissioned !== undefined && Date.parse(event.eventTime) < Date.parse(commissioned.eventTime))
      findings.push(finding('event_before_commission', event.eventId));
    if (end !== undefined) findings.push(finding('event_after_end', end.eventId, event.eventId));
    if (terminal.has(event.kind)) end = event;
  }
  return findings;
}

function* travelFindings(events: readonly VerifiedEvent[]): Generator<Finding> {
  let before: (VerifiedEvent & { place: Place }) | undefined;
  for (const event of events) {
    const { place } = event;
    if (place === undefined || event.refused !== undefined) continue;
    const elapsed = before === undefined ? 0 : Date.parse(event.eventTime) - Date.parse(before.eventTime);
    if (before !== undefined && isImpossibleTravel(before.place, place, elapsed))
      yield finding('impossible_travel', before.eventId, event.eventId);
    before = { ...event, place };
  }
}

/** Where the pack is scanned, against where it ought to be. */
function scanFindings(facts: VerificationFacts, pack: PackFacts, request: VerificationRequest): Finding[] {
  const findings: Finding[] = [];
  if (request.context === 'consumer') {
    if (pack.state !== 'supplied') findings.push(finding('never_supplied', pack.eventId));
    const { country } = pack.suppliedBy ?? {};
    if (country !== undefined && request.country !== undefined && country !== request.country)
      findings.push(finding('supplied_in_another_country', pack.suppliedBy!.eventId));
    if (isScannedFarApart(facts, request)) findings.push(finding('scanned_far_apart', pack.eventId));
  } else if (isScanOutsideCustody(pack, request)) findings.push(finding('scan_outside_custody', pack.eventId));
  if (isOutsideMarkets(facts, pack, request)) findings.push(finding('outside_its_markets', pack.eventId));
  return findings;
}

function isScanOutsideCustody({ state, holder, recipient }: PackFacts, { context, gln }: VerificationRequest): boolean {
  if (context === 'inspection' || gln === undefined || state === 'supplied') return false;
  return gln !== (recipient ?? holder);
}

/** A pack for other countries, at premises that pass it on to patients or where it is scanned. */
function isOutsideMarkets({ markets = [] }: VerificationFacts, pack: PackFacts, request: VerificationRequest): boolean {
  const country = request.country ?? (request.context === 'dispense' ? pack.country : undefined);
  return markets.length > 0 && country !== undefined && !markets.includes(country);
}

function isScannedFarApart({ scans = [] }: VerificationFacts, { place, timeMs }: VerificationRequest): boolean {
  if (place === undefined) return false;
  return scans.some((scan) => isImpossibleTravel(scan.place, place, timeMs - Date.parse(scan.scannedAt)));
}
