import {
  classBalanceType,
  errorDeclarationType,
  takenBackType,
  tradeRecordType,
  transformationType,
  type Commerce,
} from '@chain-of-care/chaincode/model';
import { fieldsOf, projector } from '../projection/projector.ts';

/** Quantities of lots without serials, material of repackagers, corrections, commerce. */
export const supplyTradeProjectors = [
  projector(classBalanceType, (balance) => [
    {
      table: 'class_balances',
      row: {
        gtin: balance.gtin,
        lot: balance.lot,
        gln: balance.gln,
        msp_id: balance.mspId,
        units: balance.units,
        locks: balance.locks,
        event_id: balance.eventId,
        event_time: balance.eventTime,
      },
    },
  ]),
  projector(transformationType, (offered) => [
    {
      table: 'transformations',
      row: {
        event_id: offered.eventId,
        gln: offered.gln,
        msp_id: offered.mspId,
        inputs: offered.inputs,
        content: offered.content,
        used_content: offered.usedContent,
      },
    },
  ]),
  projector(takenBackType, ({ eventId, quantities }) => [
    { table: 'taken_back', row: { event_id: eventId, quantities } },
  ]),
  projector(errorDeclarationType, (declared) => [
    {
      table: 'error_declarations',
      row: {
        erroneous_event_id: declared.erroneousEventId,
        reason: declared.reason,
        corrective_event_ids: declared.correctiveEventIds,
        declared_at: declared.declaredAt,
        gln: declared.gln ?? null,
        msp_id: declared.mspId,
        event_id: declared.eventId,
      },
    },
  ]),
  projector(tradeRecordType, (record, { collection }) => {
    const { shipmentId, shipper, recipient, recordedAt, ...commerce } = fieldsOf(record);
    return [
      {
        table: 'trade_records',
        row: {
          shipment_id: shipmentId,
          msp_id: collection.replace(/^trade_/, ''),
          shipper,
          recipient,
          recorded_at: recordedAt,
          commerce: commerce satisfies Commerce,
        },
      },
    ];
  }),
];
