/** Work on an alert: its life cycle, who is responsible, evidence, the quarantine of its lot. */
import { command, type Address, type Transaction } from '../ledger/index.ts';
import {
  ActOnAlert,
  AddEvidence,
  alertLimits,
  alertType,
  AssignAlert,
  HoldLot,
  lotHoldType,
  premisesType,
  Refusal,
  ReleaseLot,
  type Alert,
  type AlertAct,
  type AlertChange,
  type Occurrence,
  type SupplyEvent,
} from '../model/index.ts';
import { premisesAddress } from '../registry/addresses.ts';
import {
  assigners,
  decideAlert,
  lotHolders,
  requireAct,
  requireAlertPosition,
  requireCustodyRole,
  requireOpenAlert,
  witnesses,
  type StaffActor,
} from '../rules/index.ts';
import { supplyActor } from './actor.ts';
import { alertAddress, lotHoldAddress } from './addresses.ts';
import { whatIsReported } from './alerts.ts';
import { requireLot } from './lotFacts.ts';
import { eventIdOf, recordEvent } from './record.ts';

interface Case {
  readonly actor: StaffActor;
  readonly alert: Alert;
  readonly at: Address;
  readonly eventId: string;
}

async function openCase(transaction: Transaction, body: Occurrence & { alertId: string }, key: string): Promise<Case> {
  const { ledger, timeMs } = transaction;
  const actor = await supplyActor(transaction, body);
  requireAct(actor, 'supply.workOnAlert', timeMs);
  requireCustodyRole(actor, [actor.role], timeMs);
  if (Date.parse(body.eventTime) > timeMs + 60_000) throw new Refusal('event_in_future', undefined, '/eventTime');
  const at = alertAddress(body.alertId);
  const alert = await ledger.get(alertType, at);
  if (alert === undefined) throw new Refusal('alert_not_found', undefined, '/alertId');
  return { actor, alert, at, eventId: eventIdOf(transaction, { key }) };
}

/** It names no packs and containers: work on an alert is no part of their history. */
async function recordChange(
  transaction: Transaction,
  { actor, alert, eventId }: Case,
  eventTime: string,
  alertChange: AlertChange,
  facts: Partial<Pick<SupplyEvent, 'alertReason' | 'assignee' | 'evidence'>> = {},
): Promise<void> {
  const { alertId, subject } = alert;
  const { containers: _, ...aboutLot } = whatIsReported(subject);
  await recordEvent(transaction, actor, {
    eventId,
    kind: 'alert',
    eventTime,
    alertId,
    alertChange,
    ...facts,
    ...aboutLot,
    previous: [alert.steps.at(-1)?.eventId ?? alert.eventId],
  });
}

export const actOnAlert = command<ActOnAlert>({
  body: ActOnAlert,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const found = await openCase(transaction, body, key);
    const { actor, alert, at, eventId } = found;
    const { act, reason, note, eventTime } = body;
    const status = decideAlert(actor, alert, act, reason);
    const step = stepOf(transaction, actor, {
      act,
      to: status,
      reason,
      eventId,
      ...(note === undefined ? {} : { note }),
    });
    transaction.ledger.put(alertType, at, { ...alert, status, steps: [...alert.steps, step], changedAt: step.at });
    const evidence = note === undefined ? {} : { evidence: [note] };
    await recordChange(transaction, found, eventTime, act, { alertReason: reason, ...evidence });
    return { result: { alertId: alert.alertId, eventId, status } };
  },
});

function stepOf(
  { time }: Transaction,
  { mspId, role, gln }: StaffActor,
  facts: {
    act: AlertAct;
    to: Alert['status'];
    reason: Alert['steps'][number]['reason'];
    eventId: string;
    note?: string;
  },
): Alert['steps'][number] {
  return { ...facts, at: time, mspId, role, ...(gln === undefined ? {} : { gln }) };
}

export const assignAlert = command<AssignAlert>({
  body: AssignAlert,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { ledger, consortium, time } = transaction;
    const found = await openCase(transaction, body, key);
    const { actor, alert, at, eventId } = found;
    const { mspId, gln, eventTime } = body;
    requireAlertPosition(actor, alert, assigners);
    requireOpenAlert(alert);
    if (!consortium.withPeers.includes(mspId)) throw new Refusal('organization_not_found', undefined, '/mspId');
    if (gln !== undefined && (await ledger.get(premisesType, premisesAddress(gln)))?.mspId !== mspId)
      throw new Refusal('premises_not_found', 'not premises of the organisation', '/gln');
    const assignee = { mspId, ...(gln === undefined ? {} : { gln }) };
    ledger.put(alertType, at, { ...alert, assignee, changedAt: time });
    await recordChange(transaction, found, eventTime, 'assign', { assignee });
    return { result: { alertId: alert.alertId, eventId } };
  },
});

export const addEvidence = command<AddEvidence>({
  body: AddEvidence,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const found = await openCase(transaction, body, key);
    const { actor, alert, at, eventId } = found;
    requireAlertPosition(actor, alert, witnesses);
    requireOpenAlert(alert);
    const evidence = [...new Set([...alert.evidence, ...body.evidence])];
    if (evidence.length > alertLimits.evidence) throw new Refusal('too_much_evidence', undefined, '/evidence');
    transaction.ledger.put(alertType, at, { ...alert, evidence, changedAt: transaction.time });
    await recordChange(transaction, found, body.eventTime, 'addEvidence', { evidence: body.evidence });
    return { result: { alertId: alert.alertId, eventId } };
  },
});

/** One write, in force at once for every pack of the lot; what is not allowed meanwhile, guard `lot_not_held` says. */
export const holdLot = command<HoldLot>({
  body: HoldLot,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { ledger, time } = transaction;
    const found = await openCase(transaction, body, key);
    const { actor, alert, eventId } = found;
    requireAlertPosition(actor, alert, lotHolders);
    requireOpenAlert(alert);
    const { gtin, lot } = lotOf(alert);
    await requireLot(transaction, gtin, lot);
    const at = lotHoldAddress(gtin, lot);
    if (await ledger.has(at)) throw new Refusal('already_held', `lot ${lot}`);
    ledger.put(lotHoldType, at, { gtin, lot, alertId: alert.alertId, mspId: actor.mspId, eventId, heldAt: time });
    await recordChange(transaction, found, body.eventTime, 'quarantine');
    return { result: { alertId: alert.alertId, eventId } };
  },
});

/** By the regulator, or by the organisation that quarantined the lot. */
export const releaseLot = command<ReleaseLot>({
  body: ReleaseLot,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { ledger } = transaction;
    const found = await openCase(transaction, body, key);
    const { actor, alert, eventId } = found;
    requireAlertPosition(actor, alert, lotHolders);
    const { gtin, lot } = lotOf(alert);
    const at = lotHoldAddress(gtin, lot);
    const hold = await ledger.get(lotHoldType, at);
    if (hold?.alertId !== alert.alertId) throw new Refusal('wrong_state', 'the lot is not quarantined for this alert');
    if (actor.memberRole !== 'regulator' && hold.mspId !== actor.mspId) throw new Refusal('not_responsible');
    ledger.delete(at);
    await recordChange(transaction, found, body.eventTime, 'release');
    return { result: { alertId: alert.alertId, eventId } };
  },
});

function lotOf({ subject: { gtin, lot } }: Alert): { gtin: string; lot: string } {
  if (gtin === undefined || lot === undefined) throw new Refusal('lot_not_found', 'the alert names no lot', '/alertId');
  return { gtin, lot };
}
