import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { applied, type Identity } from '../ledger/scenario.fixture.ts';
import { accessRequestIdOf, consentIdOf } from '../rules/index.ts';
import { CareWorld, home, originOf, toPerson, type Person, type WorldPatient } from './careWorld.fixture.ts';

describe('a request for access', () => {
  let world: CareWorld;
  let patient: WorldPatient;
  let ada: Person;
  let ben: Person;
  let cleo: Person;

  beforeAll(async () => {
    world = await CareWorld.open();
    ada = await world.clinician('cardiology');
    ben = await world.clinician('emergency');
    cleo = await world.clinician('oncology', await world.administratorOf('Hospital2MSP'));
  });
  beforeEach(async () => {
    patient = await world.patient();
  });

  function ask(who: Identity, more: object = {}) {
    const key = randomUUID();
    const requestId = accessRequestIdOf(originOf(who, patient.handle, key));
    const wanted = { purposeOfUse: 'TREAT', categories: ['lab_result'], days: 30, sealedReason: 'AA' };
    return world.act(patient, who, 'requestAccess', { requestId, ...wanted, ...more }, { key });
  }
  const asked = async (who: Identity, more?: object) =>
    (applied(await ask(who, more)) as { requestId: string }).requestId;
  const deny = (requestId: string, requesterOrg: string = home) =>
    world.act(patient, patient.identity, 'denyAccessRequest', { requestId, requesterOrg });
  const approve = (requestId: string, who: Person) =>
    world.grant(patient, toPerson(who), { requestId, categories: ['lab_result'] });

  test('gives no right until the patient’s consent answers it, in the same transaction', async () => {
    for (const who of [ada, cleo]) {
      const requestId = await asked(who);
      expect(await world.open(patient, who)).toMatchObject({ code: 'consent_missing' });
      applied(await approve(requestId, who));
      expect(applied(await world.open(patient, who))).toMatchObject({ decision: 'permit' });
    }
  });

  test('is answered by a consent to the department of who asked too, and of nobody else', async () => {
    for (const who of [ada, cleo]) {
      const requestId = await asked(who);
      const toDepartment = (mspId: string, id: string) =>
        world.grant(patient, { kind: 'department', mspId, id }, { requestId, categories: ['lab_result'] });
      const other = who === ada ? 'emergency' : 'surgery';
      expect(await toDepartment(who.mspId, other)).toMatchObject({ code: 'validation_failed', pointer: '/grantee' });
      applied(await toDepartment(who.mspId, who === ada ? 'cardiology' : 'oncology'));
      expect(applied(await world.open(patient, who))).toMatchObject({ decision: 'permit' });
    }
  });

  test('that refers the patient is answered by a consent to the receiving department, and to nobody else', async () => {
    const requestId = await asked(ada, { receivingDepartment: 'emergency' });
    const toDepartment = (mspId: string, id: string) =>
      world.grant(patient, { kind: 'department', mspId, id }, { requestId, categories: ['lab_result'] });
    const elsewhere = { code: 'validation_failed', pointer: '/grantee' };
    expect(await approve(requestId, ada)).toMatchObject(elsewhere);
    expect(await toDepartment(home, 'cardiology')).toMatchObject(elsewhere);
    expect(await toDepartment('Hospital2MSP', 'emergency')).toMatchObject({ code: 'request_not_found' });
    applied(await toDepartment(home, 'emergency'));
    expect(applied(await world.open(patient, ben))).toMatchObject({ decision: 'permit' });
    expect(await world.open(patient, ada)).toMatchObject({ code: 'consent_missing' });
  });

  test('is answered once: by an approval, a denial or its withdrawal', async () => {
    const answers = [
      (id: string) => approve(id, ada),
      (id: string) => deny(id),
      (id: string) => world.act(patient, ada, 'withdrawAccessRequest', { requestId: id }),
    ];
    for (const first of answers) {
      const requestId = await asked(ada);
      applied(await first(requestId));
      for (const second of answers)
        expect(await second(requestId)).toMatchObject({ code: 'request_already_answered', httpStatus: 409 });
    }
  });

  test('of two answers at the same time one is invalid', async () => {
    const requestId = await asked(ada);
    const { handle, patientId, identity } = patient;
    const key = randomUUID();
    const consentId = consentIdOf(originOf(identity, handle, key), toPerson(ada));
    const grant = { consentId, grantee: toPerson(ada), decision: 'permit', level: 'read', wraps: [], requestId };
    const approval = await world.scenario.endorse(identity, [
      world.scenario.command('care.grantConsent', { patientId, home, ...grant }, { handle, key }),
    ]);
    applied(await deny(requestId));
    expect(world.scenario.ledger.commit(approval.simulation)).toBe('MVCC_READ_CONFLICT');
    expect(await world.open(patient, ada)).toMatchObject({ code: 'consent_missing' });
  });

  test('lapses after 14 days', async () => {
    const requestId = await asked(ada);
    const before = world.scenario.now;
    world.scenario.now += 14 * 24 * 3600_000;
    expect(await approve(requestId, ada)).toMatchObject({ code: 'request_lapsed', httpStatus: 410 });
    world.scenario.now -= 1;
    applied(await approve(requestId, ada));
    world.scenario.now = before;
  });

  test('is approved only by a permission for who asked, and answered only by the patient', async () => {
    const requestId = await asked(ada);
    expect(await approve(requestId, ben)).toMatchObject({ code: 'validation_failed', pointer: '/grantee' });
    const denial = world.grant(patient, toPerson(ada), { requestId, decision: 'deny' });
    expect(await denial).toMatchObject({ code: 'validation_failed', pointer: '/requestId' });
    const stranger = { requestId, requesterOrg: home };
    expect(await world.act(patient, ben, 'denyAccessRequest', stranger)).toMatchObject({ code: 'not_own_patient' });
    expect(await world.act(patient, ben, 'withdrawAccessRequest', { requestId })).toMatchObject({
      code: 'request_not_found',
    });
    expect(await deny(randomUUID())).toMatchObject({ code: 'request_not_found' });
  });

  test('is for clinicians with a licence: others may not ask', async () => {
    expect(await ask(world.registrar)).toMatchObject({ code: 'role_not_allowed' });
    expect(await ask(patient.identity)).toMatchObject({ code: 'unknown_identity' });
  });

  test('of a clinician of another hospital lies in exchange_H only', async () => {
    const before = new Set(world.scenario.ledger.values.keys());
    await asked(cleo);
    const written = [...world.scenario.ledger.values.keys()].filter((address) => !before.has(address));
    expect(written.length).toBeGreaterThan(0);
    expect(written.every((address) => address.startsWith('exchange_HospitalMSP'))).toBe(true);
  });
});
