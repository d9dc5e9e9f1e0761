import {
  commissioningJobType,
  containerType,
  lotCommissioningType,
  lotRecallType,
  lotType,
  packType,
  placementType,
  productType,
  segmentType,
  shipmentType,
  verificationAnchorType,
  type Goods,
} from '@chain-of-care/chaincode/model';
import { projector, type ProjectedRow } from '../projection/projector.ts';

const goodsColumns = (goods: Goods) => ({
  state: goods.state,
  parent: goods.parent ?? null,
  holder: goods.holder,
  msp_id: goods.mspId,
  shipment_id: goods.shipmentId ?? null,
  act: goods.act ?? null,
  event_id: goods.eventId,
  event_time: goods.eventTime,
});

/** Trade items, lots, and who holds packs and containers. */
export const supplyProjectors = [
  projector(productType, (product) => [
    {
      table: 'products',
      row: {
        gtin: product.gtin,
        ndc: product.ndc ?? null,
        name: product.name,
        dosage_form: product.dosageForm,
        strength: product.strength,
        pack_content: product.packContent,
        storage: product.storage ?? null,
        markets: product.markets,
        msp_id: product.mspId,
        gln: product.gln,
        contract_manufacturers: product.contractManufacturers,
        registered_at: product.registeredAt,
      },
    },
  ]),
  projector(lotType, (lot) => [
    {
      table: 'lots',
      row: {
        gtin: lot.gtin,
        lot: lot.lot,
        expiry: lot.expiry,
        expires_on: lot.expiresOn,
        manufactured_on: lot.manufacturedOn,
        declared_quantity: lot.declaredQuantity,
        serialised: lot.serialised !== false,
        gln: lot.gln,
        msp_id: lot.mspId,
        registered_at: lot.registeredAt,
        certified_at: lot.certifiedAt ?? null,
        expiry_extended_at: lot.expiryExtendedAt ?? null,
      },
    },
  ]),
  projector(lotCommissioningType, ({ gtin, lot, nextSegment, reservedUnits }) => [
    { table: 'lot_commissionings', row: { gtin, lot, next_segment: nextSegment, reserved_units: reservedUnits } },
  ]),
  projector(commissioningJobType, (job) => [
    {
      table: 'commissioning_jobs',
      row: {
        gtin: job.gtin,
        lot: job.lot,
        job_id: job.jobId,
        first_segment: job.firstSegment,
        segments: job.segments,
        units: job.units,
        gln: job.gln,
        msp_id: job.mspId,
      },
    },
  ]),
  projector(segmentType, ({ gtin, lot, segment, serials, ...made }) => [
    {
      table: 'segments',
      row: {
        gtin,
        lot,
        segment,
        job_id: made.jobId ?? null,
        units_before: made.unitsBefore,
        units: serials.length,
        serials,
        gln: made.gln,
        msp_id: made.mspId,
        event_id: made.eventId,
        event_time: made.eventTime,
      },
    },
    ...serials.map((serial, position): ProjectedRow => ({
      table: 'serials',
      row: { gtin, serial, lot, segment, position },
    })),
  ]),
  projector(placementType, ({ gtin, lot, segment, groups }) =>
    groups.map((group) => ({
      table: 'placements',
      row: {
        gtin,
        lot,
        segment,
        sscc: group.sscc,
        members: group.members,
        event_id: group.eventId,
        event_time: group.eventTime,
      },
    })),
  ),
  projector(packType, (pack) => [
    {
      table: 'packs',
      row: {
        gtin: pack.gtin,
        serial: pack.serial,
        lot: pack.lot,
        segment: pack.segment,
        remaining: pack.remaining ?? null,
        ...goodsColumns(pack),
      },
    },
  ]),
  projector(containerType, (container) => [
    {
      table: 'containers',
      row: {
        sscc: container.sscc,
        ...goodsColumns(container),
        contents: container.contents,
        quantities: container.quantities ?? [],
      },
    },
    ...container.contents.map(({ gtin, lot, units, locked }): ProjectedRow => ({
      table: 'container_lots',
      row: { gtin, lot, sscc: container.sscc, units, locked },
    })),
  ]),
  projector(shipmentType, (shipment) => [
    {
      table: 'shipments',
      row: {
        shipment_id: shipment.shipmentId,
        kind: shipment.kind,
        status: shipment.status,
        shipper: shipment.shipper,
        shipper_msp_id: shipment.shipperMspId,
        recipient: shipment.recipient,
        recipient_msp_id: shipment.recipientMspId,
        shipped_at: shipment.shippedAt,
        recorded_at: shipment.recordedAt,
        received_at: shipment.receivedAt ?? null,
        containers: shipment.containers,
        packs: shipment.packs,
        received_containers: shipment.receivedContainers,
        received_packs: shipment.receivedPacks,
        quantities: shipment.quantities ?? [],
        received_quantities: shipment.receivedQuantities ?? [],
        expected_by: shipment.expectedBy ?? null,
        late: shipment.late ?? false,
        dispute: shipment.dispute ?? null,
        commerce_at: shipment.commerceAt ?? null,
      },
    },
  ]),
  projector(verificationAnchorType, (anchor, { txId, blockNumber }) => [
    {
      table: 'verification_roots',
      row: {
        msp_id: anchor.mspId,
        sequence: anchor.sequence,
        size: anchor.size,
        root: anchor.root,
        since: anchor.since,
        until: anchor.until,
        anchored_at: anchor.anchoredAt,
        tx_id: txId,
        block_number: blockNumber,
      },
    },
  ]),
  projector(lotRecallType, (recall) => [
    {
      table: 'lot_recalls',
      row: {
        gtin: recall.gtin,
        lot: recall.lot,
        recall_id: recall.recallId,
        kind: recall.kind,
        recall_class: recall.recallClass,
        depth: recall.depth,
        msp_id: recall.mspId,
        event_id: recall.eventId,
        recalled_at: recall.recalledAt,
      },
    },
  ]),
];
