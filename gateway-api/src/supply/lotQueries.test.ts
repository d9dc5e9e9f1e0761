import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bitmapOf } from '@chain-of-care/chaincode/model';
import {
  event,
  gtin,
  ledgerWithLot,
  lot,
  minute,
  own,
  pharmacy,
  plant,
  stored,
  uuid,
} from '../notifications/notifications.fixture.ts';
import type { ReadModel } from '../readmodel/index.ts';
import { readModelInMemory, writing } from '../readmodel/readModel.fixture.ts';
import { listActors } from '../registry/actors.ts';
import { licenceNotices } from '../registry/licenceNotices.ts';
import { AlertWatch } from './alertWatch.ts';
import { lotReport } from './lotReport.ts';
import { recallEffectiveness } from './recallEffectiveness.ts';
import { transactionInformation } from './transactionInformation.ts';

let model: ReadModel;
const maker = { gln: plant, mspId: 'PharmaMSP' };
const product = stored('product', 'product', {
  ...{ gtin, name: 'Amoxicillin', dosageForm: 'capsule', strength: '500 mg', packContent: 20, markets: ['DE'] },
  ...{ ...maker, contractManufacturers: [], registeredAt: minute(0) },
});
const custody = (holder: string, mspId: string) => ({ holder, mspId, eventId: uuid(1), eventTime: minute(1) });
const pack = (serial: string, state: string, holder: string, mspId: string, more: object = {}) =>
  stored('pack', `pack${serial}`, { gtin, serial, lot, segment: 0, state, ...custody(holder, mspId), ...more });

beforeAll(async () => {
  model = await readModelInMemory();
  const segment = {
    gtin,
    lot,
    segment: 0,
    unitsBefore: 0,
    gln: plant,
    mspId: 'PharmaMSP',
    eventId: uuid(1),
    eventTime: minute(1),
  };
  const serials = Array.from({ length: 10 }, (_, index) => `S${index}`);
  const licence = {
    kind: 'pharmacy',
    validFrom: minute(0),
    validUntil: '2030-01-01T00:00:00.000Z',
    grantedAt: minute(0),
  };
  const ledger = ledgerWithLot().add(
    writing(
      product,
      stored('segment', 'segment', { ...segment, serials }),
      stored('segment', 'segment2', { ...segment, lot: 'M', serials: ['S1'], eventId: uuid(50) }),
      stored('placement', 'placement', {
        ...{ gtin, lot, segment: 0 },
        groups: [{ sscc: 'case', members: bitmapOf([0, 1, 2]), eventId: uuid(2), eventTime: minute(2) }],
      }),
      stored('container', 'case', {
        ...{ sscc: 'case', state: 'active', ...custody(pharmacy, own) },
        contents: [{ gtin, lot, units: 3, locked: 1 }],
      }),
      pack('S3', 'supplied', pharmacy, own),
      pack('S4', 'destroyed', pharmacy, own),
      pack('S5', 'locked', pharmacy, own),
      pack('S6', 'active', pharmacy, own),
      pack('S7', 'stolen', pharmacy, own),
      event(50, 'commission', { segments: { gtin, lot: 'M', first: 0, count: 1, units: 1 } }),
      stored('shipment', 'shipment', {
        ...{ shipmentId: uuid(90), kind: 'transfer', status: 'open', shipper: plant, shipperMspId: 'PharmaMSP' },
        ...{ recipient: pharmacy, recipientMspId: own, shippedAt: minute(3), recordedAt: minute(3) },
        ...{ containers: ['case'], packs: [], receivedContainers: [], receivedPacks: [] },
      }),
      stored('licences', `licences|${pharmacy}`, {
        holder: pharmacy,
        licences: [{ licenceId: uuid(70), status: 'suspended', changedAt: '2026-01-01T00:00:00.000Z', ...licence }],
      }),
      stored('licence-request', 'request', {
        ...{ requestId: uuid(71), kind: 'pharmacy', gln: pharmacy, mspId: own, documents: [], status: 'denied' },
        ...{ requestedAt: minute(1), decidedAt: minute(2), reason: 'not_eligible' },
      }),
    ),
  );
  await model.catchUp(ledger, 1n);
}, 120_000);
afterAll(() => model.close());

test('a recall’s packs are counted by holder: found, returned, destroyed, supplied, still out, and all of them once', async () => {
  const { commissioned, totals, byHolder } = await recallEffectiveness(model.db, gtin, [lot]);
  const outcomes = { found: 2, destroyed: 1, supplied: 1, stillOut: 3, other: 1 };
  expect(byHolder).toMatchObject([
    { gln: pharmacy, ...outcomes, returned: 0 },
    { gln: plant, returned: 2 },
  ]);
  expect(commissioned).toBe(10);
  expect(Object.values(totals).reduce((sum, each) => sum + each, 0)).toBe(10);
});

test('units of a recalled lot without serials are counted in balances, in containers and under way, all of them once', async () => {
  const own = await readModelInMemory();
  const bulk = { gtin, lot: 'BULK' };
  const held = { locks: [], eventId: uuid(60), eventTime: minute(6) };
  const dates = { expiry: '270331', expiresOn: '2027-03-31', manufacturedOn: '2026-01-15', declaredQuantity: 500 };
  const sent = { containers: [], packs: [], receivedContainers: [], receivedPacks: [] };
  const ledger = ledgerWithLot().add(
    writing(
      product,
      stored('lot', 'bulk', { ...bulk, ...dates, serialised: false, ...maker, registeredAt: minute(0) }),
      stored('lot-commissioning', 'made', { ...bulk, nextSegment: 0, reservedUnits: 400 }),
      stored('class-balance', 'b1', { ...bulk, ...maker, units: { active: 200 }, ...held }),
      stored('class-balance', 'b2', {
        ...{ ...bulk, gln: pharmacy, mspId: 'HospitalMSP', ...held },
        units: { active: 30, supplied: 20, locked: 10 },
      }),
      stored('container', 'box', {
        ...{ sscc: 'box', state: 'active', ...custody(pharmacy, 'HospitalMSP') },
        ...{ contents: [{ ...bulk, units: 40, locked: 0 }], quantities: [{ ...bulk, units: 40 }] },
      }),
      stored('shipment', 'loose', {
        ...{ shipmentId: uuid(91), kind: 'transfer', status: 'partly_received', shipper: plant, ...sent },
        ...{ shipperMspId: 'PharmaMSP', recipient: pharmacy, recipientMspId: 'HospitalMSP' },
        ...{ shippedAt: minute(3), recordedAt: minute(3) },
        ...{ quantities: [{ ...bulk, units: 110 }], receivedQuantities: [{ ...bulk, units: 10 }] },
      }),
    ),
  );
  await own.catchUp(ledger, 1n);
  const { commissioned, totals } = await recallEffectiveness(own.db, gtin, ['BULK']);
  await own.close();
  expect(commissioned).toBe(400);
  expect(totals).toEqual({ found: 10, returned: 200, destroyed: 0, supplied: 20, stillOut: 170, other: 0 });
});

test('the story of a lot has what happened to its containers', async () => {
  const { timeline, statistics } = await lotReport(model.db, gtin, lot);
  expect(timeline.map(({ kind }) => kind)).toEqual(['commission', 'pack', 'ship', 'receive']);
  expect(statistics).toMatchObject({ totalEvents: 4, totalActors: 2, locationsVisited: 2 });
  expect(statistics).not.toHaveProperty('coldChainCompliant');
});

test('the report of a lot judges what sensors told by the storage conditions, in whatever unit', async () => {
  const reported = async (...reports: object[]) => {
    const own = await readModelInMemory();
    const sensors = [{ reports: reports.map((report) => ({ type: 'Temperature', ...report })) }];
    const ledger = ledgerWithLot().add(
      writing(event(0, 'observe', { packs: [{ gtin, lot, segment: 0, serials: ['S1'] }], sensors })),
    );
    await own.catchUp(ledger, 1n);
    const { statistics, timeline } = await lotReport(own.db, gtin, lot);
    await own.close();
    expect(timeline.find(({ kind }) => kind === 'observe')!.temperature).toBe(statistics.averageTemperature);
    return [statistics.averageTemperature, statistics.coldChainCompliant];
  };
  expect(await reported({ uom: 'CEL', milliValue: 22_000 })).toEqual([22, true]);
  expect(await reported({ uom: 'KEL', milliMean: 295_150, milliMax: 304_150 })).toEqual([22, false]);
});

test('transaction information names the shipments of the lot to and from the premises', async () => {
  const { transactions } = await transactionInformation(model.db, gtin, lot, pharmacy);
  expect(transactions).toMatchObject([{ shipmentId: uuid(90), kind: 'transfer' }]);
  expect((await transactionInformation(model.db, gtin, lot, '4260000000011')).transactions).toEqual([]);
});

test('the watch tells the ledger of an overdue shipment and of a serial in two lots', async () => {
  const told: { readonly type: string; readonly body: object }[] = [];
  const watch = new AlertWatch({
    readModel: model,
    ledger: { submit: async (_: object, act: { type: string; body: object }) => void told.push(act) },
    profile: { mspId: 'RegulatorMSP' },
    consortium: { regulator: 'RegulatorMSP' },
    clock: () => Date.parse(minute(0)) + 30 * 24 * 3_600_000,
  } as never);
  expect(await watch.findOverdue()).toBe(1);
  expect(await watch.findDuplicates(0, 1)).toBe(1);
  expect(told).toMatchObject([
    { type: 'supply.reportOverdueReceipt', body: { shipmentId: uuid(90) } },
    { type: 'supply.reportDuplicate', body: { gtin, serial: 'S1' } },
  ]);
});

test('an actor whose licence is suspended is listed and not authorised', async () => {
  const { items } = await listActors(model.db, { gln: pharmacy, status: 'suspended' }, Date.parse(minute(10)));
  expect(items).toMatchObject([{ gln: pharmacy, licenceId: uuid(70), isAuthorized: false }]);
});

test('people of the premises hear of the suspension, and its administrators of the decision', async () => {
  const notices = await licenceNotices({ mspId: own, regulator: 'RegulatorMSP' })(model.db, { first: 0, last: 1 });
  expect(notices.map(({ kind, about }) => [kind, about['decision'] ?? about['status']])).toEqual(
    expect.arrayContaining([['licenceDecided', 'denied']]),
  );
});
