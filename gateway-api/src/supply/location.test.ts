import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bitmapOf } from '@chain-of-care/chaincode/model';
import { FixtureLedger, type WriteSpec } from '../readmodel/blocks/ledger.fixture.ts';
import { storedSamples } from '../readmodel/projectors/samples.fixture.ts';
import type { ReadModel } from '../readmodel/readModel.ts';
import { readModelInMemory, writing } from '../readmodel/readModel.fixture.ts';
import { custodyOf, locatePacks } from './location.ts';

const gtin = '00300021200107';
let keys = 0;
const like = (type: string, differs: object): WriteSpec => {
  keys += 1;
  return { key: `k${keys}`, value: { ...storedSamples.find(({ t }) => t === type)!, ...differs } };
};
const placed = { sscc: 'case', members: bitmapOf([1]), eventId: 'e', eventTime: '2026-01-01T00:00:00Z' };

let model: ReadModel;
beforeAll(async () => {
  model = await readModelInMemory();
  const ledger = new FixtureLedger().add(
    writing(
      like('segment', { serials: ['S1', 'S2', 'S3'] }),
      like('segment', { lot: 'L2', serials: ['S1'] }),
      like('placement', { groups: [placed] }),
      like('container', { sscc: 'case', parent: 'pallet', state: 'locked' }),
      like('container', { sscc: 'pallet', holder: 'warehouse' }),
      like('pack', { serial: 'S3', state: 'supplied', holder: 'pharmacy' }),
    ),
  );
  await model.catchUp(ledger, 0n);
}, 120_000);
afterAll(() => model.close());

describe('where a pack is', () => {
  test('in a case on a pallet: the root holds it, the case that is locked keeps it so', async () => {
    const found = (await locatePacks(model.db, gtin, ['S2'])).get('S2')!;
    expect(found.containers.map(({ sscc }) => sscc)).toEqual(['case', 'pallet']);
    expect(custodyOf(found)).toMatchObject({ holder: 'warehouse', state: 'locked' });
  });

  test('alone', async () => {
    const found = (await locatePacks(model.db, gtin, ['S3'])).get('S3')!;
    expect(found).toMatchObject({ alone: true, containers: [] });
    expect(custodyOf(found)).toMatchObject({ holder: 'pharmacy', state: 'supplied' });
  });

  test('a serial of two lots is told apart by the lot', async () => {
    const lotOf = async (lot?: string) => (await locatePacks(model.db, gtin, ['S1'], lot)).get('S1')?.lot;
    expect([await lotOf(), await lotOf('L2'), await lotOf('L3')]).toEqual(['L1', 'L2', undefined]);
  });
});
