import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bitmapOf } from '@chain-of-care/chaincode/model';
import { FixtureLedger, type WriteSpec } from '../blocks/ledger.fixture.ts';
import { storedSamples } from '../projectors/samples.fixture.ts';
import type { ReadModel } from '../readModel.ts';
import { readModelInMemory, writing } from '../readModel.fixture.ts';
import { readNumberCursor } from './page.ts';
import { contentsOfContainer, holdersOfLot, packWhereabouts, segmentsOfSerials, serialRows } from './packs.ts';
import { alertStatistics } from './alertStatistics.ts';
import { alertList, eventsOfSubjects, productList, shipmentList } from './supplyLists.ts';

const gtin = '00300021200107';
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
      like('shipment', { shipmentId: 'h1' }),
      like('product', {}),
    ),
  );
  await model.catchUp(ledger, 0n);
}, 120_000);
afterAll(() => model.close());

describe('whereabouts of a pack', () => {
  test('in a case on a pallet: the containers around it, the root last', async () => {
    const found = await packWhereabouts(model.db, gtin, 'S2');
    expect(found).toMatchObject({ serial: { lot: 'L1', segment: 0, position: 1 }, parent: 'case' });
    expect(found?.pack).toBeUndefined();
    expect(found?.containers.map(({ sscc, holder }) => [sscc, holder])).toEqual([
      ['case', '4012345000009'],
      ['pallet', 'warehouse'],
    ]);
  });

  test('alone', async () => {
    const found = await packWhereabouts(model.db, gtin, 'S3');
    expect(found).toMatchObject({ pack: { state: 'supplied', holder: 'pharmacy' }, containers: [] });
  });

  test('a serial of two lots is told apart by the lot', async () => {
    expect((await serialRows(model.db, gtin, 'S1')).map(({ lot }) => lot)).toEqual(['L1', 'L2']);
    expect((await packWhereabouts(model.db, gtin, 'S1', 'L2'))?.serial.lot).toBe('L2');
    expect(await packWhereabouts(model.db, gtin, 'S1', 'L3')).toBeUndefined();
    expect(await packWhereabouts(model.db, gtin, 'S9')).toBeUndefined();
    expect(await segmentsOfSerials(model.db, gtin, ['S1', 'S2', 'S9'])).toHaveLength(3);
  });

  test('contents of a container, and holders of a lot by its roots', async () => {
    expect((await contentsOfContainer(model.db, 'pallet')).containers.map(({ sscc }) => sscc)).toEqual(['case']);
    expect((await contentsOfContainer(model.db, 'case')).placements).toHaveLength(1);
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
    expect(await alertStatistics(model.db, { since: minute(1) })).toMatchObject({
      totalAlerts: 4,
      bySeverity: { critical: 1, high: 0, medium: 0, low: 3 },
      byType: { counterfeit: 4 },
      byStatus: { open: 4 },
    });
  });

  test('shipments of either side, products by NDC', async () => {
    expect((await shipmentList(model.db, { mspId: 'HospitalMSP' })).items).toHaveLength(1);
    expect((await shipmentList(model.db, { mspId: 'RegulatorMSP' })).items).toHaveLength(0);
    expect((await productList(model.db, { ndc: '0002-1200-10' })).items).toHaveLength(1);
  });
});
