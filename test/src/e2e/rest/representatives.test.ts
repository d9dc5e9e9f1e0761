import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Patients } from '@chain-of-care/client';
import { all } from '../../demo/careStory.ts';
import { network } from '../../system/networks.ts';
import { demandOk, type RestSession } from '../../system/rest.ts';
import { birthCertificate, home, newRecord, World, type RegisteredPatient } from './world.fixture.ts';

const world = new World(network);
const soon = (seconds: number): string => new Date(Date.now() + seconds * 1000).toISOString();

beforeAll(() => network.start(), 300_000);

const patientsAs = async (subject: string): Promise<Patients> => new Patients(await world.people.client(home, subject));

async function contentFor(session: RestSession, { chart }: RegisteredPatient, id: string, purposeOfUse = 'FAMRQT') {
  const asked = { purposeOfUse, reason: 'for my child', records: [{ id }] };
  const access = await session.create<{ id: string; basis: object[] }>(`${chart}/accesses`, asked);
  const { bytes } = demandOk('content', await session.get(`/v1/accesses/${access.id}/records/${id}/content`));
  return { access, text: new TextDecoder().decode(bytes) };
}

describe('a representative', () => {
  test('reads the chart on the basis self, under their own name in the audit', async () => {
    const { child, session, personId } = await world.represented();
    const record = await world.append(child, newRecord('blood count'));
    const { access, text } = await contentFor(session, child, record);
    expect([access.basis, text]).toEqual([[{ kind: 'self' }], 'blood count']);
    expect(await all(session, `${child.chart}/records`)).toMatchObject([{ id: record }]);
    for (const reader of [session, child.session])
      expect(await all(reader, `${child.chart}/audit-events?accessor=${personId}&type=access`)).toMatchObject([
        { id: access.id, accessorRole: 'representative', reason: 'for my child', decision: 'permit' },
      ]);
  });

  test('grants and revokes, answers requests and shares, and the audit says that it was them', async () => {
    const { child, session, personId } = await world.represented();
    const record = await world.append(child, newRecord('allergy'));
    const ben = await world.clinician(home, 'emergency');
    const { id } = await session.create<{ id: string }>(`${child.chart}/consents`, {
      grantee: { kind: 'person', mspId: home, id: ben },
    });
    const benAs = await world.people.as(home, 'dr-ben');
    await contentFor(benAs, child, record, 'TREAT');
    expect(await all(session, `${child.chart}/consents`)).toMatchObject([{ id }]);
    await session.create(`/v1/consents/${id}/revocation`);
    await expect(contentFor(benAs, child, record, 'TREAT')).rejects.toThrow('consent_missing');

    const asked = { reason: 'second opinion', categories: ['lab_result'], days: 2 };
    const request = await benAs.create<{ id: string }>(`${child.chart}/access-requests`, asked);
    expect(await all(session, `/v1/access-requests?patient=${child.id}`)).toMatchObject([
      { id: request.id, reason: 'second opinion', status: 'requested' },
    ]);
    await session.create(`/v1/access-requests/${request.id}/response`, { response: 'approve' });
    await contentFor(benAs, child, record, 'TREAT');

    const token = await session.create<{ id: string }>(`${child.chart}/sharing-tokens`, {
      records: [{ id: record }],
      expiresInHours: 1,
    });
    await session.create(`/v1/sharing-tokens/${token.id}/revocation`);
    const acts = await all(child.session, `${child.chart}/audit-events?type=consent`);
    expect(new Set(acts.map(({ accessorId }) => accessorId))).toEqual(
      new Set([personId, await world.clinician(home, 'emergency')]),
    );
    const theirs = acts.filter(({ accessorId }) => accessorId === personId);
    expect(new Set(theirs.map(({ accessorRole }) => accessorRole))).toEqual(new Set(['representative']));
    expect(theirs.map(({ interaction }) => String(interaction)).sort()).toEqual([
      'approve-request',
      'grant',
      'grant',
      'revoke',
      'revoke',
      'share',
    ]);
  });

  test('is nobody to other patients, and can be a patient themselves', async () => {
    const parent = await world.patient();
    const { child, personId } = await world.represented({ account: { subject: parent.subject } });
    expect(personId).toBe(parent.id);
    const own = await patientsAs(parent.subject);
    expect(await own.representedPatients()).toMatchObject([{ patientId: child.id, active: true }]);
    const record = await world.append(child, newRecord('vaccination'));
    expect((await contentFor(parent.session, child, record)).text).toBe('vaccination');
    expect(await all(parent.session, `${parent.chart}/records`)).toEqual([]);
    const other = await world.patient();
    for (const path of ['records', 'consents', 'audit-events', 'representatives'])
      expect(await parent.session.get(`${other.chart}/${path}`)).toMatchObject({
        status: 403,
        body: { code: 'not_own_patient' },
      });
    expect(await child.session.get(`${parent.chart}/records`)).toMatchObject({ status: 403 });
  });

  test('has nothing left after an ending, also under an access that runs', async () => {
    const { child, id, session } = await world.represented();
    const record = await world.append(child, newRecord('x-ray'));
    const { access } = await contentFor(session, child, record);
    await (await patientsAs('registrar')).endRepresentative(child.id, id);
    expect(await session.get(`/v1/accesses/${access.id}/records/${record}/content`)).toMatchObject({ status: 403 });
    await expect(contentFor(session, child, record)).rejects.toThrow('not_own_patient');
    expect(await session.get(`${child.chart}/audit-events`)).toMatchObject({ status: 403 });
    expect(await all(child.session, `${child.chart}/representatives`)).toMatchObject([{ id, active: false }]);
  });

  test('follows the changes of the chart until the ending, which closes the stream', async () => {
    const { child, id, session, subject } = await world.represented();
    const client = await world.people.client(home, subject);
    const stream = await client.document(`${child.chart}/change-stream`, 'text/event-stream');
    let text = '';
    const followed = (async () => {
      for await (const piece of stream.body!.pipeThrough(new TextDecoderStream())) text += piece;
    })().catch(() => 'cut off');
    const record = await world.append(child, newRecord('before the ending'));
    await session.create(`${child.chart}/representatives/${id}/ending`);
    expect(await Promise.race([followed, delay(30_000, 'still open', { ref: false })])).toBe('cut off');
    expect(text).toContain(record);
  });

  test('has nothing left when the end has come', async () => {
    const { child, session } = await world.represented({ period: { end: soon(20) } });
    const record = await world.append(child, newRecord('x-ray'));
    const { access } = await contentFor(session, child, record);
    const content = `/v1/accesses/${access.id}/records/${record}/content`;
    const deadline = Date.now() + 60_000;
    while ((await session.get(content)).status !== 403 && Date.now() < deadline) await delay(500);
    expect(await session.get(content)).toMatchObject({ status: 403, body: { code: 'access_not_permitted' } });
    await expect(contentFor(session, child, record)).rejects.toThrow('not_own_patient');
  }, 120_000);
});

describe('a representation', () => {
  test('rests on a sealed document, which the privacy officer opens and the audit tells of', async () => {
    const { child, id } = await world.represented();
    const officer = await world.people.as(home, 'privacy-officer');
    const evidence = `${child.chart}/representatives/${id}/evidence`;
    expect(new TextDecoder().decode((await officer.get(evidence)).bytes)).toBe(birthCertificate);
    expect((await (await world.people.as(home, 'dr-ada')).get(evidence)).status).toBe(403);
    expect(await all(child.session, `${child.chart}/audit-events?type=representative`)).toMatchObject([
      { interaction: 'read-evidence', accessorRole: 'privacy-officer', subjects: [id] },
      { interaction: 'confirm', accessorRole: 'registrar', subjects: [id] },
    ]);
  });

  test('needs evidence that is there, an end to come, and a login that is not staff’s', async () => {
    const unknown = `b${'a'.repeat(58)}`;
    await expect(world.represented({ evidence: unknown })).rejects.toMatchObject({ code: 'content_not_found' });
    const past = { period: { end: '2020-01-01T00:00:00Z' } };
    await expect(world.represented(past)).rejects.toMatchObject({
      code: 'validation_failed',
    });
    await expect(world.represented({ account: { subject: 'dr-ada' } })).rejects.toMatchObject({
      code: 'already_exists',
    });
  });

  test('is told to both, and so is what happens to the chart', async () => {
    const { child, session } = await world.represented();
    await world.append(child, newRecord('x-ray'));
    const kinds = async (who: RestSession) =>
      (await all(who, '/v1/notifications')).map(({ kind }) => String(kind)).sort();
    const deadline = Date.now() + 30_000;
    while ((await kinds(session)).length < 2 && Date.now() < deadline) await delay(200);
    expect(await kinds(session)).toEqual(['recordStored', 'representativeConfirmed']);
    expect(await kinds(child.session)).toEqual(['recordStored', 'representativeConfirmed']);
  });

  test('by power of attorney is taken back by the patient, a parent’s is not', async () => {
    const parent = await world.represented();
    const own = await patientsAs(parent.child.subject);
    await expect(own.endRepresentative(parent.child.id, parent.id)).rejects.toMatchObject({ code: 'not_own_patient' });
    const power = await world.represented({ relationship: 'HPOWATT' });
    await (await patientsAs(power.child.subject)).endRepresentative(power.child.id, power.id);
    expect(await all(power.child.session, `${power.child.chart}/representatives`)).toMatchObject([
      { active: false, name: { family: 'Muster', given: ['Rita'] }, relationship: 'HPOWATT' },
    ]);
  });
});
