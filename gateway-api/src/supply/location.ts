/** Where packs and containers are, from the read model: in batches, so that a thousand serials cost a few queries. */
import { hasPosition, type GoodsState } from '@chain-of-care/chaincode/model';
import type { ReadModel } from '../readmodel/index.ts';

type Db = ReadModel['db'];

export interface LocatedContainer {
  readonly sscc: string;
  readonly state: GoodsState;
  readonly parent: string | null;
  readonly holder: string;
  readonly mspId: string;
  readonly shipmentId: string | null;
}

export interface LocatedPack {
  readonly gtin: string;
  readonly serial: string;
  readonly lot: string;
  readonly segment: number;
  readonly eventId: string;
  readonly commissionedBy: string;
  /** Of the pack itself. */
  readonly state: GoodsState;
  readonly act: { readonly gln?: string } | null;
  readonly holder: string;
  readonly mspId: string;
  readonly shipmentId: string | null;
  /** Units left in a pack that was opened. */
  readonly remaining?: number;
  /** Whether it has a key of its own. */
  readonly alone: boolean;
  /** Containers around it, the nearest first; the last is the root. */
  readonly containers: readonly LocatedContainer[];
}

/**
 * Packs of a product by serial. A serial in two lots is found as the one that has acted, or in the first lot.
 *
 * @param lot narrows to it
 * @returns in no order; serials that nobody commissioned are absent
 */
export async function locatePacks(
  db: Db,
  gtin: string,
  serials: readonly string[],
  lot?: string,
): Promise<Map<string, LocatedPack>> {
  if (serials.length === 0) return new Map();
  let commissioned = db
    .selectFrom('serials')
    .innerJoin('segments', (join) =>
      join
        .onRef('segments.gtin', '=', 'serials.gtin')
        .onRef('segments.lot', '=', 'serials.lot')
        .onRef('segments.segment', '=', 'serials.segment'),
    )
    .select(['serials.serial', 'serials.lot', 'serials.segment', 'serials.position'])
    .select(['segments.gln', 'segments.msp_id', 'segments.event_id'])
    .where('serials.gtin', '=', gtin)
    .where('serials.serial', 'in', [...serials])
    .orderBy('serials.lot');
  if (lot !== undefined) commissioned = commissioned.where('serials.lot', '=', lot);
  const rows = await commissioned.execute();
  const alone = await db
    .selectFrom('packs')
    .selectAll()
    .where('gtin', '=', gtin)
    .where('serial', 'in', [...serials])
    .execute();
  const acting = new Map(alone.map((row) => [row.serial, row]));
  const groups = await groupsOf(db, gtin, rows);
  const located = new Map<string, Omit<LocatedPack, 'containers'> & { parent: string | null }>();
  for (const row of rows) {
    const own = acting.get(row.serial);
    const isOwn = own?.lot === row.lot && own.segment === row.segment;
    if (located.has(row.serial) && !isOwn) continue;
    const { serial, segment, event_id: commissionedBy } = row;
    const common = { gtin, serial, lot: row.lot, segment, commissionedBy };
    if (own !== undefined && isOwn) {
      const { state, act, holder, parent, msp_id: mspId, shipment_id: shipmentId, event_id: eventId } = own;
      const opened = own.remaining === null ? {} : { remaining: own.remaining };
      located.set(serial, {
        ...common,
        ...opened,
        state,
        act,
        holder,
        mspId,
        shipmentId,
        parent,
        eventId,
        alone: true,
      });
      continue;
    }
    const group = groups.find(
      (one) => one.lot === row.lot && one.segment === segment && hasPosition(one.members, row.position),
    );
    const parent = group?.sscc ?? null;
    const custody = { state: 'active' as const, act: null, holder: row.gln, mspId: row.msp_id, shipmentId: null };
    located.set(serial, { ...common, ...custody, parent, eventId: group?.event_id ?? commissionedBy, alone: false });
  }
  const chains = await containersAround(
    db,
    [...located.values()].map(({ parent }) => parent),
  );
  return new Map(
    [...located].map(([serial, { parent, ...pack }]) => [serial, { ...pack, containers: chainFrom(parent, chains) }]),
  );
}

/** A container with those around it, itself first; empty when there is none. */
export async function locateContainer(db: Db, sscc: string): Promise<readonly LocatedContainer[]> {
  return chainFrom(sscc, await containersAround(db, [sscc]));
}

export type Custody = Pick<LocatedPack, 'state' | 'holder' | 'mspId' | 'shipmentId'>;

/** Custody of a pack: the root's holder, and the state narrowed by the containers around it. */
export function custodyOf({ containers, ...pack }: LocatedPack): Custody {
  const { root, narrowest } = custodiansOf<Custody>(pack, containers);
  return { state: narrowest.state, holder: root.holder, mspId: root.mspId, shipmentId: root.shipmentId };
}

/**
 * Whose word counts for goods: the root's for custody; for the state that of the first, from the inside, which is not plainly
 * active.
 *
 * @param around the containers around them, the nearest first
 */
export function custodiansOf<Goods extends { readonly state: GoodsState }>(
  goods: Goods,
  around: readonly Goods[],
): { readonly root: Goods; readonly narrowest: Goods } {
  return {
    root: around.at(-1) ?? goods,
    narrowest: [goods, ...around].find(({ state }) => state !== 'active') ?? goods,
  };
}

async function groupsOf(db: Db, gtin: string, rows: readonly { lot: string; segment: number }[]) {
  const lots = [...new Set(rows.map(({ lot }) => lot))];
  const segments = [...new Set(rows.map(({ segment }) => segment))];
  if (lots.length === 0) return [];
  return db
    .selectFrom('placements')
    .select(['lot', 'segment', 'sscc', 'members', 'event_id'])
    .where('gtin', '=', gtin)
    .where('lot', 'in', lots)
    .where('segment', 'in', segments)
    .execute();
}

/** All containers on the way up from these, level by level. */
async function containersAround(db: Db, parents: readonly (string | null)[]): Promise<Map<string, LocatedContainer>> {
  const found = new Map<string, LocatedContainer>();
  let wanted = [...new Set(parents.filter((sscc) => sscc !== null))];
  while (wanted.length > 0) {
    const rows = await db.selectFrom('containers').selectAll().where('sscc', 'in', wanted).execute();
    for (const { sscc, state, parent, holder, msp_id: mspId, shipment_id: shipmentId } of rows)
      found.set(sscc, { sscc, state, parent, holder, mspId, shipmentId });
    wanted = [...new Set(rows.flatMap(({ parent }) => (parent === null || found.has(parent) ? [] : [parent])))];
  }
  return found;
}

function chainFrom(parent: string | null, all: ReadonlyMap<string, LocatedContainer>): LocatedContainer[] {
  const chain: LocatedContainer[] = [];
  for (let container = parent === null ? undefined : all.get(parent); container !== undefined;) {
    chain.push(container);
    container = container.parent === null ? undefined : all.get(container.parent);
  }
  return chain;
}
