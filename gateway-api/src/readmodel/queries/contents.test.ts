import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bitmapOf } from '@chain-of-care/chaincode/model';
import { FixtureLedger, type WriteSpec } from '../blocks/ledger.fixture.ts';
import { storedSamples } from '../projectors/samples.fixture.ts';
import type { ReadModel } from '../readModel.ts';
import { readModelInMemory, writing } from '../readModel.fixture.ts';
import { contentsOf, type Contained } from './contents.ts';
import { cursorAfter } from './page.ts';

const gtin = '00300021200107';
const box = 'box';
const quantities = [
  { gtin, lot: 'Q1', units: 3 },
  { gtin, lot: 'Q2', units: 4 },
];
let keys = 0;
const like = (type: string, differs: object): WriteSpec => {
  keys += 1;
  return { key: `k${keys}`, value: { ...storedSamples.find(({ t }) => t === type)!, ...differs } };
};
const pack = (lot: string, serial: string) => ({ gtin, lot, serial });
const placed = (lot: string, segment: number, ...positions: number[]): WriteSpec =>
  like('placement', {
    lot,
    segment,
    groups: [{ sscc: box, members: bitmapOf(positions), eventId: 'e', eventTime: '2026-01-01T00:00:00Z' }],
  });
const segment = (lot: string, number: number, ...serials: string[]): WriteSpec =>
  like('segment', { lot, segment: number, serials });

let model: ReadModel;
beforeAll(async () => {
  model = await readModelInMemory();
  const ledger = new FixtureLedger().add(
    writing(
      ...['case2', 'case1'].map((sscc) => like('container', { sscc, parent: box })),
      segment('L1', 0, 'a0', 'a1', 'a2', 'a3'),
      segment('L1', 1, 'b0', 'b1', 'b2'),
      segment('L2', 0, 'c0', 'c1'),
      placed('L1', 0, 0, 2, 3),
      placed('L1', 1, 0, 1),
      placed('L2', 0, 1),
      // Taken out of its segment: in the box by itself, and one that has gone altogether.
      like('pack', { lot: 'L1', serial: 'a2', segment: 0, parent: box }),
      like('pack', { lot: 'L1', serial: 'b0', segment: 1 }),
      like('pack', { lot: 'L1', serial: 'b1', segment: 1 }),
    ),
  );
  await model.catchUp(ledger, 0n);
}, 120_000);
afterAll(() => model.close());

const everything: readonly Contained[] = [
  { sscc: 'case1' },
  { sscc: 'case2' },
  ...quantities,
  pack('L1', 'a2'),
  pack('L1', 'a0'),
  pack('L1', 'a3'),
  pack('L2', 'c1'),
];

test.each([1, 2, 3, 7, 8, 50])('pages of %d follow each other without a gap or a repeat', async (limit) => {
  const found: Contained[] = [];
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const page = await contentsOf(
      model.db,
      { sscc: box, quantities },
      { limit, ...(cursor === undefined ? {} : { cursor }) },
    );
    expect(page.items.length).toBeLessThanOrEqual(limit);
    found.push(...page.items);
    cursor = page.nextCursor;
  }
  expect(found).toEqual(everything);
});

test.each([[4, 'x'], [0], [0, 1], [2, gtin, 'a\u0000'], [3, gtin, 'L1', 0, 2 ** 31], [-1, 'x'], ['0.5', 'x']])(
  'a cursor that names no place is refused: %j',
  async (...place: (string | number)[]) => {
    const wanted = contentsOf(model.db, { sscc: box, quantities }, { limit: 5, cursor: cursorAfter(place) });
    await expect(wanted).rejects.toMatchObject({ code: 'invalid_cursor' });
  },
);
