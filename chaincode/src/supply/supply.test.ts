import { createHash, randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { applied } from '../ledger/scenario.fixture.ts';
import type { Container, Pack, Shipment } from '../model/index.ts';
import type { CustodyFacts } from '../rules/index.ts';
import { gtin, lot, serialsOf, ssccOf, SupplyWorld, type Person } from './supplyWorld.fixture.ts';

const set = (serials: readonly string[], segment = 0) => ({ gtin, lot, segment, serials });
const digest = createHash('sha256').update('command').digest('hex');

describe('a pack goes from the maker to the patient', () => {
  let world: SupplyWorld;
  let maker: Person;
  let distributor: Person;
  let pharmacy: Person;
  let otherPharmacy: Person;

  const packState = (serial: string, segment = 0) =>
    world.query<{ pack: Pack; custody: CustodyFacts }>(maker, 'findPack', { gtin, lot, segment, serial });

  beforeEach(async () => {
    world = await SupplyWorld.open();
    maker = await world.person('PharmaMSP', 'manufacturer', 'manufacturer');
    distributor = await world.person('DistributorMSP', 'distributor', 'distributor');
    pharmacy = await world.person('HospitalMSP', 'pharmacist', 'pharmacy');
    otherPharmacy = await world.person('Hospital2MSP', 'pharmacist', 'pharmacy');
    await world.product(maker);
    applied(await world.act(maker, 'commission', { gtin, lot, serials: serialsOf(600) }));
  });

  test('commissioned, packed, shipped, received, unpacked, dispensed', async () => {
    const [caseOne, pallet] = [ssccOf(1), ssccOf(2)];
    applied(await world.act(maker, 'pack', { sscc: caseOne, packs: [set(serialsOf(24))] }));
    applied(await world.act(maker, 'pack', { sscc: pallet, containers: [caseOne] }));
    await world.move(maker, distributor, { containers: [pallet] });
    expect((await packState('S000003')).custody).toMatchObject({ state: 'active', holder: distributor.gln });
    applied(await world.act(distributor, 'unpack', { sscc: pallet, containers: [caseOne] }));
    await world.move(distributor, pharmacy, { containers: [caseOne] });
    applied(await world.act(pharmacy, 'dispense', { packs: [set(['S000003'])] }));
    expect((await packState('S000003')).pack).toMatchObject({ state: 'supplied', holder: pharmacy.gln });
    const { container } = await world.query<{ container: Container }>(maker, 'findContainer', { sscc: caseOne });
    expect(container.contents).toEqual([{ gtin, lot, units: 23, locked: 0 }]);
    expect((await packState('S000004')).custody).toMatchObject({ state: 'active', hasParent: true });
  });

  test('shipping a container is one write for it, however many packs are inside', async () => {
    const writes = async (packs: number, sscc: string, from: number) => {
      applied(await world.act(maker, 'pack', { sscc, packs: [set(serialsOf(packs, 'S', from))] }));
      const command = world.scenario.command('supply.ship', {
        shipmentId: randomUUID(),
        recipient: distributor.gln,
        containers: [sscc],
        eventTime: new Date(world.scenario.now).toISOString(),
      });
      return (await world.scenario.endorse(maker.identity, [command])).outcome.writes;
    };
    expect(await writes(2, ssccOf(1), 0)).toBe(await writes(400, ssccOf(2), 10));
  });

  test('a thousand serials are commissioned by a write per 512', async () => {
    const command = world.scenario.command('supply.commission', {
      gtin,
      lot,
      serials: serialsOf(5_000, 'T'),
      eventTime: new Date(world.scenario.now).toISOString(),
    });
    const { outcome } = await world.scenario.endorse(maker.identity, [command]);
    expect(outcome.outcomes[0]).toMatchObject({ status: 'applied', result: { first: 2, count: 10, units: 5_000 } });
    expect(outcome.writes).toBe(10 + 3);
  });

  test('a second dispensing is refused, and reported by the same identity becomes an alert', async () => {
    await world.move(maker, pharmacy, { packs: [set(['S000001'])] });
    const again = { packs: [set(['S000001'])] };
    applied(await world.act(pharmacy, 'dispense', again));
    expect(await world.act(pharmacy, 'dispense', again)).toMatchObject({
      code: 'already_supplied_here',
      httpStatus: 409,
    });
    expect(await world.act(otherPharmacy, 'dispense', again)).toMatchObject({ code: 'already_supplied' });
    const refusal = { event: 'dispense', commandDigest: digest, gtin, lot, segment: 0, serial: 'S000001' };
    const alerts = () =>
      [...world.scenario.ledger.values].flatMap(([, text]) =>
        text.includes('"t":"alert"') ? [JSON.parse(text) as object] : [],
      );
    expect(applied(await world.act(otherPharmacy, 'reportRefusal', refusal))).toMatchObject({
      recorded: true,
      code: 'already_supplied',
    });
    expect(alerts()).toMatchObject([{ type: 'clone', severity: 'critical', status: 'open', makerMspId: 'PharmaMSP' }]);
    applied(await world.act(pharmacy, 'reportRefusal', refusal));
    applied(await world.act(pharmacy, 'reportRefusal', refusal));
    expect(alerts().map((alert) => (alert as { severity: string }).severity)).toEqual(['critical', 'low', 'high']);
  });

  test('the ledger itself answers a verification: what was supplied here is good for the patient and not for the next pharmacy', async () => {
    await world.move(maker, pharmacy, { packs: [set(['S000001'])] });
    applied(await world.act(pharmacy, 'dispense', { packs: [set(['S000001'])] }));
    const ask = (person: Person, context: string, more = {}) =>
      world.query(person, 'verify', { gtin, serial: 'S000001', lot, expiry: '270331', segment: 0, context, ...more });
    expect(await ask(pharmacy, 'consumer')).toMatchObject({ isAuthentic: true, risk: { score: 0, band: 'accept' } });
    expect(await ask(otherPharmacy, 'dispense')).toMatchObject({ isAuthentic: true, risk: { score: 95 } });
    expect(await ask(pharmacy, 'consumer', { serial: 'NONE' })).toMatchObject({
      isAuthentic: false,
      risk: { score: 100 },
    });
    expect(await ask(pharmacy, 'consumer', { expiry: '270330' })).toMatchObject({ identity: { verdict: 'mismatch' } });
  });

  test('an attempt that the rules would allow now is not recorded as a refusal', async () => {
    await world.move(maker, pharmacy, { packs: [set(['S000001'])] });
    const refusal = { event: 'dispense', commandDigest: digest, gtin, lot, segment: 0, serial: 'S000001' };
    expect(applied(await world.act(pharmacy, 'reportRefusal', refusal))).toEqual({ recorded: false });
  });

  test('an unknown serial that is reported is an alert of a counterfeit', async () => {
    const refusal = { event: 'dispense', commandDigest: digest, gtin, serial: 'UNKNOWN' };
    expect(applied(await world.act(pharmacy, 'reportRefusal', refusal))).toMatchObject({ code: 'pack_not_found' });
  });

  test('the actor is the submitter: other premises in the payload are refused', async () => {
    const body = { packs: [set(['S000001'])], reason: 'suspect' };
    expect(await world.act(maker, 'lock', { ...body, actor: distributor.gln })).toMatchObject({
      code: 'actor_in_payload',
    });
    applied(await world.act(maker, 'lock', { ...body, actor: maker.gln }));
  });

  test('custody is of premises: a colleague at other premises of the same organisation has none', async () => {
    const colleague = await world.person('PharmaMSP', 'manufacturer', 'manufacturer');
    const shipment = { shipmentId: randomUUID(), recipient: pharmacy.gln, packs: [set(['S000001'])] };
    expect(await world.act(colleague, 'ship', shipment)).toMatchObject({ code: 'not_custodian', httpStatus: 403 });
  });

  test('goods go only to licensed premises, and only the named recipient receives them', async () => {
    const unlicensed = await world.person('HospitalMSP', 'pharmacist');
    const shipment = { shipmentId: randomUUID(), recipient: pharmacy.gln, packs: [set(['S000001'])] };
    expect(await world.act(maker, 'ship', { ...shipment, recipient: unlicensed.gln })).toMatchObject({
      code: 'recipient_not_licensed',
    });
    applied(await world.act(maker, 'ship', shipment));
    const received = { shipmentId: shipment.shipmentId, packs: shipment.packs };
    expect(await world.act(otherPharmacy, 'receive', received)).toMatchObject({ code: 'wrong_recipient' });
    expect(await world.act(maker, 'ship', { ...shipment, shipmentId: randomUUID() })).toMatchObject({
      code: 'wrong_state',
    });
    applied(await world.act(pharmacy, 'receive', received));
    expect(await world.act(pharmacy, 'receive', received)).toMatchObject({ code: 'not_in_shipment' });
  });

  test('what is missing when a shipment is closed is a shortage, and an alert', async () => {
    const shipmentId = randomUUID();
    applied(await world.act(maker, 'ship', { shipmentId, recipient: pharmacy.gln, packs: [set(serialsOf(3))] }));
    const part = { shipmentId, packs: [set(['S000000'])], complete: false };
    expect(applied(await world.act(pharmacy, 'receive', part))).toMatchObject({ status: 'partly_received' });
    const rest = { shipmentId, packs: [set(['S000001'])] };
    expect(applied(await world.act(pharmacy, 'receive', rest))).toMatchObject({
      status: 'short',
      alertId: expect.any(String),
    });
    expect((await packState('S000002')).custody).toMatchObject({ state: 'in_transit' });
  });

  test('a shipment is taken back by its shipper until something was received', async () => {
    const shipmentId = randomUUID();
    applied(await world.act(maker, 'ship', { shipmentId, recipient: pharmacy.gln, packs: [set(['S000001'])] }));
    expect(await world.act(pharmacy, 'voidShip', { shipmentId })).toMatchObject({ code: 'not_custodian' });
    applied(await world.act(maker, 'voidShip', { shipmentId }));
    expect((await packState('S000001')).pack).toMatchObject({ state: 'active', holder: maker.gln });
    expect(await world.query<Shipment>(maker, 'findShipment', { shipmentId })).toMatchObject({ status: 'void' });
  });

  test('a recall is effective at once: not dispensed, not shipped, but returned, and it arrives locked', async () => {
    await world.move(maker, pharmacy, { packs: [set(['S000001'])] });
    const recall = { kind: 'recall', recallClass: 'I', depth: 'consumer', gtin, lots: [lot] };
    expect(await world.act(distributor, 'recall', { ...recall, recallId: randomUUID() })).toMatchObject({
      code: 'role_not_allowed',
    });
    applied(await world.act(world.inspector, 'recall', { ...recall, recallId: randomUUID() }));
    expect(await world.act(maker, 'recall', { ...recall, recallId: randomUUID() })).toMatchObject({
      code: 'already_recalled',
    });
    expect(await world.act(pharmacy, 'dispense', { packs: [set(['S000001'])] })).toMatchObject({
      code: 'lot_recalled',
      httpStatus: 410,
    });
    const shipmentId = randomUUID();
    applied(await world.act(pharmacy, 'return', { shipmentId, recipient: distributor.gln, packs: [set(['S000001'])] }));
    applied(await world.act(distributor, 'receive', { shipmentId, packs: [set(['S000001'])] }));
    expect((await packState('S000001')).pack).toMatchObject({ state: 'locked', holder: distributor.gln });
    const certificateHash = digest;
    applied(await world.act(distributor, 'destroy', { packs: [set(['S000001'])], certificateHash }));
    expect(
      await world.act(distributor, 'unlock', { packs: [set(['S000001'])], reason: 'inspected_good' }),
    ).toMatchObject({ code: 'wrong_state' });
  });

  test('a pack locked inside a container keeps the container from being shipped until it is unlocked', async () => {
    applied(await world.act(maker, 'pack', { sscc: ssccOf(1), packs: [set(serialsOf(3))] }));
    applied(await world.act(world.inspector, 'lock', { packs: [set(['S000001'])], reason: 'investigation' }));
    const shipment = { recipient: pharmacy.gln, containers: [ssccOf(1)] };
    expect(await world.act(maker, 'ship', { ...shipment, shipmentId: randomUUID() })).toMatchObject({ code: 'locked' });
    expect(await world.act(maker, 'unlock', { packs: [set(['S000001'])], reason: 'inspected_good' })).toMatchObject({
      code: 'not_custodian',
    });
    applied(await world.act(world.inspector, 'unlock', { packs: [set(['S000001'])], reason: 'inspected_good' }));
    applied(await world.act(maker, 'ship', { ...shipment, shipmentId: randomUUID() }));
  });

  test('stolen goods are an alert and stay stolen', async () => {
    applied(await world.act(maker, 'pack', { sscc: ssccOf(1), packs: [set(serialsOf(3))] }));
    expect(applied(await world.act(maker, 'steal', { containers: [ssccOf(1)] }))).toMatchObject({
      alertId: expect.any(String),
    });
    expect((await packState('S000001')).custody.state).toBe('stolen');
    expect(await world.act(maker, 'unpack', { sscc: ssccOf(1), packs: [set(['S000001'])] })).toMatchObject({
      code: 'wrong_state',
    });
  });

  test('one parent at a time, and no container inside itself', async () => {
    applied(await world.act(maker, 'pack', { sscc: ssccOf(1), packs: [set(['S000001'])] }));
    expect(await world.act(maker, 'pack', { sscc: ssccOf(2), packs: [set(['S000001'])] })).toMatchObject({
      code: 'has_parent',
    });
    expect(await world.act(maker, 'pack', { sscc: ssccOf(1), containers: [ssccOf(1)] })).toMatchObject({
      code: 'container_cycle',
    });
    applied(await world.act(maker, 'pack', { sscc: ssccOf(2), containers: [ssccOf(1)] }));
    expect(await world.act(maker, 'pack', { sscc: ssccOf(1), containers: [ssccOf(2)] })).toMatchObject({
      code: 'has_parent',
    });
  });

  test('roots carry the policy of their holder; what is packed does not', async () => {
    const eventTime = () => new Date(world.scenario.now).toISOString();
    const policies = async (person: Person, verb: string, body: object) => {
      const command = world.scenario.command(`supply.${verb}`, { eventTime: eventTime(), ...body });
      const { outcome, simulation } = await world.scenario.endorse(person.identity, [command]);
      applied(outcome.outcomes[0]!);
      world.scenario.ledger.commit(simulation);
      world.scenario.now += 60_000;
      return Object.fromEntries(
        [...simulation.policies].map(([key, bytes]) => [
          key.split('\u0000')[1]!,
          Buffer.from(bytes).toString('latin1'),
        ]),
      );
    };
    const packed = await policies(maker, 'pack', { sscc: ssccOf(1), packs: [set(['S000001', 'S000002'])] });
    expect(Object.keys(packed)).toEqual(['container']);
    const unpacked = await policies(maker, 'unpack', { sscc: ssccOf(1), packs: [set(['S000001'])] });
    expect(unpacked['pack']).toContain('PharmaMSP');
    expect(await policies(maker, 'pack', { sscc: ssccOf(1), packs: [set(['S000001'])] })).toEqual({ pack: '' });
    const shipped = await policies(maker, 'ship', {
      shipmentId: randomUUID(),
      recipient: pharmacy.gln,
      containers: [ssccOf(1)],
    });
    expect(shipped['container']).toContain('HospitalMSP');
  });

  test('a command on contents writes the root too, so that Fabric checks its holder', async () => {
    applied(await world.act(maker, 'pack', { sscc: ssccOf(1), packs: [set(serialsOf(3))] }));
    applied(await world.act(maker, 'pack', { sscc: ssccOf(2), containers: [ssccOf(1)] }));
    const command = world.scenario.command('supply.destroy', {
      packs: [set(['S000001'])],
      certificateHash: digest,
      eventTime: new Date(world.scenario.now).toISOString(),
    });
    const { simulation } = await world.scenario.endorse(maker.identity, [command]);
    expect([...simulation.writes.keys()].filter((key) => key.includes('container'))).toHaveLength(2);
  });

  test('a report opens an alert; descriptions are hashes', async () => {
    const report = { alertId: randomUUID(), type: 'tampering', gtin, lot, serial: 'S000001', descriptionHash: digest };
    expect(await world.act(pharmacy, 'reportAlert', { ...report, description: 'text' })).toMatchObject({
      code: 'validation_failed',
    });
    applied(await world.act(pharmacy, 'reportAlert', report));
    expect(await world.act(pharmacy, 'reportAlert', report)).toMatchObject({ code: 'already_exists' });
    expect(await world.act(pharmacy, 'reportAlert', { alertId: randomUUID(), type: 'tampering' })).toMatchObject({
      code: 'validation_failed',
    });
  });

  test('nothing of the supply chain is written by a submitter whose premises lost the licence', async () => {
    const clerk = await world.person('DistributorMSP', 'distributor');
    const licenceId = await world.grant(clerk.gln, 'distributor');
    await world.move(maker, clerk, { packs: [set(['S000001'])] });
    const change = { licenceId, gln: clerk.gln, change: 'suspend' };
    applied(await world.scenario.submit(world.inspector.identity, 'registry.changeLicence', change));
    const shipment = { shipmentId: randomUUID(), recipient: pharmacy.gln, packs: [set(['S000001'])] };
    expect(await world.act(clerk, 'ship', shipment)).toMatchObject({ code: 'licence_suspended' });
  });
});

describe('products, lots and commissioning', () => {
  let world: SupplyWorld;
  let maker: Person;

  beforeEach(async () => {
    world = await SupplyWorld.open();
    maker = await world.person('PharmaMSP', 'manufacturer', 'manufacturer');
    await world.product(maker, 1_000);
  });

  test('an NDC that contradicts the GTIN, a wrong check digit, an expiry with day 00 or before manufacture are refused', async () => {
    const product = { name: 'X', dosageForm: 'tablet', strength: '1 mg', packContent: 1, markets: [] };
    expect(
      await world.act(maker, 'registerProduct', { gtin: '50300021200102', ndc: '0002-1200-11', ...product }),
    ).toMatchObject({ code: 'invalid_identifier' });
    expect(await world.act(maker, 'registerProduct', { gtin: '50300021200103', ...product })).toMatchObject({
      pointer: '/gtin',
    });
    const body = { gtin, lot: 'L2', declaredQuantity: 1, manufacturedOn: '2026-01-15' };
    expect(await world.act(maker, 'registerLot', { ...body, expiry: '270300' })).toMatchObject({ pointer: '/expiry' });
    expect(await world.act(maker, 'registerLot', { ...body, expiry: '250131' })).toMatchObject({ pointer: '/expiry' });
    expect(await world.act(maker, 'registerLot', { ...body, expiry: '271301' })).toMatchObject({
      code: 'invalid_identifier',
    });
  });

  test("another maker's product takes no lot and no packs of mine, unless it named my premises", async () => {
    const cmo = await world.person('DistributorMSP', 'cmo', 'cmo');
    const body = { gtin, lot: 'L2', declaredQuantity: 10, manufacturedOn: '2026-01-15', expiry: '270331' };
    expect(await world.act(cmo, 'registerLot', body)).toMatchObject({ code: 'organization_not_allowed' });
    expect(await world.act(cmo, 'commission', { gtin, lot, serials: ['A'] })).toMatchObject({ code: 'not_custodian' });
    const other = {
      gtin: '50300021200102',
      contractManufacturers: [cmo.gln],
      name: 'X',
      dosageForm: 'tablet',
      strength: '1',
      packContent: 1,
      markets: [],
    };
    applied(await world.act(maker, 'registerProduct', other));
    applied(await world.act(cmo, 'registerLot', { ...body, gtin: other.gtin }));
    applied(await world.act(cmo, 'commission', { gtin: other.gtin, lot: 'L2', serials: ['A'] }));
  });

  test('never more units than the lot declared', async () => {
    applied(await world.act(maker, 'commission', { gtin, lot, serials: serialsOf(990) }));
    expect(await world.act(maker, 'commission', { gtin, lot, serials: serialsOf(11, 'T') })).toMatchObject({
      code: 'lot_quantity_exceeded',
    });
    applied(await world.act(maker, 'commission', { gtin, lot, serials: serialsOf(10, 'T') }));
  });

  test('serials ascend within a job, so none stands twice; jobs share no key but the counter', async () => {
    const jobId = randomUUID();
    const job = (body: object) => world.act(maker, 'commission', { gtin, lot, jobId, ...body });
    expect(applied(await world.act(maker, 'openCommissioningJob', { gtin, lot, jobId, units: 700 }))).toEqual({
      jobId,
      firstSegment: 0,
      segments: 2,
    });
    applied(await world.act(maker, 'openCommissioningJob', { gtin, lot, jobId: randomUUID(), units: 300 }));
    expect(await world.act(maker, 'openCommissioningJob', { gtin, lot, jobId: randomUUID(), units: 1 })).toMatchObject({
      code: 'lot_quantity_exceeded',
    });
    expect(await job({ firstSegment: 1, serials: ['A'] })).toMatchObject({ code: 'conflict' });
    expect(await job({ serials: ['B', 'A'] })).toMatchObject({ pointer: '/serials/1' });
    expect(await job({ serials: ['A', 'A'] })).toMatchObject({ code: 'serial_duplicate' });
    applied(await job({ serials: serialsOf(512) }));
    expect(await job({ serials: serialsOf(2, 'T') })).toMatchObject({ code: 'already_exists' });
    expect(await job({ firstSegment: 1, serials: ['S000511'] })).toMatchObject({ code: 'serial_duplicate' });
    expect(await job({ firstSegment: 1, serials: serialsOf(189, 'T') })).toMatchObject({
      code: 'lot_quantity_exceeded',
    });
    applied(await job({ firstSegment: 1, serials: serialsOf(188, 'T') }));
    expect(await job({ firstSegment: 2, serials: ['Z'] })).toMatchObject({ code: 'lot_quantity_exceeded' });
  });

  test('the same serial in two lots of a product cannot act twice', async () => {
    applied(
      await world.act(maker, 'registerLot', {
        gtin,
        lot: 'L2',
        declaredQuantity: 10,
        manufacturedOn: '2026-01-15',
        expiry: '270331',
      }),
    );
    applied(await world.act(maker, 'commission', { gtin, lot, serials: ['A'] }));
    applied(await world.act(maker, 'commission', { gtin, lot: 'L2', serials: ['A'] }));
    applied(await world.act(maker, 'lock', { packs: [set(['A'])], reason: 'suspect' }));
    expect(await world.act(maker, 'lock', { packs: [{ ...set(['A']), lot: 'L2' }], reason: 'suspect' })).toMatchObject({
      code: 'serial_duplicate',
    });
  });
});
