/** `SupplyChain` beyond the client's stories: lots without serials, the client's own words, cases, the law's duties, the queue. */
import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  exportSpki,
  generateDeviceKey,
  OfflineQueue,
  type RestClient,
  SupplyChain,
  toBase64Url,
  type NewProduct,
  type SignedEvent,
} from '@chain-of-care/client';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { randomSscc } from '../hospitals/custody.fixture.ts';
import { network } from '../../system/networks.ts';
import { home, World } from './world.fixture.ts';

const world = new World(network);
const [plantGln, warehouse, pharmacy] = ['4260000000035', '4260000000042', '4260000000028'];
let plant: SupplyChain;
let pharmacist: SupplyChain;
let inspector: SupplyChain;

const restOf = (mspId: string, user: string): Promise<RestClient> => world.people.client(mspId, user);
const supplyChainOf = async (mspId: string, user: string) => new SupplyChain(await restOf(mspId, user));

beforeAll(async () => {
  await network.start();
  plant = await supplyChainOf('PharmaMSP', 'maker');
  pharmacist = await supplyChainOf(home, 'pharmacist');
  inspector = await supplyChainOf('RegulatorMSP', 'inspector');
}, 600_000);

/** The client's own example, as nobody had it before. */
function label(more: Partial<NewProduct> = {}): NewProduct & { readonly ndc: string } {
  const digits = () => String(randomInt(10_000)).padStart(4, '0');
  return {
    ndc: `${digits()}-${digits()}-41`,
    name: 'Amoxicillin',
    dosageForm: 'capsule',
    strength: '500 mg',
    packContent: 21,
    batchNumber: `LOT2025A${digits()}`,
    manufacturedOn: '2026-01-15',
    expirationDate: '2028-12-31',
    quantity: 100,
    ...more,
  };
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function shipAndReceive(from: SupplyChain, to: SupplyChain, recipient: string, goods: object): Promise<string> {
  const { shipmentId } = await from.ship({ recipient, ...goods });
  await network.level();
  await to.receive({ shipmentId: shipmentId!, ...goods });
  await network.level();
  return shipmentId!;
}

test('a lot without serials is registered, packed, shipped, received, dispensed and taken back by quantity', async () => {
  const { gtin, lot, registeredLot } = await plant.registerProduct(
    label({ serialised: false, manufacturer: plantGln, storage: { unit: 'Cel', min: 15, max: 25 } }),
  );
  expect(registeredLot).toMatchObject({ serialised: false, declaredQuantity: 100 });
  await plant.commission({ gtin, lot, units: 60 });
  const sscc = randomSscc();
  await plant.packInto(sscc, { quantities: [{ gtin, lot, units: 40 }] });
  expect(await all(plant.goods.listContainerContents(sscc))).toEqual([{ gtin, lot, units: 40 }]);
  const shipmentId = await shipAndReceive(plant, pharmacist, pharmacy, { containers: [sscc] });
  expect(await pharmacist.goods.getShipment(shipmentId)).toMatchObject({ status: 'received', containers: [sscc] });
  await pharmacist.unpackFrom(sscc, { quantities: [{ gtin, lot, units: 30 }] });
  expect(await pharmacist.goods.getContainer(sscc)).toMatchObject({ contents: [{ gtin, lot, units: 10 }] });
  const { eventId } = await pharmacist.dispense({ quantities: [{ gtin, lot, units: 5 }] });
  await pharmacist.undoDispenseOfQuantities(eventId!, [{ gtin, lot, units: 2 }]);
  await expect(pharmacist.undoDispenseOfQuantities(eventId!, [{ gtin, lot, units: 4 }])).rejects.toMatchObject({
    status: 409,
  });
  await pharmacist.lock('quality_hold', { quantities: [{ gtin, lot, units: 7 }] });
  await pharmacist.unlock('inspected_good', { quantities: [{ gtin, lot, units: 3, state: 'locked' }] });
  const balances = await all(pharmacist.goods.listClassBalances({ gtin, lot, gln: pharmacy }));
  expect(balances).toMatchObject([{ gln: pharmacy, units: { active: 23, locked: 4, supplied: 3 } }]);
  await expect(plant.commission({ gtin, lot, serials: ['NONE'] })).rejects.toMatchObject({
    code: 'lot_not_serialised',
  });
});

test('a further lot is registered, released and extended; who makes it is who is logged in', async () => {
  const product = label();
  await expect(plant.registerProduct({ ...product, manufacturer: pharmacy })).rejects.toMatchObject({
    code: 'actor_in_payload',
  });
  const { gtin } = await plant.registerProduct(product);
  const { lot } = await plant.products.registerLot(gtin, { ...product, batchNumber: 'SECOND' });
  const certificateHash = 'ab'.repeat(32);
  expect(await plant.products.releaseLot(gtin, lot, { certificateHash })).toHaveProperty('releasedAt');
  expect(await plant.products.extendExpiry(gtin, lot, { expiresOn: '2029-06-30' })).toMatchObject({
    expiry: '281231',
    expiresOn: '2029-06-30',
  });
  expect(await plant.products.get(gtin)).toMatchObject({ ndc: product.ndc, gln: plantGln });
  expect((await all(plant.products.list({ ndc: product.ndc }))).map((each) => each.gtin)).toEqual([gtin]);
  const lots = (await all(plant.products.listLots(gtin))).map(({ lot: name }) => name);
  expect(lots.sort()).toEqual([product.batchNumber, 'SECOND'].sort());
});

describe('an event in the client’s own words', () => {
  const product = label();
  const serialNumbers = ['W1', 'W2', 'W3'];
  const event = (eventType: string, more: object = {}) => ({
    ...{ productNDC: product.ndc, batchNumber: product.batchNumber, eventType, serialNumbers },
    ...more,
  });
  let gtin: string;

  beforeAll(async () => {
    ({ gtin } = await plant.registerProduct(product));
    await plant.recordSupplyChainEvent(event('commissioned'));
  });

  test('says product, batch, actor, place, time, temperature, humidity, shipment and recipient', async () => {
    const [actor] = await world.people
      .as('PharmaMSP', 'maker')
      .then((session) =>
        session.read<{ items: { licenceId: string; premises: string }[] }>(`/v1/actors?gln=${plantGln}`),
      )
      .then(({ items }) => items);
    const timestamp = new Date().toISOString().replace('Z', '+00:00');
    const metadata = { temperature: 22, humidity: 41.5, recipientDID: `https://id.gs1.org/414/${pharmacy}` };
    const tooEarly = event('shipped', { metadata, timestamp: '2026-01-20T08:00:00+01:00' });
    await expect(plant.recordSupplyChainEvent(tooEarly)).rejects.toMatchObject({ code: 'event_out_of_order' });
    const { shipmentId, eventId } = await plant.recordSupplyChainEvent(
      event('shipped', {
        actor: { did: plantGln, name: actor!.premises, role: 'manufacturer', license: actor!.licenceId },
        location: { facility: `https://id.gs1.org/414/${plantGln}` },
        timestamp,
        metadata,
      }),
    );
    const shipped = await plant.goods.getEvent(eventId!);
    expect(shipped).toMatchObject({ kind: 'ship', readPoint: plantGln, recipient: pharmacy });
    expect(Date.parse(shipped.eventTime)).toBe(Date.parse(timestamp));
    expect(shipped.sensorElementList).toEqual([
      {
        sensorReport: [
          { type: 'Temperature', uom: 'CEL', value: 22 },
          { type: 'RelativeHumidity', uom: 'P1', value: 41.5 },
        ],
      },
    ]);
    await network.level();
    await pharmacist.recordSupplyChainEvent(event('received', { metadata: { shippingId: shipmentId } }));
    await pharmacist.recordSupplyChainEvent(event('dispensed', { serialNumbers: ['W1'] }));
    expect(await pharmacist.goods.getPack(gtin, 'W1')).toMatchObject({ state: 'supplied', holder: pharmacy });
    const kinds = (await all(pharmacist.goods.listPackEvents(gtin, 'W1'))).map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining(['ship', 'receive', 'dispense']));
    const report = await plant.getSupplyChainReport(product.ndc, product.batchNumber);
    expect(report.statistics).toMatchObject({ averageTemperature: 22 });
  });

  test.each([
    ['other premises', { actor: { did: pharmacy } }],
    ['another place', { location: { facility: pharmacy } }],
    ['a role that it has not', { actor: { did: plantGln, role: 'pharmacist' } }],
    ['a licence that is not its own', { actor: { did: plantGln, license: '00000000-0000-4000-8000-000000000000' } }],
    ['a name that is not its own', { actor: { did: plantGln, name: 'Somebody Else' } }],
    ['an actor here and a place there', { actor: { did: plantGln }, location: { facility: warehouse } }],
  ])('is refused when it names %s', async (_, named) => {
    await expect(plant.recordSupplyChainEvent(event('observed', named))).rejects.toMatchObject({
      code: 'actor_in_payload',
    });
  });

  test('verification by NDC and batch says that only a serial proves a box', async () => {
    const { ndc, batchNumber: lot } = product;
    const said = await pharmacist.verifyProduct({ ndc, lot, context: 'inventory' });
    expect(said).toMatchObject({ scope: 'lot', product: { gtin }, warnings: expect.any(Array) });
    const at = { latitude: 51, longitude: 7, country: 'DE' };
    expect(
      await pharmacist.verifyProduct({ gtin, serial: 'W2', expiry: '281231', context: 'dispense', ...at }),
    ).toMatchObject({ scope: 'pack', isAuthentic: true });
  });
});

test('a case: reported by NDC and batch, moved on, assigned, with evidence, quarantined, released', async () => {
  const product = label();
  const { gtin, lot } = await plant.registerProduct(product);
  await plant.commission({ gtin, lot, serials: ['C1', 'C2'] });
  const packs = [{ gtin, lot, range: { first: 'C1', last: 'C2' } }];
  await shipAndReceive(plant, pharmacist, pharmacy, { packs });
  const report = { type: 'tampering', ndc: product.ndc, lot, serial: 'C1' } as const;
  await expect(pharmacist.reportCounterfeit({ ...report, reporter: warehouse })).rejects.toMatchObject({
    code: 'actor_in_payload',
  });
  const { alertId, audience } = await pharmacist.reportCounterfeit({
    ...{ ...report, reporter: pharmacy, description: 'the seal is torn' },
  });
  expect(audience.map(({ relation }) => relation)).toEqual(expect.arrayContaining(['regulator', 'maker', 'dispenser']));
  await network.level();
  const { alerts } = inspector;
  expect(await alerts.get(alertId)).toMatchObject({ gtin, lot, serial: 'C1', gln: pharmacy });
  await alerts.move(alertId, { act: 'investigate', reason: 'triage', note: 'the maker is asked' });
  await alerts.assign(alertId, { mspId: 'PharmaMSP' });
  await network.level();
  const { cid } = await plant.alerts.addEvidence(alertId, new Blob(['a photograph'], { type: 'image/png' }));
  await network.level();
  expect(await (await alerts.getEvidence(alertId, cid)).text()).toBe('a photograph');
  await alerts.quarantine(alertId, 'lot');
  await expect(pharmacist.dispense({ packs })).rejects.toMatchObject({ code: 'locked' });
  await alerts.release(alertId, 'lot');
  await alerts.move(alertId, { act: 'dismiss', reason: 'no_finding' });
  const changes = (await all(alerts.listHistory(alertId))).map(({ change }) => change);
  expect(changes).toEqual(['report', 'investigate', 'assign', 'addEvidence', 'quarantine', 'release', 'dismiss']);
  expect((await all(alerts.list({ gtin }))).map(({ status }) => status)).toContain('false_alarm');
  const since = { startDate: new Date(Date.now() - 3_600_000).toISOString() };
  const counts = { gtin, type: 'tampering', source: 'report', country: 'DE', interval: 'day' } as const;
  expect(await inspector.getCounterfeitStatistics({ ...since, ...counts })).toMatchObject({
    totalAlerts: 1,
    byStatus: { false_alarm: 1 },
    series: [{ totalAlerts: 1 }],
  });
});

test('what the law wants told: a recall and how far it came, Form 3911, a tracing request and its answer', async () => {
  const { gtin, lot } = await plant.registerProduct(label());
  await plant.commission({ gtin, lot, serials: ['R1', 'R2'] });
  await shipAndReceive(plant, pharmacist, pharmacy, { packs: [{ gtin, lot, serials: ['R1', 'R2'] }] });
  const recall = await plant.duties.recall({ class: 'I', depth: 'consumer', gtin, lots: [lot] });
  expect(await plant.duties.getRecallEffectiveness(recall.recallId)).toMatchObject({
    totals: { stillOut: 2 },
    byHolder: [{ gln: pharmacy, stillOut: 2 }],
  });
  expect((await all(plant.duties.listRecalls())).map(({ recallId }) => recallId)).toContain(recall.recallId);
  const form = { description: 'The print differs.', companyName: 'Maker', companyAddress: 'Example Street 1' };
  const company = { companyType: 'manufacturer', contactName: 'Example', contactMail: 'safety@maker.example' } as const;
  const filed = await plant.duties.notifyIllegitimateProduct({
    ...{ ...form, ...company, gtin, lots: [lot], kind: 'initial', classification: 'counterfeit' },
    ...{ drugUse: 'human', drugDescription: 'finished_prescription', determinedAt: new Date().toISOString() },
  });
  expect(filed).toMatchObject({ status: 'open', isInTime: true });
  await network.level();
  expect(await inspector.duties.getProductNotificationForm(filed.notificationId)).toMatchObject({ form: 'FDA 3911' });
  const asked = await inspector.duties.requestTracing({ gln: plantGln, gtin, lot, purpose: 'recall' });
  await network.level();
  const open = await all(plant.duties.listTracingRequests({ status: 'open' }));
  expect(open.map(({ requestId }) => requestId)).toContain(asked.requestId);
  await plant.duties.answerTracing(asked.requestId, { remark: 'all of it' });
  await network.level();
  expect(await inspector.duties.getTracingAnswer(asked.requestId)).toMatchObject({ remark: 'all of it' });
});

test('a device without connection queues receipts and dispensings of quantities; they are handed in and decided', async () => {
  const { gtin, lot } = await plant.registerProduct(label({ serialised: false }));
  await plant.commission({ gtin, lot, units: 20 });
  const quantities = [{ gtin, lot, units: 20 }];
  const { shipmentId } = await plant.ship({ recipient: pharmacy, quantities });
  await network.level();
  const keys = await generateDeviceKey();
  const admin = await supplyChainOf(home, 'admin');
  const device = { publicKey: toBase64Url(await exportSpki(keys.publicKey)), role: 'pharmacist' } as const;
  expect(await admin.registerDeviceKey(pharmacy, device)).toMatchObject({ gln: pharmacy, role: 'pharmacist' });
  let kept: readonly SignedEvent[] = [];
  const queue = new OfflineQueue(keys, {
    load: async () => kept,
    save: async (events) => void (kept = events),
  });
  await queue.add({ event: 'receive', shipmentId, quantities });
  await queue.add({ event: 'dispense', quantities: [{ gtin, lot, units: 8 }] });
  await queue.add({ event: 'dispense', quantities: [{ gtin, lot, units: 13 }] });
  expect(await queue.flush(await restOf(home, 'pharmacist'))).toMatchObject([
    { status: 'applied' },
    { status: 'applied' },
    { status: 'refused', code: 'quantity_insufficient' },
  ]);
  const balances = await all(pharmacist.goods.listClassBalances({ gtin, lot, gln: pharmacy }));
  expect(balances).toMatchObject([{ units: { active: 12, supplied: 8 } }]);
});

test('a receipt short, over and late is told so; a dispute is opened and settled; the rest is taken back; an error is declared', async () => {
  const { gtin, lot } = await plant.registerProduct(label());
  await plant.commission({ gtin, lot, serialRange: { first: 'D1', last: 'D4' } });
  const due = Date.now() + 10_000;
  const { shipmentId = '' } = await plant.ship({
    recipient: pharmacy,
    packs: [{ gtin, lot, serials: ['D1', 'D2', 'D3'] }],
    expectedBy: new Date(due).toISOString(),
    commerce: { orderNumber: 'PO-1', invoiceNumber: 'R-1', lines: [{ gtin, unitPrice: '12.50', currency: 'EUR' }] },
  });
  await network.level();
  await delay(Math.max(0, due + 500 - Date.now()));
  const received = await pharmacist.receive({
    shipmentId,
    packs: [{ gtin, lot, serials: ['D1', 'D2'] }],
    overage: { packs: [{ gtin, lot, serial: 'D4' }] },
  });
  expect(received.shipmentStatus).toBe('short');
  expect(received.alertIds?.length).toBeGreaterThanOrEqual(2);
  await network.level();
  expect(await plant.goods.getShipment(shipmentId)).toMatchObject({ status: 'short', late: true });
  expect(await plant.goods.getPack(gtin, 'D4')).toMatchObject({ holder: plantGln });
  await plant.disputeReceipt(shipmentId, 'shortage');
  await network.level();
  expect(await pharmacist.goods.getShipment(shipmentId)).toMatchObject({ dispute: { reason: 'shortage' } });
  await pharmacist.settleDispute(shipmentId, 'accepted');
  await network.level();
  await plant.voidShipment(shipmentId);
  expect(await plant.goods.getPack(gtin, 'D3')).toMatchObject({ state: 'active', holder: plantGln });
  expect(await plant.goods.getShipment(shipmentId)).toMatchObject({
    status: 'settled',
    dispute: { outcome: 'accepted' },
  });
  expect(await pharmacist.goods.getCommerce(shipmentId)).toMatchObject({ orderNumber: 'PO-1' });
  expect(await pharmacist.goods.getTransactionInformation(shipmentId)).toMatchObject({ transactionId: shipmentId });
  expect(await pharmacist.goods.getTransactionStatement(shipmentId)).toHaveProperty('transactionStatement');
  const { eventId = '' } = await pharmacist.lock('suspect', { packs: [{ gtin, lot, serials: ['D1'] }] });
  const { eventId: undone = '' } = await pharmacist.undo({ packs: [{ gtin, lot, serials: ['D1'] }] });
  await pharmacist.declareError(eventId, { reason: 'did_not_occur', correctiveEventIds: [undone] });
  expect(await pharmacist.goods.getEvent(eventId)).toMatchObject({
    errorDeclaration: { reason: 'did_not_occur', correctiveEventIds: [undone] },
  });
});
