/** A case from the maker over a distributor to a pharmacy's shelf, with the mess of every day in it. */
import type { SeededRandom } from '../bench/seededRandom.ts';
import { tickMs, ticksOfDay, worldBegin, type Agenda, type EventBody } from './agenda.fixture.ts';
import { named, type Pack } from './goods.fixture.ts';
import type { Trader } from './trade.fixture.ts';

export interface Route {
  readonly maker: Trader;
  readonly distributor: Trader;
  readonly pharmacy: Trader;
}

/** A way from one to the next, with the shipment once it is on the way. */
export interface Leg {
  readonly leaves: number;
  readonly arrives: number;
  shipmentId?: string;
}

export interface Consignment extends Route {
  readonly sscc: string;
  readonly packs: readonly Pack[];
  readonly toDistributor: Leg;
  readonly toPharmacy: Leg;
  /** From this tick on the packs lie singly at the pharmacy. */
  readonly onShelf: number;
}

/** In percent of what travels. */
const mess = { lateReceipt: 8, overdueReceipt: 2, lateScan: 15, outOfOrder: 4, loose: 10, arrivesInTwo: 50 } as const;

type Goods = Pick<EventBody, 'packs' | 'containers'>;

export class Consignments {
  readonly #agenda: Agenda;
  readonly #random: SeededRandom;

  constructor(agenda: Agenda, random: SeededRandom) {
    this.#agenda = agenda;
    this.#random = random;
  }

  send(route: Route, sscc: string, packs: readonly Pack[], start: number): Consignment {
    const { maker, distributor, pharmacy } = route;
    const contents: Goods = { packs: [named(packs[0]!, ...packs)] };
    const box: Goods = { containers: [sscc] };
    const unpack = { type: 'unpack', sscc, ...contents } as const;
    this.#apply(start, maker, { type: 'pack', sscc, ...contents });
    const toDistributor = this.travel(maker, distributor, box, start + 1 + this.#random.below(ticksOfDay));
    const leaves = toDistributor.arrives + 2 + this.#random.below(3 * ticksOfDay);
    const common = { ...route, sscc, packs, toDistributor };
    if (!this.#chance(mess.loose)) {
      const toPharmacy = this.travel(distributor, pharmacy, box, leaves);
      const onShelf = toPharmacy.arrives + 1;
      this.#apply(onShelf, pharmacy, unpack);
      return { ...common, toPharmacy, onShelf };
    }
    this.#apply(leaves - 1, distributor, unpack);
    const toPharmacy = this.travel(distributor, pharmacy, contents, leaves);
    return { ...common, toPharmacy, onShelf: toPharmacy.arrives + 1 };
  }

  /** Ships and receives; what is loose may arrive in two parts, and a scanner may be late or have a wrong clock. */
  travel(from: Trader, to: Trader, goods: Goods, leaves: number): Leg {
    const days = this.#days();
    const leg: Leg = { leaves, arrives: leaves + days * ticksOfDay };
    const ship: EventBody = { type: 'ship', recipient: to.gln, ...goods };
    const shipped = ({ shipmentId }: { readonly shipmentId?: string }): void => void (leg.shipmentId = shipmentId!);
    this.#agenda.event({ tick: leaves, by: from, event: ship, expected: 'applied', done: shipped });
    const receive =
      (what: Goods, more: Partial<EventBody> = {}) =>
      () =>
        ({ type: 'receive', shipmentId: leg.shipmentId!, ...what, ...more }) as const;
    if (this.#chance(mess.outOfOrder)) {
      const eventTime = timeAt(leaves - ticksOfDay);
      const event = receive(goods, { eventTime });
      this.#agenda.event({ tick: leg.arrives - 2, by: to, event, expected: 'event_out_of_order' });
    }
    const parts = this.#chance(mess.arrivesInTwo) ? inTwo(goods) : [goods];
    for (const [index, part] of parts.entries()) {
      const complete = index === parts.length - 1;
      const late = this.#chance(mess.lateScan) ? { eventTime: timeAt(leg.arrives - 1) } : {};
      const tick = leg.arrives - (parts.length - 1 - index);
      this.#agenda.event({ tick, by: to, event: receive(part, complete ? late : { complete }), expected: 'applied' });
    }
    return leg;
  }

  #days(): number {
    if (this.#chance(mess.overdueReceipt)) return 15 + this.#random.below(3);
    return this.#chance(mess.lateReceipt) ? 4 + this.#random.below(8) : 1 + this.#random.below(3);
  }

  #apply(tick: number, by: Trader, event: EventBody): void {
    this.#agenda.event({ tick, by, event, expected: 'applied' });
  }

  #chance(percent: number): boolean {
    return this.#random.below(100) < percent;
  }
}

/** Loose packs, one of them apart; a case, or a single pack, stays whole. */
function inTwo(goods: Goods): Goods[] {
  const { serials = [], ...reference } = goods.packs?.[0] ?? {};
  if (serials.length < 2) return [goods];
  return [serials.slice(1), serials.slice(0, 1)].map((some) => ({ packs: [{ ...reference, serials: some }] }));
}

/** RFC 3339, with the offset of where it happens. */
export function timeAt(tick: number): string {
  return new Date(worldBegin + tick * tickMs + 3_600_000).toISOString().replace('Z', '+01:00');
}
