/**
 * Attacks, each on a pack of its own. The attacker works through the same API as everybody, with a licence or without; what
 * is judged is the scan of whoever then has the box in hand, in the context of that moment.
 */
import type { SeededRandom } from '../bench/seededRandom.ts';
import type { Caller } from '../../../gateway-api/src/auth/caller.ts';
import { ticksOfDay, type Agenda, type EventBody } from './agenda.fixture.ts';
import type { Consignment } from './consignment.fixture.ts';
import { named, ssccOf, type LotPlan, type Pack } from './goods.fixture.ts';
import type { Trade, Trader } from './trade.fixture.ts';

export interface Victim {
  readonly pack: Pack;
  readonly consignment: Consignment;
  /** Of the same consignment, never dispensed before. */
  readonly number: number;
}

export interface Stage {
  readonly agenda: Agenda;
  readonly random: SeededRandom;
  readonly trade: Trade;
  /** A pharmacy that is not the consignment's. */
  readonly elsewhere: Trader;
  /** A lot of the same product that the pack is not of. */
  readonly otherLot: LotPlan;
  readonly act: (tick: number, by: Trader, event: EventBody | (() => EventBody), expected?: string) => void;
  /** The scan that is judged. */
  readonly judge: (tick: number, context: string, by: Caller | undefined, printed: Pack, more?: object) => void;
}

export type Attack = (stage: Stage, victim: Victim) => void;

const goods = (pack: Pack) => ({ packs: [named(pack, pack)] });
const dispense = (pack: Pack): EventBody => ({ type: 'dispense', ...goods(pack) });

/** Some time after the pack came to lie on the shelf. */
const later = ({ random }: Stage, { onShelf }: Consignment): number => onShelf + 3 + random.below(6 * ticksOfDay);

export const attackKinds: Readonly<Record<string, Attack>> = {
  /** A copy of a genuine box: the original is sold already, or still lies where it belongs; or a person was sold it. */
  clone(stage, { pack, consignment, number }) {
    const tick = later(stage, consignment);
    const { elsewhere, act, judge } = stage;
    if (number % 3 === 2) return judge(tick, 'consumer', undefined, pack, { country: elsewhere.country });
    if (number % 3 === 1) act(tick, consignment.pharmacy, dispense(pack), 'applied');
    else act(tick, elsewhere, dispense(pack));
    judge(tick + 3, 'dispense', elsewhere.caller, pack);
  },

  /** Taken off the lorry and offered to another pharmacy, which tries to receive it. */
  diversion({ elsewhere, act, judge }, { pack, consignment: { toPharmacy } }) {
    const tick = toPharmacy.leaves + 1;
    act(tick, elsewhere, () => ({ type: 'receive', shipmentId: toPharmacy.shipmentId!, ...goods(pack) }));
    judge(tick, 'receive', elsewhere.caller, pack);
  },

  /** A later date is printed over the true one. */
  relabelled_expiry(stage, { pack, consignment }) {
    const expiry = `${Number(pack.expiry.slice(0, 2)) + 1}${pack.expiry.slice(2)}`;
    stage.judge(later(stage, consignment), 'dispense', consignment.pharmacy.caller, { ...pack, expiry });
  },

  /** An emptied box is filled again: offered to a pharmacy, or sold to a person in another country. */
  refill(stage, { pack, consignment, number }) {
    const tick = later(stage, consignment);
    const { elsewhere, act, judge } = stage;
    act(tick, consignment.pharmacy, dispense(pack), 'applied');
    if (number % 3 === 2) judge(tick + 5, 'consumer', undefined, pack, { country: 'FI' });
    else judge(tick + 5, number % 3 === 1 ? 'dispense' : 'return', elsewhere.caller, pack);
  },

  /** For one market, sold in another by a pharmacy there. */
  grey_import(stage, { pack, consignment, number }) {
    const [lisbon, helsinki] = stage.trade.foreignPharmacies;
    const by = (number % 2 === 0 ? lisbon : helsinki)!;
    stage.judge(later(stage, consignment), 'dispense', by.caller, pack);
  },

  /** Left on the ramp in the sun: whoever receives it reports what the logger showed. */
  cold_break(stage, { pack, consignment }) {
    const { agenda, judge } = stage;
    const { toPharmacy, pharmacy } = consignment;
    const { gtin, lot, serial } = pack;
    const body = { type: 'cold_chain_break', gtin, lot, serial };
    agenda.call({ tick: toPharmacy.arrives + 1, by: pharmacy.caller, operationId: 'reportAlert', body });
    judge(later(stage, consignment), 'dispense', pharmacy.caller, pack);
  },

  /** A serial that nobody ever made, beside real ones. */
  phantom_serial(stage, { pack, consignment }) {
    const serial = `${pack.serial.slice(0, -1)}Z`;
    stage.judge(later(stage, consignment), 'receive', consignment.pharmacy.caller, { ...pack, serial });
  },

  /** Another box in the wrapping: its print is of another lot, or it lies in a case where it was never packed. */
  swapped_contents(stage, { pack, consignment, number }) {
    const { lot, expiry } = stage.otherLot;
    const { toPharmacy, pharmacy } = consignment;
    if (number % 2 === 0)
      return stage.judge(toPharmacy.arrives - 1, 'receive', pharmacy.caller, pack, {
        foundIn: ssccOf(900_000 + number),
      });
    stage.judge(later(stage, consignment), 'dispense', consignment.pharmacy.caller, { ...pack, lot, expiry });
  },

  /** Gone from the shelf, declared stolen, offered elsewhere. */
  stolen(stage, { pack, consignment }) {
    const tick = later(stage, consignment);
    stage.act(tick, consignment.pharmacy, { type: 'steal', ...goods(pack) }, 'applied');
    stage.judge(tick + 4, 'receive', stage.elsewhere.caller, pack);
  },

  /** Papers of a receipt are used again for a second box with the same print. */
  replayed_receipt(stage, { pack, consignment, number }) {
    const { elsewhere, act, judge } = stage;
    const { toPharmacy, pharmacy } = consignment;
    const tick = later(stage, consignment);
    const receipt = () => ({ type: 'receive', shipmentId: toPharmacy.shipmentId!, ...goods(pack) }) as const;
    if (number % 2 === 0) {
      act(tick, elsewhere, receipt);
      judge(tick + 2, 'receive', elsewhere.caller, pack);
      return;
    }
    act(tick, pharmacy, receipt);
    act(tick + 1, pharmacy, dispense(pack), 'applied');
    judge(tick + 4, 'dispense', pharmacy.caller, pack);
  },

  /** Seen in two towns within minutes: one of the two is not the box. */
  impossible_travel(stage, { pack, consignment }) {
    const tick = later(stage, consignment);
    const seenBy = farthestFrom(consignment.pharmacy, stage.trade.distributors);
    stage.act(tick, consignment.pharmacy, { type: 'inspect', ...goods(pack) }, 'applied');
    stage.act(tick, seenBy, { type: 'observe', ...goods(pack) }, 'applied');
    stage.judge(tick + 2, 'dispense', consignment.pharmacy.caller, pack);
  },

  /** Somebody whose licence was suspended passes it on as if it were his. */
  unlicensed_trade(stage, { pack, consignment }) {
    const { act, judge, trade, elsewhere } = stage;
    const tick = later(stage, consignment);
    act(tick, trade.suspended, { type: 'ship', recipient: elsewhere.gln, ...goods(pack) }, 'licence_suspended');
    judge(tick + 2, 'receive', elsewhere.caller, pack);
  },
};

/** Attacks on a whole lot of its own; what is judged is every pack of it. */
export const lotAttackKinds = ['recalled', 'expired'] as const;

function farthestFrom({ place }: Trader, others: readonly Trader[]): Trader {
  const distance = ({ place: there }: Trader): number =>
    Math.hypot(there.latitude - place.latitude, (there.longitude - place.longitude) * 0.64);
  return others.reduce((far, other) => (distance(other) > distance(far) ? other : far));
}
