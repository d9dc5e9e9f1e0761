/**
 * The life cycle of an alert as one table: act → who, from which status, into which, for which reasons. It drives the
 * contract, the tests, the documentation and the buttons of the portal.
 * Suspect and illegitimate product: 21 U.S.C. 360eee-1(b)(4), (c)(4), (d)(4): quarantine, investigate, dispose, notify.
 */
import {
  Refusal,
  type Alert,
  type AlertAct,
  type AlertReason,
  type AlertStatus,
  type MemberRole,
  type StaffRole,
} from '../model/index.ts';

/** How somebody stands to an alert. */
export type AlertPosition = 'regulator' | 'maker' | 'assignee' | 'reporter';

export interface AlertTransition {
  readonly from: readonly AlertStatus[];
  readonly to: AlertStatus;
  /** One of these is enough. */
  readonly positions: readonly AlertPosition[];
  readonly reasons: readonly AlertReason[];
}

export const alertTransitions: Readonly<Record<AlertAct, AlertTransition>> = {
  investigate: {
    from: ['open'],
    to: 'investigating',
    positions: ['regulator', 'maker', 'assignee'],
    reasons: ['triage', 'report_received', 'evidence_received', 'holder_statement', 'law_enforcement'],
  },
  confirm: {
    from: ['investigating'],
    to: 'confirmed',
    positions: ['regulator', 'maker', 'assignee'],
    reasons: [
      'laboratory_result',
      'packaging_examined',
      'serial_not_commissioned',
      'holder_statement',
      'evidence_received',
      'law_enforcement',
    ],
  },
  /** Not by the maker on its own: an alarm about its product is not its to end. */
  dismiss: {
    from: ['investigating'],
    to: 'false_alarm',
    positions: ['regulator', 'assignee'],
    reasons: [
      'scanning_error',
      'data_entry_error',
      'duplicate_report',
      'lawful_explanation',
      'no_finding',
      'laboratory_result',
      'packaging_examined',
    ],
  },
  resolve: {
    from: ['confirmed', 'false_alarm'],
    to: 'resolved',
    positions: ['regulator', 'assignee'],
    reasons: ['goods_recalled', 'goods_destroyed', 'goods_released', 'authority_notified', 'no_further_action'],
  },
};

/** Statuses in which evidence is taken and an alert changes hands. */
export const openAlertStatuses: readonly AlertStatus[] = ['open', 'investigating', 'confirmed', 'false_alarm'];

/** Who may hand an alert to an organisation or premises. */
export const assigners: readonly AlertPosition[] = ['regulator', 'assignee'];
/** Who may add evidence. */
export const witnesses: readonly AlertPosition[] = ['regulator', 'maker', 'assignee', 'reporter'];
/** Who may quarantine the alert's lot and end that. */
export const lotHolders: readonly AlertPosition[] = ['regulator', 'maker'];

/** The facts of an alert that say who is concerned. */
export type AlertParties = Pick<Alert, 'mspId' | 'gln' | 'makerMspId' | 'assignee' | 'source'>;

export interface AlertActor {
  readonly mspId: string;
  readonly memberRole: MemberRole;
  readonly role: StaffRole;
  readonly gln?: string;
}

const holdsPosition: Readonly<Record<AlertPosition, (actor: AlertActor, alert: AlertParties) => boolean>> = {
  regulator: ({ memberRole, role }) => memberRole === 'regulator' && role === 'inspector',
  maker: ({ mspId, role }, { makerMspId }) => role === 'manufacturer' && mspId === makerMspId,
  assignee: ({ mspId, gln }, { assignee }) =>
    assignee !== undefined && assignee.mspId === mspId && (assignee.gln === undefined || assignee.gln === gln),
  reporter: (actor, { source, mspId, gln }) => source === 'report' && actor.mspId === mspId && actor.gln === gln,
};

/** The positions that an actor has. */
export function positionsOf(actor: AlertActor, alert: AlertParties): readonly AlertPosition[] {
  const all = Object.keys(holdsPosition) as AlertPosition[];
  return all.filter((position) => holdsPosition[position](actor, alert));
}

/** @throws Refusal not_responsible unless the actor has one of the positions */
export function requireAlertPosition(
  actor: AlertActor,
  alert: AlertParties,
  positions: readonly AlertPosition[],
): void {
  if (!positions.some((position) => holdsPosition[position](actor, alert))) throw new Refusal('not_responsible');
}

/**
 * Decides a change of status.
 *
 * @returns the status afterwards
 * @throws Refusal not_responsible, wrong_state; validation_failed for a reason that is none for this act
 */
export function decideAlert(
  actor: AlertActor,
  alert: AlertParties & Pick<Alert, 'status'>,
  act: AlertAct,
  reason: AlertReason,
): AlertStatus {
  const { from, to, positions, reasons } = alertTransitions[act];
  requireAlertPosition(actor, alert, positions);
  if (!from.includes(alert.status)) throw new Refusal('wrong_state', `the alert is ${alert.status}`);
  if (!reasons.includes(reason)) throw new Refusal('validation_failed', `one of: ${reasons.join(', ')}`, '/reason');
  return to;
}

/** @throws Refusal wrong_state once the alert is resolved */
export function requireOpenAlert({ status }: Pick<Alert, 'status'>): void {
  if (!openAlertStatuses.includes(status)) throw new Refusal('wrong_state', `the alert is ${status}`);
}
