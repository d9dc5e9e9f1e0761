import { beforeAll, describe, expect, test } from '@jest/globals';
import { Patients } from '@chain-of-care/client';
import { all } from '../../demo/careStory.ts';
import { network } from '../../system/networks.ts';
import { demandOk, type RestSession } from '../../system/rest.ts';
import { home, newRecord, World, type RegisteredPatient } from './world.fixture.ts';

const world = new World(network);
const team = { kind: 'care-team', mspId: home };

beforeAll(() => network.start(), 300_000);

const patientsAs = async (subject: string): Promise<Patients> => new Patients(await world.people.client(home, subject));

const contentOf = (session: RestSession, access: string, record: string) =>
  session.get(`/v1/accesses/${access}/records/${record}/content`);

/** An access of Ben's, of another department than the author's, and what he reads under it. */
async function readAs(session: RestSession, { chart }: RegisteredPatient, record: string) {
  const asked = { purposeOfUse: 'TREAT', reason: 'rounds', records: [{ id: record }] };
  const access = await session.create<{ id: string; basis: object[] }>(`${chart}/accesses`, asked);
  const { bytes } = demandOk('content', await contentOf(session, access.id, record));
  return { ...access, text: new TextDecoder().decode(bytes) };
}

describe('a consent to the care team', () => {
  test('opens to whoever is on it at the time of the access, and closes at once when they are taken off', async () => {
    const patient = await world.patient();
    const own = await patientsAs(patient.subject);
    const record = await world.append(patient, newRecord('blood gas'));
    const consent = await patient.session.create<{ id: string }>(`${patient.chart}/consents`, { grantee: team });
    const ben = await world.people.as(home, 'dr-ben');
    await expect(readAs(ben, patient, record)).rejects.toThrow('consent_missing');

    const member = { mspId: home, id: await world.clinician(home, 'emergency') };
    const { id } = await own.addToCareTeam(patient.id, member);
    const read = await readAs(ben, patient, record);
    expect([read.text, read.basis]).toEqual(['blood gas', [{ kind: 'consent', consentId: consent.id }]]);
    expect(await own.careTeam(patient.id)).toMatchObject([
      { id, member, role: 'clinician', department: 'emergency', status: 'active' },
    ]);

    await own.removeFromCareTeam(patient.id, id);
    expect(await contentOf(ben, read.id, record)).toMatchObject({
      status: 403,
      body: { code: 'access_not_permitted' },
    });
    await expect(readAs(ben, patient, record)).rejects.toThrow('consent_missing');
    expect(await own.careTeam(patient.id)).toMatchObject([{ id, status: 'inactive' }]);
  });

  test('is in the preview and among what is open to a member', async () => {
    const patient = await world.patient();
    const own = await patientsAs(patient.subject);
    const record = await world.append(patient, newRecord('spirometry'));
    const consent = await patient.session.create<{ id: string }>(`${patient.chart}/consents`, { grantee: team });
    const member = { mspId: home, id: await world.clinician(home, 'emergency') };
    const mayRead = async (): Promise<boolean> => {
      const preview = await patient.session.create<{ records: { readers: { staffId: string }[] }[] }>(
        `${patient.chart}/consent-decisions`,
        { records: [record] },
      );
      return preview.records[0]!.readers.some(({ staffId }) => staffId === member.id);
    };
    expect(await mayRead()).toBe(false);
    const { id } = await own.addToCareTeam(patient.id, member);
    expect(await mayRead()).toBe(true);
    const ben = await world.people.as(home, 'dr-ben');
    const opened = async () =>
      (await all(ben, '/v1/authorized-records')).filter(({ patientId }) => patientId === patient.id);
    expect(await opened()).toMatchObject([{ records: [{ id: record, consentIds: [consent.id] }] }]);
    await own.removeFromCareTeam(patient.id, id);
    expect(await opened()).toEqual([]);
  });
});

describe('the care team', () => {
  test('is kept by the patient and by who represents them; members see it, other staff do not', async () => {
    const { child, subject, personId } = await world.represented();
    const parent = await patientsAs(subject);
    const ben = { mspId: home, id: await world.clinician(home, 'emergency') };
    await parent.addToCareTeam(child.id, ben);
    await expect((await patientsAs(child.subject)).addToCareTeam(child.id, ben)).rejects.toMatchObject({
      code: 'already_exists',
    });
    expect(await (await patientsAs('dr-ben')).careTeam(child.id)).toMatchObject([{ member: ben }]);
    await expect((await patientsAs('dr-ada')).careTeam(child.id)).rejects.toMatchObject({ code: 'not_own_patient' });
    const stranger = await world.patient();
    await expect((await patientsAs(stranger.subject)).addToCareTeam(child.id, ben)).rejects.toMatchObject({
      code: 'not_own_patient',
    });
    expect(await all(child.session, `${child.chart}/audit-events?type=care-team`)).toMatchObject([
      { interaction: 'add', subjects: [ben.id], accessorId: personId, accessorRole: 'representative' },
    ]);
  });
});
