/** A lot without serials of which the maker commissioned some, and who trades in it. */
import { randomUUID } from 'node:crypto';
import { applied } from '../ledger/scenario.fixture.ts';
import { classBalanceType, type ClassBalance } from '../model/index.ts';
import { gtin, SupplyWorld, type Person } from './supplyWorld.fixture.ts';

export const bulkLot = 'BULK-1';
export const declared = 1_000;
export const commissioned = 600;

export interface BulkTraders {
  readonly maker: Person;
  readonly distributor: Person;
  readonly pharmacy: Person;
}

/** Units of the lot, as a command names them. */
export const units = (count: number, more: object = {}) => ({
  quantities: [{ gtin, lot: bulkLot, units: count, ...more }],
});

export async function openBulkWorld(): Promise<{ readonly world: SupplyWorld; readonly people: BulkTraders }> {
  const world = await SupplyWorld.open();
  const people = {
    maker: await world.person('PharmaMSP', 'manufacturer', 'manufacturer'),
    distributor: await world.person('DistributorMSP', 'distributor', 'distributor'),
    pharmacy: await world.person('HospitalMSP', 'pharmacist', 'pharmacy'),
  };
  await world.product(people.maker);
  const dates = { expiry: '270331', manufacturedOn: '2026-01-15' };
  const body = { gtin, lot: bulkLot, declaredQuantity: declared, serialised: false, ...dates };
  applied(await world.act(people.maker, 'registerLot', body));
  applied(await world.act(people.maker, 'commission', { gtin, lot: bulkLot, units: commissioned }));
  return { world, people };
}

/** Every value of a type on the ledger. */
export function storedIn<Fields>(world: SupplyWorld, type: string): Fields[] {
  return [...world.scenario.ledger.values.values()]
    .map((text) => JSON.parse(text) as { t: string })
    .filter(({ t }) => t === type) as Fields[];
}

export function balanceIn(world: SupplyWorld, { gln }: Person): ClassBalance['units'] {
  return storedIn<ClassBalance>(world, classBalanceType.name).find((balance) => balance.gln === gln)?.units ?? {};
}

/** @returns the shipment's id */
export async function shipOut(
  world: SupplyWorld,
  from: Person,
  to: Person,
  what: object,
  event = 'ship',
): Promise<string> {
  const shipmentId = randomUUID();
  applied(await world.act(from, event, { shipmentId, recipient: to.gln, ...what }));
  return shipmentId;
}
