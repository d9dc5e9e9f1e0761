import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { applied } from '../ledger/scenario.fixture.ts';
import { shipmentType, type Shipment } from '../model/index.ts';
import { balanceIn, bulkLot as lot, openBulkWorld, shipOut, storedIn, units } from './bulkWorld.fixture.ts';
import { gtin, lot as serialised, serialsOf, type SupplyWorld, type Person } from './supplyWorld.fixture.ts';

const hash = 'a'.repeat(64);

describe('a lot without serials', () => {
  let world: SupplyWorld;
  let maker: Person;
  let pharmacy: Person;
  let distributor: Person;

  const balanceOf = (person: Person) => balanceIn(world, person);
  const ship = (from: Person, to: Person, count: number, event = 'ship', more: object = {}) =>
    shipOut(world, from, to, units(count, more), event);
  const move = async (from: Person, to: Person, count: number) => {
    const shipmentId = await ship(from, to, count);
    return applied(await world.act(to, 'receive', { shipmentId, ...units(count) }));
  };

  beforeEach(async () => {
    ({
      world,
      people: { maker, distributor, pharmacy },
    } = await openBulkWorld());
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
    expect(storedIn<Shipment>(world, shipmentType.name)).toMatchObject([{ status: 'settled' }]);
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
