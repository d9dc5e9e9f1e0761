import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { recordCategories, type GranteeKind } from '@chain-of-care/chaincode/model';
import { HealthDataBank, HealthRecords, type RestClient, type VerifiedRecord } from '@chain-of-care/client';
import { network } from '../../system/networks.ts';
import type { Json } from '../../system/rest.ts';
import { home, newRecord, World, type RegisteredPatient } from './world.fixture.ts';

const world = new World(network);
const loinc = 'http://loinc.org';
const hba1c = { system: loinc, code: '4548-4', display: 'Hemoglobin A1c' };

beforeAll(() => network.start(), 300_000);

const clientOf = (subject: string): Promise<RestClient> => world.people.client(home, subject);
const recordsAs = async (subject: string): Promise<HealthRecords> => new HealthRecords(await clientOf(subject));

async function open(subject: string, { chart }: RegisteredPatient, more: Json): Promise<string> {
  const reader = await world.people.as(home, subject);
  const asked = { purposeOfUse: subject.startsWith('patient') ? 'PATRQT' : 'TREAT', reason: 'follow-up', ...more };
  return (await reader.create<{ id: string }>(`${chart}/accesses`, asked)).id;
}

async function grantToEmergency({ chart, session }: RegisteredPatient, more: Json): Promise<void> {
  const grantee = { kind: 'department' satisfies GranteeKind, mspId: home, id: 'emergency' };
  await session.create(`${chart}/consents`, { grantee, purposes: ['TREAT'], ...more });
}

const contentOf = (accessId: string, recordId: string): string =>
  `/v1/accesses/${accessId}/records/${recordId}/content`;

async function collected(found: AsyncIterable<VerifiedRecord>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of found) ids.push(id);
  return ids;
}

describe('amending', () => {
  test('a further version is read in place of the earlier one, which stays in the history', async () => {
    const patient = await world.patient();
    const id = await world.append(patient, { title: 'first' });
    const ada = await recordsAs('dr-ada');
    const content = Buffer.from('corrected');
    await ada.amend(id, 1, { content, mediaType: 'text/plain', clinicalDate: '2025-06-16', title: 'second' });
    const versions: number[] = [];
    for await (const { version } of ada.versions(id)) versions.push(version);
    expect(versions).toEqual([2, 1]);
    const accessId = await open(patient.subject, patient, { categories: ['lab_result'] });
    const shown = await patient.session.read<{ items: Json[]; total: number }>(
      `/v1/accesses/${accessId}/records?total=true`,
    );
    expect(shown).toMatchObject({ items: [{ id, version: 2, title: 'second' }], total: 1 });
    const served = await patient.session.get(contentOf(accessId, id));
    expect(Buffer.from(served.bytes).toString()).toBe('corrected');
    const earlier = await patient.session.get(`${contentOf(accessId, id)}?version=1`);
    expect(earlier.headers.get('x-record-version')).toBe('1');
    const check = await patient.session.create(`${patient.chart}/integrity-checks`, {}, { key: null });
    expect(check).toMatchObject({ valid: true, totalRecords: 2 });
  });

  test('without If-Match it is refused, and of two devices at once the second is told the version that is there', async () => {
    const patient = await world.patient();
    const id = await world.append(patient);
    const session = await world.people.as(home, 'dr-ada');
    const body = { ...newRecord(), category: undefined };
    expect((await session.post(`/v1/records/${id}/versions`, body)).body).toMatchObject({
      code: 'precondition_required',
    });
    const answers = await Promise.all(
      [1, 2].map(() =>
        session.post(
          `/v1/records/${id}/versions`,
          { ...newRecord(), category: undefined },
          { headers: { 'if-match': '"v1"' } },
        ),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 412]);
    const second = answers.find(({ status }) => status === 412)!;
    expect(second.body).toMatchObject({ code: 'precondition_failed', version: 2 });
    expect((await session.get(`/v1/records/${id}`)).headers.get('etag')).toBe('"v2"');
  });

  test('the same amendment sent twice with one key is one version', async () => {
    const id = await world.append(await world.patient());
    const session = await world.people.as(home, 'dr-ada');
    const [body, key] = [{ ...newRecord(), category: undefined }, randomUUID()];
    const send = () => session.post(`/v1/records/${id}/versions`, body, { key, headers: { 'if-match': '"v1"' } });
    expect([(await send()).status, (await send()).status]).toEqual([201, 201]);
    expect(await session.read(`/v1/records/${id}`)).toMatchObject({ version: 2 });
  });

  test('another department amends nothing: the record does not exist for it', async () => {
    const id = await world.append(await world.patient());
    const ben = await recordsAs('dr-ben');
    await expect(ben.enterInError(id, 1)).rejects.toMatchObject({ code: 'record_not_found' });
  });
});

describe('entered in error', () => {
  test('a withdrawn record leaves lists, is opened by no consent, and stays for its author and its patient', async () => {
    const patient = await world.patient();
    const [wrong, right] = [await world.append(patient), await world.append(patient)];
    await grantToEmergency(patient, { categories: ['lab_result'] });
    const running = await open('dr-ben', patient, { categories: ['lab_result'] });
    const ada = await recordsAs('dr-ada');
    await ada.enterInError(wrong, 1);
    await expect(ada.enterInError(wrong, 2)).rejects.toMatchObject({ code: 'entered_in_error' });
    const ben = await world.people.as(home, 'dr-ben');
    expect(await collected((await recordsAs('dr-ben')).search(running, { status: 'all' }))).toEqual([right]);
    expect((await ben.get(`${contentOf(running, wrong)}?version=1`)).status).toBe(403);
    const asked = { purposeOfUse: 'TREAT', reason: 'follow-up', records: [{ id: wrong, version: 1 }] };
    expect((await ben.post(`${patient.chart}/accesses`, asked)).body).toMatchObject({
      code: 'entered_in_error',
      status: 410,
    });
    const listed = await patient.session.read<{ items: { id: string }[] }>(`${patient.chart}/records?total=true`);
    expect(listed).toMatchObject({ items: [{ id: right }], total: 1 });
    const own = await open(patient.subject, patient, { records: [{ id: wrong, version: 1 }] });
    expect((await patient.session.get(contentOf(own, wrong))).status).toBe(200);
    expect(await patient.session.read(`/v1/records/${wrong}`)).toMatchObject({
      version: 2,
      withdrawn: 'entered-in-error',
    });
  });

  test('what was put into the wrong chart is not shown to that chart’s patient', async () => {
    const patient = await world.patient();
    const id = await world.append(patient);
    await (await recordsAs('dr-ada')).enterInError(id, 1, 'wrong-patient');
    expect((await patient.session.get(`/v1/records/${id}`)).status).toBe(404);
    const asked = { purposeOfUse: 'PATRQT', reason: 'mine', records: [{ id, version: 1 }] };
    expect((await patient.session.post(`${patient.chart}/accesses`, asked)).body).toMatchObject({
      code: 'entered_in_error',
    });
    const accessId = await open('dr-ada', patient, { records: [{ id, version: 1 }] });
    expect((await (await world.people.as(home, 'dr-ada')).get(contentOf(accessId, id))).status).toBe(200);
  });
});

describe('search', () => {
  test('by code, date, category, title, facility, author; only and counting only what is permitted', async () => {
    const patient = await world.patient();
    const a1c = await world.append(patient, { coding: [hba1c], title: 'Hemoglobin A1c', facility: 'Ward 3' });
    const lipids = await world.append(patient, {
      coding: [{ system: loinc, code: '2093-3' }],
      title: 'Lipids',
      clinicalDate: '2024-02',
    });
    const secret = await world.append(patient, { coding: [hba1c], title: 'Hemoglobin A1c', confidentiality: 'R' });
    const vitals = await world.append(patient, { category: 'vitals', clinicalDate: '2023' });
    const self = await open(patient.subject, patient, { categories: ['lab_result', 'vitals'] });
    const own = await recordsAs(patient.subject);
    const sought = async (search: object) => collected(own.search(self, search));
    expect(await sought({})).toEqual([vitals, secret, lipids, a1c]);
    expect(await sought({ code: `${loinc}|4548-4` })).toEqual([secret, a1c]);
    expect(await sought({ code: '2093-3' })).toEqual([lipids]);
    expect(await sought({ date: ['ge2024-01', 'lt2024-03'] })).toEqual([lipids]);
    expect(await sought({ date: ['le2023'] })).toEqual([vitals]);
    expect(await sought({ category: ['vitals'] })).toEqual([vitals]);
    expect(await sought({ title: 'HEMOGLOBIN', facility: 'ward' })).toEqual([a1c]);
    expect(await sought({ confidentiality: ['R'] })).toEqual([secret]);
    expect(await sought({ author: randomUUID() })).toEqual([]);
    expect(await sought({ author: await world.clinician(home, 'cardiology') })).toHaveLength(4);
    await grantToEmergency(patient, { categories: ['lab_result'], confidentialities: ['N'] });
    const consented = await open('dr-ben', patient, { categories: ['lab_result'] });
    const ben = await recordsAs('dr-ben');
    expect(await collected(ben.search(consented, { code: `${loinc}|4548-4` }))).toEqual([a1c]);
    expect(await ben.count(consented, { code: `${loinc}|4548-4` })).toBe(1);
    expect(await ben.count(consented)).toBe(2);
  });

  test('pages follow one another without gap or repeat', async () => {
    const patient = await world.patient();
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1)
      ids.unshift(await world.append(patient, { title: `sheet ${index % 2}` }));
    const accessId = await open(patient.subject, patient, { categories: ['lab_result'] });
    const pages: string[][] = [];
    for (let cursor = ''; ;) {
      const answer = await patient.session.read<{ items: { id: string }[]; nextCursor?: string }>(
        `/v1/accesses/${accessId}/records?limit=2&title=sheet${cursor}`,
      );
      pages.push(answer.items.map(({ id }) => id));
      if (answer.nextCursor === undefined) break;
      cursor = `&cursor=${answer.nextCursor}`;
    }
    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
  });

  test('a mistyped code is refused before anything is sealed', async () => {
    const { chart } = await world.patient();
    const ada = await world.people.as(home, 'dr-ada');
    const mistyped = { ...newRecord(), coding: [{ ...hba1c, code: '4548-5' }] };
    const refused = await ada.post(`${chart}/records`, mistyped);
    expect(refused.body).toMatchObject({ code: 'invalid_identifier', errors: [{ pointer: '/coding/0/code' }] });
  });
});

describe('double verification', () => {
  test('every content says that it was held against database and ledger, whole and by range', async () => {
    const patient = await world.patient();
    const id = await world.append(patient);
    const accessId = await open(patient.subject, patient, { records: [{ id }] });
    for (const headers of [{}, { range: 'bytes=0-3' }] as Record<string, string>[]) {
      const served = await patient.session.get(contentOf(accessId, id), { headers });
      expect([served.headers.get('x-integrity-verified'), served.headers.get('x-blockchain-hash-verified')]).toEqual([
        'true',
        'true',
      ]);
    }
    const listed = await patient.session.read(`/v1/accesses/${accessId}/records?verify=true`);
    expect(listed).toMatchObject({ items: [{ id, blockchainHashVerified: true, integrityVerified: true }] });
  });
});

test('every category and confidentiality is written and read; restricted ones by no consent that names neither them nor their confidentiality', async () => {
  const patient = await world.patient();
  const written = await Promise.all([
    ...recordCategories.map((category) => world.append(patient, { category })),
    ...(['R', 'V'] as const).map((confidentiality) => world.append(patient, { category: 'bill', confidentiality })),
  ]);
  const own = await open(patient.subject, patient, { categories: [...recordCategories] });
  const found = await collected((await recordsAs(patient.subject)).search(own));
  expect(found.toSorted()).toEqual(written.toSorted());
  for (const id of written) expect((await patient.session.get(contentOf(own, id))).status).toBe(200);
  await grantToEmergency(patient, {});
  const theirs = await open('dr-ben', patient, { categories: [...recordCategories] });
  const ben = await world.people.as(home, 'dr-ben');
  const statuses = async (accessId: string) =>
    Promise.all(written.map(async (id) => (await ben.get(contentOf(accessId, id))).status));
  expect(await statuses(theirs)).toEqual([...recordCategories.map(() => 200), 403, 403]);
  await grantToEmergency(patient, { recordIds: written.slice(-1) });
  expect(await statuses(await open('dr-ben', patient, { categories: ['bill'] }))).toEqual([
    ...recordCategories.map((category) => (category === 'bill' ? 200 : 403)),
    403,
    200,
  ]);
  await grantToEmergency(patient, { confidentialities: ['N', 'R', 'V'] });
  expect(await statuses(await open('dr-ben', patient, { categories: ['bill'] }))).toEqual([
    ...recordCategories.map((category) => (category === 'bill' ? 200 : 403)),
    200,
    200,
  ]);
});

test('a revocation cuts off content that is being sent, and nothing more of it leaves', async () => {
  const patient = await world.patient();
  const bank = new HealthDataBank(await clientOf('dr-ada'));
  const size = 48 * 1024 * 1024;
  const file = {
    type: 'imaging',
    date: '2025-07-01',
    mediaType: 'application/dicom',
    body: new Blob([randomBytes(size)]),
  };
  const { recordId } = await bank.uploadHealthRecord(patient.id, file);
  const grantee = { kind: 'department' satisfies GranteeKind, mspId: home, id: 'emergency' };
  const consent = await patient.session.create<{ id: string }>(`${patient.chart}/consents`, { grantee });
  const accessId = await open('dr-ben', patient, { records: [{ id: recordId }] });
  const { body } = await (await clientOf('dr-ben')).content(contentOf(accessId, recordId));
  const reader = body!.getReader();
  let received = (await reader.read()).value!.length;
  await patient.session.create(`/v1/consents/${consent.id}/revocation`);
  // The read shows the revocation; what was on its way in buffers is all that still comes.
  await patient.session.read(`/v1/consents/${consent.id}`);
  await delay(1_000);
  const rest = async (): Promise<void> => {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) received += piece.value.length;
  };
  await expect(rest()).rejects.toThrow();
  expect(received).toBeLessThan(size);
}, 120_000);

test('a streamed file carries its description, and comes back byte for byte', async () => {
  const patient = await world.patient();
  const ada = await recordsAs('dr-ada');
  const id = await world.append(patient);
  const file = randomBytes(3_000_000);
  const facts = { mediaType: 'application/dicom', clinicalDate: '2025-07-01', title: 'CT', coding: [hba1c] };
  await ada.amendByUpload(id, 1, facts, new Blob([file]));
  const accessId = await open(patient.subject, patient, { records: [{ id }] });
  const served = await patient.session.get(contentOf(accessId, id));
  expect(served.headers.get('content-type')).toBe('application/dicom');
  expect(createHash('sha256').update(served.bytes).digest('hex')).toBe(createHash('sha256').update(file).digest('hex'));
  const [shown] = (await patient.session.read<{ items: Json[] }>(`/v1/accesses/${accessId}/records`)).items;
  expect(shown).toMatchObject({ title: 'CT', coding: [hba1c], version: 2 });
});
