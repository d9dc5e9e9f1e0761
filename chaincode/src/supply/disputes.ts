/** What shipper, recipient and regulator say about a shipment afterwards. Goods do not move by it. */
import { command, type Transaction } from '../ledger/index.ts';
import {
  DisputeReceipt,
  Refusal,
  SettleDispute,
  shipmentType,
  type DisputeOutcome,
  type ReceiptDispute,
  type Shipment,
} from '../model/index.ts';
import { alertOfDispute, requireCustodyRole, type StaffActor } from '../rules/index.ts';
import { supplyActor } from './actor.ts';
import { shipmentAddress } from './addresses.ts';
import { openAlert } from './alerts.ts';
import { eventIdOf, recordEvent } from './record.ts';
import { requireShipment } from './shipments.ts';

/** Says that shipment and receipt do not agree. */
export const disputeReceipt = command<DisputeReceipt>({
  body: DisputeReceipt,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { shipmentId, eventTime, reason } = body;
    const { actor, shipment } = await partyTo(transaction, body);
    if (actor.gln === undefined || actor.memberRole === 'regulator')
      throw new Refusal('not_custodian', 'shipper or recipient');
    if (shipment.dispute !== undefined && shipment.dispute.settled === undefined) throw new Refusal('dispute_open');
    const eventId = eventIdOf(transaction, { key });
    const { gln, mspId } = actor;
    const dispute: ReceiptDispute = { reason, gln, mspId, eventId, openedAt: transaction.time };
    putShipment(transaction, { ...shipment, dispute });
    const opened = { rule: alertOfDispute, reason: `dispute_${reason}`, subject: { shipmentId }, eventId };
    const alertId = await openAlert(transaction, actor, opened);
    const what = { shipmentId, alertId, dispute: { reason }, previous: [] };
    await recordEvent(transaction, actor, { eventId, kind: 'disputeReceipt', eventTime, ...what });
    return { result: { eventId, shipmentId, alertId } };
  },
});

/** Ends a dispute: the other party accepts, who opened it withdraws, or the regulator decides. */
export const settleDispute = command<SettleDispute>({
  body: SettleDispute,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { shipmentId, eventTime, outcome } = body;
    const { actor, shipment } = await partyTo(transaction, body);
    const { dispute } = shipment;
    if (dispute === undefined || dispute.settled !== undefined) throw new Refusal('wrong_state', 'nothing is disputed');
    if (outcome !== outcomeFor(actor, dispute))
      throw new Refusal('not_custodian', `not to be ${outcome} by this party`);
    const eventId = eventIdOf(transaction, { key });
    const settled = {
      outcome,
      mspId: actor.mspId,
      eventId,
      settledAt: transaction.time,
      ...(actor.gln === undefined ? {} : { gln: actor.gln }),
    };
    putShipment(transaction, { ...shipment, dispute: { ...dispute, settled } });
    const what = { shipmentId, dispute: { reason: dispute.reason, outcome }, previous: [dispute.eventId] };
    await recordEvent(transaction, actor, { eventId, kind: 'settleDispute', eventTime, ...what });
    return { result: { eventId, shipmentId } };
  },
});

function outcomeFor({ gln, mspId, memberRole }: StaffActor, dispute: ReceiptDispute): DisputeOutcome {
  if (memberRole === 'regulator') return 'decided';
  return gln === dispute.gln && mspId === dispute.mspId ? 'withdrawn' : 'accepted';
}

/** @throws Refusal shipment_not_found, not_custodian, role_not_allowed, licence_*, event_in_future */
async function partyTo(
  transaction: Transaction,
  body: { readonly shipmentId: string; readonly eventTime: string; readonly actor?: string },
): Promise<{ actor: StaffActor; shipment: Shipment }> {
  const actor = await supplyActor(transaction, body);
  const shipment = await requireShipment(transaction, body.shipmentId);
  const { shipper, shipperMspId, recipient, recipientMspId } = shipment;
  const isParty =
    (actor.gln === shipper && actor.mspId === shipperMspId) ||
    (actor.gln === recipient && actor.mspId === recipientMspId);
  const isRegulator = actor.memberRole === 'regulator' && actor.role === 'inspector';
  if (!isParty && !isRegulator) throw new Refusal('not_custodian', 'shipper, recipient or regulator');
  requireCustodyRole(actor, [actor.role], transaction.timeMs);
  if (Date.parse(body.eventTime) > transaction.timeMs + 60_000)
    throw new Refusal('event_in_future', undefined, '/eventTime');
  return { actor, shipment };
}

function putShipment({ ledger }: Transaction, shipment: Shipment): void {
  ledger.put(shipmentType, shipmentAddress(shipment.shipmentId), shipment);
}
