import { command, type Transaction } from '../ledger/index.ts';
import {
  bitmapOf,
  containerType,
  PackInto,
  placementType,
  positionsIn,
  Refusal,
  segmentType,
  supplyLimits,
  UnpackFrom,
  type Container,
  type Goods,
  type NamedPacks,
} from '../model/index.ts';
import { changeContents, decideCustody, positionOfSerial, putIn } from '../rules/index.ts';
import { atPremises, supplyActor, type PremisesActor } from './actor.ts';
import { containerAddress, placementAddress, segmentAddress } from './addresses.ts';
import {
  changeAncestors,
  guardRoot,
  namedPacks,
  putGoods,
  removed,
  storedAct,
  unguard,
  whatOf,
} from './custodyWrites.ts';
import { custodyFactsOf, findAll, findContainer, lotsOf, type FoundGoods, type GoodsFacts } from './goods.ts';
import { looseContents, unpackQuantities } from './packedQuantities.ts';
import { moveQuantities } from './quantities.ts';
import { eventIdOf, recordEvent, sensorsOf } from './record.ts';

/** Puts goods into a container: a write for it, and one for each segment that packs come from. */
export const pack = command<PackInto>({
  body: PackInto,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const actor = atPremises(await supplyActor(transaction, body));
    const occasion = { event: 'pack', eventTime: body.eventTime, timeMs: transaction.timeMs } as const;
    if (body.containers?.includes(body.sscc) === true) throw new Refusal('container_cycle', undefined, '/containers');
    const goods = await findAll(transaction, body, supplyLimits.packsPacked);
    if (goods.filter(({ kind, alone }) => kind === 'pack' && alone).length > supplyLimits.packsAlone)
      throw new Refusal('too_many_goods', `${supplyLimits.packsAlone} packs that have acted alone`);
    for (const found of goods) decideCustody(actor, await custodyFactsOf(transaction, found), occasion);
    const eventId = eventIdOf(transaction, { key });
    const { container, previous } = await openContainer(transaction, actor, body, eventId);
    await placeSegments(transaction, namedPacks(goods.filter(({ alone }) => !alone)), body, eventId);
    for (const found of goods.filter(({ alone }) => alone)) {
      await putGoods(transaction, found, { parent: body.sscc, act: undefined, eventId, eventTime: body.eventTime });
      unguard(transaction, found);
    }
    const moved = { eventId, eventTime: body.eventTime };
    const quantities = await moveQuantities(transaction, actor, body.quantities ?? [], occasion, moved);
    const contents = changeContents(container.contents, [...goods.flatMap(lotsOf), ...quantities]);
    const loose = looseContents(quantities.reduce(putIn, container.quantities ?? []));
    transaction.ledger.put(containerType, containerAddress(body.sscc), { ...container, contents, ...loose });
    const what = { ...whatOf(goods), ...looseContents(quantities) };
    await recordEvent(transaction, actor, {
      eventId,
      kind: 'pack',
      eventTime: body.eventTime,
      parent: body.sscc,
      ...what,
      ...sensorsOf(body),
      previous: [...what.previous, ...previous],
    });
    return { result: { eventId, sscc: body.sscc } };
  },
});

/**
 * Takes goods out of a container; each pack gets a key of its own, and is a root. What comes out of a locked container is
 * locked as it was.
 */
export const unpack = command<UnpackFrom>({
  body: UnpackFrom,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const actor = atPremises(await supplyActor(transaction, body));
    const occasion = { event: 'unpack', eventTime: body.eventTime, timeMs: transaction.timeMs } as const;
    const container = await findContainer(transaction, body.sscc);
    const around = await custodyFactsOf(transaction, container);
    decideCustody(actor, around, occasion);
    const goods = await findAll(transaction, body);
    const eventId = eventIdOf(transaction, { key });
    const { eventTime, quantities: lines = [] } = body;
    for (const found of goods) {
      if (found.goods.parent !== body.sscc) throw new Refusal('not_in_container');
      requireOneLock([found.goods, ...found.ancestors]);
      decideCustody(actor, await custodyFactsOf(transaction, found), occasion);
      const { holder, mspId } = found.ancestors.at(-1)!;
      const kept = lockKept(found, around);
      await putGoods(transaction, found, { parent: undefined, holder, mspId, eventId, eventTime, ...kept });
      guardRoot(transaction, found, [mspId]);
      await changeAncestors(transaction, found.ancestors, lotsOf(found).map(removed));
    }
    if (lines.length > 0) requireOneLock([container.goods, ...container.ancestors]);
    const quantities = await unpackQuantities(transaction, actor, { container, around, lines }, { eventId, eventTime });
    const what = { ...whatOf(goods), ...looseContents(quantities) };
    await recordEvent(transaction, actor, {
      eventId,
      kind: 'unpack',
      eventTime,
      parent: body.sscc,
      ...what,
      ...sensorsOf(body),
      previous: [...what.previous, container.goods.eventId],
    });
    return { result: { eventId, sscc: body.sscc } };
  },
});

/** The lock of the containers around goods, which stays with what is taken out. */
function lockKept({ goods: { state } }: FoundGoods, around: GoodsFacts) {
  if (state !== 'active' || around.state !== 'locked' || around.act === undefined) return {};
  return { state: 'locked', act: storedAct(around.act) } as const;
}

/**
 * What comes out keeps one lock, so no second one may be lost by it.
 *
 * @param chain goods and the containers around them
 * @throws Refusal locked
 */
function requireOneLock(chain: readonly Goods[]): void {
  if (chain.filter(({ state }) => state === 'locked').length > 1)
    throw new Refusal('locked', 'twice: one lock is to be released first');
}

/** The container as it is, which must be the packer's, or a new one. */
async function openContainer(
  transaction: Transaction,
  actor: PremisesActor,
  { sscc, eventTime }: PackInto,
  eventId: string,
): Promise<{ container: Container; previous: string[] }> {
  const at = containerAddress(sscc);
  if (await transaction.ledger.has(at)) {
    const found = await findContainer(transaction, sscc);
    const occasion = { event: 'pack', eventTime, timeMs: transaction.timeMs } as const;
    decideCustody(actor, await custodyFactsOf(transaction, found), occasion);
    return { container: { ...found.goods, eventId, eventTime }, previous: [found.goods.eventId] };
  }
  const { gln, mspId } = actor;
  const container: Container = { sscc, state: 'active', holder: gln, mspId, contents: [], eventId, eventTime };
  guardRoot(transaction, newContainer(container), [mspId]);
  return { container, previous: [] };
}

function newContainer(goods: Container): FoundGoods {
  return { kind: 'container', at: containerAddress(goods.sscc), goods, alone: true, ancestors: [] };
}

/** Notes in each segment which of its packs lie in the container now. */
async function placeSegments(
  { ledger }: Transaction,
  sets: readonly NamedPacks[],
  { sscc, eventTime }: PackInto,
  eventId: string,
): Promise<void> {
  for (const { gtin, lot, segment, serials } of sets) {
    const commissioned = (await ledger.get(segmentType, segmentAddress(gtin, lot, segment)))!;
    const positions = serials.map((serial) => positionOfSerial(commissioned.serials, serial));
    const at = placementAddress(gtin, lot, segment);
    const groups = (await ledger.get(placementType, at))?.groups ?? [];
    const before = groups.find((group) => group.sscc === sscc);
    const members = bitmapOf([...(before === undefined ? [] : positionsIn(before.members)), ...positions]);
    const group = { sscc, members, eventId, eventTime };
    ledger.put(placementType, at, {
      gtin,
      lot,
      segment,
      groups: [...groups.filter((other) => other !== before), group],
    });
  }
}
