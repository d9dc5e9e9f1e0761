import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { applied, identityOf, type Identity } from '../ledger/scenario.fixture.ts';
import { gtin, lot, serialsOf, SupplyWorld, type Person } from '../supply/supplyWorld.fixture.ts';

const period = { validFrom: '2026-01-01T00:00:00Z', validUntil: '2030-01-01T00:00:00Z' };

describe('a licence is asked for and decided', () => {
  let world: SupplyWorld;
  let administrator: Identity;
  let maker: Person;
  let distributor: Person;
  let requestId: string;
  const submit = (identity: Identity, verb: string, body: object) =>
    world.scenario.submit(identity, `registry.${verb}`, body);

  beforeEach(async () => {
    world = await SupplyWorld.open();
    maker = await world.person('PharmaMSP', 'manufacturer', 'manufacturer');
    distributor = await world.person('PharmaMSP', 'distributor');
    administrator = await identityOf('PharmaMSP');
    const staff = { staffId: randomUUID(), deviceKey: administrator.deviceKey, role: 'administrator' };
    applied(await submit(await identityOf('PharmaMSP', 'admin'), 'registerStaff', staff));
    requestId = randomUUID();
    applied(await submit(administrator, 'requestLicence', { requestId, kind: 'distributor', gln: distributor.gln }));
  });

  const approval = (more: object = {}) => ({
    ...{ requestId, licenceId: randomUUID(), reason: 'inspection_passed', ...period, ...more },
  });

  test('only for own premises, and only by an administrator', async () => {
    const stranger = await world.person('DistributorMSP', 'distributor');
    const foreign = { requestId: randomUUID(), kind: 'distributor', gln: stranger.gln };
    expect(await submit(administrator, 'requestLicence', foreign)).toMatchObject({ code: 'organization_not_allowed' });
    expect(await submit(distributor.identity, 'requestLicence', { ...foreign, gln: distributor.gln })).toMatchObject({
      code: 'role_not_allowed',
    });
  });

  test('by the regulator alone, once: approved, it licenses at once', async () => {
    expect(await submit(administrator, 'approveLicenceRequest', approval())).toMatchObject({
      code: 'role_not_allowed',
    });
    applied(await submit(world.inspector.identity, 'approveLicenceRequest', approval()));
    expect(
      await submit(world.inspector.identity, 'denyLicenceRequest', { requestId, reason: 'not_eligible' }),
    ).toMatchObject({ code: 'wrong_state' });
    await world.product(maker);
    applied(await world.act(maker, 'commission', { gtin, lot, serials: serialsOf(2) }));
    const packs = [{ gtin, lot, segment: 0, serials: serialsOf(1) }];
    applied(await world.act(maker, 'ship', { shipmentId: randomUUID(), recipient: distributor.gln, packs }));
  });

  test('denied or withdrawn, it licenses nobody', async () => {
    applied(await submit(administrator, 'withdrawLicenceRequest', { requestId }));
    expect(await submit(world.inspector.identity, 'approveLicenceRequest', approval())).toMatchObject({
      code: 'wrong_state',
    });
  });

  test('a licence that covers some events is none for the others', async () => {
    applied(await submit(world.inspector.identity, 'approveLicenceRequest', approval({ covers: ['receive'] })));
    await world.product(maker);
    applied(await world.act(maker, 'commission', { gtin, lot, serials: serialsOf(2) }));
    const packs = [{ gtin, lot, segment: 0, serials: serialsOf(1) }];
    const shipmentId = randomUUID();
    applied(await world.act(maker, 'ship', { shipmentId, recipient: distributor.gln, packs }));
    applied(await world.act(distributor, 'receive', { shipmentId, packs }));
    const onward = { shipmentId: randomUUID(), recipient: maker.gln, packs };
    expect(await world.act(distributor, 'ship', onward)).toMatchObject({ code: 'licence_required' });
  });

  test('suspended, it blocks the very next act of the premises', async () => {
    const given = approval();
    applied(await submit(world.inspector.identity, 'approveLicenceRequest', given));
    const change = { licenceId: given.licenceId, gln: distributor.gln, change: 'suspend' };
    applied(await submit(world.inspector.identity, 'changeLicence', change));
    const packs = [{ gtin, lot, segment: 0, serials: serialsOf(1) }];
    await world.product(maker);
    applied(await world.act(maker, 'commission', { gtin, lot, serials: serialsOf(2) }));
    expect(
      await world.act(maker, 'ship', { shipmentId: randomUUID(), recipient: distributor.gln, packs }),
    ).toMatchObject({ code: 'recipient_not_licensed' });
    expect(await world.act(distributor, 'lock', { packs, reason: 'suspect' })).toMatchObject({
      code: 'licence_suspended',
    });
  });
});
