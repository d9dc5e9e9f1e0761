/** What the client wrote down about medicines, told against the real network with the class `SupplyChain`. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { SupplyChain } from '@chain-of-care/client';
import { network } from '../../system/networks.ts';
import type { Json, Page, RestSession } from '../../system/rest.ts';
import { home, World } from './world.fixture.ts';

const world = new World(network);
const warehouse = '4260000000042';
const pharmacy = '4260000000028';
const maker = 'PharmaMSP';
const regulator = 'RegulatorMSP';

interface Verified extends Json {
  readonly isAuthentic: boolean;
  readonly riskScore: number;
  readonly riskBand: string;
  readonly verifiedAt: string;
  readonly alerts?: readonly Json[];
  readonly chainOfCustody?: readonly Json[];
}

const supplyChainOf = async (mspId: string, user: string): Promise<SupplyChain> =>
  new SupplyChain(await world.people.client(mspId, user));

beforeAll(() => network.start(), 300_000);

/** Registers the client's own example, with a product and lot that nobody had before. */
async function amoxicillin(plant: SupplyChain, serials: readonly string[]) {
  const run = randomUUID().replaceAll(/\D/g, '').padEnd(8, '7').slice(0, 8);
  const { gtin, lot } = await plant.registerProduct({
    ndc: `${run.slice(0, 4)}-${run.slice(4, 8)}-41`,
    name: 'Amoxicillin',
    dosageForm: 'capsule',
    strength: '500 mg',
    packContent: 21,
    batchNumber: `LOT2025A${run.slice(0, 4)}`,
    manufacturedOn: '2026-01-15',
    expirationDate: '2028-12-31',
    quantity: 100,
  });
  await plant.recordSupplyChainEvent('commission', { gtin, lot, serials });
  const scanOf = (serial: string): string => `(01)${gtin}(21)${serial}(17)281231(10)${lot}`;
  return { gtin, lot, scanOf };
}

/** A list that another gateway's read model may show a moment later. */
async function eventually<Value>(ask: () => Promise<Value>, isThere: (value: Value) => boolean): Promise<Value> {
  for (const deadline = Date.now() + 30_000; ; await delay(200)) {
    const value = await ask();
    if (isThere(value) || Date.now() > deadline) return value;
  }
}

describe('the client’s stories about medicines', () => {
  let plant: SupplyChain;
  let distributor: SupplyChain;
  let pharmacist: SupplyChain;
  let inspector: RestSession;
  let publicly: RestSession;

  beforeAll(async () => {
    plant = await supplyChainOf(maker, 'maker');
    distributor = await supplyChainOf(maker, 'distributor');
    pharmacist = await supplyChainOf(home, 'pharmacist');
    inspector = await world.people.as(regulator, 'inspector');
    publicly = await world.people.nobody(home);
  });

  const sensorElementList = [
    {
      sensorMetadata: { deviceID: 'urn:epc:id:giai:4260000.12' },
      sensorReport: [{ type: 'Temperature', value: 22, uom: 'CEL' }],
    },
  ] as const;

  const move = async (from: SupplyChain, to: SupplyChain, recipient: string, packs: readonly Json[]) => {
    const { shipmentId } = (await from.recordSupplyChainEvent('shipped', { recipient, packs })) as {
      shipmentId?: string;
    };
    await network.level();
    await to.recordSupplyChainEvent('received', { shipmentId, packs, sensorElementList });
    return shipmentId;
  };

  test('amoxicillin is registered, shipped, received and dispensed; who holds the box gets a good answer and no alert', async () => {
    const serial = `S${randomUUID().slice(0, 8)}`;
    const { gtin, lot, scanOf } = await amoxicillin(plant, [serial]);
    const packs = [{ gtin, lot, serials: [serial] }];
    await move(plant, distributor, warehouse, packs);
    await move(distributor, pharmacist, pharmacy, packs);
    await pharmacist.recordSupplyChainEvent('dispensed', { packs });
    await network.level();
    const body = { scan: scanOf(serial), context: 'consumer', country: 'DE' };
    const said = await publicly.create<Verified>('/v1/verifications', body, { key: null });
    expect(said).toMatchObject({ isAuthentic: true, riskBand: 'accept' });
    expect(said.riskScore).toBeLessThanOrEqual(19);
    expect(Date.parse(said.verifiedAt)).toBeGreaterThan(Date.now() - 60_000);
    const toMaker = await plant.verifyProduct({ scan: scanOf(serial), context: 'inspection' });
    expect(toMaker.alerts).toEqual([]);
    const history = await inspector.read<{ items: Json[] }>(`/v1/packs/${gtin}/${serial}/events`);
    const told = history.items.filter(({ kind }) => kind === 'receive').map((event) => event['sensorElementList']);
    expect(told).toEqual([sensorElementList, sensorElementList]);
    expect((await plant.getSupplyChainReport(gtin, lot)).statistics).toMatchObject({
      averageTemperature: 22,
      coldChainCompliant: true,
    });
    for (const report of [
      { type: 'Temperature', value: 22, uom: 'LUX' },
      { type: 'Temperature', uom: 'CEL' },
      { type: 'Temperature', value: 22, uom: 'degC' },
    ])
      await expect(
        plant.recordSupplyChainEvent('observed', { packs, sensorElementList: [{ sensorReport: [report] }] } as never),
      ).rejects.toMatchObject({ code: 'validation_failed' });
    expect(toMaker.chainOfCustody?.map(({ kind }) => kind)).toEqual([
      'commission',
      'ship',
      'receive',
      'ship',
      'receive',
      'dispense',
    ]);
  });

  test('the actor is who is logged in: somebody else’s premises in the payload are refused', async () => {
    const { gtin, lot } = await amoxicillin(plant, ['ACTOR1']);
    const event = { packs: [{ gtin, lot, serials: ['ACTOR1'] }], recipient: pharmacy, actor: pharmacy };
    await expect(plant.recordSupplyChainEvent('shipped', event)).rejects.toMatchObject({
      code: 'actor_in_payload',
    });
  });

  test('a product that nobody registered: authentic false, the highest risk', async () => {
    const scan = '(01)09506000134352(21)NONE(17)281231(10)NONE';
    const said = await publicly.create<Verified>('/v1/verifications', { scan }, { key: null });
    expect(said).toMatchObject({ isAuthentic: false, riskScore: 100, riskBand: 'reject' });
  });

  test('a pharmacist reports a counterfeit: maker and regulator see it at once, the pack’s risk rises, a dispenser is named', async () => {
    const { gtin, lot, scanOf } = await amoxicillin(plant, ['FAKE01', 'FAKE02']);
    const packs = [{ gtin, lot, serials: ['FAKE01', 'FAKE02'] }];
    await move(plant, pharmacist, pharmacy, packs);
    const photograph = new Blob(['\u00ff\u00d8 a photograph'], { type: 'image/jpeg' });
    const opened = await pharmacist.reportCounterfeit({
      ...{ type: 'counterfeit', gtin, lot, serial: 'FAKE01', description: 'the print smears' },
      evidence: [photograph],
    });
    const { alertId } = opened;
    expect(opened.audience.map(({ mspId, relation }) => `${mspId} ${relation}`)).toEqual(
      expect.arrayContaining([`${regulator} regulator`, `${maker} maker`, `${home} dispenser`]),
    );
    const makers = await world.people.as(maker, 'maker');
    for (const reader of [inspector, makers]) {
      const answer = await eventually(
        () => reader.get(`/v1/alerts/${alertId}`),
        ({ status }) => status === 200,
      );
      expect(answer.body).toMatchObject({ alertId, type: 'counterfeit', severity: 'critical', status: 'open' });
    }
    const { evidence } = await inspector.read<{ evidence: string[] }>(`/v1/alerts/${alertId}`);
    const shown = await inspector.get(`/v1/alerts/${alertId}/evidence/${evidence[0]!}`);
    expect(Buffer.from(shown.bytes).equals(Buffer.from(await photograph.arrayBuffer()))).toBe(true);
    expect(shown.headers.get('content-type')).toBe('image/jpeg');
    const said = await pharmacist.verifyProduct({ scan: scanOf('FAKE01'), context: 'dispense' });
    expect(said.riskScore).toBeGreaterThanOrEqual(20);
  });

  test('counts of alerts by severity, type and status, for a period', async () => {
    const since = new Date(Date.now() - 3_600_000).toISOString();
    const statistics = await inspector.read(`/v1/alert-statistics?since=${encodeURIComponent(since)}`);
    expect(statistics).toMatchObject({
      totalAlerts: expect.any(Number),
      bySeverity: { critical: expect.any(Number) },
      byType: { counterfeit: expect.any(Number) },
      byStatus: { open: expect.any(Number) },
    });
  });

  test('a suspicious shipment: who is not its recipient is refused, it is an alert, and the box is not to be sold', async () => {
    const { gtin, lot, scanOf } = await amoxicillin(plant, ['LOST01']);
    const packs = [{ gtin, lot, serials: ['LOST01'] }];
    const { shipmentId } = (await plant.recordSupplyChainEvent('shipped', { recipient: pharmacy, packs })) as {
      shipmentId?: string;
    };
    await expect(distributor.recordSupplyChainEvent('received', { shipmentId, packs })).rejects.toMatchObject({
      code: 'wrong_recipient',
    });
    const { items } = await eventually(
      () => inspector.read<Page>(`/v1/alerts?gtin=${gtin}`),
      (page) => page.items.length > 0,
    );
    expect(items).toMatchObject([{ type: 'diversion', reason: 'wrong_recipient', severity: 'high' }]);
    const said = await eventually(
      async () => await pharmacist.verifyProduct({ scan: scanOf('LOST01'), context: 'receive' }),
      ({ riskScore }) => riskScore > 0,
    );
    expect(['quarantine', 'reject']).toContain(said.riskBand);
  });

  test('a recall is effective at once for every pack, which stays authentic', async () => {
    const { gtin, lot, scanOf } = await amoxicillin(plant, ['BACK01', 'BACK02']);
    const makers = await world.people.as(maker, 'maker');
    await makers.create('/v1/recalls', { class: 'I', depth: 'consumer', gtin, lots: [lot] });
    for (const serial of ['BACK01', 'BACK02'])
      expect(await plant.verifyProduct({ scan: scanOf(serial), context: 'inventory' })).toMatchObject({
        isAuthentic: true,
        riskBand: 'reject',
        status: { verdict: 'not_usable' },
      });
  });

  test('an inventory is checked at once: what is genuine and what is not, line by line', async () => {
    const { gtin, lot } = await amoxicillin(plant, ['SHELF1', 'SHELF2']);
    const rows = ['SHELF1', 'SHELF2', 'NEVER'].map((serial) => `${gtin},${serial},${lot},281231`);
    const lines = new Blob([`gtin,serial,lot,expiry\n${rows.join('\n')}\n`], { type: 'text/csv' });
    const counts = await plant.verifyInventory(lines);
    expect(counts).toMatchObject({ lines: 3, authentic: 2, notAuthentic: 1, unreadable: 0 });
    const result = await (await plant.getInventoryResult(counts)).text();
    const said = result
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as Verified).isAuthentic);
    expect(said).toEqual([true, true, false]);
  });

  test('what is printed on a box is what its scanner reads', async () => {
    const { gtin } = await amoxicillin(plant, ['PRINT1']);
    const picture = await plant.goods.getPackLabel(gtin, 'PRINT1', { format: 'png' });
    expect(picture.type).toBe('image/png');
    const session = await world.people.as(maker, 'maker');
    const { body } = await session.send('POST', '/v1/scans', picture, {
      headers: { 'content-type': picture.type },
    });
    expect(body['symbols']).toMatchObject([{ gtin, serial: 'PRINT1' }]);
  });
});
