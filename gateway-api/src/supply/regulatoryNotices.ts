/**
 * Notices of illegitimate product notifications and of tracing requests. FDA and trading partners are told of an
 * illegitimate product within 24 hours (21 USC 360eee-1(b)(4)(B)(ii), (c)(4)(B)(ii), (d)(4)(B)(ii)).
 */
import type { Kysely } from 'kysely';
import type { BlockRange, Notice, NoticeSource } from '../notifications/notice.ts';
import type { Database } from '../readmodel/index.ts';
import { audienceOfLot, type AudienceMember } from './alertAudience.ts';
import { eventsOf, peopleOf, type Organization } from './alertNotices.ts';

type Db = Kysely<Database>;

/** @param own whose people are told */
export function regulatoryNotices(own: Organization): NoticeSource {
  return async (db, range) => [...(await filings(db, range, own)), ...(await tracing(db, range, own))];
}

/** Every step goes to the regulator, the maker and all who had the lot: a termination too is theirs to know. */
async function filings(db: Db, range: BlockRange, own: Organization): Promise<Notice[]> {
  const notices: Notice[] = [];
  for (const { event_id: eventId, event, block_number: blockNumber, record_time: at } of await eventsOf(db, range, [
    'notification',
  ])) {
    const { notificationId, lots = [] } = event;
    const filed = await db
      .selectFrom('product_notifications')
      .selectAll()
      .where('notification_id', '=', notificationId ?? '')
      .executeTakeFirst();
    const step = filed?.steps.find((each) => each.eventId === eventId);
    if (filed === undefined || step === undefined) continue;
    const product = await db.selectFrom('products').select('msp_id').where('gtin', '=', filed.gtin).executeTakeFirst();
    for (const { gtin, lot } of lots) {
      const audience: AudienceMember[] = [
        { mspId: own.regulator, gln: '', relation: 'regulator' },
        ...(product === undefined ? [] : [{ mspId: product.msp_id, gln: '', relation: 'maker' } as const]),
        ...(await audienceOfLot(db, gtin, lot)),
      ];
      notices.push({
        source: `${eventId}|${lot}`,
        kind: 'illegitimateProduct',
        severity: step.kind === 'termination' ? 'medium' : 'critical',
        about: {
          notificationId: filed.notification_id,
          step: step.kind,
          classification: step.classification,
          gtin,
          lot,
        },
        occurredAt: at.toISOString(),
        blockNumber,
        recipients: await peopleOf(db, own.mspId, audience),
      });
    }
  }
  return notices;
}

/** The request to the premises that are asked, the answer to who asked. */
async function tracing(db: Db, range: BlockRange, own: Organization): Promise<Notice[]> {
  const notices: Notice[] = [];
  for (const { event_id: eventId, event, block_number: blockNumber, record_time: at } of await eventsOf(db, range, [
    'tracing',
  ])) {
    const request = await db
      .selectFrom('tracing_requests')
      .selectAll()
      .where('request_id', '=', event.requestId ?? '')
      .executeTakeFirst();
    if (request === undefined) continue;
    const isAsked = request.event_id === eventId;
    const told: AudienceMember = isAsked
      ? { mspId: request.recipient_msp_id, gln: request.recipient, relation: 'recipient' }
      : { mspId: request.msp_id, gln: request.gln ?? '', relation: request.gln === null ? 'regulator' : 'reporter' };
    notices.push({
      source: eventId,
      kind: isAsked ? 'tracingRequested' : 'tracingAnswered',
      severity: isAsked ? 'high' : 'medium',
      about: {
        requestId: request.request_id,
        gtin: request.gtin,
        lot: request.lot,
        purpose: request.purpose,
        dueAt: request.due_at.toISOString(),
      },
      occurredAt: at.toISOString(),
      blockNumber,
      recipients: await peopleOf(db, own.mspId, [told]),
    });
  }
  return notices;
}
