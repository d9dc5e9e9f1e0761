import { command, type Transaction } from '../ledger/index.ts';
import {
  Receive,
  Refusal,
  shipmentType,
  type HeldQuantity,
  type NamedPacks,
  type OverageInput,
  type Shipment,
  type StateAct,
} from '../model/index.ts';
import {
  alertOfLateReceipt,
  alertOfOverage,
  alertOfShortage,
  decideCustody,
  underWay,
  type AlertRule,
} from '../rules/index.ts';
import { atPremises, supplyActor, type PremisesActor } from './actor.ts';
import { shipmentAddress } from './addresses.ts';
import { openAlert } from './alerts.ts';
import { guardRoot, putGoods, whatOf } from './custodyWrites.ts';
import { custodyFactsOf, findAll, type FoundGoods } from './goods.ts';
import { addQuantity, requireClassLot } from './quantities.ts';
import { eventIdOf, recordEvent, sensorsOf, uuidOf } from './record.ts';
import { inTransit, requireShipment } from './shipments.ts';

/**
 * Takes what arrived into custody. What is missing when the shipment is closed is a shortage, what came along an overage,
 * what comes after its time is late: each is an alert.
 */
export const receive = command<Receive>({
  body: Receive,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { ledger } = transaction;
    const { shipmentId, eventTime } = body;
    const actor = atPremises(await supplyActor(transaction, body));
    const shipment = await requireShipment(transaction, shipmentId);
    decideCustody(actor, inTransit(shipment), { event: 'receive', eventTime, timeMs: transaction.timeMs });
    const eventId = eventIdOf(transaction, { key });
    const overage = overageOf(body.overage);
    const isOnlyOverage = overage !== undefined && namesNothing(body);
    const goods = isOnlyOverage ? [] : await findAll(transaction, body);
    await takeGoods(transaction, actor, shipment, goods, { eventId, eventTime });
    const lines = body.quantities ?? [];
    await takeQuantities(transaction, actor, shipment, lines, { eventId, eventTime });
    const quantities = lines.map(({ gtin, lot, units }) => ({ gtin, lot, units }));
    const what = { ...whatOf(goods), ...(quantities.length === 0 ? {} : { quantities }) };
    const after = afterReceipt(shipment, what, body.complete ?? true, eventTime);
    ledger.put(shipmentType, shipmentAddress(shipmentId), after);
    const facts = { ...what, shipmentId, ...(overage === undefined ? {} : { overage }), ...lateness(after) };
    const told = sensorsOf(body);
    await recordEvent(transaction, actor, { eventId, kind: 'receive', eventTime, ...facts, ...told });
    const alertIds = await openReceiptAlerts(transaction, actor, {
      eventId,
      shipment: after,
      isShort: after.status === 'short',
      isOver: overage !== undefined,
      isLate: after.late === true && shipment.late !== true,
    });
    const [alertId] = alertIds;
    const opened = alertId === undefined ? {} : { alertId, alertIds };
    return { result: { eventId, shipmentId, status: after.status, ...opened } };
  },
});

interface Moved {
  readonly eventId: string;
  readonly eventTime: string;
}

async function takeGoods(
  transaction: Transaction,
  actor: PremisesActor,
  shipment: Shipment,
  goods: readonly FoundGoods[],
  { eventId, eventTime }: Moved,
): Promise<void> {
  const { timeMs, time: recordTime } = transaction;
  const { gln, mspId } = actor;
  const inspection: StateAct = { event: 'lock', gln, mspId, eventTime, recordTime, reason: 'return_inspection' };
  const isReturn = shipment.kind === 'return';
  for (const found of goods) {
    if (found.goods.shipmentId !== shipment.shipmentId)
      throw new Refusal('not_in_shipment', `not on its way with it; the shipment is ${shipment.status}`);
    decideCustody(actor, await custodyFactsOf(transaction, found), { event: 'receive', eventTime, timeMs });
    await putGoods(transaction, found, {
      holder: gln,
      mspId,
      shipmentId: undefined,
      eventId,
      eventTime,
      state: isReturn ? 'locked' : 'active',
      act: isReturn ? inspection : undefined,
    });
    guardRoot(transaction, found, [mspId]);
  }
}

async function takeQuantities(
  transaction: Transaction,
  actor: PremisesActor,
  shipment: Shipment,
  lines: readonly HeldQuantity[],
  moved: Moved,
): Promise<void> {
  const { status, kind } = shipment;
  if (lines.length > 0 && (status === 'void' || status === 'settled'))
    throw new Refusal('not_in_shipment', `the shipment is ${status}`, '/quantities');
  for (const line of lines) {
    await requireClassLot(transaction, line);
    const reason = kind === 'return' ? ('return_inspection' as const) : undefined;
    await addQuantity(transaction, actor, line, moved, reason);
  }
}

/** @throws Refusal not_in_shipment when more of a lot arrives than was shipped: that is an overage */
function afterReceipt(
  shipment: Shipment,
  what: { packs?: NamedPacks[]; containers?: string[]; quantities?: HeldQuantity[] },
  complete: boolean,
  eventTime: string,
): Shipment {
  const { packs = [], containers = [], quantities = [] } = what;
  const receivedContainers = [...shipment.receivedContainers, ...containers];
  const receivedPacks = [...shipment.receivedPacks, ...packs];
  const receivedQuantities = [...(shipment.receivedQuantities ?? []), ...quantities];
  const missing =
    shipment.containers.length -
    receivedContainers.length +
    unitsOf(shipment.packs) -
    unitsOf(receivedPacks) +
    underWay(shipment.quantities ?? [], receivedQuantities).length;
  const status = missing === 0 ? 'received' : complete ? 'short' : 'partly_received';
  const isLate = shipment.expectedBy !== undefined && Date.parse(eventTime) > Date.parse(shipment.expectedBy);
  return {
    ...shipment,
    receivedContainers,
    receivedPacks,
    status,
    receivedAt: eventTime,
    ...(receivedQuantities.length === 0 ? {} : { receivedQuantities }),
    ...(isLate || shipment.late === true ? { late: true } : {}),
  };
}

/** One alert for each thing that is wrong with a receipt. */
async function openReceiptAlerts(
  transaction: Transaction,
  actor: PremisesActor,
  receipt: { eventId: string; shipment: Shipment; isShort: boolean; isOver: boolean; isLate: boolean },
): Promise<string[]> {
  const { eventId, shipment, isShort, isOver, isLate } = receipt;
  const wrong: readonly (readonly [boolean, AlertRule, string])[] = [
    [isShort, alertOfShortage, 'shortage'],
    [isOver, alertOfOverage, 'overage'],
    [isLate, alertOfLateReceipt, 'late_receipt'],
  ];
  const alertIds: string[] = [];
  const subject = { shipmentId: shipment.shipmentId };
  for (const [isSo, rule, reason] of wrong) {
    if (!isSo) continue;
    const alertId = uuidOf(`alert|${eventId}${alertIds.length === 0 ? '' : `|${reason}`}`);
    alertIds.push(await openAlert(transaction, actor, { rule, reason, subject, eventId, alertId }));
  }
  return alertIds;
}

function overageOf(overage: OverageInput | undefined): OverageInput | undefined {
  const { packs = [], containers = [], quantities = [] } = overage ?? {};
  if (packs.length + containers.length + quantities.length === 0) return undefined;
  return {
    ...(packs.length === 0 ? {} : { packs }),
    ...(containers.length === 0 ? {} : { containers }),
    ...(quantities.length === 0 ? {} : { quantities }),
  };
}

function namesNothing({ packs = [], containers = [], quantities = [] }: Receive): boolean {
  return packs.length + containers.length + quantities.length === 0;
}

function lateness({ late }: Shipment): { late?: true } {
  return late === true ? { late } : {};
}

function unitsOf(sets: readonly NamedPacks[]): number {
  return sets.reduce((sum, { serials }) => sum + serials.length, 0);
}
