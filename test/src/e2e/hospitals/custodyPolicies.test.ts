/** Key-level policies of roots between organisations: what peers commit, whatever a gateway would have asked for. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { largeNetwork } from '../../system/networks.ts';
import { administratorOf, staffOf, type Person } from '../ledger/careScenario.fixture.ts';
import { commandOf, RealLedger } from '../ledger/realLedger.fixture.ts';
import { World } from '../rest/world.fixture.ts';
import { hand, makeGoods, openTrader, randomSscc, event, type Goods, type Trader } from './custody.fixture.ts';

const ledger = new RealLedger(largeNetwork);
const world = new World(largeNetwork);
let maker: Trader;
let distributor: Trader;
let secondPharmacy: Trader;
/** Colleagues at the same premises whose proposals go to exactly the members that a test names. */
let shipper: Person;
let recipient: Person;
let goods: Goods;

beforeAll(async () => {
  await largeNetwork.start();
  maker = await openTrader(world, 'PharmaMSP', 'manufacturer');
  distributor = await openTrader(world, 'DistributorMSP', 'distributor');
  secondPharmacy = await openTrader(world, 'Hospital2MSP', 'pharmacist', 'hospital');
  const colleagueOf = async ({ mspId, gln }: Trader, role: string) =>
    staffOf(ledger, await administratorOf(ledger, mspId), role, { gln });
  shipper = await colleagueOf(distributor, 'distributor');
  recipient = await colleagueOf(secondPharmacy, 'pharmacist');
  goods = await makeGoods(maker, 20);
}, 600_000);

afterAll(() => ledger.close());

/** How a transaction ends that exactly these members endorsed. */
async function fate(person: Person, verb: string, body: object, endorsers: readonly string[]) {
  const command = commandOf(`supply.${verb}`, { eventTime: new Date().toISOString(), ...body });
  const { outcome, validation } = await ledger.submitAll(person, [command], endorsers);
  const [decided] = outcome.outcomes;
  return decided!.status === 'refused' ? decided!.code : validation;
}

/** A container at the distributor, with some packs in it. */
async function containerAtDistributor(): Promise<string> {
  const sscc = randomSscc();
  await event(maker.session, { type: 'pack', sscc, packs: goods.take(2) });
  await hand(maker, distributor, { containers: [sscc] });
  return sscc;
}

const shipmentOf = (sscc: string) => ({
  shipmentId: randomUUID(),
  recipient: secondPharmacy.gln,
  containers: [sscc],
});
const refused = 'ENDORSEMENT_POLICY_FAILURE';

describe('a container held by the distributor', () => {
  test('leaves with the distributor and a member of another role, and with nobody else', async () => {
    const sscc = await containerAtDistributor();
    const ship = (endorsers: string[]) => fate(shipper, 'ship', shipmentOf(sscc), endorsers);
    expect(await ship(['DistributorMSP'])).toBe(refused);
    expect(await ship(['DistributorMSP', 'PharmaMSP'])).toBe(refused);
    expect(await ship(['Hospital2MSP', 'RegulatorMSP'])).toBe(refused);
    expect(await ship(['PharmaMSP', 'HospitalMSP', 'RegulatorMSP'])).toBe(refused);
    expect(await ship(['DistributorMSP', 'HospitalMSP'])).toBe('VALID');
  });

  test('under way is received with shipper or recipient and one of another role, afterwards only with its new holder', async () => {
    const sscc = await containerAtDistributor();
    const shipment = shipmentOf(sscc);
    expect(await fate(shipper, 'ship', shipment, ['DistributorMSP', 'RegulatorMSP'])).toBe('VALID');
    const receipt = { shipmentId: shipment.shipmentId, containers: [sscc] };
    const receive = (endorsers: string[]) => fate(recipient, 'receive', receipt, endorsers);
    expect(await receive(['PharmaMSP', 'HospitalMSP'])).toBe(refused);
    expect(await receive(['Hospital2MSP', 'HospitalMSP'])).toBe(refused);
    expect(await receive(['Hospital2MSP', 'PharmaMSP'])).toBe('VALID');
    const lock = (endorsers: string[]) => fate(recipient, 'lock', { containers: [sscc], reason: 'suspect' }, endorsers);
    expect(await lock(['DistributorMSP', 'RegulatorMSP'])).toBe(refused);
    expect(await lock(['Hospital2MSP', 'RegulatorMSP'])).toBe('VALID');
  });

  test('guards what is inside: a pack in it is not destroyed without the holder of the root', async () => {
    const sscc = randomSscc();
    const packs = goods.take(2);
    await event(maker.session, { type: 'pack', sscc, packs });
    await hand(maker, distributor, { containers: [sscc] });
    const [{ gtin, serials }] = packs as [{ gtin: string; serials: [string, string] }];
    const { segment } = await maker.session.read<{ segment: number }>(`/v1/packs/${gtin}/${serials[0]}`);
    const body = {
      packs: [{ gtin, lot: goods.lot, segment, serials: [serials[0]] }],
      certificateHash: 'a'.repeat(64),
    };
    expect(await fate(shipper, 'destroy', body, ['HospitalMSP', 'RegulatorMSP'])).toBe(refused);
    expect(await fate(shipper, 'destroy', body, ['DistributorMSP', 'RegulatorMSP'])).toBe('VALID');
  });

  test('a balance of a lot without serials moves only with its holder', async () => {
    const { gtin, expiry } = goods;
    const lot = { lot: 'BULK', expiry, manufacturedOn: '2026-01-15', declaredQuantity: 100, serialised: false };
    await maker.session.create(`/v1/products/${gtin}/lots`, lot);
    await event(maker.session, { type: 'commission', gtin, lot: 'BULK', units: 100 });
    const quantities = [{ gtin, lot: 'BULK', units: 10 }];
    await hand(maker, distributor, { quantities });
    const lock = (endorsers: string[]) => fate(shipper, 'lock', { quantities, reason: 'suspect' }, endorsers);
    expect(await lock(['HospitalMSP', 'RegulatorMSP'])).toBe(refused);
    expect(await lock(['DistributorMSP', 'RegulatorMSP'])).toBe('VALID');
  });
});
