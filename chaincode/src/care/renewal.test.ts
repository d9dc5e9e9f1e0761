import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { applied } from '../ledger/scenario.fixture.ts';
import { consentType, type Consent } from '../model/index.ts';
import { CareWorld, toPerson, type Person, type WorldPatient } from './careWorld.fixture.ts';

describe('a consent that follows another', () => {
  let world: CareWorld;
  let patient: WorldPatient;
  let ada: Person;
  let ben: Person;
  beforeAll(async () => {
    world = await CareWorld.open();
    ada = await world.clinician('cardiology');
    ben = await world.clinician('emergency');
  });
  beforeEach(async () => {
    patient = await world.patient();
  });

  const soon = () => new Date(world.scenario.now + 60_000).toISOString();
  const later = () => new Date(world.scenario.now + 3600_000).toISOString();
  const granted = async (to: Person, more: object = {}) =>
    (applied(await world.grant(patient, toPerson(to), more)) as { consentId: string }).consentId;

  test('names it, and holds when that has expired', async () => {
    const first = await granted(ada, { expiresAt: soon() });
    const second = await granted(ada, { expiresAt: later(), renews: first });
    const stored = [...world.scenario.ledger.values.values()].map(
      (value) => JSON.parse(value) as Consent & { t: string },
    );
    expect(stored.find(({ t, consentId }) => t === consentType.name && consentId === second)).toMatchObject({
      renews: first,
    });
    world.scenario.now += 60_000;
    expect(applied(await world.open(patient, ada))).toMatchObject({ basis: [{ kind: 'consent', consentId: second }] });
    applied(await world.grant(patient, toPerson(ada), { expiresAt: later(), renews: first }));
  });

  test('is for the same grantee', async () => {
    const first = await granted(ada);
    expect(await world.grant(patient, toPerson(ben), { renews: first })).toMatchObject({
      code: 'consent_not_found',
      pointer: '/renews',
    });
  });

  test('follows none that was revoked or passed on', async () => {
    const first = await granted(ada, { mayDelegate: 1 });
    const passedOn = applied(await world.delegate(patient, ada, first, toPerson(ben))) as { consentId: string };
    expect(await world.grant(patient, toPerson(ben), { renews: passedOn.consentId })).toMatchObject({
      code: 'consent_not_found',
    });
    const revocation = { consentId: first, grantee: toPerson(ada) };
    applied(await world.act(patient, patient.identity, 'revokeConsent', revocation));
    expect(await world.grant(patient, toPerson(ada), { renews: first })).toMatchObject({
      code: 'consent_already_ended',
      pointer: '/renews',
    });
  });
});
