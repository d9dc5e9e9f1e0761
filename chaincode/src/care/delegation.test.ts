import { randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { applied } from '../ledger/scenario.fixture.ts';
import { limits, type Grantee } from '../model/index.ts';
import { accessIdOf } from '../rules/index.ts';
import { CareWorld, home, originOf, toPerson, type Person, type WorldPatient } from './careWorld.fixture.ts';

const away = 'Hospital2MSP';
const icu: Grantee = { kind: 'department', mspId: home, id: 'icu' };

describe('a consent that is passed on', () => {
  let world: CareWorld;
  let patient: WorldPatient;
  let ada: Person;
  let ben: Person;
  let ian: Person;
  let cleo: Person;
  let dora: Person;
  beforeAll(async () => {
    world = await CareWorld.open();
    ada = await world.clinician('cardiology');
    ben = await world.clinician('emergency');
    ian = await world.clinician('icu');
    const administrator = await world.administratorOf(away);
    cleo = await world.clinician('neurology', administrator);
    dora = await world.clinician('oncology', administrator);
  });
  beforeEach(async () => {
    patient = await world.patient();
  });

  const idOf = (outcome: Parameters<typeof applied>[0]) => (applied(outcome) as { consentId: string }).consentId;
  const granted = async (to: Person, more: object = {}) =>
    idOf(await world.grant(patient, toPerson(to), { mayDelegate: 1, ...more }));
  const passedOn = async (by: Person, parentId: string, to: Grantee, more: object = {}) =>
    idOf(await world.delegate(patient, by, parentId, to, more));
  const revoke = (who: Person | WorldPatient['identity'], consentId: string, grantee: Grantee) =>
    world.act(patient, who, 'revokeConsent', { consentId, grantee });
  const missing = { code: 'consent_missing' };

  test('opens to the next what the holder may open, at both hospitals', async () => {
    const atHome = await passedOn(ada, await granted(ada), icu);
    expect(applied(await world.open(patient, ian))).toMatchObject({
      basis: [{ kind: 'consent', consentId: atHome }],
    });
    const elsewhere = await passedOn(cleo, await granted(cleo), toPerson(dora));
    expect(applied(await world.open(patient, dora))).toMatchObject({
      basis: [{ kind: 'consent', consentId: elsewhere }],
    });
    expect(await world.open(patient, ben)).toMatchObject(missing);
  });

  test('ends for the next request when any consent above it is revoked', async () => {
    const first = await granted(ada, { mayDelegate: 2 });
    const second = await passedOn(ada, first, toPerson(ben), { mayDelegate: 1 });
    await passedOn(ben, second, icu);
    applied(await world.open(patient, ian));
    applied(await revoke(patient.identity, first, toPerson(ada)));
    for (const each of [ada, ben, ian]) expect(await world.open(patient, each)).toMatchObject(missing);
  });

  test('a revocation of a consent above it invalidates an access that is in flight', async () => {
    const first = await granted(ada);
    await passedOn(ada, first, icu);
    const { scenario } = world;
    const { patientId, handle } = patient;
    const accessId = accessIdOf(originOf(ian, handle, 'in flight'));
    const access = { patientId, home, accessId, purposeOfUse: 'TREAT', categories: ['lab_result'] };
    const command = scenario.command('care.openAccess', access, { handle, key: 'in flight' });
    const { simulation } = await scenario.endorse(ian, [command]);
    applied(await revoke(patient.identity, first, toPerson(ada)));
    expect(scenario.ledger.commit(simulation)).toBe('MVCC_READ_CONFLICT');
  });

  test('is taken back by who passed it on, and by the patient, a branch at a time', async () => {
    const first = await granted(ada);
    const toIcu = await passedOn(ada, first, icu);
    const toBen = await passedOn(ada, first, toPerson(ben));
    expect(await revoke(ben, toIcu, icu)).toMatchObject({ code: 'not_own_patient' });
    applied(await revoke(ada, toIcu, icu));
    expect(await world.open(patient, ian)).toMatchObject(missing);
    applied(await world.open(patient, ben));
    applied(await revoke(patient.identity, toBen, toPerson(ben)));
    expect(await world.open(patient, ben)).toMatchObject(missing);
    applied(await world.open(patient, ada));
    expect(await revoke(ada, first, toPerson(ada))).toMatchObject({ code: 'not_own_patient' });
  });

  test('counts an access on its own maximum and on those above it', async () => {
    const first = await granted(ada, { maxAccesses: 2 });
    await passedOn(ada, first, icu);
    const counted = { counted: true };
    expect(await world.open(patient, ian)).toMatchObject({ code: 'counted_basis' });
    applied(await world.open(patient, ian, counted));
    applied(await world.open(patient, ada, counted));
    for (const each of [ian, ada]) expect(await world.open(patient, each, counted)).toMatchObject(missing);
  });

  test('opens nothing that is denied to a holder above it', async () => {
    await passedOn(ada, await granted(ada), icu);
    applied(await world.open(patient, ian));
    applied(await world.grant(patient, toPerson(ada), { decision: 'deny', categories: ['lab_result'] }));
    expect(await world.open(patient, ian)).toMatchObject(missing);
    applied(await world.open(patient, ian, { categories: ['vitals'] }));
  });

  test('denies nothing: what the patient permits stays permitted', async () => {
    const from = await granted(ada, { exceptions: [{ categories: ['lab_result'] }] });
    await passedOn(ada, from, icu);
    applied(await world.grant(patient, icu));
    applied(await world.open(patient, ian));
  });

  test('is passed on only by whom it names, as often as it says, and not across the border of the home hospital', async () => {
    const first = await granted(ada);
    expect(await world.delegate(patient, ben, first, icu)).toMatchObject({ code: 'consent_not_found' });
    expect(await world.delegate(patient, ada, first, toPerson(cleo))).toMatchObject({
      code: 'organization_not_allowed',
      pointer: '/grantee/mspId',
    });
    expect(await world.delegate(patient, ada, first, icu, { mayDelegate: 1 })).toMatchObject({
      code: 'delegation_not_allowed',
    });
    const second = await passedOn(ada, first, toPerson(ben));
    expect(await world.delegate(patient, ben, second, icu)).toMatchObject({ code: 'delegation_not_allowed' });
    const silent = idOf(await world.grant(patient, toPerson(ben)));
    expect(await world.delegate(patient, ben, silent, icu)).toMatchObject({ code: 'delegation_not_allowed' });
    applied(await revoke(patient.identity, first, toPerson(ada)));
    expect(await world.delegate(patient, ada, first, icu)).toMatchObject({ code: 'consent_already_ended' });
  });

  test('hands over a seed only where everything above it covers the whole category', async () => {
    const wrap = { wrapId: randomUUID(), kind: 'seed', category: 'lab_result', confidentiality: 'N', epoch: 0 };
    const wraps = [{ ...wrap, recipient: `${home}/icu`, sealed: 'AA' }];
    const narrow = await granted(ada, { period: { start: '2025' } });
    expect(await world.delegate(patient, ada, narrow, icu, { wraps })).toMatchObject({
      code: 'validation_failed',
      pointer: '/wraps/0/kind',
    });
    applied(await world.delegate(patient, ada, await granted(ada), icu, { wraps }));
  });

  test('of one that ended with a consent above it, or by who may delegate no more, nobody is handed further keys', async () => {
    const wraps = (): object[] => [
      {
        wrapId: randomUUID(),
        kind: 'seed',
        category: 'lab_result',
        confidentiality: 'N',
        epoch: 0,
        recipient: `${home}/icu`,
        sealed: 'AA',
      },
    ];
    const first = await granted(ada, { mayDelegate: 2 });
    const second = await passedOn(ada, first, toPerson(ben), { mayDelegate: 1 });
    const third = await passedOn(ben, second, icu);
    const add = (who: Person | WorldPatient['identity']) =>
      world.act(patient, who, 'addWraps', { consentId: third, wraps: wraps() });
    applied(await add(ben));
    applied(await revoke(patient.identity, first, toPerson(ada)));
    for (const who of [ben, patient.identity]) expect(await add(who)).toMatchObject({ code: 'consent_already_ended' });

    const gone = await world.clinician('surgery');
    const fourth = await passedOn(gone, await granted(gone), icu);
    const { scenario } = world;
    const before = scenario.now;
    scenario.now = Date.parse('2027-06-01T00:00:00Z');
    expect(await world.act(patient, gone, 'addWraps', { consentId: fourth, wraps: wraps() })).toMatchObject({
      code: 'licence_expired',
    });
    applied(await revoke(gone, fourth, icu));
    scenario.now = before;
  });

  test('passing on and taking back again does not make decisions grow without end', async () => {
    const first = await granted(ada);
    for (let round = 0; round < limits.stopsBesideDelegated; round += 1)
      applied(await revoke(ada, await passedOn(ada, first, icu), icu));
    expect(await world.delegate(patient, ada, first, icu)).toMatchObject({ code: 'bucket_full' });
    applied(await world.grant(patient, icu));
    applied(await world.open(patient, ian));
  }, 60_000);

  test('names each purpose, category and confidentiality once, and so does an access: no list outgrows its vocabulary', async () => {
    const first = await granted(ada);
    for (const [member, value] of [
      ['purposes', 'TREAT'],
      ['categories', 'lab_result'],
      ['confidentialities', 'N'],
    ] as const)
      expect(
        await world.delegate(patient, ada, first, icu, { [member]: Array.from({ length: 10_000 }, () => value) }),
      ).toMatchObject({ code: 'validation_failed', pointer: `/${member}` });
    expect(await world.open(patient, ada, { categories: ['lab_result', 'lab_result'] })).toMatchObject({
      code: 'validation_failed',
      pointer: '/categories',
    });
  });

  test('a consent to everyone is not passed on', async () => {
    expect(await world.grant(patient, { kind: 'everyone' }, { mayDelegate: 1 })).toMatchObject({
      code: 'delegation_not_allowed',
      pointer: '/mayDelegate',
    });
  });
});
