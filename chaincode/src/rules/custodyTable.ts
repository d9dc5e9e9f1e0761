/**
 * The one table of what may happen to packs, containers and quantities: event → who, from which states, under which
 * guards, into which state. It drives the contract, the tests, the documentation and the buttons of the portal.
 * Sources: EU 2016/161 articles 10–30 and 41, and EMVO's transitions; US DSCSA; EPCIS/CBV 2.0.
 */
import type { CustodyEvent, GoodsState, StaffRole } from '../model/index.ts';
import type { GuardName } from './custodyGuards.ts';

/** How the submitter stands to the goods. */
export type Position = 'custodian' | 'recipient' | 'shipper' | 'maker' | 'regulator' | 'locker' | 'doer' | 'anyone';

export interface CustodyTransition {
  readonly roles: readonly StaffRole[];
  /** One of these is enough. */
  readonly positions: readonly Position[];
  readonly from: readonly (GoodsState | 'none')[];
  /** Absent: the state stays. */
  readonly to?: GoodsState;
  readonly guards: readonly GuardName[];
  /** Set: never on a container as a whole. */
  readonly packsOnly?: true;
  /** Set: also for a quantity of a lot that has no serials. */
  readonly byQuantity?: true;
}

const traders = ['manufacturer', 'cmo', 'distributor', '3pl', 'repackager'] as const;
const custodians = [...traders, 'pharmacist', 'destroyer'] as const;

export const custodyTransitions: Readonly<Record<CustodyEvent, CustodyTransition>> = {
  commission: {
    roles: ['manufacturer', 'cmo', 'repackager'],
    positions: ['maker'],
    from: ['none'],
    to: 'active',
    guards: ['lot_not_recalled', 'lot_not_held', 'lot_not_expired'],
    byQuantity: true,
  },
  pack: {
    roles: custodians,
    positions: ['custodian'],
    from: ['active'],
    guards: ['no_parent', 'nothing_locked'],
    byQuantity: true,
  },
  unpack: { roles: custodians, positions: ['custodian'], from: ['active', 'locked'], guards: [], byQuantity: true },
  ship: {
    roles: traders,
    positions: ['custodian'],
    from: ['active'],
    to: 'in_transit',
    guards: ['no_parent', 'nothing_locked', 'lot_not_recalled', 'lot_not_held', 'lot_not_expired'],
    byQuantity: true,
  },
  return: {
    roles: ['pharmacist', 'distributor', '3pl', 'repackager'],
    positions: ['custodian'],
    from: ['active', 'locked'],
    to: 'in_transit',
    guards: ['no_parent', 'returned_to_locker'],
    byQuantity: true,
  },
  receive: {
    roles: custodians,
    positions: ['recipient'],
    from: ['in_transit'],
    to: 'active',
    guards: ['no_parent'],
    byQuantity: true,
  },
  voidShip: {
    roles: custodians,
    positions: ['shipper'],
    from: ['in_transit'],
    to: 'active',
    guards: ['no_parent'],
    byQuantity: true,
  },
  lock: {
    roles: [...custodians, 'inspector'],
    positions: ['custodian', 'maker', 'regulator'],
    from: ['active'],
    to: 'locked',
    guards: [],
    byQuantity: true,
  },
  unlock: {
    roles: [...custodians, 'inspector'],
    positions: ['locker', 'regulator'],
    from: ['locked'],
    to: 'active',
    guards: ['own_state', 'quality_approved'],
    byQuantity: true,
  },
  dispense: {
    roles: ['pharmacist'],
    positions: ['custodian'],
    from: ['active'],
    to: 'supplied',
    guards: ['lot_not_recalled', 'lot_not_held', 'lot_not_expired'],
    packsOnly: true,
    byQuantity: true,
  },
  /** Hands out part of a pack: EU 2016/161 article 28. Later parts come from the opened, supplied pack. */
  open: {
    roles: ['pharmacist'],
    positions: ['custodian'],
    from: ['active', 'supplied'],
    to: 'supplied',
    guards: ['content_suffices', 'lot_not_recalled', 'lot_not_held', 'lot_not_expired'],
    packsOnly: true,
  },
  /** EU 2016/161 article 13; an opened pack has lost its anti-tampering device. */
  undoDispense: {
    roles: ['pharmacist', 'manufacturer', 'distributor'],
    positions: ['doer'],
    from: ['supplied'],
    to: 'active',
    guards: [
      'never_opened',
      'within_undo_days',
      'lot_not_recalled',
      'lot_not_held',
      'lot_not_expired',
      'not_handed_over',
    ],
    packsOnly: true,
    byQuantity: true,
  },
  /** EU 2016/161 article 41. */
  freeSample: {
    roles: ['manufacturer'],
    positions: ['custodian'],
    from: ['active'],
    to: 'supplied',
    guards: ['lot_not_recalled', 'lot_not_held', 'lot_not_expired'],
    packsOnly: true,
    byQuantity: true,
  },
  /** EU 2016/161 article 23. */
  supplyArticle23: {
    roles: ['manufacturer', 'distributor'],
    positions: ['custodian'],
    from: ['active'],
    to: 'supplied',
    guards: ['body_named', 'lot_not_recalled', 'lot_not_held', 'lot_not_expired'],
    packsOnly: true,
    byQuantity: true,
  },
  sample: {
    roles: ['inspector'],
    positions: ['regulator'],
    from: ['active', 'locked'],
    to: 'sampled',
    guards: [],
    packsOnly: true,
    byQuantity: true,
  },
  export: {
    roles: ['manufacturer', 'distributor'],
    positions: ['custodian'],
    from: ['active'],
    to: 'exported',
    guards: ['lot_not_recalled', 'lot_not_held', 'lot_not_expired'],
    byQuantity: true,
  },
  checkOut: {
    roles: ['repackager'],
    positions: ['custodian'],
    from: ['active'],
    to: 'checked_out',
    guards: ['lot_not_recalled', 'lot_not_held', 'lot_not_expired'],
  },
  /** Of sample, export, check-out and lock; goods that were locked before are locked again. */
  undo: {
    roles: [...custodians, 'inspector'],
    positions: ['doer'],
    from: ['locked', 'sampled', 'exported', 'checked_out'],
    to: 'active',
    guards: ['own_state', 'undoable', 'within_undo_days', 'lot_not_recalled', 'lot_not_held', 'lot_not_expired'],
  },
  steal: {
    roles: [...custodians, 'inspector'],
    positions: ['custodian', 'shipper', 'maker', 'regulator'],
    from: ['active', 'in_transit', 'locked'],
    to: 'stolen',
    guards: [],
    byQuantity: true,
  },
  destroy: {
    roles: custodians,
    positions: ['custodian'],
    from: ['active', 'locked'],
    to: 'destroyed',
    guards: ['destruction_proven'],
    byQuantity: true,
  },
  inspect: {
    roles: [...custodians, 'inspector'],
    positions: ['custodian', 'regulator'],
    from: ['active', 'in_transit', 'locked', 'supplied', 'sampled', 'exported', 'checked_out'],
    guards: [],
  },
  observe: {
    roles: [...custodians, 'carrier', 'inspector'],
    positions: ['anyone'],
    from: ['active', 'in_transit', 'locked', 'supplied', 'sampled', 'exported', 'checked_out', 'stolen'],
    guards: [],
  },
};
