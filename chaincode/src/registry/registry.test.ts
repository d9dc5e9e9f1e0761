import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { applied, identityOf, Scenario, type Identity } from '../ledger/scenario.fixture.ts';

describe('the registry decides who acts', () => {
  let scenario: Scenario;
  let regulatorMsp: Identity;
  let inspector: Identity;
  let administrator: Identity;

  const staff = (identity: Identity, role: string, more: object = {}) => ({
    staffId: randomUUID(),
    deviceKey: identity.deviceKey,
    role,
    ...more,
  });
  const premises = {
    gln: '9506000134352',
    name: 'Plant',
    kind: 'plant',
    latitudeE6: 48_208_176,
    longitudeE6: 16_373_819,
    country: 'AT',
  };
  const licence = (validUntil = '2027-01-01T00:00:00Z') => ({
    licenceId: randomUUID(),
    kind: 'manufacturer',
    gln: premises.gln,
    validFrom: '2026-01-01T00:00:00Z',
    validUntil,
  });

  beforeEach(async () => {
    scenario = new Scenario();
    regulatorMsp = await identityOf('RegulatorMSP', 'admin');
    const pharmaMsp = await identityOf('PharmaMSP', 'admin');
    const regulatorAdministrator = await identityOf('RegulatorMSP');
    inspector = await identityOf('RegulatorMSP');
    administrator = await identityOf('PharmaMSP');
    applied(
      await scenario.submit(regulatorMsp, 'registry.registerStaff', staff(regulatorAdministrator, 'administrator')),
    );
    applied(await scenario.submit(regulatorAdministrator, 'registry.registerStaff', staff(inspector, 'inspector')));
    applied(await scenario.submit(pharmaMsp, 'registry.registerStaff', staff(administrator, 'administrator')));
    applied(await scenario.submit(administrator, 'registry.registerPremises', premises));
  });

  test("an MSP administrator's certificate registers administrators and nobody else", async () => {
    const outcome = await scenario.submit(regulatorMsp, 'registry.registerStaff', staff(inspector, 'inspector'));
    expect(outcome).toMatchObject({ status: 'refused', code: 'role_not_allowed', httpStatus: 403 });
  });

  test('a certificate without a registered device key is nobody', async () => {
    const stranger = await identityOf('PharmaMSP');
    const outcome = await scenario.submit(stranger, 'registry.registerPremises', premises);
    expect(outcome).toMatchObject({ status: 'refused', code: 'unknown_identity', httpStatus: 401 });
  });

  test('a role exists only at an organisation of its kind', async () => {
    const outcome = await scenario.submit(
      administrator,
      'registry.registerStaff',
      staff(await identityOf('PharmaMSP'), 'clinician'),
    );
    expect(outcome).toMatchObject({ code: 'organization_not_allowed', pointer: '/role' });
  });

  test('an organisation reinstates whom it suspended itself, and nobody whom the regulator suspended, before it or after', async () => {
    const ships = staff(await identityOf('PharmaMSP'), 'distributor');
    applied(await scenario.submit(administrator, 'registry.registerStaff', ships));
    const { staffId, role } = ships;
    const change = (who: Identity, verb: string) => scenario.submit(who, `registry.${verb}Staff`, { staffId, role });
    applied(await change(administrator, 'suspend'));
    expect(await change(administrator, 'suspend')).toMatchObject({ code: 'wrong_state' });
    applied(await change(administrator, 'reinstate'));
    applied(await change(administrator, 'suspend'));
    applied(await change(inspector, 'suspend'));
    expect(await change(inspector, 'suspend')).toMatchObject({ code: 'wrong_state' });
    expect(await change(administrator, 'reinstate')).toMatchObject({ code: 'organization_not_allowed' });
    applied(await change(inspector, 'reinstate'));
    expect(await change(inspector, 'reinstate')).toMatchObject({ code: 'wrong_state' });
    applied(await change(administrator, 'suspend'));
  });

  test('only the regulator grants and suspends licences; a revoked one stays revoked', async () => {
    const granted = licence();
    expect(await scenario.submit(administrator, 'registry.grantLicence', granted)).toMatchObject({
      code: 'role_not_allowed',
    });
    applied(await scenario.submit(inspector, 'registry.grantLicence', granted));
    const change = (kind: string) =>
      scenario.submit(inspector, 'registry.changeLicence', {
        licenceId: granted.licenceId,
        gln: granted.gln,
        change: kind,
      });
    applied(await change('suspend'));
    applied(await change('reinstate'));
    applied(await change('revoke'));
    expect(await change('reinstate')).toMatchObject({ code: 'wrong_state', httpStatus: 409 });
  });

  test('the same command with the same key is applied once; with another body it is refused', async () => {
    const granted = licence();
    applied(await scenario.submit(inspector, 'registry.grantLicence', granted, { key: 'k' }));
    expect(await scenario.submit(inspector, 'registry.grantLicence', granted, { key: 'k' })).toMatchObject({
      status: 'replayed',
      result: { licenceId: granted.licenceId },
    });
    expect(await scenario.submit(inspector, 'registry.grantLicence', licence(), { key: 'k' })).toMatchObject({
      code: 'idempotency_key_reused',
      httpStatus: 422,
    });
  });

  test('with a fingerprint a repeat is known by it, however its body was sealed', async () => {
    const fingerprint = 'a'.repeat(64);
    const first = licence();
    const grant = (body: object, print: string) =>
      scenario.submit(inspector, 'registry.grantLicence', body, { key: 'k', fingerprint: print });
    applied(await grant(first, fingerprint));
    expect(await grant(licence(), fingerprint)).toMatchObject({
      status: 'replayed',
      result: { licenceId: first.licenceId },
    });
    expect(await grant(first, 'b'.repeat(64))).toMatchObject({ code: 'idempotency_key_reused' });
  });

  test('of a list each command is decided by itself, and sees what the earlier ones wrote', async () => {
    const granted = licence();
    const { outcome } = await scenario.endorse(inspector, [
      scenario.command('registry.grantLicence', granted),
      scenario.command('registry.grantLicence', granted),
      scenario.command('registry.changeLicence', { licenceId: granted.licenceId, gln: granted.gln, change: 'suspend' }),
    ]);
    expect(outcome.outcomes.map(({ status }) => status)).toEqual(['applied', 'refused', 'applied']);
    expect(outcome.writes).toBe(3);
  });

  test('two transactions that read the same state cannot both commit', async () => {
    const first = await scenario.endorse(inspector, [scenario.command('registry.grantLicence', licence())]);
    const second = await scenario.endorse(inspector, [scenario.command('registry.grantLicence', licence())]);
    expect(scenario.ledger.commit(first.simulation)).toBe('VALID');
    expect(scenario.ledger.commit(second.simulation)).toBe('MVCC_READ_CONFLICT');
  });

  test('an unknown field, a missing field and a wrong check digit are refused with their pointer', async () => {
    const submit = (body: object) => scenario.submit(administrator, 'registry.registerPremises', body);
    expect(await submit({ ...premises, colour: 'red' })).toMatchObject({
      code: 'validation_failed',
      pointer: '/colour',
    });
    expect(await submit({ ...premises, gln: '9506000134353' })).toMatchObject({ pointer: '/gln' });
    const { name: _, ...nameless } = premises;
    expect(await submit(nameless)).toMatchObject({ pointer: '/name', detail: 'is required' });
  });

  test('a transaction time more than 60 s from the endorser’s clock is refused', async () => {
    const query = () => scenario.query(inspector, 'registry.findPremises', { gln: premises.gln });
    scenario.endorserAheadMs = 60_000;
    await expect(query()).resolves.toMatchObject({ premises: { gln: premises.gln } });
    scenario.endorserAheadMs = 60_001;
    await expect(query()).rejects.toMatchObject({ code: 'clock_skew' });
    scenario.endorserAheadMs = -60_001;
    await expect(query()).rejects.toMatchObject({ code: 'clock_skew' });
  });
});
