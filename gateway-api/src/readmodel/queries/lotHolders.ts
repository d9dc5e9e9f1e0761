/** Premises that hold a lot, and those through whose hands it went, alone or in containers at any depth. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../database/schema.ts';

export interface LotHolder {
  readonly gln: string;
  readonly mspId: string;
  /** Of the premises: plant, warehouse, hospital, pharmacy, office. */
  readonly kind: string;
}

/**
 * Everybody who commissioned, shipped, received or was to receive packs of a lot. A container that was used again for
 * other goods counts all the same: too many are told rather than too few.
 */
export async function everyHolderOfLot(db: Kysely<Database>, gtin: string, lot: string): Promise<readonly LotHolder[]> {
  const { rows } = await sql<LotHolder>`
    with recursive boxes as (
      select distinct e.event ->> 'parent' as sscc
        from supply_event_subjects s join supply_events e on e.event_id = s.event_id
        where s.subject = ${`lot|${gtin}|${lot}`} and e.kind = 'pack' and e.event ->> 'parent' is not null
      union
      select e.event ->> 'parent'
        from boxes b
        join supply_event_subjects s on s.subject = 'container|' || b.sscc
        join supply_events e on e.event_id = s.event_id
        where e.kind = 'pack' and e.event -> 'containers' ? b.sscc
    ),
    about as (
      select s.event_id from supply_event_subjects s where s.subject = ${`lot|${gtin}|${lot}`}
      union
      select s.event_id from boxes b join supply_event_subjects s on s.subject = 'container|' || b.sscc
    ),
    handled as (
      select e.gln, e.event ->> 'recipient' as recipient from about a join supply_events e on e.event_id = a.event_id
        where e.kind not in ('report', 'refusal', 'alert', 'recall', 'withdraw', 'observe', 'inspect', 'registerProduct')
    ),
    hands as (select gln from handled union select recipient from handled)
    select p.gln, p.msp_id as "mspId", p.kind from hands h join premises p on p.gln = h.gln order by p.gln`.execute(db);
  return rows;
}

/** The lots inside a container now. */
export async function lotsInContainer(
  db: Kysely<Database>,
  sscc: string,
): Promise<readonly { readonly gtin: string; readonly lot: string }[]> {
  return db
    .selectFrom('container_lots')
    .select(['gtin', 'lot'])
    .where('sscc', '=', sscc)
    .where('units', '>', 0)
    .execute();
}

/** Premises that hold units of a lot now, alone or in containers. */
export async function holdersOfLot(
  db: Kysely<Database>,
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
