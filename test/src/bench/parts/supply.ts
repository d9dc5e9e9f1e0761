/** The supply chain through REST: what must be fast, and what must cost the same however much of it there is. */
import { randomUUID } from 'node:crypto';
import type { LoadCaller } from '../measure/httpClient.ts';
import { callerOf } from '../population.ts';
import type { Stage } from '../stage.ts';
import {
  makeLot,
  packLot,
  recordAll,
  registerLot,
  registerProduct,
  serialOf,
  serialsFrom,
  type MadeLot,
} from '../../system/lots.ts';
import { paced, timed, type Paced, type Timed } from '../supply/timed.ts';
import { benchInventory, type InventoryFigures } from '../supply/inventory.ts';

/** Serials of one commissioning command. */
const batchSizes = [1, 100, 512, 4_096, 16_384] as const;
const commissionersAtOnce = 4;
const hops = 3;
/** A lot is recalled once: of each size there are some. */
const lotsRecalled = 3;
const verificationsTimed = 200;
const historyLengths = [1, 10, 30, 100] as const;
const verificationsPerSecond = 50;
const verifiersAtOnce = 32;
const declared = 100_000_000;
const inventoryLines = 10_000;

export interface SizeFigures {
  readonly packs: number;
  readonly makeSeconds: number;
  readonly packSeconds: number;
  readonly ship: Timed;
  readonly receive: Timed;
  readonly recall: Timed;
  /** One pack of it, when the ledger holds this and everything smaller. */
  readonly verify: Timed;
  /** Resident bytes by process. */
  readonly memory: Readonly<Record<string, number>>;
}

export interface SupplyFigures {
  readonly commissioning: readonly { readonly batch: number; readonly packsPerSecond: number; readonly p50: number }[];
  readonly sizes: readonly SizeFigures[];
  readonly history: readonly { readonly events: number; readonly verify: Timed }[];
  readonly verification: Paced;
  readonly inventory?: InventoryFigures;
}

interface Actors {
  readonly maker: LoadCaller;
  readonly distributor: LoadCaller;
  /** GLNs. */
  readonly plant: string;
  readonly warehouse: string;
}

/** @param sizes packs of the lots and containers, ascending */
export async function benchSupply(stage: Stage, sizes: readonly number[]): Promise<SupplyFigures> {
  const actors: Actors = {
    maker: await callerOf(stage.people, 'PharmaMSP', 'maker'),
    distributor: await callerOf(stage.people, 'PharmaMSP', 'distributor'),
    plant: '4260000000035',
    warehouse: '4260000000042',
  };
  const figures: SizeFigures[] = [];
  for (const packs of sizes) figures.push(await benchSize(stage, actors, packs));
  const history = await benchHistory(stage, actors);
  const verification = await benchVerification(stage, actors);
  const commissioning = await benchCommissioning(stage, actors);
  const inventory = await benchInventory(stage, actors.maker, inventoryLines);
  return {
    commissioning,
    sizes: figures,
    history,
    verification,
    ...(inventory === undefined ? {} : { inventory }),
  };
}

/** A lot of this size in one container: shipped to and fro, verified, and recalled at last. */
async function benchSize(stage: Stage, { maker, distributor, plant, warehouse }: Actors, packs: number) {
  const lots: MadeLot[] = [];
  while (lots.length < lotsRecalled - 1) lots.push(await makeLot(maker, packs));
  const made = await seconds(() => makeLot(maker, packs));
  const packed = await seconds(() => packLot(maker, made.value));
  const { value: lot } = made;
  lots.push(lot);
  const containers = [packed.value];
  const watch = await stage.watch();
  const shipments: string[] = [];
  const ship = async (from: LoadCaller, recipient: string): Promise<void> => {
    const [shipped] = await recordAll(from, [{ type: 'ship', recipient, containers }]);
    shipments.push(shipped!.shipmentId!);
  };
  const receive = (by: LoadCaller): Promise<unknown> =>
    recordAll(by, [{ type: 'receive', shipmentId: shipments.at(-1), containers }]);
  const shipped: Timed[] = [];
  const received: Timed[] = [];
  for (let hop = 0; hop < hops; hop += 1) {
    const [from, to, recipient] = hop % 2 === 0 ? [maker, distributor, warehouse] : [distributor, maker, plant];
    shipped.push(await timed(watch, 1, () => ship(from, recipient)));
    received.push(await timed(watch, 1, () => receive(to)));
  }
  const verify = await timed(watch, verificationsTimed, (index) => verifyPack(maker, lot, index % packs));
  const recall = await timed(watch, lotsRecalled, (index) =>
    maker.post('/v1/recalls', { class: 'II', depth: 'retail', gtin: lots[index]!.gtin, lots: [lots[index]!.lot] }),
  );
  const memory = Object.fromEntries((await watch.between(0, 0)).map((each) => [each.name, each.memory]));
  const figures: SizeFigures = {
    packs,
    makeSeconds: made.seconds,
    packSeconds: packed.seconds,
    ship: together(shipped),
    receive: together(received),
    recall,
    verify,
    memory,
  };
  stage.say(
    `  ${packs} packs: made ${made.seconds.toFixed(1)} s, packed ${packed.seconds.toFixed(1)} s, ship ${whole(figures.ship.p50)}, ` +
      `receive ${whole(figures.receive.p50)}, recall ${whole(recall.p50)}, verify ${verify.p50.toFixed(1)} ms`,
  );
  return figures;
}

/** A pack of which more and more is known. */
async function benchHistory(stage: Stage, { maker }: Actors): Promise<SupplyFigures['history']> {
  const lot = await makeLot(maker, 1);
  const packs = [{ gtin: lot.gtin, lot: lot.lot, serials: [serialOf(0)] }];
  const watch = await stage.watch();
  const figures: { events: number; verify: Timed }[] = [];
  let events = 1;
  for (const length of historyLengths) {
    for (; events < length; events += 1) await recordAll(maker, [{ type: 'inspect', packs }]);
    const verify = await timed(watch, verificationsTimed, () => verifyPack(maker, lot, 0));
    stage.say(`  verification with ${events} events: ${verify.p50.toFixed(1)} ms`);
    figures.push({ events, verify });
  }
  return figures;
}

/** What a pharmacy's counter asks: steadily, as fast as it goes, and with the peer's own word. */
async function benchVerification(stage: Stage, { maker }: Actors): Promise<Paced> {
  const lot = await makeLot(maker, 1_000);
  let asked = 0;
  const next = (): number => (asked += 1) % lot.units;
  for (let index = 0; index < verificationsTimed; index += 1) await verifyPack(maker, lot, next());
  const steady = await paced(verificationsPerSecond, stage.options.measuredMs, () => verifyPack(maker, lot, next()));
  stage.say(
    `  verification at ${steady.perSecond}/s: p50 ${steady.p50.toFixed(1)} p95 ${steady.p95.toFixed(1)} ms, ${steady.failed} failed`,
  );
  const workers = Math.min(stage.options.clients, verifiersAtOnce);
  await stage.load({ name: 'verify', workers, work: () => verifyPack(maker, lot, next()) });
  const onLedger = () => verifyPack(maker, lot, next(), '?proof=ledger');
  await stage.load({ name: 'verifyProof', workers, work: onLedger });
  return steady;
}

async function benchCommissioning(stage: Stage, { maker }: Actors): Promise<SupplyFigures['commissioning']> {
  const gtin = await registerProduct(maker);
  const figures: { batch: number; packsPerSecond: number; p50: number }[] = [];
  for (const batch of batchSizes) {
    const lots = await Promise.all(
      Array.from({ length: commissionersAtOnce }, () => registerLot(maker, gtin, declared)),
    );
    const made = lots.map(() => 0);
    const prefix = randomUUID().slice(0, 6);
    const name = `commission${batch}`;
    await stage.load({
      name,
      workers: commissionersAtOnce,
      work: (worker) => {
        const first = made[worker]!;
        made[worker] = first + batch;
        const serials = serialsFrom(first, batch).map((serial) => `${serial}${worker}${prefix}`);
        return maker.post('/v1/supply-events', { type: 'commission', gtin, lot: lots[worker]!.lot, serials });
      },
    });
    const load = stage.figures.find((each) => each.name === name);
    if (load !== undefined) figures.push({ batch, packsPerSecond: load.perSecond * batch, p50: load.p50 });
  }
  return figures;
}

function verifyPack(caller: LoadCaller, { gtin, lot, expiry }: MadeLot, index: number, query = ''): Promise<unknown> {
  const scan = `]d201${gtin}21${serialOf(index)}\u001D17${expiry}10${lot}`;
  return caller.post(`/v1/verifications${query}`, { scan, context: 'inspection' });
}

async function seconds<Value>(work: () => Promise<Value>): Promise<{ value: Value; seconds: number }> {
  const begun = performance.now();
  const value = await work();
  return { value, seconds: (performance.now() - begun) / 1000 };
}

/** Several measurements of one each as one of several. */
function together(each: readonly Timed[]): Timed {
  const sorted = each.map(({ p50 }) => p50).toSorted((a, b) => a - b);
  const kinds = [...new Set(each.flatMap(({ cpu }) => Object.keys(cpu)))];
  const mean = (kind: string): number => each.reduce((sum, { cpu }) => sum + (cpu[kind] ?? 0), 0) / each.length;
  return {
    times: each.length,
    p50: sorted[Math.floor(sorted.length / 2)]!,
    slowest: sorted.at(-1)!,
    cpu: Object.fromEntries(kinds.map((kind) => [kind, mean(kind)])),
  };
}

const whole = (milliseconds: number): string => `${milliseconds.toFixed(0)} ms`;
