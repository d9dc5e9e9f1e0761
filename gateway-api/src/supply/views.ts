/** Rows of the read model as answers. */
import {
  epcisKinds,
  packUri,
  type ReceiptDispute,
  type ShippedQuantity,
  type StorageProfile,
  type SupplyEvent,
} from '@chain-of-care/chaincode/model';
import type { Selectable } from 'kysely';
import type { Database } from '../readmodel/index.ts';
import type { AlertView, RecallView } from './alertDto.ts';
import type { ContainerView, LotView, PackView, ProductView, StorageConditions } from './dto.ts';
import type { DisputeView, NamedPacksView, QuantityView, ShipmentView, SupplyEventView } from './eventDto.ts';
import { custodyOf, type LocatedContainer, type LocatedPack } from './location.ts';
import { sensorElements } from './sensors.ts';

type Row<Table extends keyof Database> = Selectable<Database[Table]>;

export function productView(row: Row<'products'>): ProductView {
  return {
    gtin: row.gtin,
    name: row.name,
    dosageForm: row.dosage_form,
    strength: row.strength,
    packContent: row.pack_content,
    markets: [...row.markets],
    mspId: row.msp_id,
    gln: row.gln,
    contractManufacturers: [...row.contract_manufacturers],
    registeredAt: row.registered_at.toISOString(),
    ...(row.ndc === null ? {} : { ndc: row.ndc }),
    ...(row.storage === null ? {} : { storage: storageConditions(row.storage) }),
  };
}

export function storageConditions(profile: StorageProfile): StorageConditions {
  return {
    unit: 'Cel',
    min: profile.minMilliCelsius / 1000,
    max: profile.maxMilliCelsius / 1000,
    excursionMin: profile.excursionMinMilliCelsius / 1000,
    excursionMax: profile.excursionMaxMilliCelsius / 1000,
    maxMeanKinetic: profile.maxMktMilliCelsius / 1000,
    freezeSensitive: profile.freezeSensitive,
  };
}

export function storageProfile(conditions: StorageConditions): StorageProfile {
  const {
    min,
    max,
    excursionMin = min,
    excursionMax = max,
    maxMeanKinetic = max,
    freezeSensitive = false,
  } = conditions;
  const milli = (celsius: number): number => Math.round(celsius * 1000);
  return {
    minMilliCelsius: milli(min),
    maxMilliCelsius: milli(max),
    excursionMinMilliCelsius: milli(excursionMin),
    excursionMaxMilliCelsius: milli(excursionMax),
    maxMktMilliCelsius: milli(maxMeanKinetic),
    freezeSensitive,
  };
}

export function lotView(row: Row<'lots'>, commissioned: number, recall: Row<'lot_recalls'> | undefined): LotView {
  return {
    gtin: row.gtin,
    lot: row.lot,
    expiry: row.expiry,
    expiresOn: row.expires_on,
    manufacturedOn: row.manufactured_on,
    declaredQuantity: row.declared_quantity,
    commissionedQuantity: commissioned,
    serialised: row.serialised,
    mspId: row.msp_id,
    gln: row.gln,
    registeredAt: row.registered_at.toISOString(),
    ...(row.certified_at === null ? {} : { releasedAt: row.certified_at.toISOString() }),
    ...(row.expiry_extended_at === null ? {} : { expiryExtendedAt: row.expiry_extended_at.toISOString() }),
    ...(recall === undefined
      ? {}
      : {
          recall: {
            recallId: recall.recall_id,
            kind: recall.kind,
            recallClass: recall.recall_class,
            recalledAt: recall.recalled_at.toISOString(),
          },
        }),
  };
}

export function packView(pack: LocatedPack, expiry: string | undefined): PackView {
  const { gtin, serial, lot, segment, containers, remaining } = pack;
  const { shipmentId, ...custody } = custodyOf(pack);
  return {
    gtin,
    serial,
    lot,
    segment,
    ...custody,
    containers: containers.map(({ sscc }) => sscc),
    uri: packUri(gtin, serial),
    ...(shipmentId === null ? {} : { shipmentId }),
    ...(expiry === undefined ? {} : { expiry }),
    ...(remaining === undefined ? {} : { remaining }),
  };
}

export function containerView(chain: readonly LocatedContainer[], contents: ContainerView['contents']): ContainerView {
  const [own] = chain;
  const root = chain.at(-1)!;
  const { state } = chain.find((container) => container.state !== 'active') ?? own!;
  return {
    sscc: own!.sscc,
    state,
    holder: root.holder,
    mspId: root.mspId,
    containers: chain.slice(1).map(({ sscc }) => sscc),
    contents,
    ...(root.shipmentId === null ? {} : { shipmentId: root.shipmentId }),
  };
}

/** In an event's answer sets of packs are named by lot; segments are the ledger's own affair. */
function namedView(sets: readonly NamedPacksView[]): NamedPacksView[] {
  return sets.map(({ gtin, lot, serials }) => ({ gtin, lot, serials: [...serials] }));
}

/** @param row its `event` may be the brief one, without the goods it names */
export function eventView(row: Pick<Row<'supply_events'>, 'event' | 'tx_id' | 'block_number'>): SupplyEventView {
  const event: SupplyEvent = row.event;
  const { segments, lots, packs, attempted, gln, gtin, dispute, correction, queued, ...more } = event;
  const {
    certificateHash: _certificate,
    witnessHash: _witness,
    qualityDecisionHash: _decision,
    sensors,
    ...rest
  } = more;
  const [lot] = lots ?? [];
  const reason = rest.reason ?? dispute?.reason ?? correction?.reason;
  const product = gtin ?? segments?.gtin ?? lot?.gtin;
  return {
    ...rest,
    ...epcisKinds[event.kind],
    ...(gln === undefined ? {} : { readPoint: gln }),
    ...(packs === undefined ? {} : { packs: namedView(packs) }),
    ...(product === undefined ? {} : { gtin: product }),
    ...(lot === undefined ? {} : { lot: lot.lot }),
    ...(segments === undefined ? {} : { units: segments.units }),
    ...(attempted === undefined ? {} : { attempted: attempted.event, code: attempted.code }),
    ...(reason === undefined ? {} : { reason }),
    ...(dispute?.outcome === undefined ? {} : { outcome: dispute.outcome }),
    ...(correction === undefined ? {} : { erroneousEventId: correction.erroneousEventId }),
    ...(queued === undefined ? {} : { wasQueued: true }),
    ...(sensors === undefined ? {} : { sensorElementList: sensorElements(sensors) }),
    transactionId: row.tx_id,
    blockNumber: row.block_number,
  };
}

export function shipmentView(row: Row<'shipments'>): ShipmentView {
  return {
    shipmentId: row.shipment_id,
    kind: row.kind,
    status: row.status,
    shipper: row.shipper,
    shipperMspId: row.shipper_msp_id,
    recipient: row.recipient,
    recipientMspId: row.recipient_msp_id,
    shippedAt: row.shipped_at.toISOString(),
    containers: [...row.containers],
    packs: namedView(row.packs),
    receivedContainers: [...row.received_containers],
    receivedPacks: namedView(row.received_packs),
    hasCommerce: row.commerce_at !== null,
    ...(row.received_at === null ? {} : { receivedAt: row.received_at.toISOString() }),
    ...(row.expected_by === null ? {} : { expectedBy: row.expected_by.toISOString() }),
    ...(row.late ? { late: true } : {}),
    ...(row.quantities.length === 0 ? {} : { quantities: quantityView(row.quantities) }),
    ...(row.received_quantities.length === 0 ? {} : { receivedQuantities: quantityView(row.received_quantities) }),
    ...(row.dispute === null ? {} : { dispute: disputeView(row.dispute) }),
  };
}

function quantityView(lines: readonly ShippedQuantity[]): QuantityView[] {
  return lines.map(({ gtin, lot, units }) => ({ gtin, lot, units }));
}

function disputeView({ settled, ...opened }: ReceiptDispute): DisputeView {
  if (settled === undefined) return opened;
  return { ...opened, outcome: settled.outcome, settledAt: settled.settledAt };
}

export function alertView(row: Row<'alerts'>): AlertView {
  const optional = {
    gtin: row.gtin,
    lot: row.lot,
    serial: row.serial,
    sscc: row.sscc,
    shipmentId: row.shipment_id,
    gln: row.gln,
    makerMspId: row.maker_msp_id,
    descriptionHash: row.description_hash,
    assigneeMspId: row.assignee_msp_id,
    assigneeGln: row.assignee_gln,
  };
  return {
    alertId: row.alert_id,
    type: row.type,
    severity: row.severity,
    status: row.status,
    source: row.source,
    reason: row.reason,
    mspId: row.msp_id,
    role: row.role,
    evidence: [...row.evidence],
    eventId: row.event_id,
    openedAt: row.opened_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== null)),
  };
}

export function recallView(row: Row<'lot_recalls'>): RecallView {
  return {
    recallId: row.recall_id,
    kind: row.kind,
    class: row.recall_class,
    depth: row.depth,
    gtin: row.gtin,
    lots: [row.lot],
    mspId: row.msp_id,
    eventId: row.event_id,
    recalledAt: row.recalled_at.toISOString(),
  };
}
