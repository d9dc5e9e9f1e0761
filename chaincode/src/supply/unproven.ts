/**
 * What a gateway passes on for somebody whom the ledger does not know: reports of the public, and refused acts that the
 * identity which tried them cannot report itself (DESIGN §4.8). No risk factor counts an unproven act.
 */
import { command, type Transaction } from '../ledger/index.ts';
import { Refusal, ReportPublicly, ReportUnproven } from '../model/index.ts';
import { alertOfUnproven, severityOfPublicReport } from '../rules/index.ts';
import { openAlert, subjectOf, whatIsReported, type AlertOpener } from './alerts.ts';
import { eventIdOf, recordEvent } from './record.ts';

/**
 * The member whose certificate submits; nobody of its staff.
 *
 * @throws Refusal unknown_identity for a submitter of no member with a peer
 */
export function unprovenActor({ consortium, submitter: { mspId } }: Transaction): AlertOpener {
  const memberRole = consortium.roleOf(mspId);
  if (memberRole === undefined || !consortium.withPeers.includes(mspId)) throw new Refusal('unknown_identity');
  return { mspId, memberRole, role: 'unproven' };
}

export const reportPublicly = command<ReportPublicly>({
  body: ReportPublicly,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const actor = unprovenActor(transaction);
    const { alertId, type, descriptionHash, evidence, eventTime } = body;
    const subject = subjectOf(body);
    if (Object.keys(subject).length === 0) throw new Refusal('validation_failed', 'names no goods', '/gtin');
    const eventId = eventIdOf(transaction, { key });
    await openAlert(transaction, actor, {
      rule: { type, severity: severityOfPublicReport(type) },
      reason: 'public_report',
      subject,
      eventId,
      alertId,
      source: 'public',
      ...(descriptionHash === undefined ? {} : { descriptionHash }),
      ...(evidence === undefined ? {} : { evidence }),
    });
    await recordEvent(transaction, actor, { eventId, kind: 'report', eventTime, alertId, ...whatIsReported(subject) });
    return { result: { alertId, eventId } };
  },
});

/** The event names no pack, so that it is in no pack's history. */
export const reportUnproven = command<ReportUnproven>({
  body: ReportUnproven,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const actor = unprovenActor(transaction);
    const { event, code, commandDigest, eventTime } = body;
    const subject = subjectOf(body);
    if (Object.keys(subject).length === 0) throw new Refusal('validation_failed', 'names no goods', '/gtin');
    const eventId = eventIdOf(transaction, { key });
    const alertId = await openAlert(transaction, actor, {
      rule: alertOfUnproven,
      reason: code,
      subject,
      eventId,
      source: 'unproven',
    });
    const attempted = { event, code, commandDigest };
    await recordEvent(transaction, actor, { eventId, kind: 'refusal', eventTime, alertId, attempted, previous: [] });
    return { result: { recorded: true, eventId, code, alertId } };
  },
});
