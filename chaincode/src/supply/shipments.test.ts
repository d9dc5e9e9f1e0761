import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { applied } from '../ledger/scenario.fixture.ts';
import type { Outcome, Pack, Shipment } from '../model/index.ts';
import type { CustodyFacts } from '../rules/index.ts';
import { gtin, lot, serialsOf, ssccOf, SupplyWorld, type Person } from './supplyWorld.fixture.ts';

const set = (...serials: string[]) => [{ gtin, lot, segment: 0, serials }];
const dayMs = 24 * 3600 * 1000;

let world: SupplyWorld;
let maker: Person;
let distributor: Person;
let pharmacy: Person;

const packState = (serial: string) =>
  world.query<{ pack: Pack; custody: CustodyFacts }>(maker, 'findPack', { gtin, lot, segment: 0, serial });
const shipmentOf = (shipmentId: string) => world.query<Shipment>(maker, 'findShipment', { shipmentId });
const ship = async (from: Person, to: Person, what: object, event = 'ship') => {
  const shipmentId = randomUUID();
  applied(await world.act(from, event, { shipmentId, recipient: to.gln, ...what }));
  return shipmentId;
};
const move = async (from: Person, to: Person, what: object) =>
  applied(await world.act(to, 'receive', { shipmentId: await ship(from, to, what), ...what }));
const idOf = (outcome: Outcome) => applied<{ eventId: string }>(outcome).eventId;
const values = (type: string) =>
  [...world.scenario.ledger.values]
    .map(([at, text]) => [at, JSON.parse(text) as Record<string, unknown>] as const)
    .filter(([, value]) => value['t'] === type);

beforeEach(async () => {
  world = await SupplyWorld.open();
  maker = await world.person('PharmaMSP', 'manufacturer', 'manufacturer');
  distributor = await world.person('DistributorMSP', 'distributor', 'distributor');
  pharmacy = await world.person('HospitalMSP', 'pharmacist', 'pharmacy');
  await world.product(maker);
  applied(await world.act(maker, 'commission', { gtin, lot, serials: serialsOf(20) }));
}, 60_000);

describe('a receipt that does not fit', () => {
  test('what came along without having been shipped is an overage: recorded, an alert, and custody stays', async () => {
    const shipmentId = await ship(maker, pharmacy, { packs: set('S000000') });
    const overage = { packs: [{ gtin, serial: 'S000001' }], containers: [ssccOf(9)] };
    const receipt = { shipmentId, packs: set('S000000'), overage };
    const received = applied<{ status: string; alertId: string }>(await world.act(pharmacy, 'receive', receipt));
    expect(received).toMatchObject({ status: 'received', alertId: expect.any(String) });
    expect((await packState('S000001')).custody.holder).toBe(maker.gln);
    expect(values('alert').map(([, alert]) => alert)).toMatchObject([
      { reason: 'overage', severity: 'high', alertId: received.alertId, subject: { shipmentId } },
    ]);
    expect(values('supply-event').some(([, event]) => JSON.stringify(event['overage'])?.includes('S000001'))).toBe(
      true,
    );
  });

  test('late and short at once are two alerts', async () => {
    const shipmentId = await ship(maker, pharmacy, { packs: set('S000000', 'S000001') });
    world.scenario.now += 8 * dayMs;
    const receipt = { shipmentId, packs: set('S000000') };
    expect(applied(await world.act(pharmacy, 'receive', receipt))).toMatchObject({ status: 'short' });
    expect(values('alert').map(([, { reason }]) => reason)).toEqual(['shortage', 'late_receipt']);
    expect(await shipmentOf(shipmentId)).toMatchObject({ late: true });
  });

  test('what was not received by the time it was expected is overdue, and not before', async () => {
    const expectedBy = new Date(world.scenario.now + dayMs).toISOString();
    const shipmentId = await ship(maker, pharmacy, { packs: set('S000000'), expectedBy });
    expect(await world.act(maker, 'reportOverdueReceipt', { shipmentId })).toMatchObject({ code: 'not_overdue' });
    world.scenario.now += dayMs;
    applied(await world.act(maker, 'reportOverdueReceipt', { shipmentId }));
    expect(values('alert').map(([, { reason }]) => reason)).toEqual(['overdue_receipt']);
  });

  test('a shipment is expected no earlier than it leaves', async () => {
    const body = { shipmentId: randomUUID(), recipient: pharmacy.gln, packs: set('S000000') };
    expect(await world.act(maker, 'ship', { ...body, expectedBy: '2025-01-01T00:00:00Z' })).toMatchObject({
      pointer: '/expectedBy',
    });
  });

  test('a dispute is opened by a party, accepted by the other, withdrawn by its own, decided by the regulator', async () => {
    const shipmentId = await ship(maker, pharmacy, { packs: set('S000000', 'S000001') });
    applied(await world.act(pharmacy, 'receive', { shipmentId, packs: set('S000000') }));
    const dispute = { shipmentId, reason: 'shortage' };
    expect(await world.act(distributor, 'disputeReceipt', dispute)).toMatchObject({ code: 'not_custodian' });
    expect(await world.act(world.inspector, 'disputeReceipt', dispute)).toMatchObject({ code: 'not_custodian' });
    applied(await world.act(maker, 'disputeReceipt', dispute));
    expect(await world.act(pharmacy, 'disputeReceipt', dispute)).toMatchObject({ code: 'dispute_open' });
    const settle = (person: Person, outcome: string) => world.act(person, 'settleDispute', { shipmentId, outcome });
    expect(await settle(maker, 'accepted')).toMatchObject({ code: 'not_custodian' });
    expect(await settle(pharmacy, 'withdrawn')).toMatchObject({ code: 'not_custodian' });
    applied(await settle(pharmacy, 'accepted'));
    expect(await settle(maker, 'withdrawn')).toMatchObject({ code: 'wrong_state' });
    applied(await world.act(pharmacy, 'disputeReceipt', { shipmentId, reason: 'damaged' }));
    applied(await settle(world.inspector, 'decided'));
    expect((await shipmentOf(shipmentId)).dispute).toMatchObject({
      reason: 'damaged',
      settled: { outcome: 'decided' },
    });
  });

  test('what is missing goes back to the shipper, who then may ship it again', async () => {
    const shipmentId = await ship(maker, pharmacy, { packs: set('S000000', 'S000001') });
    applied(await world.act(pharmacy, 'receive', { shipmentId, packs: set('S000000') }));
    applied(await world.act(maker, 'voidShip', { shipmentId }));
    expect((await packState('S000001')).pack).toMatchObject({ state: 'active', holder: maker.gln });
    expect(await shipmentOf(shipmentId)).toMatchObject({ status: 'settled' });
    expect((await packState('S000000')).pack).toMatchObject({ state: 'active', holder: pharmacy.gln });
    await ship(maker, pharmacy, { packs: set('S000001') });
  });

  test('a pharmacy takes nothing back, and a return goes up the chain or to a destroyer', async () => {
    await move(maker, pharmacy, { packs: set('S000000') });
    const other = await world.person('Hospital2MSP', 'pharmacist', 'pharmacy');
    const body = { shipmentId: randomUUID(), packs: set('S000000') };
    expect(await world.act(pharmacy, 'return', { ...body, recipient: other.gln })).toMatchObject({
      code: 'recipient_not_licensed',
    });
    const destroyer = await world.person('DistributorMSP', 'destroyer', 'destroyer');
    applied(await world.act(pharmacy, 'return', { ...body, recipient: destroyer.gln }));
  });
});

describe('possession, ownership and commerce', () => {
  const commerce = { orderNumber: 'PO-4711', lines: [{ gtin, unitPrice: '12.50', currency: 'EUR' }] };

  test('commerce lies in the collections of shipper and recipient, nowhere else', async () => {
    const shipmentId = await ship(maker, pharmacy, { packs: set('S000000'), commerce });
    expect(values('trade-record').map(([at]) => at.split('\u0001')[0])).toEqual([
      'trade_PharmaMSP',
      'trade_HospitalMSP',
    ]);
    const open = [...world.scenario.ledger.values].filter(([at]) => !at.startsWith('trade_'));
    expect(open.filter(([, text]) => /PO-4711|12\.50/.test(text))).toEqual([]);
    expect(await shipmentOf(shipmentId)).toMatchObject({ commerceAt: expect.any(String) });
  });

  test('a third-party logistics provider possesses, never owns', async () => {
    const logistics = await world.person('DistributorMSP', '3pl', '3pl');
    const body = { shipmentId: randomUUID(), recipient: logistics.gln, packs: set('S000000') };
    const owned = (owner?: string) => ({ ...commerce, ...(owner === undefined ? {} : { owner }) });
    expect(await world.act(maker, 'ship', { ...body, commerce: owned() })).toMatchObject({ code: 'owner_not_allowed' });
    expect(await world.act(maker, 'ship', { ...body, commerce: owned(logistics.gln) })).toMatchObject({
      code: 'owner_not_allowed',
    });
    applied(await world.act(maker, 'ship', { ...body, commerce: owned(maker.gln) }));
    applied(await world.act(logistics, 'receive', { shipmentId: body.shipmentId, packs: body.packs }));
    expect((await packState('S000000')).custody.holder).toBe(logistics.gln);
  });

  test('commerce may follow its shipment, once, by its shipper', async () => {
    const shipmentId = await ship(maker, pharmacy, { packs: set('S000000') });
    const later = (person: Person) =>
      world.scenario.submit(person.identity, 'supply.recordCommerce', { shipmentId, commerce });
    expect(await later(pharmacy)).toMatchObject({ code: 'not_custodian' });
    applied(await later(maker));
    expect(await later(maker)).toMatchObject({ code: 'already_exists' });
    expect(values('trade-record')).toHaveLength(2);
  });
});

describe('packs that are opened, repacked, sampled or declared wrong', () => {
  test('an opened pack gives out its content and no more', async () => {
    await move(maker, pharmacy, { packs: set('S000000') });
    applied(await world.act(pharmacy, 'open', { packs: set('S000000'), units: 12 }));
    expect((await packState('S000000')).pack).toMatchObject({ state: 'supplied', remaining: 8 });
    expect(await world.act(pharmacy, 'open', { packs: set('S000000'), units: 9 })).toMatchObject({
      code: 'content_exceeded',
    });
    applied(await world.act(pharmacy, 'open', { packs: set('S000000'), units: 8 }));
    expect(await world.act(pharmacy, 'dispense', { packs: set('S000000') })).toMatchObject({
      code: 'already_supplied_here',
    });
    const undo = { packs: set('S000000'), notHandedOver: true };
    expect(await world.act(pharmacy, 'undoDispense', undo)).toMatchObject({ code: 'pack_opened' });
  });

  test('a lock that was there before a sample is there again after its undo, with its locker', async () => {
    applied(await world.act(maker, 'lock', { packs: set('S000000'), reason: 'suspect' }));
    applied(await world.act(world.inspector, 'sample', { packs: set('S000000') }));
    applied(await world.act(world.inspector, 'undo', { packs: set('S000000') }));
    expect((await packState('S000000')).custody.state).toBe('locked');
    applied(await world.act(maker, 'unlock', { packs: set('S000000'), reason: 'false_alarm' }));
  });

  test('new packs are made of those checked out, never of more content than there was', async () => {
    const repackager = await world.person('DistributorMSP', 'repackager', 'repackager');
    await move(maker, repackager, { packs: set('S000000', 'S000001') });
    const eventId = idOf(await world.act(repackager, 'checkOut', { packs: set('S000000', 'S000001') }));
    const own = { gtin: '50300021200102', lot: 'NEW' };
    const facts = { name: 'Amoxicillin', dosageForm: 'capsule', strength: '500 mg', packContent: 10, markets: ['DE'] };
    applied(await world.act(repackager, 'registerProduct', { gtin: own.gtin, ...facts }));
    const dates = { expiry: '270331', manufacturedOn: '2026-01-15' };
    applied(await world.act(repackager, 'registerLot', { ...own, declaredQuantity: 10, ...dates }));
    const commission = (serials: string[], transformations?: string[]) =>
      world.act(repackager, 'commission', { ...own, serials, ...(transformations && { transformations }) });
    expect(await commission(['N1'])).toMatchObject({ pointer: '/transformations' });
    expect(await commission(['N1', 'N2', 'N3', 'N4', 'N5'], [eventId])).toMatchObject({ code: 'content_exceeded' });
    applied(await commission(['N1', 'N2'], [eventId]));
    expect(await world.act(repackager, 'undo', { packs: set('S000000', 'S000001') })).toMatchObject({
      code: 'already_transformed',
    });
    applied(await world.act(repackager, 'undo', { packs: set('S000000') }));
    expect(await commission(['N3'], [eventId])).toMatchObject({ code: 'content_exceeded' });
  });

  test('one command packs thousands, and gives none of them a key of its own', async () => {
    const serials = serialsOf(4_096, 'T');
    applied(await world.act(maker, 'commission', { gtin, lot, serials }));
    const packs = Array.from({ length: 8 }, (_, index) => {
      const from = index * 512;
      return { gtin, lot, segment: index + 1, serials: serials.slice(from, from + 512) };
    });
    applied(await world.act(maker, 'pack', { sscc: ssccOf(1), packs }));
    expect(values('pack')).toEqual([]);
    expect(values('placement')).toHaveLength(8);
    const tooMany = { packs: [...packs.slice(0, 1), ...packs.slice(1, 3)], reason: 'suspect' };
    expect(await world.act(maker, 'lock', tooMany)).toMatchObject({ code: 'too_many_goods' });
  }, 60_000);

  test('a correction is an event: the wrong one stays and is declared erroneous, once, by who recorded it', async () => {
    const wrong = idOf(await world.act(maker, 'lock', { packs: set('S000000'), reason: 'suspect' }));
    const right = idOf(await world.act(maker, 'undo', { packs: set('S000000') }));
    const body = { erroneousEventId: wrong, reason: 'did_not_occur', correctiveEventIds: [right] };
    expect(await world.act(pharmacy, 'declareError', body)).toMatchObject({ code: 'wrong_premises' });
    expect(await world.act(maker, 'declareError', { ...body, correctiveEventIds: [randomUUID()] })).toMatchObject({
      code: 'event_not_found',
      pointer: '/correctiveEventIds/0',
    });
    applied(await world.act(maker, 'declareError', body));
    expect(await world.act(maker, 'declareError', body)).toMatchObject({ code: 'already_exists' });
    expect(values('supply-event').map(([, { eventId }]) => eventId)).toContain(wrong);
  });

  test('free samples and supplies under article 23 end as supplied, and are taken back as a dispensing is', async () => {
    applied(await world.act(maker, 'freeSample', { packs: set('S000000') }));
    applied(await world.act(maker, 'supplyArticle23', { packs: set('S000001'), suppliedTo: 'veterinarian' }));
    expect((await packState('S000001')).pack.state).toBe('supplied');
    const undo = { packs: set('S000000', 'S000001'), notHandedOver: true };
    expect(await world.act(pharmacy, 'undoDispense', undo)).toMatchObject({ code: 'wrong_premises' });
    applied(await world.act(maker, 'undoDispense', undo));
    expect((await packState('S000001')).pack.state).toBe('active');
  });
});
