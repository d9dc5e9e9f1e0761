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
import {
  balanceIn,
  bulkLot as lot,
  openBulkWorld,
  shipOut,
  storedIn,
  units,
  type BulkTraders,
} from './bulkWorld.fixture.ts';
import { gtin, lot as serialised, serialsOf, ssccOf, type SupplyWorld, type Person } from './supplyWorld.fixture.ts';

describe('units of a lot without serials in a container', () => {
  let world: SupplyWorld;
  let people: BulkTraders;
  const [box, pallet] = [ssccOf(1), ssccOf(2)];

  const stored = <Fields>(type: string) => storedIn<Fields>(world, type);
  const balanceOf = (person: Person) => balanceIn(world, person);
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
  const ship = (from: Person, to: Person, what: object, event = 'ship') => shipOut(world, from, to, what, event);

  async function open(): Promise<void> {
    ({ world, people } = await openBulkWorld());
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
