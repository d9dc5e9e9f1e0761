/** The transition table through the contract: no command decides custody by anything but its row. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { applied } from '../ledger/scenario.fixture.ts';
import { clinicalRoles, custodyEvents, staffRoles, type CustodyEvent, type StaffRole } from '../model/index.ts';
import { custodyTransitions, licencesOfRole } from '../rules/index.ts';
import { gtin, lot, serialsOf, ssccOf, SupplyWorld, type Person } from './supplyWorld.fixture.ts';

const roles = staffRoles.filter((role) => !clinicalRoles.includes(role) && role !== 'administrator');
const homeOf = (role: StaffRole): string =>
  role === 'inspector' ? 'RegulatorMSP' : role === 'pharmacist' ? 'HospitalMSP' : 'DistributorMSP';
const hash = 'a'.repeat(64);
const packs = [{ gtin, lot, segment: 0, serials: ['S000001'] }];

let world: SupplyWorld;
let shipmentId: string;
let elsewhere: string;
const people = new Map<StaffRole, Person>();

beforeAll(async () => {
  world = await SupplyWorld.open();
  const maker = await world.person('PharmaMSP', 'manufacturer', 'manufacturer');
  const pharmacy = await world.person('Hospital2MSP', 'pharmacist', 'pharmacy');
  for (const role of roles) people.set(role, await world.person(homeOf(role), role, licencesOfRole[role]?.[0]));
  elsewhere = (await world.person('DistributorMSP', 'destroyer', 'destroyer')).gln;
  await world.product(maker);
  applied(await world.act(maker, 'commission', { gtin, lot, serials: serialsOf(10) }));
  shipmentId = randomUUID();
  const shipped = { shipmentId, recipient: pharmacy.gln, packs: [{ gtin, lot, segment: 0, serials: ['S000002'] }] };
  applied(await world.act(maker, 'ship', shipped));
}, 60_000);

const bodyOf: Readonly<Partial<Record<CustodyEvent, () => object>>> = {
  commission: () => ({ gtin, lot, serials: ['T1'], transformations: [randomUUID()] }),
  pack: () => ({ sscc: ssccOf(1), packs }),
  unpack: () => ({ sscc: ssccOf(1), packs }),
  ship: () => ({ shipmentId: randomUUID(), recipient: elsewhere, packs }),
  return: () => ({ shipmentId: randomUUID(), recipient: elsewhere, packs }),
  receive: () => ({ shipmentId, packs: [{ gtin, lot, segment: 0, serials: ['S000002'] }] }),
  voidShip: () => ({ shipmentId }),
  lock: () => ({ packs, reason: 'suspect' }),
  unlock: () => ({ packs, reason: 'inspected_good' }),
  open: () => ({ packs, units: 1 }),
  undoDispense: () => ({ packs, notHandedOver: true }),
  supplyArticle23: () => ({ packs, suppliedTo: 'prison' }),
  destroy: () => ({ packs, certificateHash: hash }),
};

/** What a stranger to the goods is told; the regulator's inspector may lock and look. */
const refusals = ['not_custodian', 'wrong_recipient', 'wrong_state', 'wrong_premises', 'container_not_found'];

describe('each event, by each role that has nothing to do with the goods', () => {
  const cells = custodyEvents.flatMap((event) => roles.map((role) => [event, role] as const));
  test.each(cells)('%s by %s', async (event, role) => {
    const body = bodyOf[event]?.() ?? { packs };
    const key = randomUUID();
    const command = world.scenario.command(`supply.${event}`, { eventTime: time(), ...body }, { key });
    const { outcome } = await world.scenario.endorse(people.get(role)!.identity, [command]);
    const [decided] = outcome.outcomes;
    const code = decided!.status === 'refused' ? decided!.code : 'allowed';
    const row = custodyTransitions[event];
    if (event === 'unpack') expect(['container_not_found', 'role_not_allowed']).toContain(code);
    else if (!row.roles.includes(role)) expect(code).toBe('role_not_allowed');
    else if (event === 'receive') expect(code).toBe('wrong_recipient');
    else if (row.positions.includes('anyone')) expect(code).toBe('allowed');
    else if (role === 'inspector' && row.positions.includes('regulator') && row.from.includes('active'))
      expect(code).toBe('allowed');
    else expect(refusals).toContain(code);
  });

  const time = (): string => new Date(world.scenario.now).toISOString();
});
