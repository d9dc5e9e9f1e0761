import type { Selectable } from 'kysely';
import type { Database, ReadModel } from '../readmodel/index.ts';
import type { SupplyEventView } from './eventDto.ts';
import { eventView } from './views.ts';

type EventRow = Pick<Selectable<Database['supply_events']>, 'event' | 'tx_id' | 'block_number'>;

/** Events as answers; one that was declared wrong says so. */
export async function eventViews(db: ReadModel['db'], rows: readonly EventRow[]): Promise<SupplyEventView[]> {
  const ids = rows.map(({ event }) => event.eventId);
  const declared =
    ids.length === 0
      ? []
      : await db.selectFrom('error_declarations').selectAll().where('erroneous_event_id', 'in', ids).execute();
  const byEvent = new Map(declared.map((row) => [row.erroneous_event_id, row]));
  return rows.map((row) => {
    const declaration = byEvent.get(row.event.eventId);
    if (declaration === undefined) return eventView(row);
    const errorDeclaration = {
      reason: declaration.reason,
      declarationTime: declaration.declared_at.toISOString(),
      correctiveEventIds: [...declaration.corrective_event_ids],
    };
    return { ...eventView(row), errorDeclaration };
  });
}
