import { command, type Transaction } from '../ledger/index.ts';
import {
  collectionName,
  licenceListType,
  premisesType,
  Refusal,
  Return,
  Ship,
  shipmentType,
  supplyLimits,
  VoidShipment,
  type HeldQuantity,
  type LicenceKind,
  type Premises,
  type Shipment,
  type ShippedQuantity,
} from '../model/index.ts';
import { licencesAddress, premisesAddress } from '../registry/addresses.ts';
import { decideCustody, isValid, recipientLicences, returnLicences, underWay } from '../rules/index.ts';
import { atPremises, supplyActor, type PremisesActor } from './actor.ts';
import { shipmentAddress } from './addresses.ts';
import { putCommerce, requireOwner } from './commerce.ts';
import { guardRoot, putGoods, whatOf } from './custodyWrites.ts';
import { custodyFactsOf, findAll, type FoundGoods } from './goods.ts';
import { addQuantity, moveQuantities } from './quantities.ts';
import { eventIdOf, recordEvent, sensorsOf } from './record.ts';
import { inTransit, requireShipment } from './shipments.ts';

const dayMs = 24 * 3600 * 1000;

/** Hands goods over to a recipient: one write for each root, however much is inside. */
export const ship = shipping(Ship, 'ship', 'transfer');
/** Sends goods back up the chain; they arrive locked. */
export const returnGoods = shipping(Return, 'return', 'return');

function shipping(body: typeof Ship, event: 'ship' | 'return', kind: 'transfer' | 'return') {
  return command<Ship>({
    body,
    guards: () => undefined,
    async decide(transaction, { body, key }) {
      const { ledger, time, timeMs } = transaction;
      const { shipmentId, eventTime, commerce } = body;
      const actor = atPremises(await supplyActor(transaction, body));
      const at = shipmentAddress(shipmentId);
      if (await ledger.has(at)) throw new Refusal('already_exists', undefined, '/shipmentId');
      if (body.recipient === actor.gln) throw new Refusal('validation_failed', 'is the shipper', '/recipient');
      const goods = await findAll(transaction, body);
      const premises = await ledger.get(premisesType, premisesAddress(body.recipient));
      const returnedTo = premises === undefined ? {} : { returnedTo: premises.mspId };
      const occasion = { event, eventTime, timeMs } as const;
      for (const found of goods)
        decideCustody(actor, await custodyFactsOf(transaction, found), { ...occasion, ...returnedTo });
      const recipient = await licensedRecipient(transaction, premises, kind);
      const eventId = eventIdOf(transaction, { key });
      for (const found of goods) {
        await putGoods(transaction, found, { state: 'in_transit', shipmentId, eventId, eventTime });
        guardRoot(transaction, found, [actor.mspId, recipient.premises.mspId]);
      }
      const lines = body.quantities ?? [];
      const quantities = await moveQuantities(transaction, actor, lines, occasion, { eventId, eventTime });
      const { packs = [], containers = [], previous } = whatOf(goods);
      const shipment: Shipment = {
        shipmentId,
        kind,
        status: 'open',
        shipper: actor.gln,
        shipperMspId: actor.mspId,
        recipient: recipient.premises.gln,
        recipientMspId: recipient.premises.mspId,
        shippedAt: eventTime,
        recordedAt: time,
        expectedBy: expectedBy(body),
        containers,
        packs,
        receivedContainers: [],
        receivedPacks: [],
        ...(lines.length === 0 ? {} : { quantities: lines.map(shippedQuantity), receivedQuantities: [] }),
      };
      if (commerce !== undefined) {
        await requireOwner(transaction, recipient.licences, commerce);
        putCommerce(transaction, shipment, commerce);
      }
      ledger.put(shipmentType, at, { ...shipment, ...(commerce === undefined ? {} : { commerceAt: time }) });
      const what = {
        packs,
        containers,
        shipmentId,
        recipient: shipment.recipient,
        previous,
        ...(quantities.length === 0 ? {} : { quantities }),
        ...sensorsOf(body),
      };
      await recordEvent(transaction, actor, { eventId, kind: event, eventTime, ...what });
      return { result: { eventId, shipmentId, ...(commerce === undefined ? {} : { commerce: true }) } };
    },
  });
}

/** Takes back what was not received: all of a shipment, or what is missing of one that arrived short. */
export const voidShipment = command<VoidShipment>({
  body: VoidShipment,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { ledger } = transaction;
    const { shipmentId, eventTime } = body;
    const actor = atPremises(await supplyActor(transaction, body));
    const at = shipmentAddress(shipmentId);
    const shipment = await requireShipment(transaction, shipmentId);
    const missing = await notReceived(transaction, shipment);
    await decideVoid(transaction, actor, shipment, missing, eventTime);
    if (shipment.status !== 'open' && shipment.status !== 'short')
      throw new Refusal('wrong_state', `the shipment is ${shipment.status}`);
    const eventId = eventIdOf(transaction, { key });
    for (const found of missing.goods) {
      const state = found.goods.act?.event === 'lock' ? 'locked' : 'active';
      await putGoods(transaction, found, { state, shipmentId: undefined, eventId, eventTime });
      guardRoot(transaction, found, [actor.mspId]);
    }
    for (const { wasLocked, ...line } of missing.quantities)
      await addQuantity(transaction, actor, line, { eventId, eventTime }, wasLocked && 'return_inspection');
    ledger.put(shipmentType, at, { ...shipment, status: shipment.status === 'open' ? 'void' : 'settled' });
    const quantities = missing.quantities.map(({ gtin, lot, units }) => ({ gtin, lot, units }));
    const what = { ...whatOf(missing.goods), ...(quantities.length === 0 ? {} : { quantities }), shipmentId };
    await recordEvent(transaction, actor, { eventId, kind: 'voidShip', eventTime, ...what });
    return { result: { eventId, shipmentId } };
  },
});

interface NotReceived {
  readonly goods: readonly FoundGoods[];
  readonly quantities: readonly ShippedQuantity[];
}

async function notReceived(transaction: Transaction, shipment: Shipment): Promise<NotReceived> {
  const { containers, packs, receivedContainers, receivedPacks } = shipment;
  const arrived = new Set(receivedPacks.flatMap(({ gtin, serials }) => serials.map((serial) => `${gtin}|${serial}`)));
  const missing = {
    containers: containers.filter((sscc) => !receivedContainers.includes(sscc)),
    packs: packs
      .map((set) => ({ ...set, serials: set.serials.filter((serial) => !arrived.has(`${set.gtin}|${serial}`)) }))
      .filter(({ serials }) => serials.length > 0),
  };
  const isNone = missing.containers.length + missing.packs.length === 0;
  const found = isNone ? [] : await findAll(transaction, missing);
  return {
    // What was declared stolen on the way is in transit no more.
    goods: found.filter(({ goods }) => goods.shipmentId === shipment.shipmentId),
    quantities: underWay(shipment.quantities ?? [], shipment.receivedQuantities ?? []),
  };
}

async function decideVoid(
  transaction: Transaction,
  actor: PremisesActor,
  shipment: Shipment,
  { goods, quantities }: NotReceived,
  eventTime: string,
): Promise<void> {
  const occasion = { event: 'voidShip', eventTime, timeMs: transaction.timeMs } as const;
  for (const found of goods) decideCustody(actor, await custodyFactsOf(transaction, found), occasion);
  if (quantities.length > 0 || goods.length === 0) decideCustody(actor, inTransit(shipment), occasion);
}

/** @throws Refusal premises_not_found, recipient_not_licensed */
async function licensedRecipient(
  { ledger, timeMs }: Transaction,
  premises: Premises | undefined,
  kind: Shipment['kind'],
): Promise<{ premises: Premises; licences: readonly LicenceKind[] }> {
  if (premises === undefined) throw new Refusal('premises_not_found', undefined, '/recipient');
  const list = await ledger.get(licenceListType, licencesAddress(collectionName.registry, premises.gln));
  const wanted = kind === 'return' ? returnLicences : recipientLicences;
  const licences = (list?.licences ?? [])
    .filter((licence) => wanted.includes(licence.kind) && isValid(licence, timeMs))
    .map((licence) => licence.kind);
  if (licences.length === 0) throw new Refusal('recipient_not_licensed', undefined, '/recipient');
  return { premises, licences };
}

/** @throws Refusal validation_failed when it is to be there before it leaves */
function expectedBy({ expectedBy, eventTime }: Ship): string {
  const shippedMs = Date.parse(eventTime);
  if (expectedBy === undefined) return new Date(shippedMs + supplyLimits.receiptDays * dayMs).toISOString();
  if (Date.parse(expectedBy) < shippedMs)
    throw new Refusal('validation_failed', 'lies before eventTime', '/expectedBy');
  return expectedBy;
}

function shippedQuantity({ gtin, lot, units, state }: HeldQuantity): ShippedQuantity {
  return { gtin, lot, units, ...(state === 'locked' ? { wasLocked: true } : {}) };
}
