/** Writes of custody: goods, the policies of roots, the contents of the containers around them. */
import type { Transaction } from '../ledger/index.ts';
import {
  containerType,
  packType,
  type Container,
  type Goods,
  type GoodsState,
  type NamedPacks,
  type StateAct,
} from '../model/index.ts';
import { changeContents, type ContentsChange } from '../rules/index.ts';
import { containerAddress } from './addresses.ts';
import { lotsOf, type FoundGoods } from './goods.ts';

/** Writes the goods with changed custody. `undefined` takes a member away. */
export async function putGoods(
  { ledger }: Transaction,
  found: FoundGoods,
  change: { readonly [Member in keyof Goods]?: Goods[Member] | undefined } & {
    readonly remaining?: number | undefined;
  },
): Promise<void> {
  if (found.kind === 'pack') return ledger.put(packType, found.at, definedOnly({ ...found.goods, ...change }));
  const current = await ledger.get(containerType, found.at);
  const { contents } = current ?? found.goods;
  ledger.put(containerType, found.at, definedOnly({ ...found.goods, ...change, contents }));
}

/** A root is written only with its holder's organisation; in transit with shipper's or recipient's. */
export function guardRoot({ ledger, consortium }: Transaction, found: FoundGoods, mspIds: readonly string[]): void {
  ledger.setPolicy(found.at, consortium.rootPolicy([...new Set(mspIds)]));
}

/** What is inside a container is guarded by its root. */
export function unguard({ ledger }: Transaction, found: FoundGoods): void {
  if (found.alone) ledger.setPolicy(found.at, undefined);
}

/**
 * Writes every container around the goods, the nearest first and the root among them, so that Fabric checks its holder. What
 * lies in a locked container counts as locked in those around it.
 */
export async function changeAncestors(
  { ledger }: Transaction,
  ancestors: readonly Container[],
  changes: readonly ContentsChange[],
): Promise<void> {
  let lines = changes;
  for (const { sscc, state } of ancestors) {
    const at = containerAddress(sscc);
    const current = (await ledger.get(containerType, at))!;
    ledger.put(containerType, at, { ...current, contents: changeContents(current.contents, lines) });
    if (state === 'locked') lines = lines.map((line) => ({ ...line, locked: line.units }));
  }
}

/** Goods in these states have left the container they were in. */
const outside: ReadonlySet<GoodsState> = new Set([
  'supplied',
  'sampled',
  'exported',
  'checked_out',
  'stolen',
  'destroyed',
]);

/**
 * Writes a state that an act brought about; takes the goods out of their container when the state says so.
 *
 * @param act that the state goes back to
 * @param remaining units in a pack that was opened
 */
export async function changeState(
  transaction: Transaction,
  found: FoundGoods,
  state: GoodsState,
  act: StateAct,
  {
    eventId,
    eventTime,
    remaining,
  }: { readonly eventId: string; readonly eventTime: string; readonly remaining?: number },
): Promise<void> {
  const opened = remaining === undefined ? {} : { remaining };
  const common = { state, act: state === 'active' ? undefined : act, eventId, eventTime, ...opened };
  const root = found.ancestors.at(-1);
  if (root === undefined || outside.has(state)) {
    const { holder, mspId } = root ?? found.goods;
    await putGoods(transaction, found, { ...common, holder, mspId, parent: undefined, shipmentId: undefined });
    guardRoot(transaction, found, [mspId]);
    await changeAncestors(transaction, found.ancestors, lotsOf(found).map(removed));
    return;
  }
  await putGoods(transaction, found, common);
  const sign = state === 'locked' ? 1 : -1;
  await changeAncestors(
    transaction,
    found.ancestors,
    unlockedOf(found).map(({ gtin, lot, units }) => ({ gtin, lot, units: 0, locked: sign * units })),
  );
}

/** An act as goods keep it, without those before it. */
export function storedAct({ event, gln, mspId, eventTime, recordTime, reason }: StateAct): StateAct {
  const optional = { ...(gln === undefined ? {} : { gln }), ...(reason === undefined ? {} : { reason }) };
  return { event, mspId, eventTime, recordTime, ...optional };
}

/** Packs that a lock of the whole concerns: those inside that are not locked themselves. */
function unlockedOf(found: FoundGoods) {
  if (found.kind === 'pack') return lotsOf(found);
  return found.goods.contents.map(({ gtin, lot, units, locked }) => ({ gtin, lot, units: units - locked }));
}

/** The change that taking these out makes. */
export function removed({ gtin, lot, units, locked }: { gtin: string; lot: string; units: number; locked: number }) {
  return { gtin, lot, units: -units, locked: -locked };
}

/** Packs as an event names them: by segment, serials sorted. */
export function namedPacks(all: readonly FoundGoods[]): NamedPacks[] {
  const sets = new Map<string, NamedPacks>();
  for (const found of all) {
    if (found.kind !== 'pack') continue;
    const { gtin, lot, segment, serial } = found.goods;
    const key = `${gtin}|${lot}|${segment}`;
    const set = sets.get(key) ?? { gtin, lot, segment, serials: [] };
    set.serials.push(serial);
    sets.set(key, set);
  }
  return [...sets.values()].map((set) => ({ ...set, serials: set.serials.sort() }));
}

/** What and after which events: the parts of an event that follow from the goods. */
export function whatOf(all: readonly FoundGoods[]) {
  const packs = namedPacks(all);
  const containers = all.flatMap((found) => (found.kind === 'container' ? [found.goods.sscc] : []));
  return {
    ...(packs.length === 0 ? {} : { packs }),
    ...(containers.length === 0 ? {} : { containers }),
    previous: all.map((found) => found.goods.eventId),
  };
}

function definedOnly(fields: object): never {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
