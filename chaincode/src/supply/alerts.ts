import { command, type Transaction } from '../ledger/index.ts';
import {
  alertType,
  productType,
  Refusal,
  ReportAlert,
  type Alert,
  type AlertSource,
  type AlertSubject,
  type MemberRole,
  type SupplyEvent,
} from '../model/index.ts';
import { severityOfReport, type AlertRule } from '../rules/index.ts';
import { reportingActor } from './actor.ts';
import { alertAddress, productAddress } from './addresses.ts';
import { eventIdOf, recordEvent, uuidOf, type EventActor } from './record.ts';

interface OpenedAlert {
  readonly rule: AlertRule;
  readonly reason: string;
  readonly subject: AlertSubject;
  readonly eventId: string;
  /** Absent: the id follows from the event. */
  readonly alertId?: string;
  /** `automatic` when absent. */
  readonly source?: AlertSource;
  readonly descriptionHash?: string;
  readonly evidence?: string[];
}

/** Who opens an alert. */
export interface AlertOpener extends EventActor {
  readonly memberRole: MemberRole;
}

/** Opens an alert and tells its id. The maker's organisation is noted, so that it sees it. */
export async function openAlert(transaction: Transaction, actor: AlertOpener, opened: OpenedAlert): Promise<string> {
  const { ledger, time } = transaction;
  const { rule, reason, subject, eventId, descriptionHash } = opened;
  const alertId = opened.alertId ?? uuidOf(`alert|${eventId}`);
  const at = alertAddress(alertId);
  if (await ledger.has(at)) throw new Refusal('already_exists', undefined, '/alertId');
  const product = subject.gtin === undefined ? undefined : await ledger.get(productType, productAddress(subject.gtin));
  const alert: Alert = {
    alertId,
    ...rule,
    status: 'open',
    reason,
    subject,
    eventId,
    openedAt: time,
    source: opened.source ?? 'automatic',
    mspId: actor.mspId,
    memberRole: actor.memberRole,
    role: actor.role,
    evidence: opened.evidence ?? [],
    steps: [],
    changedAt: time,
    ...(actor.gln === undefined ? {} : { gln: actor.gln }),
    ...(product === undefined ? {} : { makerMspId: product.mspId }),
    ...(descriptionHash === undefined ? {} : { descriptionHash }),
  };
  ledger.put(alertType, at, alert);
  return alertId;
}

/** A report by somebody licensed opens an alert that regulator and maker see. */
export const reportAlert = command<ReportAlert>({
  body: ReportAlert,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const actor = await reportingActor(transaction, body);
    const { alertId, type, descriptionHash, evidence, eventTime } = body;
    const subject = subjectOf(body);
    if (Object.keys(subject).length === 0) throw new Refusal('validation_failed', 'names no goods', '/gtin');
    const eventId = eventIdOf(transaction, { key });
    await openAlert(transaction, actor, {
      rule: {
        type,
        severity: severityOfReport[type],
      },
      reason: 'report',
      subject,
      eventId,
      alertId,
      source: 'report',
      ...(descriptionHash === undefined ? {} : { descriptionHash }),
      ...(evidence === undefined ? {} : { evidence }),
    });
    await recordEvent(transaction, actor, { eventId, kind: 'report', eventTime, alertId, ...whatIsReported(subject) });
    return { result: { alertId, eventId } };
  },
});

export function subjectOf({ gtin, lot, serial, sscc }: AlertSubject): AlertSubject {
  return Object.fromEntries(Object.entries({ gtin, lot, serial, sscc }).filter(([, value]) => value !== undefined));
}

/** The reported goods as an event names them; a serial alone stays in the alert. */
export function whatIsReported({ gtin, lot, sscc }: AlertSubject): Partial<SupplyEvent> & { previous: string[] } {
  return {
    ...(gtin === undefined ? {} : { gtin }),
    ...(gtin === undefined || lot === undefined ? {} : { lots: [{ gtin, lot }] }),
    ...(sscc === undefined ? {} : { containers: [sscc] }),
    previous: [],
  };
}
