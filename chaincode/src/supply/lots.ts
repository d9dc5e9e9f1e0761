/** What a lot's maker says of it after it was registered: quality release, and a later last day. */
import { command, type Transaction } from '../ledger/index.ts';
import { CertifyLot, ExtendExpiry, lotRecallType, lotType, Refusal, type Lot } from '../model/index.ts';
import { requireAct, type ActName } from '../rules/index.ts';
import { atPremises, supplyActor, type PremisesActor } from './actor.ts';
import { lotAddress, recallAddress } from './addresses.ts';
import { requireLot, requireProduct } from './lotFacts.ts';
import { requireMaker } from './products.ts';
import { eventIdOf, recordEvent } from './record.ts';

export const certifyLot = command<CertifyLot>({
  body: CertifyLot,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { actor, lot } = await makersLot(transaction, 'supply.certifyLot', body);
    if (lot.certifiedAt !== undefined) throw new Refusal('already_exists', 'the lot is released already');
    transaction.ledger.put(lotType, lotAddress(lot.gtin, lot.lot), { ...lot, certifiedAt: transaction.time });
    return recorded(transaction, actor, { ...body, kind: 'certifyLot', key });
  },
});

export const extendExpiry = command<ExtendExpiry>({
  body: ExtendExpiry,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { actor, lot } = await makersLot(transaction, 'supply.extendExpiry', body);
    if (body.expiresOn <= lot.expiresOn)
      throw new Refusal('validation_failed', `must be later than ${lot.expiresOn}`, '/expiresOn');
    const extended: Lot = { ...lot, expiresOn: body.expiresOn, expiryExtendedAt: transaction.time };
    transaction.ledger.put(lotType, lotAddress(lot.gtin, lot.lot), extended);
    return recorded(transaction, actor, { ...body, kind: 'extendExpiry', key });
  },
});

/** @throws Refusal lot_recalled; what roles, licences and belonging refuse */
async function makersLot(
  transaction: Transaction,
  act: ActName,
  body: CertifyLot,
): Promise<{ readonly actor: PremisesActor; readonly lot: Lot }> {
  const actor = atPremises(await supplyActor(transaction, body));
  requireAct(actor, act, transaction.timeMs);
  requireMaker(actor, await requireProduct(transaction, body.gtin));
  const lot = await requireLot(transaction, body.gtin, body.lot);
  if ((await transaction.ledger.get(lotRecallType, recallAddress(body.gtin, body.lot))) !== undefined)
    throw new Refusal('lot_recalled', `lot ${body.lot}`);
  return { actor, lot };
}

async function recorded(
  transaction: Transaction,
  actor: PremisesActor,
  {
    gtin,
    lot,
    eventTime,
    certificateHash,
    kind,
    key,
  }: CertifyLot & { kind: 'certifyLot' | 'extendExpiry'; key: string },
) {
  const eventId = eventIdOf(transaction, { key });
  await recordEvent(transaction, actor, {
    eventId,
    kind,
    eventTime,
    lots: [{ gtin, lot }],
    previous: [],
    ...(certificateHash === undefined ? {} : { certificateHash }),
  });
  return { result: { gtin, lot, eventId } };
}
