/** Alerts as the ledger keeps them: public, so without people, free text or health information. */
import type { MemberRole } from '../core/consortium.ts';
import { storedType } from '../core/stored.ts';
import type { StaffRole } from '../registry/state.ts';
import type { AlertAct, AlertReason, AlertSource } from './alertVocabulary.ts';
import type { AlertSeverity, AlertStatus, AlertType } from './vocabulary.ts';

/** Role of who an event is by: `unproven` for what a gateway passes on for somebody the ledger does not know. */
export type ReporterRole = StaffRole | 'unproven';

export interface AlertSubject {
  gtin?: string;
  lot?: string;
  serial?: string;
  sscc?: string;
  shipmentId?: string;
}

/** Whom the regulator made responsible: an organisation, or one of its premises. */
export interface AlertAssignee {
  mspId: string;
  gln?: string;
}

/** A change of status: who, when, why. */
export interface AlertStep {
  act: AlertAct;
  to: AlertStatus;
  reason: AlertReason;
  /** Content identifier of the sealed note. */
  note?: string;
  at: string;
  mspId: string;
  role: StaffRole;
  gln?: string;
  eventId: string;
}

/** Key `alert`, alert id. */
export interface Alert {
  alertId: string;
  type: AlertType;
  severity: AlertSeverity;
  status: AlertStatus;
  source: AlertSource;
  /** The refusal's code, or the rule that raised it. */
  reason: string;
  subject: AlertSubject;
  gln?: string;
  mspId: string;
  memberRole: MemberRole;
  role: ReporterRole;
  /** The maker's organisation, when the product is known: it sees the alert. */
  makerMspId?: string;
  /** SHA-256 of the reporter's text, which lies sealed off the ledger. */
  descriptionHash?: string;
  /** Content identifiers of sealed evidence. */
  evidence: string[];
  eventId: string;
  openedAt: string;
  assignee?: AlertAssignee;
  /** Of the status, oldest first. */
  steps: AlertStep[];
  /** Of the last step, assignment or piece of evidence. */
  changedAt: string;
}
export const alertType = storedType<Alert>('alert', (v1) => ({ ...v1, steps: [], changedAt: v1['openedAt'] }));

/** A quarantine of a whole lot: one write, in force at once for every pack. Key `hold`, GTIN, lot. */
export interface LotHold {
  gtin: string;
  lot: string;
  alertId: string;
  mspId: string;
  eventId: string;
  heldAt: string;
}
export const lotHoldType = storedType<LotHold>('lot-hold');
