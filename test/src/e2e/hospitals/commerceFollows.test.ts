/** Shipper and recipient have one role and the regulator is away: custody ships now, commerce follows. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { largeNetwork } from '../../system/networks.ts';
import { World } from '../rest/world.fixture.ts';
import { event, makeGoods, openTrader, type Goods, type Trader } from './custody.fixture.ts';

const regulator = 'RegulatorMSP';
const world = new World(largeNetwork);
let maker: Trader;
let distributor: Trader;
let goods: Goods;

beforeAll(async () => {
  await largeNetwork.start();
  maker = await openTrader(world, 'PharmaMSP', 'manufacturer');
  distributor = await openTrader(world, 'DistributorMSP', 'distributor');
  goods = await makeGoods(maker, 2);
}, 600_000);

afterAll(async () => {
  await largeNetwork.start();
}, 300_000);

test('a shipment between two pharmas without the regulator moves custody; its commerce is recorded once it is back', async () => {
  const commerce = { orderNumber: 'PO-FOLLOWS', lines: [{ gtin: goods.gtin, unitPrice: '3.10', currency: 'EUR' }] };
  const packs = goods.take(1);
  await largeNetwork.kill('regulator-peer');
  const shipment = { type: 'ship', recipient: distributor.gln, packs, commerce };
  const shipped = await event(maker.session, shipment, regulator);
  expect(shipped).toMatchObject({ status: 'applied', commerce: 'follows' });
  const { shipmentId } = shipped;
  await event(distributor.session, { type: 'receive', shipmentId, packs }, regulator);
  const address = `/v1/shipments/${String(shipmentId)}/commerce`;
  expect((await distributor.session.get(address)).status).toBe(404);

  await largeNetwork.start();
  const inspector = await world.people.as(regulator, 'inspector');
  for (const session of [maker.session, distributor.session, inspector]) {
    let answer = await session.get(address);
    for (const deadline = Date.now() + 150_000; answer.status !== 200 && Date.now() < deadline; await pause(1_000))
      answer = await session.get(address);
    expect(answer.body).toMatchObject({ orderNumber: 'PO-FOLLOWS' });
  }
}, 600_000);
