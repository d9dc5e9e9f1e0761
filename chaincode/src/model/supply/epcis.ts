/** What a recorded event is in EPCIS 2.0 and the Core Business Vocabulary 2.0. */
import type { SupplyEventKind } from './vocabulary.ts';

export interface EpcisKind {
  readonly type: 'ObjectEvent' | 'AggregationEvent';
  readonly action: 'ADD' | 'OBSERVE' | 'DELETE';
  readonly bizStep?: string;
  readonly disposition?: string;
}

const object = (action: EpcisKind['action'], bizStep: string, disposition?: string): EpcisKind => ({
  type: 'ObjectEvent',
  action,
  bizStep,
  ...(disposition === undefined ? {} : { disposition }),
});

/** Kinds without a row (registrations, reports, refusals) are no EPCIS events. */
export const epcisKinds: Readonly<Partial<Record<SupplyEventKind, EpcisKind>>> = {
  commission: object('ADD', 'commissioning', 'active'),
  pack: { type: 'AggregationEvent', action: 'ADD', bizStep: 'packing', disposition: 'in_progress' },
  unpack: { type: 'AggregationEvent', action: 'DELETE', bizStep: 'unpacking', disposition: 'in_progress' },
  ship: object('OBSERVE', 'shipping', 'in_transit'),
  return: object('OBSERVE', 'shipping', 'returned'),
  receive: object('OBSERVE', 'receiving', 'in_progress'),
  voidShip: object('OBSERVE', 'void_shipping', 'in_progress'),
  lock: object('OBSERVE', 'holding', 'non_sellable_other'),
  unlock: object('OBSERVE', 'inspecting', 'sellable_accessible'),
  dispense: object('OBSERVE', 'dispensing', 'dispensed'),
  open: object('OBSERVE', 'dispensing', 'partially_dispensed'),
  undoDispense: object('OBSERVE', 'inspecting', 'sellable_accessible'),
  freeSample: object('OBSERVE', 'dispensing', 'dispensed'),
  supplyArticle23: object('OBSERVE', 'dispensing', 'dispensed'),
  sample: object('OBSERVE', 'sampling', 'non_sellable_other'),
  export: object('OBSERVE', 'shipping', 'inactive'),
  checkOut: object('OBSERVE', 'transforming', 'inactive'),
  undo: object('OBSERVE', 'inspecting', 'sellable_accessible'),
  steal: object('OBSERVE', 'inspecting', 'stolen'),
  destroy: object('DELETE', 'destroying', 'destroyed'),
  inspect: object('OBSERVE', 'inspecting'),
  observe: object('OBSERVE', 'cycle_counting'),
  recall: object('OBSERVE', 'holding', 'recalled'),
  withdraw: object('OBSERVE', 'holding', 'recalled'),
};
