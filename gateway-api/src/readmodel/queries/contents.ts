/** What lies in containers, and who holds a lot. */
import { sql, type Kysely, type Selectable } from 'kysely';
import type { Database } from '../database/schema.ts';
import type { SupplyTables } from '../database/supplySchema.ts';

type Db = Kysely<Database>;
export type PackRow = Selectable<SupplyTables['packs']>;
export type ContainerRow = Selectable<SupplyTables['containers']>;

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
