import type { Selectable } from 'kysely';
import type { Database, ReadModel } from '../readmodel/index.ts';
import type { SupplyEventView } from './eventDto.ts';
import { eventView } from './views.ts';

type EventRow = Pick<Selectable<Database['supply_events']>, 'event' | 'tx_id' | 'block_number'>;

/** Events as answers; one that was declared wrong says so, and one that handed out quantities what was taken back. */
export async function eventViews(db: ReadModel['db'], rows: readonly EventRow[]): Promise<SupplyEventView[]> {
  const ids = rows.map(({ event }) => event.eventId);
  if (ids.length === 0) return [];
  const declared = await db
    .selectFrom('error_declarations')
    .selectAll()
    .where('erroneous_event_id', 'in', ids)
    .execute();
  const takenBack = await db.selectFrom('taken_back').selectAll().where('event_id', 'in', ids).execute();
  const declarations = new Map(declared.map((row) => [row.erroneous_event_id, row]));
  const returned = new Map(takenBack.map((row) => [row.event_id, row.quantities]));
  return rows.map((row) => {
    const { eventId } = row.event;
    const [declaration, quantities] = [declarations.get(eventId), returned.get(eventId)];
    return {
      ...eventView(row),
      ...(quantities === undefined ? {} : { takenBack: [...quantities] }),
      ...(declaration === undefined ? {} : { errorDeclaration: declarationView(declaration) }),
    };
  });
}

function declarationView(declared: Selectable<Database['error_declarations']>) {
  return {
    reason: declared.reason,
    declarationTime: declared.declared_at.toISOString(),
    correctiveEventIds: [...declared.corrective_event_ids],
  };
}
