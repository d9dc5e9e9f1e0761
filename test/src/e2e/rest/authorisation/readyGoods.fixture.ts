/** Packs that are ready for each act: in the state from which it may happen, at traders of every standing. */
import { randomUUID } from 'node:crypto';
import type { CustodyEvent } from '@chain-of-care/chaincode/model';
import type { Json } from '../../../system/rest.ts';
import { licenceStates } from './supplyCells.fixture.ts';
import { randomKey, record, standings, type Standing, type Traders } from './traders.fixture.ts';

const lot = 'READY';
const dates = { expiry: '351231', manufacturedOn: '2025-01-15' };

/** Acts on packs by who holds them when it happens. */
const held = {
  distributor: [
    'pack',
    'unpack',
    'ship',
    'return',
    'voidShip',
    'lock',
    'unlock',
    'supplyArticle23',
    'export',
    'undo',
    'steal',
    'destroy',
    'inspect',
    'observe',
    'sample',
  ],
  pharmacist: ['dispense', 'undoDispense', 'open'],
  repackager: ['checkOut'],
  manufacturer: ['freeSample'],
} as const satisfies Readonly<Record<string, readonly CustodyEvent[]>>;
type Holder = keyof typeof held;

/** A serial has at most 20 characters (GS1 General Specifications, AI 21). */
export function serialOf(act: string, standing: Standing): string {
  return `${act}.${standing.slice(0, 2)}`;
}

export class ReadyGoods {
  readonly traders: Traders;
  /** Made by contract: names as its manufacturers everybody but `other`. */
  readonly gtin = randomKey(14);
  /** Names only `other`. */
  readonly foreignGtin = randomKey(14);
  readonly #containers = new Map<Standing, string>();
  readonly #shipments = new Map<string, string>();

  constructor(traders: Traders) {
    this.traders = traders;
  }

  async prepare(): Promise<void> {
    await this.#register();
    await Promise.all(standings.map((standing) => this.#bring(standing)));
    await Promise.all(standings.map((standing) => this.#bringIntoState(standing)));
  }

  /** The act as an event on goods of this standing. */
  eventOf(act: CustodyEvent, standing: Standing): Json {
    const { traders } = this;
    const packs = [{ gtin: this.gtin, lot, serial: serialOf(act, standing) }];
    const shipment = { shipmentId: this.#shipments.get(`${act} ${standing}`) };
    const more: Readonly<Partial<Record<CustodyEvent, Json>>> = {
      commission: {
        gtin: standing === 'other' ? this.foreignGtin : this.gtin,
        lot: `MADE-${standing}`,
        serials: [randomUUID().slice(0, 18)],
        packs: undefined,
      },
      pack: { sscc: randomKey(18) },
      unpack: { sscc: this.#containers.get(standing) },
      ship: { recipient: traders.of('pharmacist', 'other').gln },
      return: { recipient: traders.of('manufacturer', 'other').gln },
      receive: shipment,
      voidShip: { ...shipment, packs: undefined },
      lock: { reason: 'suspect' },
      unlock: { reason: 'inspected_good' },
      undoDispense: { notHandedOver: true },
      open: { units: 1 },
      supplyArticle23: { suppliedTo: 'prison' },
      destroy: { certificateHash: 'a'.repeat(64) },
    };
    return { type: act, packs, ...more[act] };
  }

  async #register(): Promise<void> {
    const { session: maker } = this.traders.of('manufacturer', 'other');
    const named = (own: readonly Standing[]) => own.map((standing) => this.traders.of('cmo', standing).gln);
    const facts = { dosageForm: 'tablet', strength: '5 mg', packContent: 20 };
    const [own, foreign] = [named(licenceStates), named(['other'])];
    await maker.create('/v1/products', { gtin: this.gtin, name: 'Own', contractManufacturers: own, ...facts });
    const other = { gtin: this.foreignGtin, name: 'Foreign', contractManufacturers: foreign, ...facts };
    await maker.create('/v1/products', other);
    const lots = [
      ...[lot, ...licenceStates.map((state) => `MADE-${state}`)].map((name) => [this.gtin, name] as const),
      ...licenceStates.map((state) => [this.gtin, `RECALL-${state}`] as const),
      [this.foreignGtin, 'MADE-other'] as const,
    ];
    for (const [gtin, name] of lots)
      await maker.create(`/v1/products/${gtin}/lots`, { lot: name, declaredQuantity: 1_000, ...dates });
    const serials = standings.flatMap((standing) =>
      [...Object.values(held).flat(), 'receive'].map((act) => serialOf(act, standing)),
    );
    await record(maker, [{ type: 'commission', gtin: this.gtin, lot, serials }]);
  }

  /** To whoever has this standing, in each trade; what is to be received stays on the way. */
  async #bring(standing: Standing): Promise<void> {
    const { session: maker } = this.traders.of('manufacturer', 'other');
    for (const holder of Object.keys(held) as Holder[]) {
      const { session, gln } = this.traders.of(holder, standing);
      // The maker has what it made.
      if (holder === 'manufacturer' && standing === 'other') continue;
      const packs = this.#packs(held[holder], standing);
      const [shipped] = await record(maker, [{ type: 'ship', recipient: gln, packs }]);
      await record(session, [{ type: 'receive', shipmentId: shipped!['shipmentId'], packs }]);
    }
    const recipient = this.traders.of('distributor', standing).gln;
    const [shipped] = await record(maker, [{ type: 'ship', recipient, packs: this.#packs(['receive'], standing) }]);
    this.#shipments.set(`receive ${standing}`, String(shipped!['shipmentId']));
  }

  async #bringIntoState(standing: Standing): Promise<void> {
    const { session: distributor } = this.traders.of('distributor', standing);
    const sscc = randomKey(18);
    this.#containers.set(standing, sscc);
    const recipient = this.traders.of('pharmacist', 'other').gln;
    const results = await record(distributor, [
      { type: 'ship', recipient, packs: this.#packs(['voidShip'], standing) },
      { type: 'pack', sscc, packs: this.#packs(['unpack'], standing) },
      { type: 'lock', reason: 'suspect', packs: this.#packs(['unlock'], standing) },
      { type: 'export', packs: this.#packs(['undo'], standing) },
    ]);
    this.#shipments.set(`voidShip ${standing}`, String(results[0]!['shipmentId']));
    const { session: pharmacist } = this.traders.of('pharmacist', standing);
    await record(pharmacist, [{ type: 'dispense', packs: this.#packs(['undoDispense'], standing) }]);
  }

  #packs(acts: readonly string[], standing: Standing): Json[] {
    return [{ gtin: this.gtin, lot, serials: acts.map((act) => serialOf(act, standing)) }];
  }
}
