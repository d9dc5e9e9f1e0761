import { command } from '../ledger/index.ts';
import { DeclareError, errorDeclarationType, Refusal, supplyEventType } from '../model/index.ts';
import { requireCustodyRole } from '../rules/index.ts';
import { supplyActor } from './actor.ts';
import { errorDeclarationAddress, eventAddress } from './addresses.ts';
import { eventIdOf, recordEvent } from './record.ts';

/**
 * Declares that an event was recorded in error (EPCIS 2.0 §7.4.1.2 errorDeclaration). The event stays; what it did to goods is put
 * right by events of custody, which the declaration names.
 */
export const declareError = command<DeclareError>({
  body: DeclareError,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { ledger, time, timeMs } = transaction;
    const { erroneousEventId, reason, correctiveEventIds = [], eventTime } = body;
    const actor = await supplyActor(transaction, body);
    requireCustodyRole(actor, [actor.role], timeMs);
    const erroneous = await ledger.get(supplyEventType, eventAddress(erroneousEventId));
    if (erroneous === undefined) throw new Refusal('event_not_found', undefined, '/erroneousEventId');
    const isOwn = erroneous.mspId === actor.mspId && erroneous.gln === actor.gln;
    if (!isOwn && !(actor.memberRole === 'regulator' && actor.role === 'inspector'))
      throw new Refusal('wrong_premises', 'another recorded the event', '/erroneousEventId');
    for (const [index, id] of correctiveEventIds.entries())
      if (!(await ledger.has(eventAddress(id))))
        throw new Refusal('event_not_found', undefined, `/correctiveEventIds/${index}`);
    const at = errorDeclarationAddress(erroneousEventId);
    if (await ledger.has(at))
      throw new Refusal('already_exists', 'the event is declared erroneous', '/erroneousEventId');
    const eventId = eventIdOf(transaction, { key });
    const correction = { erroneousEventId, reason, correctiveEventIds };
    ledger.put(errorDeclarationType, at, {
      ...correction,
      declaredAt: time,
      mspId: actor.mspId,
      eventId,
      ...(actor.gln === undefined ? {} : { gln: actor.gln }),
    });
    const { packs, containers, lots, shipmentId } = erroneous;
    await recordEvent(transaction, actor, {
      eventId,
      kind: 'declareError',
      eventTime,
      correction,
      previous: [erroneousEventId],
      ...(packs === undefined ? {} : { packs }),
      ...(containers === undefined ? {} : { containers }),
      ...(lots === undefined ? {} : { lots }),
      ...(shipmentId === undefined ? {} : { shipmentId }),
    });
    return { result: { eventId } };
  },
});
