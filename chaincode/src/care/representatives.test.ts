import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { applied, identityOf, type Identity } from '../ledger/scenario.fixture.ts';
import { representativeIdOf } from '../rules/index.ts';
import { CareWorld, home, originOf, type Person, type WorldPatient } from './careWorld.fixture.ts';

const endsAt = '2026-03-01T09:05:00Z';
const evidence = `b${'a'.repeat(58)}`;
const personId = randomUUID();
let world: CareWorld;
let zoe: WorldPatient;
let mother: Identity;
let ada: Person;
beforeEach(async () => {
  world = await CareWorld.open();
  zoe = await world.patient();
  mother = await identityOf(home);
  ada = await world.clinician('emergency');
});

function confirm(more: object = {}, by: Person = world.registrar) {
  const key = randomUUID();
  const representativeId = representativeIdOf(originOf(by, zoe.handle, key));
  const facts = { representativeId, personId, deviceKey: mother.deviceKey, relationship: 'PRN', evidence, endsAt };
  return world.act(zoe, by, 'confirmRepresentative', { ...facts, ...more }, { key });
}
async function confirmed(more: object = {}): Promise<string> {
  return applied<{ representativeId: string }>(await confirm(more)).representativeId;
}
const end = (representativeId: string, by: Identity = world.registrar) =>
  world.act(zoe, by, 'endRepresentative', { representativeId, deviceKey: mother.deviceKey });
const grantAs = (who: Identity) =>
  world.grant({ ...zoe, identity: who }, { kind: 'person', mspId: home, id: ada.staffId });
const check = (accessId: string) =>
  world.scenario.query(
    mother,
    'care.checkAccess',
    { patientId: zoe.patientId, home, accessId, accessorOrg: home, records: [] },
    { handle: zoe.handle },
  );

describe('a representative', () => {
  test('acts for the patient on the basis self, as themselves', async () => {
    await confirmed();
    const access = applied<{ accessId: string }>(await world.open(zoe, mother));
    expect(access).toMatchObject({ decision: 'permit', basis: [{ kind: 'self' }] });
    const stored = { access: { accessorId: personId, accessorRole: 'representative' } };
    expect(await check(access.accessId)).toMatchObject(stored);
    const { consentId } = applied<{ consentId: string }>(await grantAs(mother));
    const grantee = { kind: 'person', mspId: home, id: ada.staffId };
    applied(await world.act(zoe, mother, 'revokeConsent', { consentId, grantee }));
  });

  test('is nobody to another patient', async () => {
    await confirmed();
    const other = await world.patient();
    expect(await world.open(other, mother)).toMatchObject({ code: 'unknown_identity' });
    expect(await world.grant({ ...other, identity: mother }, { kind: 'everyone' })).toMatchObject({
      code: 'not_own_patient',
    });
  });

  test.each([
    ['the end', async () => void (world.scenario.now = Date.parse(endsAt))],
    ['an ending', async () => void applied(await end(await representation))],
    [
      'the patient’s death',
      async () => void applied(await world.act(zoe, world.registrar, 'changePatientStatus', { status: 'deceased' })),
    ],
  ])('does nothing more after %s; a running access is served no more', async (_, ends) => {
    representation = confirmed();
    await representation;
    const { accessId } = applied<{ accessId: string }>(await world.open(zoe, mother));
    await ends();
    expect(await world.open(zoe, mother)).toMatchObject({ code: 'unknown_identity' });
    expect(await grantAs(mother)).toMatchObject({ code: 'not_own_patient' });
    await expect(check(accessId)).rejects.toMatchObject({
      code: 'access_not_permitted',
    });
  });
  let representation: Promise<string>;

  test('may be confirmed again after an ending, and not twice at a time', async () => {
    const first = await confirmed();
    expect(await confirm()).toMatchObject({ code: 'already_exists' });
    applied(await end(first));
    expect(await end(first)).toMatchObject({ code: 'representation_ended' });
    await confirmed();
    applied(await world.open(zoe, mother));
    expect(await end(first)).toMatchObject({ code: 'representative_not_found' });
  });
});

describe('a representation', () => {
  test('is confirmed by a registrar of the home hospital and by nobody else', async () => {
    expect(await confirm({}, ada)).toMatchObject({ code: 'role_not_allowed' });
    const body = { representativeId: randomUUID(), personId, relationship: 'PRN', evidence, endsAt };
    const own = { ...body, deviceKey: mother.deviceKey };
    expect(await world.act(zoe, mother, 'confirmRepresentative', own)).toMatchObject({ code: 'unknown_identity' });
  });

  test.each([
    ['without the end that a parent’s has', { endsAt: undefined }, '/endsAt'],
    ['with an end that has passed', { endsAt: '2020-01-01T00:00:00Z' }, '/endsAt'],
    ['without evidence', { evidence: undefined }, '/evidence'],
    ['on no known ground', { relationship: 'FRND' }, '/relationship'],
    ['under another id than its own', { representativeId: randomUUID() }, '/representativeId'],
  ])('is refused %s', async (_, more, pointer) => {
    expect(await confirm(more)).toMatchObject({ code: 'validation_failed', pointer });
  });

  test('is none of the patient by themselves, nor of staff under the key of their work', async () => {
    for (const { deviceKey } of [zoe.identity, ada, world.administrator])
      expect(await confirm({ deviceKey })).toMatchObject({ code: 'validation_failed', pointer: '/deviceKey' });
  });

  test('by power of attorney needs no end and is taken back by the patient; a parent’s is not', async () => {
    const parent = await confirmed();
    expect(await end(parent, zoe.identity)).toMatchObject({ code: 'not_own_patient' });
    expect(await end(parent, ada)).toMatchObject({ code: 'role_not_allowed' });
    applied(await end(parent, mother));
    const power = await confirmed({ relationship: 'HPOWATT', endsAt: undefined });
    applied(await end(power, zoe.identity));
  });
});
