import { beforeEach, describe, expect, test } from '@jest/globals';
import { applied, identityOf, type Identity } from '../ledger/scenario.fixture.ts';
import type { Lot } from '../model/index.ts';
import type { Verification } from '../rules/index.ts';
import { gtin, lot, SupplyWorld, type Person } from './supplyWorld.fixture.ts';

let world: SupplyWorld;
let maker: Person;
beforeEach(async () => {
  world = await SupplyWorld.open();
  maker = await world.person('PharmaMSP', 'manufacturer', 'manufacturer');
  await world.product(maker);
}, 60_000);

describe('a lot after its registration', () => {
  const found = async () => (await world.query<{ lot: Lot }>(maker, 'findLot', { gtin, lot })).lot;

  test('is released once, by its maker', async () => {
    const stranger = await world.person('DistributorMSP', 'manufacturer', 'manufacturer');
    expect(await world.act(stranger, 'certifyLot', { gtin, lot })).toMatchObject({ code: 'organization_not_allowed' });
    applied(await world.act(maker, 'certifyLot', { gtin, lot, certificateHash: 'ab'.repeat(32) }));
    expect((await found()).certifiedAt).toBeDefined();
    expect(await world.act(maker, 'certifyLot', { gtin, lot })).toMatchObject({ code: 'already_exists' });
  });

  test('gets a later last day; what is printed stays, and verification says that it was extended', async () => {
    applied(await world.act(maker, 'commission', { gtin, lot, serials: ['S1'] }));
    expect(await world.act(maker, 'extendExpiry', { gtin, lot, expiresOn: '2027-03-31' })).toMatchObject({
      code: 'validation_failed',
      pointer: '/expiresOn',
    });
    applied(await world.act(maker, 'extendExpiry', { gtin, lot, expiresOn: '2027-09-30' }));
    expect(await found()).toMatchObject({ expiry: '270331', expiresOn: '2027-09-30' });
    world.scenario.now = Date.parse('2027-06-01T00:00:00Z');
    const asked = { gtin, serial: 'S1', knownLot: lot, segment: 0, expiry: '270331', context: 'inspection' };
    const verification = await world.query<Verification>(maker, 'verify', asked);
    expect(verification).toMatchObject({ isAuthentic: true, status: { verdict: 'usable' } });
  });

  test('is neither released nor extended after its recall', async () => {
    const recall = {
      recallId: '00000000-0000-4000-8000-000000000001',
      kind: 'recall',
      recallClass: 'I',
      depth: 'retail',
    };
    applied(await world.act(maker, 'recall', { ...recall, gtin, lots: [lot] }));
    expect(await world.act(maker, 'certifyLot', { gtin, lot })).toMatchObject({ code: 'lot_recalled' });
    expect(await world.act(maker, 'extendExpiry', { gtin, lot, expiresOn: '2029-01-31' })).toMatchObject({
      code: 'lot_recalled',
    });
  });
});

describe('what gateways tell of verifications', () => {
  let gateway: Identity;
  const hour = (index: number): string => new Date(Date.UTC(2026, 2, 1, index)).toISOString();
  const anchor = (sequence: number, since: number, until: number) =>
    world.scenario.submit(gateway, 'supply.anchorVerifications', {
      sequence,
      size: 10,
      root: 'ab'.repeat(32),
      since: hour(since),
      until: hour(until),
    });
  beforeEach(async () => {
    gateway = await identityOf('HospitalMSP');
  });

  test('roots follow each other without gap or overlap and are never replaced', async () => {
    expect(await anchor(2, 1, 2)).toMatchObject({ code: 'version_conflict' });
    applied(await anchor(1, 1, 2));
    expect(await anchor(1, 1, 2)).toMatchObject({ code: 'already_exists' });
    expect(await anchor(2, 1, 3)).toMatchObject({ code: 'validation_failed', pointer: '/since' });
    expect(await anchor(2, 3, 3)).toMatchObject({ code: 'validation_failed', pointer: '/until' });
    applied(await anchor(2, 5, 6));
  });

  test('each organisation has its own sequence', async () => {
    applied(await anchor(1, 1, 2));
    gateway = await identityOf('PharmaMSP');
    applied(await anchor(1, 1, 2));
  });

  test('guessing opens one alert an organisation, product and day, which the maker sees', async () => {
    const report = async () =>
      applied<{ recorded: boolean; alertId: string }>(
        await world.scenario.submit(gateway, 'supply.reportGuessing', {
          gtin,
          failures: 20,
          eventTime: new Date(world.scenario.now).toISOString(),
        }),
      );
    const [first, again] = [await report(), await report()];
    expect([first.recorded, again.recorded]).toEqual([true, false]);
    expect(again.alertId).toBe(first.alertId);
    world.scenario.now += 24 * 3_600_000;
    expect((await report()).recorded).toBe(true);
  });
});
