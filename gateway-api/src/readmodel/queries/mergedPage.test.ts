import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mergedPage, type Timed } from './mergedPage.ts';
import { pageOf, readTimeCursor, type Page } from './page.ts';

const at = (second: number): string => new Date(second * 1000).toISOString();
const newerFirst = (a: Timed, b: Timed): number => (`${a.recordTime}|${a.id}` < `${b.recordTime}|${b.id}` ? 1 : -1);

function pageFrom(list: readonly Timed[], limit: number, cursor: string | undefined): Page<Timed> {
  const after = readTimeCursor(cursor);
  const rest = list
    .toSorted(newerFirst)
    .filter(({ recordTime, id }) => after === undefined || `${recordTime}|${id}` < `${after.time}|${after.id}`);
  return pageOf(
    rest.slice(0, limit + 1),
    limit,
    (item) => item,
    ({ recordTime, id }) => [recordTime, id],
  );
}

test('pages of several lists, one after the other, are every item once, newest first', () => {
  const lists = fc.array(fc.array(fc.record({ id: fc.uuid(), recordTime: fc.nat(5).map(at) }), { maxLength: 12 }), {
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(
    fc.property(lists, fc.integer({ min: 1, max: 5 }), (each, limit) => {
      const seen: Timed[] = [];
      for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
        const page: Page<Timed> = mergedPage(
          each.map((list) => pageFrom(list, limit, cursor)),
          { limit },
        );
        expect(page.items.length).toBeLessThanOrEqual(limit);
        seen.push(...page.items);
        cursor = page.nextCursor;
      }
      expect(seen).toEqual(each.flat().toSorted(newerFirst));
    }),
  );
});
