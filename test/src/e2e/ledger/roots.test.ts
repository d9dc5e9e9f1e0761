/** Custody on the real network: the policy of each root, against endorsers that satisfy the channel's own policy. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { madeUpGoods } from '../../demo/goods.ts';
import { largeNetwork } from '../../system/networks.ts';
import { administratorOf, staffOf, type Person } from './careScenario.fixture.ts';
import { commandOf, RealLedger } from './realLedger.fixture.ts';
import { applied } from './scenarioLedger.fixture.ts';

const [hospital, otherHospital, pharma, distributor, regulator] = [
  'HospitalMSP',
  'Hospital2MSP',
  'PharmaMSP',
  'DistributorMSP',
  'RegulatorMSP',
] as const;
/** Premises of the consortium's seed. */
const [plant, warehouse, pharmacy] = ['4260000000035', '4260000000066', '4260000000028'] as const;

const ledger = new RealLedger(largeNetwork);
const { gtin, lot, expiry, sscc, serials } = madeUpGoods(3);
const packs = [{ gtin, lot, segment: 0, serials }];
const shipments = { toDistributor: randomUUID(), toPharmacy: randomUUID() };
const people = new Map<string, Person>();

beforeAll(async () => {
  await largeNetwork.start();
  for (const [mspId, role, gln] of [
    [pharma, 'manufacturer', plant],
    [distributor, 'distributor', warehouse],
    [hospital, 'pharmacist', pharmacy],
  ] as const)
    people.set(gln, await staffOf(ledger, await administratorOf(ledger, mspId), role, { gln }));
  const facts = { name: 'Amoxicillin', dosageForm: 'capsule', strength: '500 mg', packContent: 20, markets: ['DE'] };
  await endorsed(plant, 'registerProduct', { gtin, ...facts }, [pharma, regulator]);
  const dates = { expiry, manufacturedOn: '2026-01-15' };
  await endorsed(plant, 'registerLot', { gtin, lot, declaredQuantity: 3, ...dates }, [pharma, regulator]);
}, 300_000);

afterAll(() => ledger.close());

const timeless = new Set(['registerProduct', 'registerLot']);

/** What becomes of an act that the rules allow, endorsed by exactly these members. @returns its validation code */
async function endorsed(gln: string, verb: string, body: object, members: readonly string[]): Promise<unknown> {
  const eventTime = new Date().toISOString();
  const command = commandOf(`supply.${verb}`, { ...(timeless.has(verb) ? {} : { eventTime }), ...body });
  const { outcome, validation } = await ledger.submitAll(people.get(gln)!, [command], members);
  applied(outcome.outcomes[0]!);
  return validation;
}

interface Step {
  readonly act: string;
  readonly by: string;
  readonly verb: string;
  readonly body: object;
  /** Members that satisfy the channel's policy of two roles, or hold the goods alone, and may not. */
  readonly refused: readonly (readonly string[])[];
  readonly valid: readonly string[];
}

const steps: readonly Step[] = [
  {
    act: 'serials without a root of their own are commissioned by any two roles',
    by: plant,
    verb: 'commission',
    body: { gtin, lot, serials },
    refused: [[pharma], [pharma, distributor]],
    valid: [hospital, regulator],
  },
  {
    act: 'a container comes to be by any two roles',
    by: plant,
    verb: 'pack',
    body: { sscc, packs },
    refused: [[pharma]],
    valid: [hospital, regulator],
  },
  {
    act: 'held by its maker, it is shipped only with the maker and another role',
    by: plant,
    verb: 'ship',
    body: { shipmentId: shipments.toDistributor, recipient: warehouse, containers: [sscc] },
    refused: [[hospital, regulator], [distributor, regulator], [pharma], [pharma, distributor]],
    valid: [pharma, hospital],
  },
  {
    act: 'on its way between two of one role, it is received only with one of the two and another role',
    by: warehouse,
    verb: 'receive',
    body: { shipmentId: shipments.toDistributor, containers: [sscc] },
    refused: [[hospital, regulator], [distributor], [pharma, distributor]],
    valid: [distributor, otherHospital],
  },
  {
    act: 'a lock on what is inside writes the root: with its holder only, the former one no longer counts',
    by: warehouse,
    verb: 'lock',
    body: { packs: [{ gtin, lot, segment: 0, serials: [serials[0]] }], reason: 'suspect' },
    refused: [[pharma, regulator], [hospital, regulator], [distributor], [pharma, distributor]],
    valid: [distributor, regulator],
  },
  {
    act: 'and so does its release',
    by: warehouse,
    verb: 'unlock',
    body: { packs: [{ gtin, lot, segment: 0, serials: [serials[0]] }], reason: 'suspect' },
    refused: [[pharma, regulator]],
    valid: [distributor, hospital],
  },
  {
    act: 'held by the distributor, it is shipped only with the distributor and another role',
    by: warehouse,
    verb: 'ship',
    body: { shipmentId: shipments.toPharmacy, recipient: pharmacy, containers: [sscc] },
    refused: [
      [pharma, regulator],
      [hospital, pharma],
      [distributor, pharma],
    ],
    valid: [distributor, regulator],
  },
  {
    act: 'on its way between two roles, either side counts, never two of one role',
    by: pharmacy,
    verb: 'receive',
    body: { shipmentId: shipments.toPharmacy, containers: [sscc] },
    refused: [[pharma, regulator], [otherHospital, regulator], [hospital, otherHospital], [hospital]],
    valid: [hospital, pharma],
  },
  {
    act: 'taken out of the container, a pack is a root of its own',
    by: pharmacy,
    verb: 'unpack',
    body: { sscc, packs },
    refused: [
      [distributor, regulator],
      [otherHospital, regulator],
      [hospital, otherHospital],
    ],
    valid: [hospital, regulator],
  },
  {
    act: 'and is dispensed only with its holder and another role',
    by: pharmacy,
    verb: 'dispense',
    body: { packs: [{ gtin, lot, segment: 0, serials: [serials[1]] }] },
    refused: [[otherHospital, pharma], [pharma, regulator], [hospital, otherHospital], [hospital]],
    valid: [hospital, distributor],
  },
];

describe('a root', () => {
  test.each(steps)('$act', async ({ by, verb, body, refused, valid }) => {
    const invalid = await Promise.all(refused.map((members) => endorsed(by, verb, body, members)));
    expect(invalid).toEqual(refused.map(() => 'ENDORSEMENT_POLICY_FAILURE'));
    expect(await endorsed(by, verb, body, valid)).toBe('VALID');
  });
});
