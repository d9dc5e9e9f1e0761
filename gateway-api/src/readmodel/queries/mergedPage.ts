import { pageOf, type Page, type PageParams } from './page.ts';

/** What a list ordered by time and id needs of its items. */
export interface Timed {
  readonly id: string;
  /** RFC 3339 UTC, milliseconds. */
  readonly recordTime: string;
}

/**
 * One page of several lists that are each ordered by (time, id) downwards, in that order.
 *
 * @param pages of each list with the same limit and cursor
 */
export function mergedPage<Item extends Timed>(
  pages: readonly Page<Item>[],
  { limit = 50 }: Pick<PageParams, 'limit'>,
): Page<Item> {
  const items = pages.flatMap((page) => page.items).toSorted(newerFirst);
  const hasMore = pages.some(({ nextCursor }) => nextCursor !== undefined);
  // A list that has more gave as many items as a page holds: the one put behind them only says that there are more.
  const rows = hasMore ? [...items, items.at(-1)!] : items;
  return pageOf(
    rows,
    limit,
    (item) => item,
    ({ recordTime, id }) => [recordTime, id],
  );
}

function newerFirst(a: Timed, b: Timed): number {
  if (a.recordTime !== b.recordTime) return a.recordTime < b.recordTime ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}
