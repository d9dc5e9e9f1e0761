import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { applied, identityOf, type Identity } from '../ledger/scenario.fixture.ts';
import { accessIdOf, membershipIdOf } from '../rules/index.ts';
import { CareWorld, home, originOf, type Person, type WorldPatient } from './careWorld.fixture.ts';

const categories = ['lab_result'];
const elsewhere = 'Hospital2MSP';
let world: CareWorld;
let zoe: WorldPatient;
let ada: Person;
beforeEach(async () => {
  world = await CareWorld.open();
  zoe = await world.patient();
  ada = await world.clinician('emergency');
});

function add({ mspId, staffId }: Person, by: Identity = zoe.identity, more: object = {}) {
  const key = randomUUID();
  const member = { mspId, id: staffId };
  const membershipId = membershipIdOf(originOf(by, zoe.handle, key), member);
  return world.act(zoe, by, 'addCareTeamMember', { membershipId, member, ...more }, { key });
}
async function added(person: Person): Promise<string> {
  return applied<{ membershipId: string }>(await add(person)).membershipId;
}
const remove = ({ mspId, staffId }: Person, membershipId: string, by: Identity = zoe.identity) =>
  world.act(zoe, by, 'removeCareTeamMember', { membershipId, member: { mspId, id: staffId } });
const toTeam = (mspId = home) => ({ kind: 'care-team', mspId }) as const;
const check = ({ mspId, ...who }: Person, accessId: string) =>
  world.scenario.query(
    { mspId, ...who },
    'care.checkAccess',
    { patientId: zoe.patientId, home, accessId, accessorOrg: mspId, records: [] },
    { handle: zoe.handle },
  );

/** An access that is simulated and not committed yet. */
async function inFlight(who: Person) {
  const key = randomUUID();
  const origin = originOf(who, zoe.handle, key);
  const body = { accessId: accessIdOf(origin), patientId: zoe.patientId, home, purposeOfUse: 'TREAT', categories };
  const command = world.scenario.command('care.openAccess', body, { handle: zoe.handle, key });
  return (await world.scenario.endorse(who, [command])).simulation;
}

describe('a consent to the care team', () => {
  test('is for whoever is on it at the time of the access, whenever it was given', async () => {
    applied(await world.grant(zoe, toTeam()));
    expect(await world.open(zoe, ada)).toMatchObject({ code: 'consent_missing' });
    await added(ada);
    applied(await world.open(zoe, ada));
    const ben = await world.clinician('cardiology');
    expect(await world.open(zoe, ben)).toMatchObject({ code: 'consent_missing' });
  });

  test('opens nothing more to who was taken off, until they are on it again', async () => {
    applied(await world.grant(zoe, toTeam()));
    const membershipId = await added(ada);
    applied(await world.open(zoe, ada));
    applied(await remove(ada, membershipId));
    expect(await world.open(zoe, ada)).toMatchObject({ code: 'consent_missing' });
    expect(await remove(ada, membershipId)).toMatchObject({ code: 'not_found' });
    await added(ada);
    applied(await world.open(zoe, ada));
    expect(await remove(ada, membershipId)).toMatchObject({ code: 'not_found' });
  });

  test('that denies, denies its members what another consent permits', async () => {
    applied(await world.grant(zoe, { kind: 'person', mspId: home, id: ada.staffId }));
    applied(await world.open(zoe, ada));
    applied(await world.grant(zoe, toTeam(), { decision: 'deny' }));
    await added(ada);
    expect(await world.open(zoe, ada)).toMatchObject({ code: 'consent_denied' });
  });

  test('names an organisation: members of another hospital need one to theirs, decided in its collection', async () => {
    const carla = await world.clinician('surgery', await world.administratorOf(elsewhere));
    await added(carla);
    applied(await world.grant(zoe, toTeam()));
    expect(await world.open(zoe, carla)).toMatchObject({ code: 'consent_missing' });
    applied(await world.grant(zoe, toTeam(elsewhere)));
    const { accessId } = applied<{ accessId: string }>(await world.open(zoe, carla));
    expect(await check(carla, accessId)).toMatchObject({ permitted: [] });
  });

  test.each([
    ['without an organisation', { kind: 'care-team' }],
    ['with a person', { kind: 'care-team', mspId: home, id: 'ada' }],
  ] as const)('is refused %s', async (_, grantee) => {
    expect(await world.grant(zoe, grantee)).toMatchObject({ code: 'validation_failed', pointer: '/grantee' });
  });
});

describe('the care team', () => {
  test('is the patient’s: nobody puts themselves or others on it, or takes them off', async () => {
    expect(await add(ada, ada)).toMatchObject({ code: 'not_own_patient' });
    expect(await add(ada, world.registrar)).toMatchObject({ code: 'not_own_patient' });
    expect(await remove(ada, await added(ada), ada)).toMatchObject({ code: 'not_own_patient' });
    expect(await add(ada)).toMatchObject({ code: 'already_exists' });
  });

  test('has active staff of hospitals, under ids that follow from the command', async () => {
    const stranger = { ...(await identityOf(home)), staffId: randomUUID() };
    expect(await add(stranger)).toMatchObject({ code: 'staff_not_found', pointer: '/member/id' });
    expect(await add({ ...ada, mspId: 'PharmaMSP' })).toMatchObject({ code: 'organization_not_found' });
    expect(await add(ada, zoe.identity, { membershipId: randomUUID() })).toMatchObject({
      code: 'validation_failed',
      pointer: '/membershipId',
    });
  });

  test('is read by the transaction: a removal or an addition at the same time makes an access invalid', async () => {
    applied(await world.grant(zoe, toTeam()));
    const membershipId = await added(ada);
    const permitted = await inFlight(ada);
    applied(await remove(ada, membershipId));
    expect(world.scenario.ledger.commit(permitted)).toBe('MVCC_READ_CONFLICT');
    const denied = await inFlight(ada);
    await added(ada);
    expect(world.scenario.ledger.commit(denied)).toBe('MVCC_READ_CONFLICT');
  });
});
