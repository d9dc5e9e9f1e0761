import { command } from '../ledger/index.ts';
import { lotRecallType, Recall, Refusal } from '../model/index.ts';
import { requireAct } from '../rules/index.ts';
import { supplyActor } from './actor.ts';
import { recallAddress } from './addresses.ts';
import { requireLot, requireProduct } from './lotFacts.ts';
import { eventIdOf, recordEvent } from './record.ts';

/**
 * Recalls or withdraws lots: one write for each lot, effective at once for every pack of it. Irreversible; a withdrawal
 * may become a recall.
 */
export const recall = command<Recall>({
  body: Recall,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { ledger, time, timeMs } = transaction;
    const { recallId, kind, recallClass, depth, gtin, eventTime } = body;
    const actor = await supplyActor(transaction, body);
    requireAct(actor, 'supply.recall', timeMs);
    const product = await requireProduct(transaction, gtin);
    if (actor.memberRole !== 'regulator' && actor.mspId !== product.mspId)
      throw new Refusal('organization_not_allowed', 'the product belongs to another maker');
    if (Date.parse(eventTime) > timeMs + 60_000) throw new Refusal('event_in_future', undefined, '/eventTime');
    const eventId = eventIdOf(transaction, { key });
    const previous: string[] = [];
    for (const lot of body.lots) {
      await requireLot(transaction, gtin, lot);
      const at = recallAddress(gtin, lot);
      const before = await ledger.get(lotRecallType, at);
      if (before !== undefined && !(before.kind === 'withdrawal' && kind === 'recall'))
        throw new Refusal('already_recalled', `lot ${lot}`);
      if (before !== undefined) previous.push(before.eventId);
      ledger.put(lotRecallType, at, {
        gtin,
        lot,
        recallId,
        kind,
        recallClass,
        depth,
        mspId: actor.mspId,
        eventId,
        recalledAt: time,
      });
    }
    const lots = body.lots.map((lot) => ({ gtin, lot }));
    const eventKind = kind === 'recall' ? 'recall' : 'withdraw';
    await recordEvent(transaction, actor, { eventId, kind: eventKind, eventTime, gtin, lots, recallId, previous });
    return { result: { recallId, eventId } };
  },
});
