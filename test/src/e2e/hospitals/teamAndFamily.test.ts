/** Care team and representatives where the clinician is of another hospital than the patient, in both directions. */
import { Patients } from '@chain-of-care/client';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { all } from '../../demo/careStory.ts';
import { largeNetwork } from '../../system/networks.ts';
import type { Answer, RestSession } from '../../system/rest.ts';
import { home, newRecord, World, type RegisteredPatient } from '../rest/world.fixture.ts';

const away = 'Hospital2MSP';
const world = new World(largeNetwork);
const text = 'discharged, follow up in two weeks';

beforeAll(() => largeNetwork.start(), 400_000);

const directions = [
  { from: home, author: 'dr-ada', to: away, reader: 'dr-cleo', department: 'oncology' },
  { from: away, author: 'dr-cleo', to: home, reader: 'dr-ben', department: 'emergency' },
] as const;

describe.each(directions)('from $from to $to', ({ from, author, to, reader, department }) => {
  async function write({ chart }: RegisteredPatient): Promise<string> {
    const session = await world.people.as(from, author);
    return (await session.create<{ records: { id: string }[] }>(`${chart}/records`, newRecord(text))).records[0]!.id;
  }

  /** A clinician who was told of the patient. */
  async function visitor(patient: RegisteredPatient) {
    const session: RestSession = await world.people.as(to, reader);
    const referral = await patient.session.read(`${patient.chart}/referral`);
    const open = (record: string): Promise<Answer<{ id: string; code?: string }>> =>
      session.post(`${patient.chart}/accesses`, {
        ...{ purposeOfUse: 'TREAT', reason: 'transferred to us', records: [{ id: record }], referral },
      });
    const content = (access: string, record: string) => session.get(`/v1/accesses/${access}/records/${record}/content`);
    return { session, referral, open, content, id: await world.clinician(to, department) };
  }

  test('a consent to the other hospital’s care team opens to whoever is on it, and closes at once when they are taken off', async () => {
    const patient = await world.patient(from);
    const own = new Patients(await world.people.client(from, patient.subject));
    const record = await write(patient);
    const { open, content, id } = await visitor(patient);
    const grantee = { kind: 'care-team', mspId: to };
    const consent = await patient.session.create<{ id: string }>(`${patient.chart}/consents`, { grantee });
    await largeNetwork.level();
    expect((await open(record)).body).toMatchObject({ code: 'consent_missing' });

    const membership = await own.addToCareTeam(patient.id, { mspId: to, id });
    await largeNetwork.level();
    const access = (await open(record)).body;
    expect(access).toMatchObject({ basis: [{ kind: 'consent', consentId: consent.id }] });
    expect(Buffer.from((await content(access.id, record)).bytes).toString('utf8')).toBe(text);

    await own.removeFromCareTeam(patient.id, membership.id);
    await largeNetwork.level();
    expect((await content(access.id, record)).status).toBe(403);
    expect((await open(record)).body).toMatchObject({ code: 'consent_missing' });
  }, 120_000);

  test('a parent answers the other hospital’s request, and sees under their own name what was read; after the end the parent sees nothing', async () => {
    const { child, id, personId, subject, session } = await world.represented({}, from);
    const record = await write(child);
    const { session: colleague, referral, open, content } = await visitor(child);
    const wanted = { reason: 'transferred to us', categories: ['lab_result'], days: 2, referral };
    const request = await colleague.create<{ id: string }>(`${child.chart}/access-requests`, wanted);
    await largeNetwork.level();
    const [inbox] = await all(session, `/v1/access-requests?patient=${child.id}`);
    expect(inbox).toMatchObject({ id: request.id, requesterOrg: to, reason: wanted.reason });
    await session.create(`/v1/access-requests/${request.id}/response`, { response: 'approve' });
    await largeNetwork.level();
    const access = (await open(record)).body;
    expect(Buffer.from((await content(access.id, record)).bytes).toString('utf8')).toBe(text);
    await largeNetwork.level();

    const [approved] = await all(session, `${child.chart}/audit-events?type=consent&accessor=${personId}`);
    expect(approved).toMatchObject({ accessorRole: 'representative', accessorOrg: from });
    const [read] = await all(session, `${child.chart}/audit-events?type=access`);
    expect(read).toMatchObject({ id: access.id, accessorOrg: to, reason: wanted.reason, decision: 'permit' });

    await new Patients(await world.people.client(from, subject)).endRepresentative(child.id, id);
    expect((await session.get(`${child.chart}/audit-events`)).status).toBe(403);
    // What the parent decided for the child stands.
    expect((await content(access.id, record)).status).toBe(200);
  }, 120_000);
});
