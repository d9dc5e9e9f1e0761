import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Patients, type Change } from '@chain-of-care/client';
import { all } from '../../demo/careStory.ts';
import { network } from '../../system/networks.ts';
import { demandOk } from '../../system/rest.ts';
import { home, World, type RegisteredPatient } from './world.fixture.ts';

const world = new World(network);

beforeAll(() => network.start(), 300_000);

const patientsAs = async (subject: string): Promise<Patients> => new Patients(await world.people.client(home, subject));

async function changeBirthDate({ chart }: RegisteredPatient, birthDate: string): Promise<void> {
  const registrar = await world.people.as(home, 'registrar');
  const { headers } = await registrar.get(chart);
  const sent = { 'content-type': 'application/json', 'if-match': headers.get('etag')! };
  demandOk('PATCH', await registrar.send('PATCH', chart, JSON.stringify({ birthDate }), { key: null, headers: sent }));
}

async function collected(changes: AsyncIterable<Change>): Promise<Change[]> {
  const found: Change[] = [];
  for await (const change of changes) found.push(change);
  return found;
}

describe('a registration', () => {
  test('is changed under If-Match, and the change stands in the audit', async () => {
    const { chart, session } = await world.patient();
    const registrar = await world.people.as(home, 'registrar');
    const identifier = { system: 'urn:test', value: randomUUID() };
    const update = (headers: Record<string, string>) =>
      registrar.send('PATCH', chart, JSON.stringify({ birthDate: '1980-02-03', identifiers: [identifier] }), {
        key: null,
        headers: { 'content-type': 'application/json', ...headers },
      });
    expect((await update({})).status).toBe(428);
    const { headers } = await registrar.get(chart);
    const changed = await update({ 'if-match': headers.get('etag')! });
    expect(changed.body).toMatchObject({ birthDate: '1980-02-03', identifiers: [identifier] });
    expect((await update({ 'if-match': headers.get('etag')! })).status).toBe(412);
    expect(await (await patientsAs('dr-ada')).find(identifier)).toMatchObject({ birthDate: '1980-02-03' });
    const events = await all(session, `${chart}/audit-events?type=demographics`);
    expect(events.map(({ interaction }) => interaction)).toContain('update');
  });

  test('is made once: a second one with the same identifier names the first', async () => {
    const first = await world.patient();
    const registrar = await world.people.as(home, 'registrar');
    const { identifiers } = await registrar.read<{ identifiers: object[] }>(first.chart);
    const again = { name: { family: 'Muster', given: ['Max'] }, birthDate: '1990-01-01', identifiers };
    const refused = await registrar.post('/v1/patients', again);
    expect([refused.status, refused.body]).toMatchObject([409, { code: 'already_exists', patientId: first.id }]);
    const events = await all(first.session, `${first.chart}/audit-events?type=demographics`);
    expect(events.map(({ interaction }) => interaction)).toContain('search');
  });

  test('takes no identifier of another patient, and is told whose it is', async () => {
    const [one, other] = [await world.patient(), await world.patient()];
    const registrar = await world.people.as(home, 'registrar');
    const { headers } = await registrar.get(other.chart);
    const { identifiers } = await registrar.read<{ identifiers: object[] }>(one.chart);
    const taken = await registrar.send('PATCH', other.chart, JSON.stringify({ identifiers }), {
      key: null,
      headers: { 'content-type': 'application/json', 'if-match': headers.get('etag')! },
    });
    expect(taken.body).toMatchObject({ code: 'already_exists', patientId: one.id });
  });

  test('is linked with another of the same person, seen from both, and parted again; the charts stay two', async () => {
    const [one, other] = [await world.patient(), await world.patient()];
    await world.append(one);
    const registrar = await patientsAs('registrar');
    await registrar.link(one.id, other.id);
    await expect(registrar.link(other.id, one.id)).rejects.toMatchObject({ code: 'already_exists' });
    expect(await one.session.read(one.chart)).toMatchObject({ links: [other.id] });
    expect(await other.session.read(other.chart)).toMatchObject({ links: [one.id] });
    expect(await all(other.session, `${other.chart}/records`)).toEqual([]);
    await registrar.unlink(other.id, one.id);
    expect(await one.session.read(one.chart)).toMatchObject({ links: [] });
    expect(await all(one.session, `${one.chart}/links`)).toMatchObject([
      { patientId: other.id, endedAt: expect.any(String) as unknown },
    ]);
  });

  test('of a deceased patient takes no new records, until the death is taken back', async () => {
    const patient = await world.patient();
    const registrar = await world.people.as(home, 'registrar');
    await registrar.create(`${patient.chart}/death`);
    expect(await patient.session.read(patient.chart)).toMatchObject({ status: 'deceased' });
    await expect(world.append(patient)).rejects.toThrow('patient_deceased');
    await registrar.create(`${patient.chart}/death-correction`);
    await world.append(patient);
  });
});

test('a short code leads to the patient once, and every wrong one to the same answer', async () => {
  const patient = await world.patient();
  const { code, svg } = await (await patientsAs(patient.subject)).referralCode(patient.id);
  expect(code).toMatch(/^HospitalMSP(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  expect(svg).toContain('<svg');
  const ben = await patientsAs('dr-ben');
  expect(await ben.redeem(code)).toEqual({ patientId: patient.id, home });
  for (const wrong of [code, 'HospitalMSP-0000-0000-0000', 'PharmaMSP-0000-0000-0000', 'nonsense'])
    await expect(ben.redeem(wrong)).rejects.toMatchObject({ code: 'not_found' });
});

describe('devices of one patient', () => {
  test('ask what changed since: each change once, in the order of the ledger', async () => {
    const patient = await world.patient();
    const own = await patientsAs(patient.subject);
    const record = await world.append(patient);
    const before = await collected(own.changes(patient.id));
    expect(before.map(({ kind, id }) => [kind, id])).toEqual([['record', record]]);
    const grantee = { kind: 'department', mspId: home, id: 'emergency' };
    const consent = await patient.session.create<{ id: string }>(`${patient.chart}/consents`, {
      grantee,
      purposes: ['TREAT'],
    });
    await patient.session.create(`/v1/consents/${consent.id}/revocation`, {});
    const after = await collected(own.changes(patient.id, before.at(-1)!.since));
    expect(after.map(({ kind, id }) => [kind, id])).toEqual([
      ['consent', consent.id],
      ['revocation', consent.id],
    ]);
    expect(await collected(own.changes(patient.id, after.at(-1)!.since))).toEqual([]);
    expect((await patient.session.get(`${patient.chart}/changes?since=1.zzz%20`)).status).toBe(400);
  });

  test('learn of status, demographics, other registrations, representatives, care team, requests and tokens too', async () => {
    const [{ child: patient, id: representation, subject }, other] = [await world.represented(), await world.patient()];
    const [own, parent] = [await patientsAs(patient.subject), await patientsAs(subject)];
    const registrar = await world.people.as(home, 'registrar');
    let since: string | undefined;
    const next = async (changes: AsyncIterable<Change>) => {
      const found = await collected(changes);
      since = found.at(-1)?.since ?? since;
      return found.map(({ kind, id }) => [kind, id]);
    };
    expect(await next(own.changes(patient.id))).toEqual([['representative', representation]]);

    await changeBirthDate(patient, '1980-03-04');
    expect(await next(own.changes(patient.id, since))).toEqual([['patient', patient.id]]);
    await changeBirthDate(patient, '1980-03-05');
    expect(await next(own.changes(patient.id, since))).toEqual([['patient', patient.id]]);
    await (await patientsAs('registrar')).link(patient.id, other.id);
    expect(await next(own.changes(patient.id, since))).toEqual([['link', other.id]]);
    const ben = await world.clinician(home, 'emergency');
    const member = await own.addToCareTeam(patient.id, { mspId: home, id: ben });
    expect(await next(parent.changes(patient.id, since))).toEqual([['care-team', ben]]);
    await own.removeFromCareTeam(patient.id, member.id);
    expect(await next(own.changes(patient.id, since))).toEqual([['care-team', ben]]);
    const asked = { reason: 'second opinion', categories: ['lab_result'], days: 3 };
    const session = await world.people.as(home, 'dr-ben');
    const request = await session.create<{ id: string }>(`${patient.chart}/access-requests`, asked);
    await patient.session.create(`/v1/access-requests/${request.id}/response`, { response: 'deny' });
    expect(await next(own.changes(patient.id, since))).toEqual([
      ['access-request', request.id],
      ['access-request', request.id],
    ]);
    await (await patientsAs('registrar')).endRepresentative(patient.id, representation);
    expect(await next(own.changes(patient.id, since))).toEqual([['representative', representation]]);
    await expect(collected(parent.changes(patient.id, since))).rejects.toMatchObject({ code: 'not_own_patient' });
    await registrar.create(`${patient.chart}/death`);
    expect(await next(own.changes(patient.id, since))).toEqual([['patient', patient.id]]);
    expect(await next(own.changes(patient.id, since))).toEqual([]);
  });

  test('follow changes as they happen, demographics among them', async () => {
    const patient = await world.patient();
    const token = await world.people.token(home, patient.subject);
    const stream = await fetch(`${await world.people.gateway(home)}${patient.chart}/change-stream`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(50_000),
    });
    const id = await world.append(patient);
    let text = '';
    for await (const piece of stream.body!.pipeThrough(new TextDecoderStream())) {
      const hadRecord = text.includes(id);
      text += piece;
      if (!hadRecord && text.includes(id)) await changeBirthDate(patient, '1980-04-05');
      if (text.includes('event: patient')) break;
    }
    expect(text).toMatch(/event: record\ndata: /);
  });
});

test('a receipt says whose content left, once for an access; being permitted alone makes none', async () => {
  const patient = await world.patient();
  const id = await world.append(patient);
  const ada = await world.people.as(home, 'dr-ada');
  const asked = { purposeOfUse: 'TREAT', reason: 'follow-up', records: [{ id }] };
  const [read, unread] = [
    await ada.create<{ id: string }>(`${patient.chart}/accesses`, asked),
    await ada.create<{ id: string }>(`${patient.chart}/accesses`, asked),
  ];
  for (const range of ['bytes=0-1', 'bytes=2-3'])
    await ada.get(`/v1/accesses/${read.id}/records/${id}/content`, { headers: { range } });
  const receipts = await all(patient.session, `${patient.chart}/read-receipts`);
  expect(receipts).toMatchObject([{ accessId: read.id, recordId: id, version: 1, accessorOrg: home }]);
  expect(receipts.map(({ accessId }) => accessId)).not.toContain(unread.id);
});

test('staff are listed by organisation, department, role and status, a page at a time', async () => {
  const admin = await world.people.as(home, 'admin');
  const department = `ward-${randomUUID().slice(0, 8)}`;
  const register = (role: string) =>
    admin.create<{ staffId: string }>('/v1/staff', { role, department, subject: `staff-${randomUUID()}` });
  const [nurse, clinician] = [await register('nurse'), await register('clinician')];
  await admin.create(`/v1/staff/${nurse.staffId}/suspension`);
  const listed = async (filter: string) =>
    (await all(admin, `/v1/staff?department=${department}&${filter}`)).map(({ staffId }) => String(staffId)).sort();
  expect(await listed(`mspId=${home}`)).toEqual([nurse.staffId, clinician.staffId].sort());
  const first = await admin.read<{ items: object[]; nextCursor: string }>(`/v1/staff?department=${department}&limit=1`);
  const rest = await admin.read(`/v1/staff?department=${department}&limit=1&cursor=${first.nextCursor}`);
  expect([...first.items, ...(rest['items'] as object[])]).toHaveLength(2);
  expect(await listed('mspId=RegulatorMSP')).toEqual([]);
  expect(await listed('role=clinician')).toEqual([clinician.staffId]);
  expect(await listed('status=suspended')).toEqual([nurse.staffId]);
});
