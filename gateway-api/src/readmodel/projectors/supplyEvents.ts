import {
  alertType,
  lotHoldType,
  supplyAttemptsType,
  supplyEventType,
  type SupplyEvent,
} from '@chain-of-care/chaincode/model';
import { fieldsOf, projector, type ProjectedRow } from '../projection/projector.ts';

/**
 * What an event is about, as `supply_event_subjects` names it. Commissioned serials are found through their segment's
 * event, contents of a container through its SSCC.
 */
export function subjectsOfEvent(event: SupplyEvent): readonly string[] {
  const { packs = [], containers = [], lots = [], quantities = [], segments, parent, gtin, shipmentId } = event;
  const ofLots = [...packs, ...lots, ...quantities, ...(segments === undefined ? [] : [segments])];
  return [
    ...new Set([
      ...packs.flatMap((named) => named.serials.map((serial) => `pack|${named.gtin}|${serial}`)),
      ...[...containers, ...(parent === undefined ? [] : [parent])].map((sscc) => `container|${sscc}`),
      ...ofLots.map((of) => `lot|${of.gtin}|${of.lot}`),
      ...[...ofLots.map((of) => of.gtin), ...(gtin === undefined ? [] : [gtin])].map((of) => `product|${of}`),
      ...(shipmentId === undefined ? [] : [`shipment|${shipmentId}`]),
    ]),
  ];
}

/** Where a packing puts the subject; null of the container itself and of every other event. */
function containerPackedInto({ kind, parent }: SupplyEvent, subject: string): string | null {
  return kind !== 'pack' || parent === undefined || subject === `container|${parent}` ? null : parent;
}

/** What happened, and what gave alarm. */
export const supplyEventProjectors = [
  projector(supplyEventType, (event, { txId, blockNumber }) => [
    {
      table: 'supply_events',
      row: {
        event_id: event.eventId,
        kind: event.kind,
        event_time: event.eventTime,
        record_time: event.recordTime,
        gln: event.gln ?? null,
        msp_id: event.mspId,
        role: event.role,
        event: fieldsOf(event),
        hash: event.hash,
        tx_id: txId,
        block_number: blockNumber,
      },
    },
    ...subjectsOfEvent(event).map((subject): ProjectedRow => ({
      table: 'supply_event_subjects',
      row: {
        subject,
        record_time: event.recordTime,
        event_id: event.eventId,
        packed_into: containerPackedInto(event, subject),
      },
    })),
  ]),
  projector(alertType, (alert) => [
    {
      table: 'alerts',
      row: {
        alert_id: alert.alertId,
        type: alert.type,
        severity: alert.severity,
        status: alert.status,
        source: alert.source,
        reason: alert.reason,
        gtin: alert.subject.gtin ?? null,
        lot: alert.subject.lot ?? null,
        serial: alert.subject.serial ?? null,
        sscc: alert.subject.sscc ?? null,
        shipment_id: alert.subject.shipmentId ?? null,
        gln: alert.gln ?? null,
        msp_id: alert.mspId,
        member_role: alert.memberRole,
        role: alert.role,
        maker_msp_id: alert.makerMspId ?? null,
        description_hash: alert.descriptionHash ?? null,
        evidence: alert.evidence,
        event_id: alert.eventId,
        opened_at: alert.openedAt,
        assignee_msp_id: alert.assignee?.mspId ?? null,
        assignee_gln: alert.assignee?.gln ?? null,
        steps: alert.steps,
        changed_at: alert.changedAt,
      },
    },
  ]),
  projector(lotHoldType, (hold) => [
    {
      table: 'lot_holds',
      row: {
        gtin: hold.gtin,
        lot: hold.lot,
        alert_id: hold.alertId,
        msp_id: hold.mspId,
        event_id: hold.eventId,
        held_at: hold.heldAt,
      },
    },
  ]),
  projector(supplyAttemptsType, ({ gtin, serial, repeats }) => [
    { table: 'supply_attempts', row: { gtin, serial, repeats } },
  ]),
];
