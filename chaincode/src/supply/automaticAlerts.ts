/**
 * Alerts that follow from the ledger's own state. Anybody of a member may ask for them, a gateway's service identity
 * too: the chaincode looks itself, and the same finding opens one alert however often it is told.
 */
import { command, type Transaction } from '../ledger/index.ts';
import {
  ReportDuplicate,
  ReportOverdueReceipt,
  ReportVerification,
  Refusal,
  segmentType,
  shipmentType,
  type AlertSubject,
} from '../model/index.ts';
import {
  alertOfDuplicate,
  alertOfFinding,
  alertOfOverdueReceipt,
  receiptDueDays,
  verify,
  type AlertRule,
} from '../rules/index.ts';
import { reportingActor } from './actor.ts';
import { alertAddress, segmentAddress, shipmentAddress } from './addresses.ts';
import { openAlert, whatIsReported, type AlertOpener } from './alerts.ts';
import { eventIdOf, recordEvent, uuidOf } from './record.ts';
import { unprovenActor } from './unproven.ts';
import { ledgerFactsOf } from './verificationFacts.ts';

interface Found {
  readonly rule: AlertRule;
  readonly reason: string;
  /** What makes this finding the same as another. */
  readonly identity: string;
  readonly subject: AlertSubject;
  readonly previous: string[];
}

/** Opens the alert of a finding, unless it is open or was. */
async function openOnce(
  transaction: Transaction,
  actor: AlertOpener,
  { rule, reason, identity, subject, previous }: Found,
  { key, eventTime }: { key: string; eventTime: string },
) {
  const alertId = uuidOf(`alert|${reason}|${identity}`);
  if (await transaction.ledger.has(alertAddress(alertId))) return { result: { recorded: false, alertId } };
  const eventId = eventIdOf(transaction, { key });
  await openAlert(transaction, actor, { rule, reason, subject, eventId, alertId });
  const { shipmentId } = subject;
  await recordEvent(transaction, actor, {
    eventId,
    kind: 'report',
    eventTime,
    alertId,
    ...whatIsReported(subject),
    ...(shipmentId === undefined ? {} : { shipmentId }),
    previous,
  });
  return { result: { recorded: true, alertId, eventId } };
}

export const reportOverdueReceipt = command<ReportOverdueReceipt>({
  body: ReportOverdueReceipt,
  guards: () => undefined,
  async decide(transaction, { body: { shipmentId, eventTime }, key }) {
    const { ledger, timeMs } = transaction;
    const shipment = await ledger.get(shipmentType, shipmentAddress(shipmentId));
    if (shipment === undefined) throw new Refusal('shipment_not_found', undefined, '/shipmentId');
    const isOpen = shipment.status === 'open' || shipment.status === 'partly_received';
    const { expectedBy, recordedAt } = shipment;
    const due =
      expectedBy === undefined ? Date.parse(recordedAt) + receiptDueDays * 24 * 3_600_000 : Date.parse(expectedBy);
    if (!isOpen || timeMs < due) throw new Refusal('not_overdue');
    const found = { rule: alertOfOverdueReceipt, reason: 'overdue_receipt', identity: shipmentId, previous: [] };
    return openOnce(transaction, unprovenActor(transaction), { ...found, subject: { shipmentId } }, { key, eventTime });
  },
});

export const reportDuplicate = command<ReportDuplicate>({
  body: ReportDuplicate,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { gtin, serial, places, eventTime } = body;
    const [one, other] = places as [(typeof places)[number], (typeof places)[number]];
    if (one.lot === other.lot && one.segment === other.segment)
      throw new Refusal('validation_failed', 'names one place twice', '/places');
    const segments = await Promise.all(
      places.map(({ lot, segment }) => transaction.ledger.get(segmentType, segmentAddress(gtin, lot, segment))),
    );
    if (!segments.every((segment) => segment?.serials.includes(serial) === true))
      throw new Refusal('pack_not_found', undefined, '/places');
    const later = [...segments].sort((a, b) => (a!.eventTime < b!.eventTime ? -1 : 1)).at(-1)!;
    const found = {
      rule: alertOfDuplicate,
      reason: 'serial_duplicate',
      identity: `${gtin}|${serial}`,
      subject: { gtin, lot: later.lot, serial },
      previous: segments.map((segment) => segment!.eventId),
    };
    return openOnce(transaction, unprovenActor(transaction), found, { key, eventTime });
  },
});

export const reportVerification = command<ReportVerification>({
  body: ReportVerification,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { timeMs } = transaction;
    const actor = await reportingActor(transaction, body);
    const { gtin, serial, lot, expiry, context, eventTime } = body;
    const facts = await ledgerFactsOf(transaction, body);
    const { identity, custody, status } = verify(facts, {
      context,
      timeMs,
      ...(lot === undefined ? {} : { lot }),
      ...(expiry === undefined ? {} : { expiry }),
      ...(actor.gln === undefined ? {} : { gln: actor.gln }),
    });
    const codes = new Set([identity, custody, status].flatMap(({ findings }) => findings.map(({ code }) => code)));
    const row = alertOfFinding.find(({ finding }) => codes.has(finding));
    if (row === undefined) return { result: { recorded: false } };
    const { finding, ...rule } = row;
    const subject = { gtin, serial, ...(lot === undefined ? {} : { lot }) };
    const found = { rule, reason: finding, identity: `${gtin}|${serial}|${lot ?? ''}|${expiry ?? ''}`, subject };
    return openOnce(transaction, actor, { ...found, previous: [] }, { key, eventTime });
  },
});
