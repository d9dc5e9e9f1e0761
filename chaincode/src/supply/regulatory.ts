/** Notifications of illegitimate products and tracing requests, with the law's clocks. */
import { command } from '../ledger/index.ts';
import {
  AnswerTracing,
  collectionName,
  licenceListType,
  NotifyIllegitimateProduct,
  premisesType,
  productNotificationType,
  Refusal,
  RequestTracing,
  tracingRequestType,
} from '../model/index.ts';
import { licencesAddress, premisesAddress } from '../registry/addresses.ts';
import { dueAtMs, isValid, tracingClockOf } from '../rules/index.ts';
import { reportingActor, supplyActor } from './actor.ts';
import { productNotificationAddress, tracingRequestAddress } from './addresses.ts';
import { requireLot } from './lotFacts.ts';
import { eventIdOf, recordEvent } from './record.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** Initial first, then follow-ups, then at the most one termination. */
export const notifyIllegitimateProduct = command<NotifyIllegitimateProduct>({
  body: NotifyIllegitimateProduct,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { ledger, time, timeMs } = transaction;
    const actor = await reportingActor(transaction, body);
    const { notificationId, kind, classification, gtin, lots, determinedAt, alertId, form, eventTime } = body;
    if (Date.parse(determinedAt) > timeMs + 60_000) throw new Refusal('event_in_future', undefined, '/determinedAt');
    for (const lot of lots) await requireLot(transaction, gtin, lot);
    const at = productNotificationAddress(notificationId);
    const before = await ledger.get(productNotificationType, at);
    if (before === undefined && kind !== 'initial') throw new Refusal('not_found', undefined, '/notificationId');
    if (before !== undefined && kind === 'initial') throw new Refusal('already_exists', undefined, '/notificationId');
    if (before !== undefined && before.mspId !== actor.mspId) throw new Refusal('organization_not_allowed');
    if (before?.status === 'terminated') throw new Refusal('wrong_state', 'the notification is terminated');
    const eventId = eventIdOf(transaction, { key });
    const dueMs = dueAtMs('illegitimateProduct', Date.parse(determinedAt));
    const first = {
      notificationId,
      gtin,
      lots,
      determinedAt,
      mspId: actor.mspId,
      dueAt: iso(dueMs),
      isInTime: timeMs <= dueMs,
      ...(actor.gln === undefined ? {} : { gln: actor.gln }),
      ...(alertId === undefined ? {} : { alertId }),
    };
    const step = { kind, classification, form, at: time, eventId };
    ledger.put(productNotificationType, at, {
      ...(before ?? first),
      status: kind === 'termination' ? 'terminated' : 'open',
      steps: [...(before?.steps ?? []), step],
    });
    await recordEvent(transaction, actor, {
      eventId,
      kind: 'notification',
      eventTime,
      gtin,
      lots: lots.map((lot) => ({ gtin, lot })),
      notificationId,
      evidence: [form],
      ...(alertId === undefined ? {} : { alertId }),
      previous: before === undefined ? [] : [before.steps.at(-1)!.eventId],
    });
    return {
      result: { notificationId, eventId, dueAt: (before ?? first).dueAt, isInTime: (before ?? first).isInTime },
    };
  },
});

export const requestTracing = command<RequestTracing>({
  body: RequestTracing,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { ledger, time, timeMs } = transaction;
    const actor = await reportingActor(transaction, body);
    const { requestId, gln, gtin, lot, purpose, alertId, eventTime } = body;
    await requireLot(transaction, gtin, lot);
    const premises = await ledger.get(premisesType, premisesAddress(gln));
    if (premises === undefined) throw new Refusal('premises_not_found', undefined, '/gln');
    const at = tracingRequestAddress(requestId);
    if (await ledger.has(at)) throw new Refusal('already_exists', undefined, '/requestId');
    const list = await ledger.get(licenceListType, licencesAddress(collectionName.registry, gln));
    const kinds = (list?.licences ?? []).filter((licence) => isValid(licence, timeMs)).map(({ kind }) => kind);
    const dueAt = iso(dueAtMs(tracingClockOf(kinds), timeMs));
    const eventId = eventIdOf(transaction, { key });
    ledger.put(tracingRequestType, at, {
      requestId,
      status: 'open',
      gtin,
      lot,
      purpose,
      mspId: actor.mspId,
      recipient: gln,
      recipientMspId: premises.mspId,
      requestedAt: time,
      dueAt,
      eventId,
      ...(actor.gln === undefined ? {} : { gln: actor.gln }),
      ...(alertId === undefined ? {} : { alertId }),
    });
    await recordEvent(transaction, actor, {
      eventId,
      kind: 'tracing',
      eventTime,
      gtin,
      lots: [{ gtin, lot }],
      requestId,
      recipient: gln,
      previous: [],
    });
    return { result: { requestId, eventId, dueAt } };
  },
});

export const answerTracing = command<AnswerTracing>({
  body: AnswerTracing,
  guards: () => undefined,
  async decide(transaction, { body: { requestId, answer, eventTime, ...rest }, key }) {
    const { ledger, time, timeMs } = transaction;
    const actor = await supplyActor(transaction, rest);
    const at = tracingRequestAddress(requestId);
    const request = await ledger.get(tracingRequestType, at);
    if (request === undefined) throw new Refusal('not_found', undefined, '/requestId');
    if (actor.mspId !== request.recipientMspId || actor.gln !== request.recipient) throw new Refusal('wrong_premises');
    if (request.status !== 'open') throw new Refusal('wrong_state', 'the request is answered');
    const isInTime = timeMs <= Date.parse(request.dueAt);
    ledger.put(tracingRequestType, at, { ...request, status: 'answered', answer, answeredAt: time, isInTime });
    const { gtin, lot } = request;
    const eventId = eventIdOf(transaction, { key });
    await recordEvent(transaction, actor, {
      eventId,
      kind: 'tracing',
      eventTime,
      gtin,
      lots: [{ gtin, lot }],
      requestId,
      evidence: [answer],
      previous: [request.eventId],
    });
    return { result: { requestId, eventId, isInTime } };
  },
});
