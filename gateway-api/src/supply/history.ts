/** The history of goods: their own events, and those of the containers they were in while they were in them. */
import { sql, type RawBuilder, type Selectable } from 'kysely';
import type { Database, ReadModel } from '../readmodel/index.ts';

type Db = ReadModel['db'];
export type EventRow = Selectable<Database['supply_events']>;

/**
 * @param commissionedBy event of the segment, in which serials are not named one by one
 * @param visible condition on the events; absent: all
 * @returns oldest first, by the ledger's order
 */
export function packHistory(
  db: Db,
  { gtin, serial, commissionedBy }: { gtin: string; serial: string; commissionedBy?: string },
  visible?: RawBuilder<boolean>,
): Promise<EventRow[]> {
  return historyOf(db, `pack|${gtin}|${serial}`, visible, commissionedBy);
}

export function containerHistory(db: Db, sscc: string, visible?: RawBuilder<boolean>): Promise<EventRow[]> {
  return historyOf(db, `container|${sscc}`, visible);
}

function historyOf(
  db: Db,
  subject: string,
  visible: RawBuilder<boolean> = sql<boolean>`true`,
  commissionedBy: string | null = null,
): Promise<EventRow[]> {
  const found = sql<string>`(select ${commissionedBy}::text union all
    select event_id from goods_history(${subject}, null, '-infinity', 'infinity'))`;
  return db
    .selectFrom('supply_events')
    .selectAll()
    .where('event_id', 'in', found)
    .where(visible)
    .orderBy('block_number')
    .orderBy('record_time')
    .orderBy('event_id')
    .execute();
}
