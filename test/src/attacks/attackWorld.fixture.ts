/** A seeded world of honest trade with attacks in it, lived through on real contracts and judged by the real rules. */
import { seededRandom, type SeededRandom } from '../bench/seededRandom.ts';
import type { Caller } from '../../../gateway-api/src/auth/caller.ts';
import { Agenda, ticksOfDay, type EventBody, type Verified } from './agenda.fixture.ts';
import { attackKinds, type Stage } from './attackKinds.fixture.ts';
import { Confusion, honest } from './confusion.fixture.ts';
import { Consignments, type Consignment } from './consignment.fixture.ts';
import { gtinOf, scanOf, ssccOf, type LotPlan, type Pack } from './goods.fixture.ts';
import { HonestLives } from './honest.fixture.ts';
import { MemoryGateway } from './memoryGateway.fixture.ts';
import { Trade, type Trader } from './trade.fixture.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly honestPacks: number;
  readonly packsOfKind: number;
}

const packsOfCase = 24;
const daysOfSending = 20;
/** When a lot's packs are recalled, or have expired: all of them are on shelves by then. */
const endOfSending = (daysOfSending + 50) * ticksOfDay;
const lotsOfProduct = 3;
const products = 3;

export async function judgeWorld(options: WorldOptions): Promise<Confusion> {
  const gateway = await MemoryGateway.open();
  try {
    return await new AttackWorld(gateway, options).live();
  } finally {
    await gateway.close();
  }
}

class AttackWorld {
  readonly #gateway: MemoryGateway;
  readonly #options: WorldOptions;
  readonly #random: SeededRandom;
  readonly #trade: Trade;
  readonly #agenda = new Agenda();
  readonly #consignments: Consignments;
  readonly #confusion = new Confusion();
  readonly #lots: LotPlan[] = [];
  readonly #serials = new Map<LotPlan, string[]>();
  #cases = 0;

  constructor(gateway: MemoryGateway, options: WorldOptions) {
    this.#gateway = gateway;
    this.#options = options;
    this.#random = seededRandom(options.seed);
    this.#trade = new Trade(gateway);
    this.#consignments = new Consignments(this.#agenda, this.#random);
  }

  async live(): Promise<Confusion> {
    await this.#trade.establish();
    await this.#trade.changeLicence(this.#trade.suspended, 'suspend');
    this.#planLots();
    this.#sendEverything();
    this.#sendLot('recalled');
    this.#sendLot('expired');
    await this.#manufacture();
    await this.#agenda.run(this.#gateway);
    return this.#confusion;
  }

  #planLots(): void {
    for (let product = 1; product <= products; product += 1)
      for (let lot = 1; lot <= lotsOfProduct; lot += 1)
        this.#lots.push(plan(gtinOf(product), `L${product}${lot}`, `2${7 + (lot % 2)}0${lot}28`));
  }

  /** Cases of which most packs are honest; some fall victim to an attack. */
  #sendEverything(): void {
    const { honestPacks, packsOfKind } = this.#options;
    const kinds = Object.keys(attackKinds);
    const victims = kinds.flatMap((kind) => Array.from({ length: packsOfKind }, (_, number) => ({ kind, number })));
    const cases = Math.ceil((honestPacks + victims.length) / packsOfCase);
    const lives = new HonestLives(
      this.#agenda,
      this.#random,
      this.#consignments,
      this.#trade.inspector,
      (_, context, answer) => this.#note(honest, context, answer),
    );
    for (let index = 0; index < cases; index += 1) {
      const lot = this.#random.of(this.#lots);
      const consignment = this.#send(lot, this.#random.below(daysOfSending * ticksOfDay));
      const elsewhere = this.#pharmacyBut(consignment.pharmacy);
      const share = Math.ceil(victims.length / (cases - index));
      const fallen = victims.splice(0, share);
      for (const [place, pack] of consignment.packs.entries()) {
        const victim = fallen[place];
        if (victim === undefined) lives.live(pack, consignment, elsewhere);
        else
          attackKinds[victim.kind]!(this.#stage(victim.kind, lot, elsewhere), {
            pack,
            consignment,
            number: victim.number,
          });
      }
    }
  }

  /** A lot of which every pack is attacked alike: it is recalled, or sold on after its last day. */
  #sendLot(kind: 'recalled' | 'expired'): void {
    const lot = plan(gtinOf(1), kind.toUpperCase(), kind === 'expired' ? '260430' : '271130');
    const { random } = this;
    for (let sent = 0; sent < this.#options.packsOfKind; sent += packsOfCase) {
      const consignment = this.#send(lot, random.below(ticksOfDay));
      for (const pack of consignment.packs) {
        const body = { scan: scanOf(pack), context: random.of(['dispense', 'inventory']) };
        const judged = (answer: Verified): void => this.#note(kind, body.context, answer);
        this.#agenda.scan({ tick: endOfSending + 1, by: consignment.pharmacy.caller, body, judged });
      }
    }
    if (kind === 'recalled')
      this.#agenda.call({
        tick: endOfSending,
        by: this.#trade.makers[0]!.caller,
        operationId: 'recallLots',
        body: { class: 'I', depth: 'consumer', gtin: lot.gtin, lots: [lot.lot] },
      });
  }

  get random(): SeededRandom {
    return this.#random;
  }

  #send(lot: LotPlan, start: number): Consignment {
    const route = {
      maker: this.#trade.makers[0]!,
      distributor: this.#random.of(this.#trade.distributors),
      pharmacy: this.#random.of(this.#trade.pharmacies),
    };
    this.#cases += 1;
    const made = this.#serials.get(lot) ?? [];
    this.#serials.set(lot, made);
    const serials = Array.from({ length: packsOfCase }, () => {
      const serial = `S${String(made.length).padStart(6, '0')}${this.#random.below(1_000_000).toString(36)}`;
      made.push(serial);
      return serial;
    });
    const packs = serials.map((serial): Pack => ({ ...lot, serial }));
    return this.#consignments.send(route, ssccOf(this.#cases), packs, start);
  }

  #stage(kind: string, lot: LotPlan, elsewhere: Trader): Stage {
    const otherLot = this.#lots.find((other) => other.gtin === lot.gtin && other.lot !== lot.lot)!;
    return {
      agenda: this.#agenda,
      random: this.#random,
      trade: this.#trade,
      elsewhere,
      otherLot,
      act: (tick: number, by: Trader, event: EventBody | (() => EventBody), expected?: string) =>
        this.#agenda.event({ tick, by, event, ...(expected === undefined ? {} : { expected }) }),
      judge: (tick: number, context: string, by: Caller | undefined, printed: Pack, more: object = {}) =>
        this.#agenda.scan({
          tick,
          by,
          body: { scan: scanOf(printed), context, ...more },
          judged: (answer) => this.#note(kind, context, answer),
        }),
    };
  }

  async #manufacture(): Promise<void> {
    const { caller } = this.#trade.makers[0]!;
    const demand = async (operationId: string, body: object, params: object = {}): Promise<void> => {
      const answer = await this.#gateway.call(operationId, caller, body, params);
      if (answer.status >= 300) throw new Error(`${operationId}: ${JSON.stringify(answer)}`);
    };
    for (const gtin of new Set([...this.#serials.keys()].map((lot) => lot.gtin))) {
      const facts = { dosageForm: 'capsule', strength: '500 mg', packContent: 20, markets: ['DE', 'AT'] };
      await demand('registerProduct', { gtin, name: `Product ${gtin}`, ...facts });
    }
    for (const [{ gtin, ...lot }, serials] of this.#serials) {
      await demand('registerLot', { ...lot, declaredQuantity: serials.length }, { gtin });
      await demand('recordSupplyEvents', { type: 'commission', gtin, lot: lot.lot, serials });
    }
  }

  #pharmacyBut(own: Trader): Trader {
    return this.#random.of(this.#trade.pharmacies.filter((pharmacy) => pharmacy !== own));
  }

  #note(label: string, context: string, { riskBand, riskFactors }: Verified): void {
    this.#confusion.add({ label, context, band: riskBand, factors: riskFactors.map(({ code }) => code) });
  }
}

function plan(gtin: string, lot: string, expiry: string): LotPlan {
  return { gtin, lot, expiry, manufacturedOn: '2026-01-15' };
}
