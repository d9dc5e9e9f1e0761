import { Refusal } from '@chain-of-care/chaincode/model';
import { sql, type Kysely } from 'kysely';
import type { Database } from '../readmodel/database/schema.ts';

/**
 * Serials to be commissioned are new to the product, in whatever lot or job (DESIGN §4 Supply). A job's own segments are
 * the chaincode's to check; across jobs the read model knows, and what another gateway commissions in the same moment is
 * found afterwards, as a `clone` alert. Each serial is looked up by its key (`offset 0` keeps the planner from joining the
 * product's whole table), so that the cost follows the batch and not what the product has already.
 *
 * @param ownEventId event of this very command, for which a repeat is no duplicate
 * @throws Refusal serial_duplicate with the place of the first
 */
export async function requireNewSerials(
  db: Kysely<Database>,
  { gtin, serials }: { readonly gtin: string; readonly serials: readonly string[] },
  ownEventId: string,
): Promise<void> {
  const { rows } = await sql<{ index: number; lot: string }>`
    select (asked.place - 1)::int as index, known.lot
    from json_array_elements_text(${JSON.stringify(serials)}::json) with ordinality as asked (serial, place)
      cross join lateral (
        select s.lot, s.segment from serials s where s.gtin = ${gtin} and s.serial = asked.serial offset 0
      ) known
      join segments made on made.gtin = ${gtin} and made.lot = known.lot and made.segment = known.segment
    where made.event_id <> ${ownEventId}
    order by asked.place
    limit 1`.execute(db);
  const [first] = rows;
  if (first === undefined) return;
  const detail = `serial ${serials[first.index]} is commissioned in lot ${first.lot}`;
  throw new Refusal('serial_duplicate', detail, `/serials/${first.index}`);
}
