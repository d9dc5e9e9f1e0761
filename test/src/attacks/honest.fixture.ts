/** What becomes of an honest pack once it lies on a pharmacy's shelf, and when somebody scans it. */
import type { SeededRandom } from '../bench/seededRandom.ts';
import type { Caller } from '../../../gateway-api/src/auth/caller.ts';
import { ticksOfDay, type Agenda, type EventBody, type Verified } from './agenda.fixture.ts';
import type { Consignment, Consignments } from './consignment.fixture.ts';
import { named, scanOf, type Pack } from './goods.fixture.ts';
import type { Trader } from './trade.fixture.ts';

const qualityDecisionHash = 'a'.repeat(64);

export type Judge = (pack: Pack, context: string, answer: Verified) => void;

/** Outcomes on the shelf and scans, in percent. */
const fates = { dispensed: 85, undone: 6, scannedTwice: 3, returned: 4 } as const;
const scans = { receive: 20, dispense: 35, consumer: 30, inventory: 10 } as const;
/** People who scan the box on a journey, in percent of those who scan. */
const abroad = 1;

export class HonestLives {
  readonly #agenda: Agenda;
  readonly #random: SeededRandom;
  readonly #consignments: Consignments;
  readonly #inspector: Caller;
  readonly #judge: Judge;

  constructor(agenda: Agenda, random: SeededRandom, consignments: Consignments, inspector: Caller, judge: Judge) {
    this.#agenda = agenda;
    this.#random = random;
    this.#consignments = consignments;
    this.#inspector = inspector;
    this.#judge = judge;
  }

  live(pack: Pack, consignment: Consignment, otherPharmacy: Trader): void {
    const { pharmacy, onShelf } = consignment;
    const sold = onShelf + 3 + this.#random.below(15 * ticksOfDay);
    const fate = this.#random.below(100);
    const [undone, twice] = [fates.dispensed + fates.undone, fates.dispensed + fates.undone + fates.scannedTwice];
    if (fate >= twice && fate < twice + fates.returned) {
      this.#sendBack(pack, consignment, otherPharmacy, sold);
      return;
    }
    const isSold = fate < twice;
    if (isSold) this.#apply(sold, pharmacy, { type: 'dispense', packs: [named(pack, pack)] });
    if (fate >= undone && isSold) {
      const again: EventBody = { type: 'dispense', packs: [named(pack, pack)] };
      this.#agenda.event({ tick: sold + 1, by: pharmacy, event: again, expected: 'already_supplied_here' });
    }
    const isUndone = fate >= fates.dispensed && fate < undone;
    if (isUndone) {
      this.#apply(sold + 2, pharmacy, { type: 'undoDispense', notHandedOver: true, packs: [named(pack, pack)] });
      this.#apply(sold + 6, pharmacy, { type: 'dispense', packs: [named(pack, pack)] });
    }
    this.#scanOnce(pack, consignment, sold, isSold ? sold + (isUndone ? 7 : 1) : undefined);
  }

  /** @param handedOut when it is in the patient's hand, if ever */
  #scanOnce(pack: Pack, { pharmacy, toPharmacy, onShelf }: Consignment, sold: number, handedOut?: number): void {
    const dice = this.#random.below(100);
    if (dice < scans.receive) return this.#scan(pack, 'receive', toPharmacy.arrives - 2, pharmacy.caller);
    if (dice < scans.receive + scans.dispense) return this.#scan(pack, 'dispense', sold - 1, pharmacy.caller);
    if (dice < scans.receive + scans.dispense + scans.consumer && handedOut !== undefined)
      return this.#scan(
        pack,
        'consumer',
        handedOut + this.#random.below(5 * ticksOfDay),
        undefined,
        this.#home(pharmacy),
      );
    if (dice < scans.receive + scans.dispense + scans.consumer + scans.inventory)
      return this.#scan(pack, 'inventory', onShelf + 1, pharmacy.caller);
    this.#scan(pack, 'inspection', onShelf + this.#random.below(30), this.#inspector);
  }

  /** Back to the distributor, looked at, found good and sent to another pharmacy. */
  #sendBack(pack: Pack, { distributor, pharmacy }: Consignment, otherPharmacy: Trader, sold: number): void {
    const packs = [named(pack, pack)];
    let shipmentId: string | undefined;
    this.#agenda.event({
      tick: sold,
      by: pharmacy,
      event: { type: 'return', recipient: distributor.gln, packs },
      expected: 'applied',
      done: ({ shipmentId: id }) => void (shipmentId = id),
    });
    const receive = (): EventBody => ({ type: 'receive', shipmentId: shipmentId!, packs });
    this.#scan(pack, 'return', sold + 7, distributor.caller);
    this.#agenda.event({ tick: sold + 8, by: distributor, event: receive, expected: 'applied' });
    this.#apply(sold + 10, distributor, { type: 'unlock', reason: 'inspected_good', qualityDecisionHash, packs });
    const { arrives } = this.#consignments.travel(distributor, otherPharmacy, { packs }, sold + 12);
    this.#apply(arrives + 4, otherPharmacy, { type: 'dispense', packs });
  }

  /** Where a patient of this pharmacy scans: near it, or on holiday. */
  #home({ country, place }: Trader): object {
    if (this.#random.below(100) < abroad) return { country: 'PT', latitude: 38.7, longitude: -9.1 };
    const nearby = (degrees: number): number => degrees + (this.#random.below(40) - 20) / 100;
    return { country, latitude: nearby(place.latitude), longitude: nearby(place.longitude) };
  }

  #apply(tick: number, by: Trader, event: EventBody): void {
    this.#agenda.event({ tick, by, event, expected: 'applied' });
  }

  #scan(pack: Pack, context: string, tick: number, by: Caller | undefined, more: object = {}): void {
    const judged = (answer: Verified): void => this.#judge(pack, context, answer);
    this.#agenda.scan({ tick, by, body: { scan: scanOf(pack), context, ...more }, judged });
  }
}
