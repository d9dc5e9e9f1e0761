/** The client's own addresses, called as the client's examples call them. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { all } from '../../demo/careStory.ts';
import { network } from '../../system/networks.ts';
import type { Page, RestSession } from '../../system/rest.ts';
import { home, World, type RegisteredPatient } from './world.fixture.ts';

const world = new World(network);
const text = 'one tablet a day';
let patient: RegisteredPatient;
let ada: RestSession;
let ben: RestSession;
let cid: string;

const formOf = (fields: Readonly<Record<string, string>>): FormData => {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob([text], { type: 'text/plain' }), 'prescription.txt');
  return form;
};
const upload = (fields: Readonly<Record<string, string>>) =>
  ada.send('POST', '/api/medical-records/upload', formOf({ patientId: patient.id, ...fields }));

beforeAll(async () => {
  await network.start();
  patient = await world.patient();
  ada = await world.people.as(home, 'dr-ada');
  ben = await world.people.as(home, 'dr-ben');
}, 300_000);

describe('/api/medical-records', () => {
  test('a file goes up in a form and lands on the chain', async () => {
    const { status, body } = await upload({ recordType: 'prescription', name: 'Ramipril' });
    expect([status, body]).toMatchObject([201, { recordType: 'prescription', name: 'Ramipril', version: 1 }]);
    cid = String(body['cid']);
    const { items } = await patient.session.read<Page>('/api/medical-records/patient-records');
    expect(items).toMatchObject([{ cid, category: 'prescription' }]);
  });

  test('it is viewed by its CID, verified, under an access that the audit has', async () => {
    for (const [reader, basis] of [
      [patient.session, 'self'],
      [ada, 'author'],
    ] as const) {
      const { status, headers, bytes } = await reader.get(`/api/medical-records/view/${cid}`);
      expect([status, Buffer.from(bytes).toString('utf8')]).toEqual([200, text]);
      expect(headers.get('x-integrity-verified')).toBe('true');
      expect(headers.get('x-blockchain-hash-verified')).toBe('true');
      const [newest] = await all(patient.session, `${patient.chart}/audit-events?type=access`);
      expect(newest).toMatchObject({
        decision: 'permit',
        basis: [{ kind: basis }],
        origin: { address: expect.any(String) },
      });
    }
  });

  test('who has no consent is refused, and the refusal is in the audit', async () => {
    const { status, body } = await ben.get(`/api/medical-records/view/${cid}`);
    expect([status, body['code']]).toEqual([403, 'consent_missing']);
    const [newest] = await all(patient.session, `${patient.chart}/audit-events?type=access`);
    expect(newest).toMatchObject({ decision: 'deny', origin: { address: expect.any(String) } });
  });

  test('verification says what was compared, without opening anything', async () => {
    const verified = await patient.session.read(`/api/medical-records/verify/${cid}`);
    expect(verified).toMatchObject({ cid, integrityVerified: true, blockchainHashVerified: true });
  });

  test.each(['walletAddress', 'walletSignature', 'patientSignature'])(
    '%s is told to mean nothing here',
    async (field) => {
      const { status, body } = await upload({ recordType: 'bill', name: 'x', [field]: '0x00' });
      expect([status, body['code'], body['errors']]).toMatchObject([
        400,
        'wallet_not_used',
        [{ pointer: `/${field}` }],
      ]);
    },
  );

  test.each([
    ['an unknown type', { recordType: 'poem', name: 'x' }, '/recordType'],
    ['a date that is none', { recordType: 'bill', name: 'x', date: 'today' }, '/date'],
    ['no patient', { recordType: 'bill', name: 'x', patientId: 'me' }, '/patientId'],
  ])('%s is refused and named', async (_what, fields, pointer) => {
    const { status, body } = await upload(fields);
    expect([status, body['errors']]).toMatchObject([400, [{ pointer }]]);
  });

  test('another patient, and a CID of nothing, find no record', async () => {
    const other = await world.patient();
    for (const path of [`view/${cid}`, `verify/${cid}`])
      expect((await other.session.get(`/api/medical-records/${path}`)).body).toMatchObject({
        code: 'record_not_found',
      });
  });
});

describe('/api/access-requests', () => {
  const asked = () => ({ patientId: patient.id, requestReason: 'second opinion', recordTypes: ['prescription'] });
  const authorized = async (which: string) => {
    const { items } = await ben.read<Page<{ patientId: string }>>(`/api/access-requests/doctor/${which}?limit=200`);
    return items.filter(({ patientId }) => patientId === patient.id);
  };

  test('a doctor asks, the patient chooses and approves, the doctor sees what is open and reads it', async () => {
    const { requestId } = await ben.create<{ requestId: string }>('/api/access-requests/doctor/request', asked());
    const { items } = await patient.session.read<Page>('/api/access-requests/patient/requests');
    expect(items).toMatchObject([{ id: requestId, reason: 'second opinion', status: 'requested' }]);
    const [record] = (await patient.session.read<Page>('/api/medical-records/patient-records')).items;
    const body = { requestId, action: 'approve', selectedRecords: [record!['id']], accessDuration: 2 };
    const answered = await patient.session.create('/api/access-requests/patient/respond', body);
    expect(answered).toMatchObject({ status: 'approved', consentId: expect.any(String) });
    for (const which of ['authorized-records', 'blockchain-authorized-records'])
      expect(await authorized(which)).toMatchObject([{ records: [{ id: record!['id'] }] }]);
    expect((await ben.get(`/api/medical-records/view/${cid}`)).status).toBe(200);
  });

  test('a denied request opens nothing', async () => {
    const { requestId } = await ben.create<{ requestId: string }>('/api/access-requests/doctor/request', asked());
    const body = { requestId, action: 'deny' };
    const answered = await patient.session.create('/api/access-requests/patient/respond', body);
    expect(answered).toMatchObject({ status: 'denied' });
  });

  test('a wallet’s address is told to mean nothing here', async () => {
    const answer = await ben.post('/api/access-requests/doctor/request', { ...asked(), walletAddress: '0x00' });
    expect([answer.status, answer.body['code']]).toEqual([400, 'wallet_not_used']);
  });
});

describe('/api/system', () => {
  const passed = (steps: readonly string[]) => ({ ok: true, steps: steps.map((name) => ({ name, ok: true })) });

  test('says to everybody whether it works', async () => {
    const status = await (await world.people.nobody(home)).read('/api/system/status');
    expect(status).toMatchObject({ status: 'operational', organization: home, ledgerReachable: true });
    expect(status['blockHeight']).toBeGreaterThan(1);
  });

  test('a doctor’s and a patient’s day are walked through on the canary patient, on the ledger', async () => {
    const before = Number((await ben.read('/api/system/status'))['blockHeight']);
    expect(await ada.read('/api/system/test/doctor-workflow')).toMatchObject(
      passed(['append', 'access', 'content', 'audit']),
    );
    const admin = await world.people.as(home, 'admin');
    expect(await admin.read('/api/system/test/patient-workflow')).toMatchObject(
      passed(['access', 'content', 'audit', 'integrity']),
    );
    expect(Number((await ben.read('/api/system/status'))['blockHeight'])).toBeGreaterThanOrEqual(before + 2);
  });

  test.each(['care', 'registry', 'supply'])('the contract %s answers', async (contract) => {
    expect(await ada.read(`/api/system/test/blockchain/${contract}`)).toMatchObject(passed(['query']));
  });

  test('a contract that there is not is refused', async () => {
    expect((await ada.get(`/api/system/test/blockchain/${randomUUID()}`)).status).toBe(400);
  });

  test('the patient gets the integrity report of their own chart', async () => {
    const report = await patient.session.read('/api/system/integrity-report');
    expect(report).toMatchObject({ valid: true, brokenLinks: [], totalRecords: 1, patientId: patient.id });
  });
});

describe('the figures to watch', () => {
  test('are among the metrics, each with a number', async () => {
    const { figureNames } = await import('../../../../gateway-api/src/metrics/figures.ts');
    const { bytes } = await (await world.people.nobody(home)).get('/metrics');
    const metrics = Buffer.from(bytes).toString('utf8');
    for (const name of figureNames) expect(metrics).toMatch(new RegExp(`^${name} [\\d.e-]+$`, 'm'));
    expect(metrics).toMatch(/^care_records_stored [1-9]/m);
  });
});
