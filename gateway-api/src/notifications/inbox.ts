/** People's inboxes: the newest first, how many are unread, marking as read. */
import type { AlertSeverity } from '@chain-of-care/chaincode/model';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { Database } from '../readmodel/index.ts';
import { pageOf, readNumberCursor, type Page, type PageParams } from '../readmodel/queries/page.ts';

type Db = Kysely<Database>;
export type NotificationRow = Selectable<Database['notifications']>;

export interface InboxFilter extends PageParams {
  readonly kind?: string;
  readonly unread?: boolean;
  readonly severity?: AlertSeverity;
}

const defaultLimit = 50;

/** @throws Problem invalid_cursor */
export async function inboxOf(db: Db, personId: string, filter: InboxFilter): Promise<Page<NotificationRow>> {
  const { limit = defaultLimit, cursor, kind, unread, severity } = filter;
  const after = readNumberCursor(cursor);
  let query = db.selectFrom('notifications').selectAll().where('person_id', '=', personId);
  if (after !== undefined) query = query.where('sequence', '<', after);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  if (severity !== undefined) query = query.where('severity', '=', severity);
  if (unread !== undefined) query = query.where('read_at', unread ? 'is' : 'is not', null);
  const rows = await query
    .orderBy('sequence', 'desc')
    .limit(limit + 1)
    .execute();
  return pageOf(
    rows,
    limit,
    (row) => row,
    ({ sequence }) => [sequence],
  );
}

export interface InboxCounts {
  readonly unread: number;
  readonly bySeverity: Readonly<Record<string, number>>;
}

export async function countsOf(db: Db, personId: string): Promise<InboxCounts> {
  const rows = await db
    .selectFrom('notifications')
    .select(['severity', sql<number>`count(*)::int4`.as('count')])
    .where('person_id', '=', personId)
    .where('read_at', 'is', null)
    .groupBy('severity')
    .execute();
  return {
    unread: rows.reduce((sum, { count }) => sum + count, 0),
    bySeverity: Object.fromEntries(rows.map(({ severity, count }) => [severity, count])),
  };
}

/** @returns the notification, or undefined when the person has none of this id. The first time of reading stays. */
export async function markRead(
  db: Db,
  personId: string,
  notificationId: string,
  at: string,
): Promise<NotificationRow | undefined> {
  return db
    .updateTable('notifications')
    .set({ read_at: sql`coalesce(read_at, ${at}::timestamptz)` as never })
    .where('notification_id', '=', notificationId)
    .where('person_id', '=', personId)
    .returningAll()
    .executeTakeFirst();
}

/** Marks everything up to this sequence as read. @returns how many were not */
export async function markAllRead(db: Db, personId: string, upTo: number, at: string): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('notifications')
    .set({ read_at: at })
    .where('person_id', '=', personId)
    .where('sequence', '<=', upTo)
    .where('read_at', 'is', null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** What came after this sequence, oldest first. */
export async function inboxSince(db: Db, personId: string, after: number, limit: number): Promise<NotificationRow[]> {
  return db
    .selectFrom('notifications')
    .selectAll()
    .where('person_id', '=', personId)
    .where('sequence', '>', after)
    .orderBy('sequence')
    .limit(limit)
    .execute();
}
