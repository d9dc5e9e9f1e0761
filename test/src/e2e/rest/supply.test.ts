import { beforeAll, describe, expect, test } from '@jest/globals';
import { madeUpGoods, scanOf } from '../../demo/goods.ts';
import { tellSupplyStory } from '../../demo/supplyStory.ts';
import { Teller } from '../../demo/teller.ts';
import { network } from '../../system/networks.ts';
import type { RestSession } from '../../system/rest.ts';
import { World } from './world.fixture.ts';

const world = new World(network);
let maker: RestSession;

beforeAll(async () => {
  await network.start();
  maker = await world.people.as('PharmaMSP', 'maker');
}, 300_000);

describe('the supply path through REST', () => {
  test('register, commission, pack, ship, receive, dispense once, alert on the second, verify by scan', async () => {
    const teller = new Teller(() => undefined);
    await tellSupplyStory(teller, world.people);
    expect(teller.told.filter(({ asExpected }) => !asExpected)).toEqual([]);
  });

  test('who is not the named recipient cannot receive: 403 wrong_recipient, and the attempt counts as risk', async () => {
    const { sscc, ...goods } = madeUpGoods(2);
    const { gtin, lot, expiry, serials } = goods;
    await maker.create('/v1/products', { gtin, name: 'Cardiozine', dosageForm: 'tablet', strength: '5 mg' });
    await maker.create(`/v1/products/${gtin}/lots`, { lot, expiry, manufacturedOn: '2026-01-15', declaredQuantity: 2 });
    await maker.create('/v1/supply-events', { type: 'commission', gtin, lot, serials });
    await maker.create('/v1/supply-events', { type: 'pack', sscc, packs: [{ gtin, lot, serials }], containers: [] });
    const shipment = { type: 'ship', recipient: '4260000000028', containers: [sscc] };
    const { shipmentId } = await maker.create<{ shipmentId: string }>('/v1/supply-events', shipment);
    const distributor = await world.people.as('PharmaMSP', 'distributor');
    const receipt = { type: 'receive', shipmentId, containers: [sscc], complete: true };
    const { status, body } = await distributor.post('/v1/supply-events', receipt);
    expect([status, body['code']]).toEqual([403, 'wrong_recipient']);
    const asked = { scan: scanOf({ ...goods, sscc }, serials[0]!), context: 'receive' };
    const score = async () =>
      (await maker.create<{ riskScore: number }>('/v1/verifications', asked, { key: null })).riskScore;
    for (let tries = 0; (await score()) === 0 && tries < 50; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await score()).toBeGreaterThanOrEqual(50);
  });

  test('more units than the lot declares: 409 lot_quantity_exceeded', async () => {
    const { gtin, lot, expiry, serials } = madeUpGoods(3);
    await maker.create('/v1/products', { gtin, name: 'Cardiozine', dosageForm: 'tablet', strength: '5 mg' });
    await maker.create(`/v1/products/${gtin}/lots`, { lot, expiry, manufacturedOn: '2026-01-15', declaredQuantity: 2 });
    const { status, body } = await maker.post('/v1/supply-events', { type: 'commission', gtin, lot, serials });
    expect([status, body['code']]).toEqual([409, 'lot_quantity_exceeded']);
  });

  test('a GTIN with a wrong check digit: 400 with a code', async () => {
    const { gtin } = madeUpGoods(1);
    const wrong = `${gtin.slice(0, 13)}${(Number(gtin.at(-1)) + 1) % 10}`;
    const body = { gtin: wrong, name: 'Cardiozine', dosageForm: 'tablet', strength: '5 mg' };
    expect((await maker.post('/v1/products', body)).body).toMatchObject({ status: 400, code: 'invalid_identifier' });
  });

  test('somebody else’s premises as the actor: 400 actor_in_payload', async () => {
    const { gtin, lot, serials } = madeUpGoods(1);
    const event = { type: 'commission', gtin, lot, serials, actor: '4260000000028' };
    expect((await maker.post('/v1/supply-events', event)).body).toMatchObject({
      status: 400,
      code: 'actor_in_payload',
    });
  });

  test('a role without the right: 403; an unknown pack: 404', async () => {
    const pharmacist = await world.people.as('HospitalMSP', 'pharmacist');
    const { gtin, serials, ...goods } = madeUpGoods(1);
    expect((await pharmacist.post('/v1/products', {})).body).toMatchObject({ status: 403, code: 'role_not_allowed' });
    const scan = scanOf({ gtin, serials, ...goods }, serials[0]!);
    const { status } = await pharmacist.post('/v1/supply-events', { type: 'dispense', packs: [{ scan }] });
    expect(status).toBe(404);
  });
});
