/** Keyset paging: a cursor is the place of the last item in the list's order, opaque to callers. */
import { Problem } from '../../http/problem.ts';

export interface PageParams {
  readonly limit?: number;
  readonly cursor?: string;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}

type Place = readonly (string | number)[];

/** The place of an item in a list ordered by time and id. */
export interface TimePlace {
  /** RFC 3339 UTC, milliseconds. */
  readonly time: string;
  readonly id: string;
}

/** @throws Problem invalid_cursor */
export function readTimeCursor(cursor: string | undefined): TimePlace | undefined {
  if (cursor === undefined) return undefined;
  const [time, id] = readPlace(cursor);
  if (typeof time !== 'string' || typeof id !== 'string' || id.includes('\u0000')) throw new Problem('invalid_cursor');
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time) || Number.isNaN(Date.parse(time)))
    throw new Problem('invalid_cursor');
  return { time, id };
}

/** Of a list ordered by a number. @throws Problem invalid_cursor */
export function readNumberCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const [place] = readPlace(cursor);
  if (!Number.isInteger(place) || Math.abs(Number(place)) > 2 ** 31 - 1) throw new Problem('invalid_cursor');
  return Number(place);
}

/** Of a list with an order of its own, which checks the members. @throws Problem invalid_cursor */
export function readPlace(cursor: string): readonly unknown[] {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(place)) return place;
  } catch (cause) {
    throw new Problem('invalid_cursor', { cause });
  }
  throw new Problem('invalid_cursor');
}

/** The cursor of what follows an item at this place. */
export function cursorAfter(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/**
 * @param rows one more than `limit` when there is a next page
 * @param placeOf the order's columns of a row
 */
export function pageOf<Row, Item>(
  rows: readonly Row[],
  limit: number,
  itemOf: (row: Row) => Item,
  placeOf: (row: Row) => Place,
): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  if (rows.length <= limit || last === undefined) return { items: items.map(itemOf) };
  return {
    items: items.map(itemOf),
    nextCursor: cursorAfter(placeOf(last)),
  };
}
