/**
 * How far a recall has come, by holder, from where the lots' packs are now. Sources of the terms: 21 CFR 7.42(b)(3)
 * effectiveness checks, 7.53 recall status reports.
 */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../readmodel/index.ts';

export const recallOutcomes = ['found', 'returned', 'destroyed', 'supplied', 'stillOut', 'other'] as const;
export type RecallOutcome = (typeof recallOutcomes)[number];

export interface HolderOfRecalled extends Record<RecallOutcome, number> {
  readonly gln: string;
  readonly mspId: string;
  readonly name?: string;
}

export interface RecallEffectiveness {
  readonly commissioned: number;
  readonly totals: Readonly<Record<RecallOutcome, number>>;
  readonly byHolder: readonly HolderOfRecalled[];
}

interface Row {
  readonly gln: string;
  readonly mspId: string;
  readonly name: string | null;
  readonly outcome: RecallOutcome;
  readonly units: number;
}

/**
 * Found: locked where they are. Returned: with the maker, or on their way back. Destroyed and supplied: as their last
 * holder recorded. Still out: neither.
 *
 * @param lots of one product
 */
export async function recallEffectiveness(
  db: Kysely<Database>,
  gtin: string,
  lots: readonly string[],
): Promise<RecallEffectiveness> {
  const wanted = sql.join(lots);
  const { rows } = await sql<Row>`
    with maker as (select msp_id from products where gtin = ${gtin}),
    held as (
      select p.holder as gln, p.msp_id, p.state, p.shipment_id, 1 as units, 0 as locked from packs p
        where p.gtin = ${gtin} and p.lot in (${wanted}) and p.parent is null
      union all
      select c.holder, c.msp_id, c.state, c.shipment_id, l.units, l.locked from container_lots l
        join containers c on c.sscc = l.sscc
        where l.gtin = ${gtin} and l.lot in (${wanted}) and c.parent is null
      union all
      select s.gln, s.msp_id, 'active', null, s.units - taken.units, 0 from (
          select gln, msp_id, lot, sum(units)::int8 as units from segments
          where gtin = ${gtin} and lot in (${wanted}) group by gln, msp_id, lot) s
        cross join lateral (select
          (select count(*) from packs p where p.gtin = ${gtin} and p.lot = s.lot and p.parent is null) +
          (select coalesce(sum(l.units), 0) from container_lots l join containers c on c.sscc = l.sscc
            where l.gtin = ${gtin} and l.lot = s.lot and c.parent is null) as units) taken
        where s.units > taken.units
      union all
      select b.gln, b.msp_id, u.key, null, u.value::int8, 0 from class_balances b
        cross join lateral jsonb_each_text(b.units) u
        where b.gtin = ${gtin} and b.lot in (${wanted})
      union all
      select s.shipper, s.shipper_msp_id, 'in_transit', s.shipment_id, sum(q.units)::int8, 0 from shipments s
        cross join lateral (
          select gtin, lot, units from jsonb_to_recordset(s.quantities) as q (gtin text, lot text, units int8)
          union all
          select gtin, lot, -units from jsonb_to_recordset(s.received_quantities) as q (gtin text, lot text, units int8)
        ) q
        where s.status in ('open', 'partly_received', 'short') and q.gtin = ${gtin} and q.lot in (${wanted})
        group by s.shipper, s.shipper_msp_id, s.shipment_id
    ),
    judged as (
      select h.gln, h.msp_id, h.units - h.locked as units,
        case
          when h.state = 'destroyed' then 'destroyed'
          when h.state = 'supplied' then 'supplied'
          when h.state not in ('active', 'locked', 'in_transit') then 'other'
          when h.state = 'in_transit' and sh.kind = 'return' then 'returned'
          when h.msp_id = maker.msp_id and h.state <> 'in_transit' then 'returned'
          when h.state = 'locked' then 'found'
          else 'stillOut'
        end as outcome
      from held h cross join maker left join shipments sh on sh.shipment_id = h.shipment_id
      union all
      select h.gln, h.msp_id, h.locked, case when h.msp_id = maker.msp_id then 'returned' else 'found' end
      from held h cross join maker where h.locked > 0
    )
    select j.gln, j.msp_id as "mspId", p.name, j.outcome, sum(j.units)::int8 as units
    from judged j left join premises p on p.gln = j.gln where j.units > 0
    group by j.gln, j.msp_id, p.name, j.outcome order by j.gln`.execute(db);
  const { rows: made } = await sql<{ units: number }>`
    select coalesce(sum(units), 0)::int8 as units from (
      select units from segments where gtin = ${gtin} and lot in (${wanted})
      union all
      select c.reserved_units from lot_commissionings c join lots l on l.gtin = c.gtin and l.lot = c.lot
        where c.gtin = ${gtin} and c.lot in (${wanted}) and not l.serialised
    ) made`.execute(db);
  return { commissioned: made[0]?.units ?? 0, totals: sumOf(rows), byHolder: byHolder(rows) };
}

function byHolder(rows: readonly Row[]): HolderOfRecalled[] {
  return [...new Set(rows.map(({ gln }) => gln))].map((gln) => {
    const own = rows.filter((row) => row.gln === gln);
    const [{ mspId, name }] = own as [Row];
    return { gln, mspId, ...(name === null ? {} : { name }), ...sumOf(own) };
  });
}

function sumOf(rows: readonly Row[]): Record<RecallOutcome, number> {
  const sums = Object.fromEntries(recallOutcomes.map((outcome) => [outcome, 0])) as Record<RecallOutcome, number>;
  for (const { outcome, units } of rows) sums[outcome] += units;
  return sums;
}
