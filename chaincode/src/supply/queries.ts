import { query, type ContractDefinition } from '../ledger/index.ts';
import {
  FindContainer,
  FindEvent,
  FindLot,
  FindPack,
  FindProduct,
  collectionName,
  FindShipment,
  lotCommissioningType,
  lotRecallType,
  Refusal,
  shipmentType,
  supplyEventType,
  VerifyPack,
} from '../model/index.ts';
import { eventAddress, lotCommissioningAddress, recallAddress, shipmentAddress } from './addresses.ts';
import { custodyFactsOf, findContainer, findPack } from './goods.ts';
import { findStaffActor } from '../registry/actor.ts';
import { verify } from '../rules/index.ts';
import { requireLot, requireProduct } from './lotFacts.ts';
import { ledgerFactsOf } from './verificationFacts.ts';

const findProduct = query<FindProduct>({
  body: FindProduct,
  answer: (transaction, { body: { gtin } }) => requireProduct(transaction, gtin),
});

const findLot = query<FindLot>({
  body: FindLot,
  async answer(transaction, { body: { gtin, lot } }) {
    const { ledger } = transaction;
    const found = await requireLot(transaction, gtin, lot);
    const recalled = await ledger.get(lotRecallType, recallAddress(gtin, lot));
    const commissioning = await ledger.get(lotCommissioningType, lotCommissioningAddress(gtin, lot));
    return { lot: found, recall: recalled ?? null, reservedUnits: commissioning?.reservedUnits ?? 0 };
  },
});

const findPackQuery = query<FindPack>({
  body: FindPack,
  async answer(transaction, { body }) {
    const found = await findPack(transaction, body);
    return { pack: found.goods, custody: await custodyFactsOf(transaction, found) };
  },
});

const findContainerQuery = query<FindContainer>({
  body: FindContainer,
  async answer(transaction, { body: { sscc } }) {
    const found = await findContainer(transaction, sscc);
    return { container: found.goods, custody: await custodyFactsOf(transaction, found) };
  },
});

const findShipment = query<FindShipment>({
  body: FindShipment,
  async answer({ ledger }, { body: { shipmentId } }) {
    const shipment = await ledger.get(shipmentType, shipmentAddress(shipmentId));
    if (shipment === undefined) throw new Refusal('shipment_not_found');
    return shipment;
  },
});

const findEvent = query<FindEvent>({
  body: FindEvent,
  async answer({ ledger }, { body: { eventId } }) {
    const event = await ledger.get(supplyEventType, eventAddress(eventId));
    if (event === undefined) throw new Refusal('not_found', undefined, '/eventId');
    return event;
  },
});

/** A pack as the ledger has it now: its identity, custody and status, without the history that the read model knows. */
const verifyPack = query<VerifyPack>({
  body: VerifyPack,
  async answer(transaction, { body }) {
    const actor = await findStaffActor(transaction, [collectionName.registry]);
    const { context, lot, expiry } = body;
    const request = {
      context,
      timeMs: transaction.timeMs,
      ...(lot === undefined ? {} : { lot }),
      ...(expiry === undefined ? {} : { expiry }),
      ...(actor?.gln === undefined ? {} : { gln: actor.gln }),
    };
    return { ...verify(await ledgerFactsOf(transaction, body), request), verifiedAt: transaction.time };
  },
});

export const supplyQueries: ContractDefinition['queries'] = {
  'supply.findProduct': findProduct,
  'supply.findLot': findLot,
  'supply.findPack': findPackQuery,
  'supply.findContainer': findContainerQuery,
  'supply.findShipment': findShipment,
  'supply.findEvent': findEvent,
  'supply.verify': verifyPack,
};
