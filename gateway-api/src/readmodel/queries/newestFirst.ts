import { sql, type SelectQueryBuilder } from 'kysely';
import { cursorAfter, pageOf, readTimeCursor, type Page, type PageParams } from './page.ts';

const defaultLimit = 50;

/**
 * One page of rows ordered by (time, id) downwards.
 *
 * @param id a column, or one of a subquery, that is unique among rows of the same time
 * @throws Problem invalid_cursor
 */
export async function newestFirst<Tables, Table extends keyof Tables, Row extends object>(
  query: SelectQueryBuilder<Tables, Table, Row>,
  time: keyof Row & string,
  id: keyof Row & string,
  { limit = defaultLimit, cursor }: PageParams,
): Promise<Page<Row>> {
  const after = readTimeCursor(cursor);
  const from =
    after === undefined
      ? query
      : query.where(sql<boolean>`(${sql.ref(time)}, ${sql.ref(id)}) < (${after.time}::timestamptz, ${after.id})`);
  const rows = (await from
    .orderBy(sql.ref(time), 'desc')
    .orderBy(sql.ref(id), 'desc')
    .limit(limit + 1)
    .execute()) as readonly Row[];
  return pageOf(
    rows,
    limit,
    (row) => row,
    (row) => [(row[time] as Date).toISOString(), String(row[id])],
  );
}

/** One page of what several lists have at its place, each ordered by (time, id) downwards. */
export function mergeNewest<Row>(
  pages: readonly Page<Row>[],
  placeOf: (row: Row) => readonly [time: string, id: string],
  { limit = defaultLimit }: PageParams,
): Page<Row> {
  const later = (one: Row, other: Row): number => {
    const [[time, id], [otherTime, otherId]] = [placeOf(one), placeOf(other)];
    return time === otherTime ? compare(otherId, id) : compare(otherTime, time);
  };
  const rows = pages.flatMap(({ items }) => items).toSorted(later);
  const page = pageOf(rows, limit, (row) => row, placeOf);
  const last = page.items.at(-1);
  const goesOn = pages.some(({ nextCursor }) => nextCursor !== undefined);
  return goesOn && last !== undefined ? { ...page, nextCursor: cursorAfter(placeOf(last)) } : page;
}

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** The same page with other items. */
export function mapPage<From, To>({ items, ...rest }: Page<From>, itemOf: (from: From) => To): Page<To> {
  return { items: items.map(itemOf), ...rest };
}
