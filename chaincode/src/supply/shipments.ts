import type { Transaction } from '../ledger/index.ts';
import { Refusal, shipmentType, type Shipment } from '../model/index.ts';
import { shipmentAddress } from './addresses.ts';

/** Facts of quantities on their way. */
export function inTransit(shipment: Shipment) {
  const { shipper: holder, shipperMspId: mspId, shippedAt: lastEventTime } = shipment;
  return {
    state: 'in_transit',
    holder,
    mspId,
    hasParent: false,
    lockedInside: 0,
    lots: [],
    shipment,
    lastEventTime,
  } as const;
}

/** @throws Refusal shipment_not_found */
export async function requireShipment({ ledger }: Transaction, shipmentId: string): Promise<Shipment> {
  const shipment = await ledger.get(shipmentType, shipmentAddress(shipmentId));
  if (shipment === undefined) throw new Refusal('shipment_not_found', undefined, '/shipmentId');
  return shipment;
}
