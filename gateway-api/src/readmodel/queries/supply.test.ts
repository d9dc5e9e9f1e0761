import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bitmapOf } from '@chain-of-care/chaincode/model';
import { FixtureLedger, type WriteSpec } from '../blocks/ledger.fixture.ts';
import { storedSamples } from '../projectors/samples.fixture.ts';
import type { ReadModel } from '../readModel.ts';
import { readModelInMemory, writing } from '../readModel.fixture.ts';
import { readNumberCursor } from './page.ts';
import { contentsOf } from './contents.ts';
import { holdersOfLot } from './lotHolders.ts';
import { alertStatistics } from './alertStatistics.ts';
import { alertList, eventsOfSubjects, productList, shipmentList } from './supplyLists.ts';

const gtin = '00300021200107';
const other = '00614141000012';
const abroad = '9506000134352';
let keys = 0;
const like = (type: string, differs: object): WriteSpec => {
  keys += 1;
  return { key: `k${keys}`, value: { ...storedSamples.find(({ t }) => t === type)!, ...differs } };
};
const minute = (index: number): string => new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString();

let model: ReadModel;
beforeAll(async () => {
  model = await readModelInMemory();
  const contents = [{ gtin, lot: 'L1', units: 1, locked: 0 }];
  const ledger = new FixtureLedger().add(
    writing(
      like('segment', { serials: ['S1', 'S2', 'S3'] }),
      like('segment', { lot: 'L2', serials: ['S1'] }),
      like('placement', { groups: [{ sscc: 'case', members: bitmapOf([1]), eventId: 'e', eventTime: minute(0) }] }),
      like('container', { sscc: 'case', parent: 'pallet', contents }),
      like('container', { sscc: 'pallet', holder: 'warehouse', contents }),
      like('pack', { serial: 'S3', state: 'supplied', holder: 'pharmacy' }),
      ...Array.from({ length: 7 }, (_, index) =>
        like('supply-event', { eventId: `e${index}`, recordTime: minute(Math.floor(index / 2)) }),
      ),
      ...Array.from({ length: 5 }, (_, index) =>
        like('alert', {
          alertId: `a${index}`,
          openedAt: minute(index),
          severity: index < 2 ? 'critical' : 'low',
          ...(index === 4 ? { makerMspId: 'MakerMSP' } : {}),
        }),
      ),
      like('premises', { gln: abroad, mspId: 'HospitalMSP', country: 'AT' }),
      ...['2026-01-03T10:00:00Z', '2026-01-03T23:59:59Z', '2026-01-05T00:00:00Z'].map((openedAt, index) =>
        like('alert', { alertId: `b${index}`, subject: { gtin: other }, openedAt, mspId: 'HospitalMSP', gln: abroad }),
      ),
      like('shipment', { shipmentId: 'h1' }),
      like('product', {}),
    ),
  );
  await model.catchUp(ledger, 0n);
}, 120_000);
afterAll(() => model.close());

describe('containers', () => {
  test('contents of a container, and holders of a lot by its roots', async () => {
    const inside = async (sscc: string) => (await contentsOf(model.db, { sscc, quantities: [] }, { limit: 9 })).items;
    expect(await inside('pallet')).toEqual([{ sscc: 'case' }]);
    expect(await inside('case')).toEqual([{ gtin, lot: 'L1', serial: 'S2' }]);
    expect(await holdersOfLot(model.db, gtin, 'L1')).toEqual([
      { holder: 'pharmacy', mspId: 'PharmaMSP', units: 1 },
      { holder: 'warehouse', mspId: 'PharmaMSP', units: 1 },
    ]);
  });
});

describe('lists', () => {
  test('pages follow each other without a gap, also where times are equal', async () => {
    const seen: string[] = [];
    for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
      const page = await eventsOfSubjects(model.db, [`pack|${gtin}|S1`, `lot|${gtin}|L1`], {
        limit: 3,
        ...(cursor === undefined ? {} : { cursor }),
      });
      seen.push(...page.items.map(({ event_id: id }) => id));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(['e6', 'e5', 'e4', 'e3', 'e2', 'e1', 'e0']);
  });

  test('a cursor that no list gave is refused', async () => {
    const cursors = [
      ['2026', 'a'],
      ['2026-13-01T00:00:00.000Z', 'a'],
      [1, 2],
      {},
      ['2026-01-01T00:00:00.000Z', 'a\u0000'],
    ];
    for (const place of cursors) {
      const cursor = Buffer.from(JSON.stringify(place)).toString('base64url');
      await expect(alertList(model.db, { cursor })).rejects.toMatchObject({ code: 'invalid_cursor' });
    }
    await expect(alertList(model.db, { cursor: '%' })).rejects.toMatchObject({ code: 'invalid_cursor' });
    expect(() => readNumberCursor(Buffer.from('["x"]').toString('base64url'))).toThrow();
  });

  test('alerts by what they are and whom they concern, counted', async () => {
    const ids = async (filter: Parameters<typeof alertList>[1]): Promise<string[]> =>
      (await alertList(model.db, filter)).items.map(({ alert_id: id }) => id);
    expect(await ids({ severity: 'critical' })).toEqual(['a1', 'a0']);
    expect(await ids({ concerns: 'MakerMSP' })).toEqual(['a4']);
    expect(await ids({ gtin, lot: 'L1', limit: 1 })).toEqual(['a4']);
    expect(await alertStatistics(model.db, { gtin, since: minute(1) })).toMatchObject({
      totalAlerts: 4,
      bySeverity: { critical: 1, high: 0, medium: 0, low: 3 },
      byType: { counterfeit: 4 },
      byStatus: { open: 4 },
    });
  });

  test('counts of alerts of any period, product, region and actor, and over time', async () => {
    const total = async (filter: Parameters<typeof alertStatistics>[1]) =>
      (await alertStatistics(model.db, filter)).totalAlerts;
    expect(await total({ gtin: other })).toBe(3);
    expect(await total({ gtin: other, until: '2026-01-05T00:00:00Z' })).toBe(2);
    expect(await total({ country: 'AT' })).toBe(3);
    expect([await total({ gtin: other, country: 'DE' }), await total({ gtin: other, gln: abroad })]).toEqual([0, 3]);
    expect(await total({ gtin: other, mspId: 'HospitalMSP' })).toBe(3);
    expect(await total({ gtin: other, mspId: 'PharmaMSP' })).toBe(0);
    expect((await alertStatistics(model.db, { country: 'AT', interval: 'day' })).series).toEqual([
      { from: '2026-01-03T00:00:00.000Z', totalAlerts: 2 },
      { from: '2026-01-05T00:00:00.000Z', totalAlerts: 1 },
    ]);
  });

  test('shipments of either side, products by NDC', async () => {
    expect((await shipmentList(model.db, { mspId: 'HospitalMSP' })).items).toHaveLength(1);
    expect((await shipmentList(model.db, { mspId: 'RegulatorMSP' })).items).toHaveLength(0);
    expect((await productList(model.db, { ndc: '0002-1200-10' })).items).toHaveLength(1);
  });
});
