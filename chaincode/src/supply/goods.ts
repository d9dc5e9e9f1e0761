/** Finds packs and containers and what custody is decided from. */
import type { Address, Transaction } from '../ledger/index.ts';
import {
  containerType,
  hasPosition,
  packType,
  placementType,
  Refusal,
  segmentType,
  shipmentType,
  supplyLimits,
  type Container,
  type Contents,
  type GoodsOccurrence,
  type GoodsState,
  type Pack,
  type StateAct,
} from '../model/index.ts';
import { lockedInside, positionOfSerial, type CustodyFacts } from '../rules/index.ts';
import { containerAddress, packAddress, placementAddress, segmentAddress, shipmentAddress } from './addresses.ts';
import { lotFactsOf, requireProduct } from './lotFacts.ts';

export interface FoundPack {
  readonly kind: 'pack';
  readonly at: Address;
  readonly goods: Pack;
  /** Whether it has a key of its own; otherwise its segment, or the group of it that lies in a container, speaks for it. */
  readonly alone: boolean;
  /** Containers it is in, the nearest first; the last is the root. */
  readonly ancestors: readonly Container[];
}

export interface FoundContainer {
  readonly kind: 'container';
  readonly at: Address;
  readonly goods: Container;
  readonly alone: true;
  readonly ancestors: readonly Container[];
}

export type FoundGoods = FoundPack | FoundContainer;

export interface PackName {
  readonly gtin: string;
  readonly lot: string;
  readonly segment: number;
  readonly serial: string;
}

/** @throws Refusal pack_not_found; serial_duplicate when the serial acts already as a pack of another lot */
export async function findPack(transaction: Transaction, name: PackName): Promise<FoundPack> {
  const { ledger } = transaction;
  const at = packAddress(name.gtin, name.serial);
  const own = await ledger.get(packType, at);
  if (own?.lot === name.lot && own.segment === name.segment) {
    const { t: _t, v: _v, salt: _salt, ...goods } = own;
    return { kind: 'pack', at, goods, alone: true, ancestors: await ancestorsOf(transaction, own.parent) };
  }
  const commissioned = await findCommissioned(transaction, name);
  if (own !== undefined) throw new Refusal('serial_duplicate', `serial ${name.serial}`);
  const goods = { ...name, state: 'active' as const, ...commissioned };
  return { kind: 'pack', at, goods, alone: false, ancestors: await ancestorsOf(transaction, commissioned.parent) };
}

/** @throws Refusal container_not_found */
export async function findContainer(transaction: Transaction, sscc: string): Promise<FoundContainer> {
  const at = containerAddress(sscc);
  const own = await transaction.ledger.get(containerType, at);
  if (own === undefined) throw new Refusal('container_not_found', `SSCC ${sscc}`);
  const { t: _t, v: _v, salt: _salt, ...goods } = own;
  return { kind: 'container', at, goods, alone: true, ancestors: await ancestorsOf(transaction, own.parent) };
}

/**
 * Everything that a command names, each once.
 *
 * @throws Refusal validation_failed when it names nothing or something twice; too_many_goods; what finding throws
 */
export async function findAll(
  transaction: Transaction,
  { packs = [], containers = [], quantities = [] }: Pick<GoodsOccurrence, 'packs' | 'containers' | 'quantities'>,
  limit: number = supplyLimits.packsAlone,
): Promise<FoundGoods[]> {
  const names = packs.flatMap(({ gtin, lot, segment, serials }) =>
    serials.map((serial) => ({ gtin, lot, segment, serial })),
  );
  if (names.length + containers.length + quantities.length === 0)
    throw new Refusal('validation_failed', 'names no goods', '/packs');
  if (new Set(names.map(({ gtin, serial }) => `${gtin}|${serial}`)).size !== names.length)
    throw new Refusal('validation_failed', 'names a pack twice', '/packs');
  if (names.length > limit) throw new Refusal('too_many_goods', `${limit} packs at the most`);
  await readTogether(transaction, names, containers);
  const found: FoundGoods[] = [];
  for (const sscc of containers) found.push(await findContainer(transaction, sscc));
  for (const name of names) found.push(await findPack(transaction, name));
  return found;
}

/**
 * Thousands of keys in a few exchanges with the peer. Segments and placements are read only for packs without a key of
 * their own: a placement that was read conflicts with every packing from its segment.
 */
async function readTogether(
  { ledger }: Transaction,
  names: readonly PackName[],
  containers: readonly string[],
): Promise<void> {
  await ledger.prefetch([
    ...names.map(({ gtin, serial }) => packAddress(gtin, serial)),
    ...containers.map((sscc) => containerAddress(sscc)),
  ]);
  const places = new Map<string, Address[]>();
  for (const { gtin, lot, segment, serial } of names) {
    if (await ledger.has(packAddress(gtin, serial))) continue;
    const [at, placed] = [segmentAddress(gtin, lot, segment), placementAddress(gtin, lot, segment)];
    places.set(at.key, [at, placed]);
  }
  await ledger.prefetch([...places.values()].flat());
}

/** Facts of goods that are on the ledger. */
export type GoodsFacts = CustodyFacts & { readonly state: GoodsState; readonly act?: StateAct };

/** The state of the goods, narrowed by the containers they are in; custody is the root's. */
export async function custodyFactsOf(transaction: Transaction, found: FoundGoods): Promise<GoodsFacts> {
  const chain = [found.goods, ...found.ancestors];
  const root = chain.at(-1)!;
  const decisive = chain.find(({ state }) => state !== 'active') ?? found.goods;
  const shipment =
    root.shipmentId === undefined
      ? undefined
      : await transaction.ledger.get(shipmentType, shipmentAddress(root.shipmentId));
  const lots = [];
  for (const { gtin, lot } of lotsOf(found)) lots.push(await lotFactsOf(transaction, gtin, lot));
  return {
    state: decisive.state,
    holder: root.holder,
    mspId: root.mspId,
    hasParent: found.ancestors.length > 0,
    ...(decisive === found.goods ? {} : { isInherited: true }),
    lockedInside: found.kind === 'container' ? lockedInside(found.goods.contents) : 0,
    lots,
    lastEventTime: latest(chain.map(({ eventTime }) => eventTime)),
    ...(found.kind === 'pack' ? { content: await contentOf(transaction, found.goods) } : {}),
    ...(decisive.act === undefined ? {} : { act: { ...decisive.act, wasLocked: decisive.act.before !== undefined } }),
    ...(shipment === undefined ? {} : { shipment }),
  };
}

async function contentOf(transaction: Transaction, { gtin, remaining }: Pack) {
  const { packContent } = await requireProduct(transaction, gtin);
  return { left: remaining ?? packContent, opened: remaining !== undefined };
}

/** Lots of the goods; all units of locked goods are locked. */
export function lotsOf(found: FoundGoods): readonly Contents[] {
  if (found.kind === 'container') {
    const { contents, state } = found.goods;
    return state === 'locked' ? contents.map((line) => ({ ...line, locked: line.units })) : contents;
  }
  const { gtin, lot, state } = found.goods;
  return [{ gtin, lot, units: 1, locked: state === 'locked' ? 1 : 0 }];
}

/** Where the goods are, without a key of their own. */
async function findCommissioned({ ledger }: Transaction, { gtin, lot, segment, serial }: PackName) {
  const commissioned = await ledger.get(segmentType, segmentAddress(gtin, lot, segment));
  const position = commissioned === undefined ? -1 : positionOfSerial(commissioned.serials, serial);
  if (commissioned === undefined || position === -1) throw new Refusal('pack_not_found', `serial ${serial}`);
  const placement = await ledger.get(placementType, placementAddress(gtin, lot, segment));
  const group = placement?.groups.find(({ members }) => hasPosition(members, position));
  const { eventId, eventTime } = group ?? commissioned;
  return {
    holder: commissioned.gln,
    mspId: commissioned.mspId,
    eventId,
    eventTime,
    ...(group === undefined ? {} : { parent: group.sscc }),
  };
}

async function ancestorsOf({ ledger }: Transaction, parent: string | undefined): Promise<Container[]> {
  const ancestors: Container[] = [];
  for (let sscc = parent; sscc !== undefined;) {
    const container = await ledger.get(containerType, containerAddress(sscc));
    if (container === undefined) throw new Refusal('container_not_found', `SSCC ${sscc}`);
    const { t: _t, v: _v, salt: _salt, ...fields } = container;
    ancestors.push(fields);
    sscc = container.parent;
  }
  return ancestors;
}

function latest(times: readonly string[]): string {
  return times.reduce((last, time) => (Date.parse(time) > Date.parse(last) ? time : last));
}
