import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { madeUpGoods } from '../../demo/goods.ts';
import { network } from '../../system/networks.ts';
import type { RestSession } from '../../system/rest.ts';
import { World } from './world.fixture.ts';

const world = new World(network);
let maker: RestSession;

beforeAll(async () => {
  await network.start();
  maker = await world.people.as('PharmaMSP', 'maker');
}, 300_000);

describe('a serial number of a product', () => {
  test('is commissioned once, in whatever lot; a repeat of the same request is no second time', async () => {
    const { gtin, lot, expiry, serials } = madeUpGoods(3);
    const [again, other] = [serials[1]!, `${lot.slice(0, 15)}X`];
    await maker.create('/v1/products', { gtin, name: 'Cardiozine', dosageForm: 'tablet', strength: '5 mg' });
    for (const each of [lot, other]) {
      const body = { lot: each, expiry, manufacturedOn: '2026-01-15', declaredQuantity: 10 };
      await maker.create(`/v1/products/${gtin}/lots`, body);
    }
    const first = { type: 'commission', gtin, lot, serials };
    const options = { key: randomUUID() };
    const { eventId } = await maker.create('/v1/supply-events', first, options);
    expect(await maker.create('/v1/supply-events', first, options)).toMatchObject({ eventId });
    for (const each of [lot, other]) {
      const second = { type: 'commission', gtin, lot: each, serials: [`N${serials[0]!.slice(1)}`, again] };
      const { status, body } = await maker.post('/v1/supply-events', second);
      expect([status, body['code'], body['errors']]).toMatchObject([
        409,
        'serial_duplicate',
        [{ pointer: '/serials/1' }],
      ]);
    }
  });
});
