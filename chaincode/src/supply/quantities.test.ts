import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applied } from '../ledger/scenario.fixture.ts';
import {
  classBalanceType,
  containerType,
  shipmentType,
  type ClassBalance,
  type Container,
  type Shipment,
} from '../model/index.ts';
import { lockUnits, takeUnits, underWay, unlockUnits } from '../rules/index.ts';
import { gtin, lot as serialised, serialsOf, ssccOf, SupplyWorld, type Person } from './supplyWorld.fixture.ts';

const lot = 'BULK-1';
const declared = 1_000;
const hash = 'a'.repeat(64);

describe('a lot without serials', () => {
  let world: SupplyWorld;
  let maker: Person;
  let pharmacy: Person;
  let distributor: Person;

  const units = (count: number, more: object = {}) => ({ quantities: [{ gtin, lot, units: count, ...more }] });
  const stored = <Fields>(type: string): Fields[] =>
    [...world.scenario.ledger.values.values()]
      .map((text) => JSON.parse(text) as { t: string })
      .filter(({ t }) => t === type) as Fields[];
  const balanceOf = ({ gln }: Person): ClassBalance['units'] =>
    stored<ClassBalance>(classBalanceType.name).find((balance) => balance.gln === gln)?.units ?? {};
  const ship = async (from: Person, to: Person, count: number, event = 'ship', more: object = {}) => {
    const shipmentId = randomUUID();
    applied(await world.act(from, event, { shipmentId, recipient: to.gln, ...units(count, more) }));
    return shipmentId;
  };
  const move = async (from: Person, to: Person, count: number) => {
    const shipmentId = await ship(from, to, count);
    return applied(await world.act(to, 'receive', { shipmentId, ...units(count) }));
  };

  beforeEach(async () => {
    world = await SupplyWorld.open();
    maker = await world.person('PharmaMSP', 'manufacturer', 'manufacturer');
    distributor = await world.person('DistributorMSP', 'distributor', 'distributor');
    pharmacy = await world.person('HospitalMSP', 'pharmacist', 'pharmacy');
    await world.product(maker);
    const dates = { expiry: '270331', manufacturedOn: '2026-01-15' };
    const body = { gtin, lot, declaredQuantity: declared, serialised: false, ...dates };
    applied(await world.act(maker, 'registerLot', body));
    applied(await world.act(maker, 'commission', { gtin, lot, units: 600 }));
  }, 60_000);

  test('is commissioned, shipped, received, dispensed and destroyed by quantity', async () => {
    await move(maker, distributor, 500);
    await move(distributor, pharmacy, 200);
    applied(await world.act(pharmacy, 'dispense', units(30)));
    applied(await world.act(pharmacy, 'destroy', { ...units(5), certificateHash: hash }));
    expect(balanceOf(maker)).toEqual({ active: 100 });
    expect(balanceOf(distributor)).toEqual({ active: 300 });
    expect(balanceOf(pharmacy)).toEqual({ active: 165, supplied: 30, destroyed: 5 });
  });

  test('never exceeds its declared quantity, and nobody moves more than they hold', async () => {
    expect(await world.act(maker, 'commission', { gtin, lot, units: 401 })).toMatchObject({
      code: 'lot_quantity_exceeded',
    });
    const shipment = { shipmentId: randomUUID(), recipient: pharmacy.gln };
    expect(await world.act(maker, 'ship', { ...shipment, ...units(601) })).toMatchObject({
      code: 'quantity_insufficient',
      httpStatus: 409,
    });
    expect(await world.act(pharmacy, 'dispense', units(1))).toMatchObject({ code: 'quantity_insufficient' });
    expect(await world.act(pharmacy, 'dispense', units(1, { holder: maker.gln }))).toMatchObject({
      code: 'not_custodian',
    });
  });

  test('a serialised lot is never moved by quantity, and a lot without serials has none', async () => {
    applied(await world.act(maker, 'commission', { gtin, lot: serialised, serials: serialsOf(3) }));
    const quantities = [{ gtin, lot: serialised, units: 1 }];
    expect(await world.act(maker, 'lock', { quantities, reason: 'suspect' })).toMatchObject({ code: 'lot_serialised' });
    expect(await world.act(maker, 'commission', { gtin, lot: serialised, units: 1 })).toMatchObject({
      code: 'lot_serialised',
    });
    expect(await world.act(maker, 'commission', { gtin, lot, serials: ['A'] })).toMatchObject({
      code: 'lot_not_serialised',
    });
    const job = { gtin, lot, jobId: randomUUID(), units: 1 };
    expect(await world.act(maker, 'openCommissioningJob', job)).toMatchObject({ code: 'lot_not_serialised' });
  });

  test('a dispensing is taken back by who dispensed, up to what it handed out, within ten days, never of a recalled lot', async () => {
    await move(maker, pharmacy, 100);
    const other = await world.person('HospitalMSP', 'pharmacist', 'pharmacy');
    const { eventId } = applied(await world.act(pharmacy, 'dispense', units(30))) as { eventId: string };
    const undo = (by: Person, count: number, more: object = {}) =>
      world.act(by, 'undoDispense', { ...units(count), takesBack: eventId, notHandedOver: true, ...more });
    applied(await undo(pharmacy, 10));
    applied(await undo(pharmacy, 15));
    expect(balanceOf(pharmacy)).toEqual({ active: 95, supplied: 5 });
    expect(await undo(pharmacy, 6)).toMatchObject({ code: 'quantity_insufficient' });
    expect(await undo(pharmacy, 1, { notHandedOver: false })).toMatchObject({ pointer: '/notHandedOver' });
    expect(await undo(pharmacy, 1, { takesBack: undefined })).toMatchObject({ pointer: '/takesBack' });
    expect(await undo(pharmacy, 1, { takesBack: randomUUID() })).toMatchObject({ code: 'event_not_found' });
    expect(await undo(other, 1)).toMatchObject({ code: 'wrong_premises' });
    expect(await undo(pharmacy, 1, units(1, { holder: other.gln }))).toMatchObject({ code: 'wrong_premises' });
    const recall = { recallId: randomUUID(), kind: 'recall', recallClass: 'II', depth: 'retail', gtin, lots: [lot] };
    applied(await world.act(maker, 'recall', recall));
    expect(await undo(pharmacy, 1)).toMatchObject({ code: 'lot_recalled' });
    world.scenario.now += 11 * 24 * 3600 * 1000;
    expect(await undo(pharmacy, 1)).toMatchObject({ code: 'undo_too_late' });
  });

  test('no more is taken back of a dispensing than it handed out, though another handed out more', async () => {
    await move(maker, pharmacy, 100);
    applied(await world.act(pharmacy, 'dispense', units(50)));
    const { eventId } = applied(await world.act(pharmacy, 'dispense', units(3))) as { eventId: string };
    const undo = { takesBack: eventId, notHandedOver: true };
    expect(await world.act(pharmacy, 'undoDispense', { ...units(4), ...undo })).toMatchObject({
      code: 'quantity_insufficient',
    });
    applied(await world.act(pharmacy, 'undoDispense', { ...units(3), ...undo }));
  });

  test('events that the table does not give to quantities are refused', async () => {
    for (const event of ['undo', 'checkOut', 'inspect', 'observe'])
      expect([event, await world.act(maker, event, units(1))]).toMatchObject([event, { status: 'refused' }]);
    expect(await world.act(maker, 'observe', units(1))).toMatchObject({ pointer: '/quantities' });
  });

  test('arrives short, late or over: what is missing stays under way until the shipper takes it back', async () => {
    const shipmentId = await ship(maker, pharmacy, 100);
    expect(await world.act(pharmacy, 'receive', { shipmentId, ...units(101) })).toMatchObject({
      code: 'not_in_shipment',
    });
    expect(applied(await world.act(pharmacy, 'receive', { shipmentId, ...units(60) }))).toMatchObject({
      status: 'short',
    });
    expect(await world.act(pharmacy, 'voidShip', { shipmentId })).toMatchObject({ code: 'not_custodian' });
    applied(await world.act(maker, 'voidShip', { shipmentId }));
    expect([balanceOf(maker), balanceOf(pharmacy)]).toEqual([{ active: 540 }, { active: 60 }]);
    expect(stored<Shipment>(shipmentType.name)).toMatchObject([{ status: 'settled' }]);
    expect(await world.act(pharmacy, 'receive', { shipmentId, ...units(1) })).toMatchObject({
      code: 'not_in_shipment',
    });
  });

  test('returned units arrive locked, and become saleable only by a decision of quality assurance', async () => {
    await move(maker, pharmacy, 50);
    const shipmentId = await ship(pharmacy, distributor, 20, 'return');
    applied(await world.act(distributor, 'receive', { shipmentId, ...units(20) }));
    expect(balanceOf(distributor)).toEqual({ locked: 20 });
    const release = { ...units(15), reason: 'inspected_good' };
    expect(await world.act(distributor, 'unlock', release)).toMatchObject({ code: 'quality_decision_required' });
    applied(await world.act(distributor, 'unlock', { ...release, qualityDecisionHash: hash }));
    applied(await world.act(distributor, 'destroy', { ...units(5, { state: 'locked' }), witnessHash: hash }));
    expect(balanceOf(distributor)).toEqual({ active: 15, locked: 0, destroyed: 5 });
  });

  test('what the regulator locked, its holder neither releases nor ships', async () => {
    const held = units(550, { holder: maker.gln });
    applied(await world.act(world.inspector, 'lock', { ...held, reason: 'investigation' }));
    expect(await world.act(maker, 'unlock', { ...units(550), reason: 'false_alarm' })).toMatchObject({
      code: 'not_custodian',
    });
    const shipment = { shipmentId: randomUUID(), recipient: pharmacy.gln };
    expect(await world.act(maker, 'ship', { ...shipment, ...units(51) })).toMatchObject({
      code: 'quantity_insufficient',
    });
    applied(await world.act(world.inspector, 'unlock', { ...held, reason: 'false_alarm' }));
    expect(balanceOf(maker)).toEqual({ active: 600, locked: 0 });
  });

  test('a recalled lot is not shipped or dispensed', async () => {
    await move(maker, pharmacy, 10);
    const recall = { recallId: randomUUID(), kind: 'recall', recallClass: 'II', depth: 'retail', gtin, lots: [lot] };
    applied(await world.act(maker, 'recall', recall));
    expect(await world.act(pharmacy, 'dispense', units(1))).toMatchObject({ code: 'lot_recalled' });
  });

  test('a balance carries the policy of its holder from its first write', async () => {
    const command = world.scenario.command('supply.commission', {
      gtin,
      lot,
      units: 1,
      eventTime: new Date(world.scenario.now).toISOString(),
    });
    const again = await world.scenario.endorse(maker.identity, [command]);
    expect(again.simulation.policies.size).toBe(0);
    const shipmentId = await ship(maker, pharmacy, 10);
    const receipt = { shipmentId, ...units(10), eventTime: new Date(world.scenario.now).toISOString() };
    const first = await world.scenario.endorse(pharmacy.identity, [world.scenario.command('supply.receive', receipt)]);
    const [key, policy] = [...first.simulation.policies][0]!;
    expect([key.includes('class-balance'), Buffer.from(policy).includes('HospitalMSP')]).toEqual([true, true]);
  });
});

describe('units of a lot without serials in a container', () => {
  let world: SupplyWorld;
  let people: { maker: Person; distributor: Person; pharmacy: Person };
  const [box, pallet] = [ssccOf(1), ssccOf(2)];

  const units = (count: number) => ({ quantities: [{ gtin, lot, units: count }] });
  const stored = <Fields>(type: string): Fields[] =>
    [...world.scenario.ledger.values.values()]
      .map((text) => JSON.parse(text) as { t: string })
      .filter(({ t }) => t === type) as Fields[];
  const balanceOf = ({ gln }: Person) =>
    stored<ClassBalance>(classBalanceType.name).find((balance) => balance.gln === gln)?.units ?? {};
  const boxOf = (sscc: string) => stored<Container>(containerType.name).find((container) => container.sscc === sscc)!;
  /** Balances, what is loose in containers and what is loose under way: everything that was commissioned. */
  const everything = (): number => {
    const sumOf = (lines: readonly { units: number }[] = []) => lines.reduce((sum, line) => sum + line.units, 0);
    const held = stored<ClassBalance>(classBalanceType.name).flatMap((balance) => Object.values(balance.units));
    const packed = stored<Container>(containerType.name).map(({ quantities }) => sumOf(quantities));
    const underway = stored<Shipment>(shipmentType.name)
      .filter(({ status }) => status !== 'void' && status !== 'settled')
      .map((shipment) => sumOf(shipment.quantities) - sumOf(shipment.receivedQuantities));
    return [...held, ...packed, ...underway].reduce((sum, count) => sum + count, 0);
  };
  const ship = async (from: Person, to: Person, what: object, event = 'ship') => {
    const shipmentId = randomUUID();
    applied(await world.act(from, event, { shipmentId, recipient: to.gln, ...what }));
    return shipmentId;
  };

  async function open(): Promise<void> {
    world = await SupplyWorld.open();
    people = {
      maker: await world.person('PharmaMSP', 'manufacturer', 'manufacturer'),
      distributor: await world.person('DistributorMSP', 'distributor', 'distributor'),
      pharmacy: await world.person('HospitalMSP', 'pharmacist', 'pharmacy'),
    };
    await world.product(people.maker);
    const dates = { expiry: '270331', manufacturedOn: '2026-01-15' };
    const body = { gtin, lot, declaredQuantity: declared, serialised: false, ...dates };
    applied(await world.act(people.maker, 'registerLot', body));
    applied(await world.act(people.maker, 'commission', { gtin, lot, units: 600 }));
  }

  beforeEach(open, 60_000);

  test('leave the balance, travel with the container in one write, and are dispensed once they are unpacked', async () => {
    const { maker, pharmacy } = people;
    applied(await world.act(maker, 'pack', { sscc: box, ...units(200) }));
    applied(await world.act(maker, 'pack', { sscc: pallet, containers: [box], ...units(50) }));
    expect([balanceOf(maker), boxOf(box).quantities, boxOf(pallet).contents]).toEqual([
      { active: 350 },
      [{ gtin, lot, units: 200 }],
      [{ gtin, lot, units: 250, locked: 0 }],
    ]);
    const shipmentId = await ship(maker, pharmacy, { containers: [pallet] });
    const inner = boxOf(box).eventId;
    applied(await world.act(pharmacy, 'receive', { shipmentId, containers: [pallet] }));
    expect([balanceOf(pharmacy), boxOf(box).eventId]).toEqual([{}, inner]);
    expect(await world.act(pharmacy, 'dispense', units(1))).toMatchObject({ code: 'quantity_insufficient' });
    applied(await world.act(pharmacy, 'unpack', { sscc: box, ...units(30) }));
    applied(await world.act(pharmacy, 'unpack', { sscc: pallet, ...units(50) }));
    applied(await world.act(pharmacy, 'dispense', units(80)));
    expect([balanceOf(pharmacy), boxOf(box).quantities]).toEqual([
      { active: 0, supplied: 80 },
      [{ gtin, lot, units: 170 }],
    ]);
    expect(boxOf(pallet)).not.toHaveProperty('quantities');
    expect(boxOf(pallet).contents).toEqual([{ gtin, lot, units: 170, locked: 0 }]);
    expect(everything()).toBe(600);
  });

  test('nobody packs more than they hold or what is locked, or takes out more than is in', async () => {
    const { maker, distributor } = people;
    const pack = (count: number, more: object = {}) => ({
      sscc: box,
      quantities: [{ gtin, lot, units: count, ...more }],
    });
    expect(await world.act(maker, 'pack', pack(601))).toMatchObject({ code: 'quantity_insufficient' });
    expect(await world.act(distributor, 'pack', pack(1, { holder: maker.gln }))).toMatchObject({
      code: 'not_custodian',
    });
    applied(await world.act(maker, 'lock', { ...units(10), reason: 'suspect' }));
    expect(await world.act(maker, 'pack', pack(1, { state: 'locked' }))).toMatchObject({ code: 'locked' });
    applied(await world.act(maker, 'pack', pack(100)));
    expect(await world.act(maker, 'unpack', pack(101))).toMatchObject({ code: 'quantity_insufficient' });
    expect(await world.act(distributor, 'unpack', pack(1))).toMatchObject({ code: 'not_custodian' });
  });

  test('a serialised lot is neither packed nor unpacked by quantity', async () => {
    const { maker } = people;
    applied(await world.act(maker, 'pack', { sscc: box, ...units(1) }));
    const quantities = [{ gtin, lot: serialised, units: 1 }];
    for (const event of ['pack', 'unpack'])
      expect(await world.act(maker, event, { sscc: box, quantities })).toMatchObject({ code: 'lot_serialised' });
  });

  test('packs and units of two lots lie side by side; the container tells both', async () => {
    const { maker } = people;
    applied(await world.act(maker, 'commission', { gtin, lot: serialised, serials: serialsOf(3) }));
    const packs = [{ gtin, lot: serialised, segment: 0, serials: serialsOf(2) }];
    applied(await world.act(maker, 'pack', { sscc: box, packs, ...units(5) }));
    expect(boxOf(box).contents).toEqual([
      { gtin, lot, units: 5, locked: 0 },
      { gtin, lot: serialised, units: 2, locked: 0 },
    ]);
  });

  test('what is taken out of a locked container stays locked, by who locked it', async () => {
    const { maker } = people;
    applied(await world.act(maker, 'commission', { gtin, lot: serialised, serials: serialsOf(2) }));
    const packs = [{ gtin, lot: serialised, segment: 0, serials: serialsOf(1) }];
    applied(await world.act(maker, 'pack', { sscc: box, packs, ...units(100) }));
    applied(await world.act(maker, 'pack', { sscc: pallet, containers: [box] }));
    applied(await world.act(world.inspector, 'lock', { containers: [box], reason: 'investigation' }));
    applied(await world.act(maker, 'unpack', { sscc: box, packs, ...units(40) }));
    expect(balanceOf(maker)).toEqual({ active: 500, locked: 40 });
    for (const what of [units(40), { packs }])
      expect(await world.act(maker, 'unlock', { ...what, reason: 'false_alarm' })).toMatchObject({
        code: 'not_custodian',
      });
    expect(boxOf(pallet).contents).toEqual([{ gtin, lot, units: 60, locked: 60 }]);
    const released = { ...units(40), reason: 'false_alarm' };
    const held = [{ gtin, lot, units: 40, holder: maker.gln }];
    applied(await world.act(world.inspector, 'unlock', { ...released, quantities: held, containers: [box] }));
    expect([balanceOf(maker), boxOf(pallet).contents]).toEqual([
      { active: 540, locked: 0 },
      [{ gtin, lot, units: 60, locked: 0 }],
    ]);
  });

  test('returned in a container they arrive locked, and a shipment taken back brings them back with it', async () => {
    const { maker, distributor, pharmacy } = people;
    applied(await world.act(maker, 'pack', { sscc: box, ...units(20) }));
    const first = await ship(maker, pharmacy, { containers: [box] });
    applied(await world.act(maker, 'voidShip', { shipmentId: first }));
    const second = await ship(maker, pharmacy, { containers: [box] });
    applied(await world.act(pharmacy, 'receive', { shipmentId: second, containers: [box] }));
    const back = await ship(pharmacy, distributor, { containers: [box] }, 'return');
    applied(await world.act(distributor, 'receive', { shipmentId: back, containers: [box] }));
    applied(await world.act(distributor, 'unpack', { sscc: box, ...units(20) }));
    expect(balanceOf(distributor)).toEqual({ locked: 20 });
    expect(await world.act(distributor, 'unlock', { ...units(20), reason: 'inspected_good' })).toMatchObject({
      code: 'quality_decision_required',
    });
    expect(everything()).toBe(600);
  });

  test('a recalled lot does not leave in a container', async () => {
    const { maker, pharmacy } = people;
    applied(await world.act(maker, 'pack', { sscc: box, ...units(20) }));
    const recall = { recallId: randomUUID(), kind: 'recall', recallClass: 'II', depth: 'retail', gtin, lots: [lot] };
    applied(await world.act(maker, 'recall', recall));
    const shipment = { shipmentId: randomUUID(), recipient: pharmacy.gln, containers: [box] };
    expect(await world.act(maker, 'ship', shipment)).toMatchObject({ code: 'lot_recalled' });
  });

  test('units are conserved by every history of packing, shipping, receiving, unpacking and dispensing', async () => {
    const step = fc.record({
      verb: fc.constantFrom('pack', 'unpack', 'nest', 'ship', 'receive', 'voidShip', 'return', 'lock', 'dispense'),
      by: fc.constantFrom('maker', 'distributor', 'pharmacy'),
      to: fc.constantFrom('maker', 'distributor', 'pharmacy'),
      sscc: fc.constantFrom(box, pallet),
      count: fc.integer({ min: 1, max: 300 }),
      loose: fc.boolean(),
      fitting: fc.boolean(),
    });
    const all = () => Object.values(people);
    /** Who may well do it now: the holder, the recipient, the shipper. */
    const fittingFor = (verb: string, sscc: string, loose: boolean): Person | undefined => {
      const last = stored<Shipment>(shipmentType.name).at(-1);
      const holder = loose
        ? stored<ClassBalance>(classBalanceType.name).find(({ units: held }) => (held.active ?? 0) > 0)?.gln
        : stored<Container>(containerType.name).find((container) => container.sscc === sscc)?.holder;
      const gln = { receive: last?.recipient, voidShip: last?.shipper }[verb] ?? holder;
      return all().find((person) => person.gln === gln);
    };
    let applies = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 40 }), async (steps) => {
        await open();
        for (const { verb, by, to, sscc, count, loose: isLoose, fitting } of steps) {
          const loose = isLoose || verb === 'pack' || verb === 'dispense';
          const actor = (fitting ? fittingFor(verb, sscc, loose) : undefined) ?? people[by];
          const what = loose ? units(count) : { containers: [sscc] };
          const last = stored<Shipment>(shipmentType.name).at(-1);
          const { shipmentId = randomUUID(), containers = [box], quantities } = last ?? {};
          const sent = { shipmentId: randomUUID(), recipient: people[to].gln, ...what };
          const bodies: Record<string, object> = {
            pack: { sscc, ...units(count) },
            unpack: { sscc, ...units(count) },
            nest: { sscc: pallet, containers: [box] },
            ship: sent,
            return: sent,
            receive: { shipmentId, ...(quantities === undefined ? { containers } : units(count)) },
            voidShip: { shipmentId },
            lock: { ...what, reason: 'suspect' },
            dispense: units(count),
          };
          const { status } = await world.act(actor, verb === 'nest' ? 'pack' : verb, bodies[verb]!);
          if (status === 'applied') applies += 1;
          expect(everything()).toBe(600);
          for (const { sscc: at, contents, quantities: direct = [] } of stored<Container>(containerType.name)) {
            const inside = stored<Container>(containerType.name).filter(({ parent }) => parent === at);
            const nested = inside.flatMap((inner) => inner.contents).reduce((sum, line) => sum + line.units, 0);
            const loosely = direct.reduce((sum, line) => sum + line.units, 0);
            expect(contents.reduce((sum, line) => sum + line.units, 0)).toBe(loosely + nested);
          }
        }
      }),
      { numRuns: 12, endOnFailure: true },
    );
    expect(applies).toBeGreaterThan(20);
  }, 120_000);
});

describe('arithmetic of quantities', () => {
  const locker = { gln: '9506000134352', mspId: 'M' };

  test('units are conserved by every sequence of locks and releases, and locks add up to what is locked', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 50 }), fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (all) => {
        let balance: Pick<ClassBalance, 'units' | 'locks'> = { units: { active: 100 }, locks: [] };
        for (const [isLock, count, mine] of all) {
          const by = mine ? locker : { mspId: 'R' };
          try {
            balance = isLock
              ? lockUnits(balance, count, by, 'suspect')
              : unlockUnits(balance, count, (lock) => {
                  if (lock.mspId !== by.mspId) throw new RangeError('not the locker');
                });
          } catch {
            continue;
          }
        }
        const { active = 0, locked = 0 } = balance.units;
        expect(active + locked).toBe(100);
        expect(Math.min(active, locked)).toBeGreaterThanOrEqual(0);
        expect(balance.locks.reduce((sum, lock) => sum + lock.units, 0)).toBe(locked);
      }),
    );
  });

  test('taking locked units takes locks along; nothing goes below zero', () => {
    const locked = lockUnits({ units: { active: 10 }, locks: [] }, 10, locker, 'suspect');
    expect(takeUnits(locked, 'locked', 4).locks).toEqual([{ ...locker, reason: 'suspect', units: 6 }]);
    expect(() => takeUnits(locked, 'active', 1)).toThrow('quantity_insufficient');
  });

  test('what is received is taken from what is under way, lot by lot', () => {
    const line = { gtin, lot, units: 10 };
    expect(underWay([line], [{ ...line, units: 4 }])).toEqual([{ ...line, units: 6 }]);
    expect(underWay([line], [line])).toEqual([]);
    expect(() => underWay([line], [{ ...line, lot: 'OTHER' }])).toThrow('not_in_shipment');
  });
});
