/** The history of goods: their own events, and those of the containers they were in while they were in them. */
import type { SupplyEvent } from '@chain-of-care/chaincode/model';
import type { Selectable } from 'kysely';
import type { Database, ReadModel } from '../readmodel/index.ts';

type Db = ReadModel['db'];
export type EventRow = Selectable<Database['supply_events']>;

/** Events of one subject at the most: a container's packings are not followed. */
const eventsOfSubject = 1_000;

/**
 * @param commissionedBy event of the segment, in which serials are not named one by one
 * @returns oldest first, by the ledger's order
 */
export async function packHistory(
  db: Db,
  { gtin, serial, commissionedBy }: { gtin: string; serial: string; commissionedBy?: string },
): Promise<EventRow[]> {
  const found = new Map<string, EventRow>();
  if (commissionedBy !== undefined) {
    const row = await db
      .selectFrom('supply_events')
      .selectAll()
      .where('event_id', '=', commissionedBy)
      .executeTakeFirst();
    if (row !== undefined) found.set(row.event_id, row);
  }
  await follow(db, `pack|${gtin}|${serial}`, undefined, { from: new Date(0) }, found);
  return inOrder(found);
}

export async function containerHistory(db: Db, sscc: string): Promise<EventRow[]> {
  const found = new Map<string, EventRow>();
  await follow(db, `container|${sscc}`, undefined, { from: new Date(0) }, found);
  return inOrder(found);
}

interface Span {
  readonly from: Date;
  /** Without: until now. */
  readonly to?: Date;
}

/** Kinds of event after which goods are no longer in the container they were packed into. */
const leaves: ReadonlySet<SupplyEvent['kind']> = new Set([
  'unpack',
  'dispense',
  'freeSample',
  'supplyArticle23',
  'open',
  'sample',
  'export',
  'checkOut',
  'steal',
  'destroy',
]);

/** @param as the container whose inner packings are left out, when the subject is followed for what was in it */
async function follow(
  db: Db,
  subject: string,
  as: string | undefined,
  span: Span,
  found: Map<string, EventRow>,
): Promise<void> {
  let select = db
    .selectFrom('supply_event_subjects')
    .innerJoin('supply_events', 'supply_events.event_id', 'supply_event_subjects.event_id')
    .selectAll('supply_events')
    .where('supply_event_subjects.subject', '=', subject)
    .where('supply_event_subjects.record_time', '>=', span.from)
    .orderBy('supply_event_subjects.record_time')
    .limit(eventsOfSubject);
  if (span.to !== undefined) select = select.where('supply_event_subjects.record_time', '<=', span.to);
  const rows = (await select.execute()).filter(({ event }) => as === undefined || event.parent !== as);
  for (const [index, row] of rows.entries()) {
    found.set(row.event_id, row);
    const { parent, kind } = row.event;
    if (kind !== 'pack' || parent === undefined || subject === `container|${parent}`) continue;
    const end = rows.slice(index + 1).find((later) => leaves.has(later.kind))?.record_time ?? span.to;
    const inside = { from: row.record_time, ...(end === undefined ? {} : { to: end }) };
    await follow(db, `container|${parent}`, parent, inside, found);
  }
}

function inOrder(found: ReadonlyMap<string, EventRow>): EventRow[] {
  return [...found.values()].sort(
    (a, b) => a.block_number - b.block_number || a.record_time.getTime() - b.record_time.getTime(),
  );
}
