/** Crafted clients choose ids: none is taken that another fact has or may get. */
import { randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { applied, identityOf } from '../ledger/scenario.fixture.ts';
import { limits } from '../model/index.ts';
import { accessIdOf, consentIdOf, recordIdOf } from '../rules/index.ts';
import { CareWorld, home, originOf, toPerson, type Person, type WorldPatient } from './careWorld.fixture.ts';

describe('an id on the care chain', () => {
  let world: CareWorld;
  let cardiologist: Person;
  let cleo: Person;
  let zoe: WorldPatient;
  let adam: WorldPatient;

  beforeEach(async () => {
    world = await CareWorld.open();
    cardiologist = await world.clinician('cardiology');
    cleo = await world.clinician('neurology', await world.administratorOf('Hospital2MSP'));
    zoe = await world.patient();
    adam = await world.patient();
  });

  test('of a patient cannot be registered again under another handle', async () => {
    const again = { ...zoe, handle: randomBytes(16).toString('hex'), identity: await identityOf(home) };
    expect(await world.register(again)).toMatchObject({ code: 'handle_mismatch' });
  });

  test('of a patient goes with their handle alone, at other hospitals too', async () => {
    const madeUp = { ...zoe, handle: randomBytes(16).toString('hex') };
    expect(await world.open(madeUp, cleo)).toMatchObject({ code: 'handle_mismatch' });
    expect(await world.open({ ...adam, handle: zoe.handle }, cleo)).toMatchObject({ code: 'handle_mismatch' });
    expect(await world.open({ ...adam, handle: zoe.handle }, cardiologist)).toMatchObject({ code: 'handle_mismatch' });
  });

  test('of an access cannot be reused for another patient, by another person or with another command', async () => {
    const key = randomUUID();
    await world.open(zoe, cardiologist, {}, key);
    const accessId = accessIdOf(originOf(cardiologist, zoe.handle, key));
    const reused = { code: 'validation_failed', pointer: '/accessId' };
    expect(await world.open(adam, cardiologist, { accessId })).toMatchObject(reused);
    expect(await world.open(zoe, cleo, { accessId }, key)).toMatchObject(reused);
    expect(await world.open(zoe, cardiologist, { accessId })).toMatchObject(reused);
  });

  test('of a consent cannot be reused for another patient or for a grantee whose consents lie elsewhere', async () => {
    const key = randomUUID();
    applied(await world.grant(zoe, toPerson(cardiologist), {}, key));
    const consentId = consentIdOf(originOf(zoe.identity, zoe.handle, key), toPerson(cardiologist));
    const reused = { code: 'validation_failed', pointer: '/consentId' };
    expect(await world.grant(zoe, toPerson(cleo), { consentId }, key)).toMatchObject(reused);
    expect(await world.grant(adam, toPerson(cardiologist), { consentId }, key)).toMatchObject(reused);
  });

  test('of a record follows from its submitter and patient too, not from the command alone', () => {
    const key = randomUUID();
    const of = (who: Person, patient: WorldPatient) => recordIdOf(originOf(who, patient.handle, key), 0);
    const ids = [of(cardiologist, zoe), of(cleo, zoe), of(cardiologist, adam)];
    expect(new Set(ids).size).toBe(3);
  });
});

describe('a staff id', () => {
  test('is taken in care for supply too, also before an endorser who is no member there, and the other way', async () => {
    const world = await CareWorld.open();
    const cardiologist = await world.clinician('cardiology');
    const other = await world.administratorOf('Hospital2MSP');
    const register = async (staffId: string, role: string, endorser: string) => {
      const { deviceKey } = await identityOf('Hospital2MSP');
      const body = { staffId, deviceKey, role, sealingKey: 'A'.repeat(1622) };
      return world.scenario.submit(other, 'registry.registerStaff', body, { endorser });
    };
    const taken = { code: 'already_exists', pointer: '/staffId' };
    expect(await register(cardiologist.staffId, 'administrator', 'PharmaMSP')).toMatchObject(taken);
    expect(await register(world.administrator.staffId, 'clinician', 'RegulatorMSP')).toMatchObject(taken);
    applied(await register(randomUUID(), 'administrator', 'PharmaMSP'));
  });
});

describe('a consent', () => {
  test('that denies is taken by a full bucket, which it closes until it is revoked', async () => {
    const world = await CareWorld.open();
    const cardiologist = await world.clinician('cardiology');
    const zoe = await world.patient();
    const grantee = toPerson(cardiologist);
    for (let index = 0; index < limits.rulesPerBucket; index += 1) applied(await world.grant(zoe, grantee));
    expect(await world.grant(zoe, grantee)).toMatchObject({ code: 'bucket_full' });
    const asked = { categories: ['lab_result'] };
    applied(await world.open(zoe, cardiologist, asked));
    const { consentId } = applied<{ consentId: string }>(
      await world.grant(zoe, grantee, { decision: 'deny', categories: ['allergy'] }),
    );
    expect(await world.grant(zoe, grantee)).toMatchObject({ code: 'bucket_full' });
    const before = await world.open(zoe, cardiologist, asked);
    applied(await world.act(zoe, zoe.identity, 'revokeConsent', { consentId, grantee }));
    const after = await world.open(zoe, cardiologist, asked);
    expect([before, after]).toMatchObject([{ code: 'consent_denied' }, { status: 'applied' }]);
  }, 60_000);

  test('permits nothing to a person who is suspended, and denies them all the same', async () => {
    const world = await CareWorld.open();
    const cardiologist = await world.clinician('cardiology');
    const zoe = await world.patient();
    const body = { staffId: cardiologist.staffId, role: 'clinician' };
    applied(await world.scenario.submit(world.administrator, 'registry.suspendStaff', body));
    expect(await world.grant(zoe, toPerson(cardiologist))).toMatchObject({
      code: 'grantee_suspended',
      pointer: '/grantee/id',
    });
    applied(await world.grant(zoe, toPerson(cardiologist), { decision: 'deny' }));
  });
});
