/** Ways around a lock that somebody else holds. */
import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { applied } from '../ledger/scenario.fixture.ts';
import {
  classBalanceType,
  containerType,
  packType,
  type ClassBalance,
  type Container,
  type Pack,
} from '../model/index.ts';
import { gtin, lot, serialsOf, ssccOf, SupplyWorld, type Person } from './supplyWorld.fixture.ts';

const bulk = 'BULK-1';
const [box, pallet] = [ssccOf(1), ssccOf(2)];
const approved = { reason: 'inspected_good', qualityDecisionHash: 'a'.repeat(64) };

describe("a lock that is not the holder's", () => {
  let world: SupplyWorld;
  let maker: Person;
  let distributor: Person;
  let pharmacy: Person;

  const set = (...serials: string[]) => ({ packs: [{ gtin, lot, segment: 0, serials }] });
  const units = (count: number, more: object = {}) => ({ quantities: [{ gtin, lot: bulk, units: count, ...more }] });
  const stored = <Fields>(type: string): Fields[] =>
    [...world.scenario.ledger.values.values()]
      .map((text) => JSON.parse(text) as { t: string })
      .filter(({ t }) => t === type) as Fields[];
  const packOf = (serial: string) => stored<Pack>(packType.name).find((pack) => pack.serial === serial)!;
  const boxOf = (sscc: string) => stored<Container>(containerType.name).find((each) => each.sscc === sscc)!;
  const balanceOf = ({ gln }: Person) => stored<ClassBalance>(classBalanceType.name).find((each) => each.gln === gln)!;
  const lockedBy = (person: Person, what: object, reason = 'investigation') =>
    world.act(person, 'lock', { ...what, reason });
  const returned = (to: Person, what: object) => {
    const shipmentId = randomUUID();
    return world.act(pharmacy, 'return', { shipmentId, recipient: to.gln, ...what });
  };

  beforeEach(async () => {
    world = await SupplyWorld.open();
    maker = await world.person('PharmaMSP', 'manufacturer', 'manufacturer');
    distributor = await world.person('DistributorMSP', 'distributor', 'distributor');
    pharmacy = await world.person('HospitalMSP', 'pharmacist', 'pharmacy');
    await world.product(maker);
    applied(await world.act(maker, 'commission', { gtin, lot, serials: serialsOf(4) }));
    const dates = { expiry: '270331', manufacturedOn: '2026-01-15' };
    const body = { gtin, lot: bulk, declaredQuantity: 1_000, serialised: false, ...dates };
    applied(await world.act(maker, 'registerLot', body));
    applied(await world.act(maker, 'commission', { gtin, lot: bulk, units: 100 }));
  }, 60_000);

  test('is not left behind in its container by what the holder had locked too', async () => {
    applied(await world.act(maker, 'pack', { sscc: box, ...set('S000000', 'S000001'), ...units(10) }));
    applied(await world.act(maker, 'pack', { sscc: pallet, containers: [box] }));
    applied(await lockedBy(maker, { containers: [box] }));
    applied(await lockedBy(world.inspector, { containers: [pallet] }));
    for (const [sscc, what] of [
      [pallet, { containers: [box] }],
      [box, set('S000000')],
      [box, units(5)],
    ] as const)
      expect(await world.act(maker, 'unpack', { sscc, ...what })).toMatchObject({ code: 'locked' });
    applied(await world.act(maker, 'unlock', { containers: [box], reason: 'false_alarm' }));
    applied(await world.act(maker, 'unpack', { sscc: pallet, containers: [box] }));
    expect(boxOf(box)).toMatchObject({ state: 'locked', act: { mspId: 'RegulatorMSP' } });
    expect(await world.act(maker, 'unlock', { containers: [box], reason: 'false_alarm' })).toMatchObject({
      code: 'not_custodian',
    });
  });

  test('is not counted away by a release of what lies beside it', async () => {
    applied(await world.act(maker, 'pack', { sscc: box, ...set('S000000', 'S000001') }));
    applied(await lockedBy(world.inspector, set('S000000')));
    applied(await lockedBy(maker, { containers: [box] }));
    for (const event of ['unlock', 'undo'])
      expect(
        await world.act(maker, event, { ...set('S000001'), ...(event === 'unlock' ? { reason: 'false_alarm' } : {}) }),
      ).toMatchObject({ code: 'locked' });
    applied(await world.act(maker, 'unlock', { containers: [box], reason: 'false_alarm' }));
    expect(boxOf(box).contents).toEqual([{ gtin, lot, units: 2, locked: 1 }]);
    const shipment = { shipmentId: randomUUID(), recipient: pharmacy.gln, containers: [box] };
    expect(await world.act(maker, 'ship', shipment)).toMatchObject({ code: 'locked' });
  });

  test('does not end by a return: packs and containers go back to who locked them and to nobody else', async () => {
    await world.move(maker, pharmacy, set('S000000', 'S000001', 'S000002'));
    applied(await world.act(pharmacy, 'pack', { sscc: box, ...set('S000001') }));
    for (const what of [set('S000000'), { containers: [box] }]) {
      applied(await lockedBy(world.inspector, what));
      expect(await returned(distributor, what)).toMatchObject({ code: 'locked' });
    }
    expect(packOf('S000000')).toMatchObject({ state: 'locked', act: { mspId: 'RegulatorMSP' } });
    applied(await lockedBy(maker, set('S000002')));
    expect(await returned(distributor, set('S000002'))).toMatchObject({ code: 'locked' });
    const shipmentId = randomUUID();
    applied(await world.act(pharmacy, 'return', { shipmentId, recipient: maker.gln, ...set('S000002') }));
    applied(await world.act(pharmacy, 'voidShip', { shipmentId }));
    expect(await world.act(pharmacy, 'unlock', { ...set('S000002'), ...approved })).toMatchObject({
      code: 'not_custodian',
    });
    applied(await returned(maker, set('S000002')));
  });

  test('what the holder locked is returned to whoever takes returns', async () => {
    await world.move(maker, pharmacy, { ...set('S000000'), ...units(10) });
    applied(await lockedBy(pharmacy, { ...set('S000000'), ...units(10) }, 'suspect'));
    applied(await returned(distributor, { ...set('S000000'), ...units(10, { state: 'locked' }) }));
  });

  test('does not end by a return of units, taken back or received', async () => {
    await world.move(maker, pharmacy, units(50));
    applied(await lockedBy(world.inspector, units(30, { holder: pharmacy.gln })));
    applied(await lockedBy(pharmacy, units(5), 'suspect'));
    expect(await returned(distributor, units(6, { state: 'locked' }))).toMatchObject({ code: 'locked' });
    applied(await returned(distributor, units(5, { state: 'locked' })));
    expect(balanceOf(pharmacy)).toMatchObject({
      units: { active: 15, locked: 30 },
      locks: [{ mspId: 'RegulatorMSP', units: 30 }],
    });
    expect(await world.act(pharmacy, 'unlock', { ...units(1), ...approved })).toMatchObject({ code: 'not_custodian' });
    // Not even to who locked them: units do not carry their lock, and a shipment can be taken back.
    applied(await lockedBy(maker, units(10, { holder: pharmacy.gln })));
    expect(await returned(maker, units(10, { state: 'locked' }))).toMatchObject({ code: 'locked' });
  });
});
