import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { applied } from '../ledger/scenario.fixture.ts';
import { gtin, lot, serialsOf, ssccOf, SupplyWorld, type Person } from './supplyWorld.fixture.ts';

const set = (...serials: string[]) => [{ gtin, lot, segment: 0, serials }];

let world: SupplyWorld;
let maker: Person;
let distributor: Person;
let pharmacy: Person;
let otherPharmacy: Person;

const endorse = (person: Person, ...commands: readonly (readonly [verb: string, body: object])[]) =>
  world.scenario.endorse(
    person.identity,
    commands.map(([verb, body]) =>
      world.scenario.command(`supply.${verb}`, { eventTime: new Date(world.scenario.now).toISOString(), ...body }),
    ),
  );
const codes = ({ outcome }: Awaited<ReturnType<typeof endorse>>) =>
  outcome.outcomes.map((each) => (each.status === 'refused' ? each.code : each.status));

beforeEach(async () => {
  world = await SupplyWorld.open();
  maker = await world.person('PharmaMSP', 'manufacturer', 'manufacturer');
  distributor = await world.person('DistributorMSP', 'distributor', 'distributor');
  pharmacy = await world.person('HospitalMSP', 'pharmacist', 'pharmacy');
  otherPharmacy = await world.person('Hospital2MSP', 'pharmacist', 'pharmacy');
  await world.product(maker, 1_000);
  applied(await world.act(maker, 'commission', { gtin, lot, serials: serialsOf(600) }));
}, 60_000);

describe('two who act on the same goods', () => {
  const shipTo = async (recipient: Person, packs: object) => {
    const shipmentId = randomUUID();
    applied(await world.act(maker, 'ship', { shipmentId, recipient: recipient.gln, packs }));
    return shipmentId;
  };

  test('a pack dispensed twice in one batch is dispensed once', async () => {
    const packs = set('S000000');
    applied(await world.act(pharmacy, 'receive', { shipmentId: await shipTo(pharmacy, packs), packs }));
    const twice = await endorse(pharmacy, ['dispense', { packs }], ['dispense', { packs }]);
    expect(codes(twice)).toEqual(['applied', 'already_supplied_here']);
    expect(world.scenario.ledger.commit(twice.simulation)).toBe('VALID');
  });

  test('two who dispense a pack at once: one commits, the other conflicts and is then refused', async () => {
    const packs = set('S000000');
    applied(await world.act(pharmacy, 'receive', { shipmentId: await shipTo(pharmacy, packs), packs }));
    const colleague = await world.person('HospitalMSP', 'pharmacist', undefined, pharmacy.gln);
    const first = await endorse(pharmacy, ['dispense', { packs }]);
    const second = await endorse(colleague, ['dispense', { packs }]);
    expect([codes(first), codes(second)]).toEqual([['applied'], ['applied']]);
    expect(world.scenario.ledger.commit(first.simulation)).toBe('VALID');
    expect(world.scenario.ledger.commit(second.simulation)).toBe('MVCC_READ_CONFLICT');
    expect(codes(await endorse(colleague, ['dispense', { packs }]))).toEqual(['already_supplied_here']);
  });

  test('both claim a receipt: only the named recipient has it, and only once', async () => {
    const packs = set('S000001');
    const shipmentId = await shipTo(pharmacy, packs);
    const claim = ['receive', { shipmentId, packs }] as const;
    expect(codes(await endorse(otherPharmacy, claim))).toEqual(['wrong_recipient']);
    const [first, again] = [await endorse(pharmacy, claim), await endorse(pharmacy, claim)];
    expect(world.scenario.ledger.commit(first.simulation)).toBe('VALID');
    expect(world.scenario.ledger.commit(again.simulation)).toBe('MVCC_READ_CONFLICT');
    expect(codes(await endorse(pharmacy, claim))).toEqual(['not_in_shipment']);
  });

  test('a licence is looked at before the shipment: who lost it learns nothing about its recipient', async () => {
    const packs = set('S000002');
    const shipmentId = await shipTo(pharmacy, packs);
    const stranger = await world.person('Hospital2MSP', 'pharmacist');
    expect(codes(await endorse(stranger, ['receive', { shipmentId, packs }]))).toEqual(['licence_required']);
  });

  test('a lot commissioned at once from two sides stays within what it declared', async () => {
    const batch = (prefix: string) => ['commission', { gtin, lot, serials: serialsOf(300, prefix) }] as const;
    const [one, other] = [await endorse(maker, batch('A')), await endorse(maker, batch('B'))];
    expect([codes(one), codes(other)]).toEqual([['applied'], ['applied']]);
    expect(world.scenario.ledger.commit(one.simulation)).toBe('VALID');
    expect(world.scenario.ledger.commit(other.simulation)).toBe('MVCC_READ_CONFLICT');
    expect(codes(await endorse(maker, batch('B')))).toEqual(['lot_quantity_exceeded']);
  });
});

describe('goods that are not what they are called', () => {
  test('a serial of another lot is no pack of this one', async () => {
    const second = 'LOT-2';
    const dates = { expiry: '270331', manufacturedOn: '2026-01-15' };
    applied(await world.act(maker, 'registerLot', { gtin, lot: second, declaredQuantity: 10, ...dates }));
    applied(await world.act(maker, 'commission', { gtin, lot: second, serials: ['OTHER1'] }));
    const wrongLot = { packs: set('OTHER1'), shipmentId: randomUUID(), recipient: pharmacy.gln };
    expect(await world.act(maker, 'ship', wrongLot)).toMatchObject({ code: 'pack_not_found' });
    const wrongSegment = { packs: [{ gtin, lot: second, segment: 1, serials: ['OTHER1'] }], reason: 'suspect' };
    expect(await world.act(maker, 'lock', wrongSegment)).toMatchObject({ code: 'pack_not_found' });
  });

  test('no container comes to lie in itself, over however many levels', async () => {
    const [inner, middle, outer] = [ssccOf(1), ssccOf(2), ssccOf(3)];
    applied(await world.act(maker, 'pack', { sscc: inner, packs: set('S000000') }));
    applied(await world.act(maker, 'pack', { sscc: middle, containers: [inner] }));
    applied(await world.act(maker, 'pack', { sscc: outer, containers: [middle] }));
    for (const [sscc, within] of [
      [inner, inner],
      [middle, outer],
      [inner, outer],
    ])
      expect((await world.act(maker, 'pack', { sscc, containers: [within] })).status).toBe('refused');
    const moved = { shipmentId: randomUUID(), recipient: distributor.gln, containers: [outer] };
    applied(await world.act(maker, 'ship', moved));
  });
});

test('shipping and receiving reads and writes as much for one pack as for a lot in containers', async () => {
  const [small, large] = [ssccOf(11), ssccOf(13)];
  applied(await world.act(maker, 'pack', { sscc: small, packs: set('S000000') }));
  applied(await world.act(maker, 'pack', { sscc: ssccOf(12), packs: set(...serialsOf(500, 'S', 1)) }));
  applied(await world.act(maker, 'pack', { sscc: large, containers: [ssccOf(12)] }));
  const writesOf = async (person: Person, verb: string, body: object) => {
    const decided = await endorse(person, [verb, body]);
    expect(codes(decided)).toEqual(['applied']);
    world.scenario.ledger.commit(decided.simulation);
    world.scenario.now += 60_000;
    return decided.outcome.writes;
  };
  const moves = async (sscc: string) => {
    const shipmentId = randomUUID();
    const containers = [sscc];
    const shipped = await writesOf(maker, 'ship', { shipmentId, recipient: distributor.gln, containers });
    return [shipped, await writesOf(distributor, 'receive', { shipmentId, containers })];
  };
  expect(await moves(large)).toEqual(await moves(small));
});
