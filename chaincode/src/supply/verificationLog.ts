/** What gateways tell the ledger of verifications: hourly roots of their logs, and bursts of guessing. */
import { command } from '../ledger/index.ts';
import { AnchorVerifications, Refusal, ReportGuessing, verificationAnchorType } from '../model/index.ts';
import { alertOfGuessing } from '../rules/index.ts';
import { alertAddress, verificationAnchorAddress } from './addresses.ts';
import { openAlert, whatIsReported } from './alerts.ts';
import { eventIdOf, recordEvent, uuidOf } from './record.ts';
import { unprovenActor } from './unproven.ts';

/** Roots follow each other without gap and are never replaced: an hour cannot be left out or rewritten unseen. */
export const anchorVerifications = command<AnchorVerifications>({
  body: AnchorVerifications,
  guards: () => undefined,
  async decide(transaction, { body }) {
    const { ledger, time } = transaction;
    const { mspId } = unprovenActor(transaction);
    const { sequence, since, until } = body;
    if (Date.parse(since) >= Date.parse(until))
      throw new Refusal('validation_failed', 'must be later than since', '/until');
    if (await ledger.has(verificationAnchorAddress(mspId, sequence)))
      throw new Refusal('already_exists', undefined, '/sequence');
    if (sequence > 1) {
      const before = await ledger.get(verificationAnchorType, verificationAnchorAddress(mspId, sequence - 1));
      if (before === undefined) throw new Refusal('version_conflict', 'the root before is not here', '/sequence');
      if (Date.parse(since) < Date.parse(before.until))
        throw new Refusal('validation_failed', 'overlaps the hours before', '/since');
    }
    ledger.put(verificationAnchorType, verificationAnchorAddress(mspId, sequence), {
      ...body,
      mspId,
      anchoredAt: time,
    });
    return { result: { mspId, sequence } };
  },
});

/** Opens one alert an organisation, product and day. */
export const reportGuessing = command<ReportGuessing>({
  body: ReportGuessing,
  guards: () => undefined,
  async decide(transaction, { body: { gtin, eventTime }, key }) {
    const actor = unprovenActor(transaction);
    const alertId = uuidOf(`alert|verification_guessing|${actor.mspId}|${gtin}|${transaction.time.slice(0, 10)}`);
    if (await transaction.ledger.has(alertAddress(alertId))) return { result: { recorded: false, alertId } };
    const eventId = eventIdOf(transaction, { key });
    const subject = { gtin };
    const reason = 'verification_guessing';
    await openAlert(transaction, actor, {
      rule: alertOfGuessing,
      reason,
      subject,
      eventId,
      alertId,
      source: 'automatic',
    });
    await recordEvent(transaction, actor, { eventId, kind: 'report', eventTime, alertId, ...whatIsReported(subject) });
    return { result: { recorded: true, alertId, eventId } };
  },
});
