/** Where a pack is: commissioned in a segment, acting alone or lying in containers. */
import { hasPosition } from '@chain-of-care/chaincode/model';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { Database } from '../database/schema.ts';
import type { SupplyTables } from '../database/supplySchema.ts';

type Db = Kysely<Database>;
export type SerialRow = Selectable<SupplyTables['serials']>;
export type SegmentRow = Selectable<SupplyTables['segments']>;
export type PackRow = Selectable<SupplyTables['packs']>;
export type ContainerRow = Selectable<SupplyTables['containers']>;

export interface PackWhereabouts {
  readonly serial: SerialRow;
  readonly segment: SegmentRow;
  /** Absent as long as the pack has not acted alone. */
  readonly pack?: PackRow;
  /** SSCC of the container it lies in. */
  readonly parent?: string;
  /** The containers around it, innermost first: the last is the root, whose holder counts. */
  readonly containers: readonly ContainerRow[];
}

/**
 * Everything that custody rules need of a pack, in a number of queries that does not depend on depth or table size.
 *
 * @param lot the lot meant, where the serial stands in several of the GTIN (a clone); otherwise the first
 * @returns undefined when no such serial was commissioned
 */
export async function packWhereabouts(
  db: Db,
  gtin: string,
  serial: string,
  lot?: string,
): Promise<PackWhereabouts | undefined> {
  const all = await serialRows(db, gtin, serial);
  const row = all.find((candidate) => lot === undefined || candidate.lot === lot);
  if (row === undefined) return undefined;
  const pack = await db
    .selectFrom('packs')
    .selectAll()
    .where('gtin', '=', gtin)
    .where('serial', '=', serial)
    .where('lot', '=', row.lot)
    .executeTakeFirst();
  const segment = await segmentOf(db, row);
  const parent = pack === undefined ? await placementOf(db, row) : (pack.parent ?? undefined);
  return {
    serial: row,
    segment,
    ...(pack === undefined ? {} : { pack }),
    ...(parent === undefined ? {} : { parent }),
    containers: parent === undefined ? [] : await containersUpwards(db, parent),
  };
}

/** Every commissioning of a serial; more than one is a clone. */
export async function serialRows(db: Db, gtin: string, serial: string): Promise<readonly SerialRow[]> {
  return db
    .selectFrom('serials')
    .selectAll()
    .where('gtin', '=', gtin)
    .where('serial', '=', serial)
    .orderBy('lot')
    .orderBy('segment')
    .execute();
}

/** Of many serials of a GTIN by one query: where each was commissioned. */
export async function segmentsOfSerials(
  db: Db,
  gtin: string,
  serials: readonly string[],
): Promise<readonly SerialRow[]> {
  if (serials.length === 0) return [];
  return db.selectFrom('serials').selectAll().where('gtin', '=', gtin).where('serial', 'in', serials).execute();
}

async function segmentOf(db: Db, { gtin, lot, segment }: SerialRow): Promise<SegmentRow> {
  return db
    .selectFrom('segments')
    .selectAll()
    .where('gtin', '=', gtin)
    .where('lot', '=', lot)
    .where('segment', '=', segment)
    .executeTakeFirstOrThrow();
}

async function placementOf(db: Db, { gtin, lot, segment, position }: SerialRow): Promise<string | undefined> {
  const groups = await db
    .selectFrom('placements')
    .select(['sscc', 'members'])
    .where('gtin', '=', gtin)
    .where('lot', '=', lot)
    .where('segment', '=', segment)
    .execute();
  return groups.find(({ members }) => hasPosition(members, position))?.sscc;
}

/** A container and those around it, innermost first. */
export async function containersUpwards(db: Db, sscc: string): Promise<readonly ContainerRow[]> {
  const { rows } = await sql<ContainerRow>`
    with recursive upwards as (
      select c.*, 0 as depth from containers c where c.sscc = ${sscc}
      union all
      select c.*, u.depth + 1 from containers c join upwards u on c.sscc = u.parent where u.depth < 32
    )
    select * from upwards order by depth`.execute(db);
  return rows;
}

export interface ContainerContents {
  readonly containers: readonly ContainerRow[];
  /** Packs that have acted alone before they were packed. */
  readonly packs: readonly PackRow[];
  readonly placements: readonly Selectable<SupplyTables['placements']>[];
}

/** What lies directly in a container. */
export async function contentsOfContainer(db: Db, sscc: string): Promise<ContainerContents> {
  const [containers, packs, placements] = await Promise.all([
    db.selectFrom('containers').selectAll().where('parent', '=', sscc).orderBy('sscc').execute(),
    db.selectFrom('packs').selectAll().where('parent', '=', sscc).orderBy('gtin').orderBy('serial').execute(),
    db.selectFrom('placements').selectAll().where('sscc', '=', sscc).execute(),
  ]);
  return { containers, packs, placements };
}

/** Premises that hold units of a lot now, alone or in containers. */
export async function holdersOfLot(
  db: Db,
  gtin: string,
  lot: string,
): Promise<readonly { readonly holder: string; readonly mspId: string; readonly units: number }[]> {
  const { rows } = await sql<{ holder: string; mspId: string; units: number }>`
    select holder, msp_id as "mspId", sum(units)::int8 as units from (
      select c.holder, c.msp_id, l.units from container_lots l join containers c on c.sscc = l.sscc
        where l.gtin = ${gtin} and l.lot = ${lot} and c.parent is null
      union all
      select p.holder, p.msp_id, count(*) as units from packs p
        where p.gtin = ${gtin} and p.lot = ${lot} and p.parent is null group by p.holder, p.msp_id
      union all
      select b.gln, b.msp_id, u.value::int8 from class_balances b cross join lateral jsonb_each_text(b.units) u
        where b.gtin = ${gtin} and b.lot = ${lot} and u.value::int8 > 0
    ) held group by holder, msp_id order by holder`.execute(db);
  return rows;
}
