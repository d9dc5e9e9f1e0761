import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { all } from '../../demo/careStory.ts';
import { breaches, claimedProfile, type AuditEvent } from '../../conformance/fhir/balp.fixture.ts';
import { network } from '../../system/networks.ts';
import type { Json, Page } from '../../system/rest.ts';
import { home, newRecord, World, type RegisteredPatient } from './world.fixture.ts';

const world = new World(network);
const regulator = 'RegulatorMSP';
const asked = (reason: string) => ({ purposeOfUse: 'TREAT', reason, categories: ['lab_result'] });

let patient: RegisteredPatient;
let recordId: string;
let consentId: string;
let benId: string;
let begun: string;
let granted: string;

const events = (query = ''): Promise<readonly Json[]> => all(patient.session, `${patient.chart}/audit-events${query}`);
const kindsOf = (listed: readonly Json[]): string[] =>
  listed.map(({ type, interaction, decision }) =>
    [type, interaction, ...(type === 'access' ? [decision] : [])].join('/'),
  );

/** Registered, a record, a refusal, a grant, an access, a revocation; and the patient looked up. */
beforeAll(async () => {
  await network.start();
  begun = new Date(Date.now() - 1_000).toISOString();
  patient = await world.patient();
  const ada = await world.people.as(home, 'dr-ada');
  const ben = await world.people.as(home, 'dr-ben');
  benId = await world.clinician(home, 'emergency');
  const { records } = await ada.create<{ records: { id: string }[] }>(`${patient.chart}/records`, newRecord());
  recordId = records[0]!.id;
  await ben.read(`/v1/patients/${patient.id}`);
  expect((await ben.post(`${patient.chart}/accesses`, asked('first look, "=1+1"'))).status).toBe(403);
  const grantee = { kind: 'person', mspId: home, id: benId };
  ({ id: consentId } = await patient.session.create<{ id: string }>(`${patient.chart}/consents`, { grantee }));
  granted = new Date().toISOString();
  await ben.create(`${patient.chart}/accesses`, asked('chest pain'));
  await patient.session.create(`/v1/consents/${consentId}/revocation`);
  await keysRenewed();
}, 300_000);

/** What follows the revocation by itself is there: nothing more is to come. */
async function keysRenewed(withinMs = 30_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await delay(100))
    if (kindsOf(await events('?type=key')).includes('key/renew')) return;
}

describe('the patient’s audit', () => {
  test('has every act: registration, keys, record, refusal, grant, sealed keys, access, revocation, renewed keys, demographics', async () => {
    expect(new Set(kindsOf(await events()))).toEqual(
      new Set([
        'patient/register',
        'key/create',
        'key/renew',
        'record/create',
        'demographics/read',
        'access/read/deny',
        'consent/grant',
        'key/seal',
        'access/read/permit',
        'consent/revoke',
      ]),
    );
  });

  test('says who, what, when, why, on what basis, and from where', async () => {
    const [access] = await events('?type=access&decision=permit');
    expect(access).toMatchObject({
      patientId: patient.id,
      accessorId: benId,
      accessorOrg: home,
      accessorGroup: 'emergency',
      purposeOfUse: 'TREAT',
      reason: 'chest pain',
      basis: [{ kind: 'consent', consentId }],
      categories: ['lab_result'],
      transactionId: expect.any(String),
      blockNumber: expect.any(Number),
      origin: {
        address: expect.stringMatching(/127\.0\.0\.1|::1/),
        place: { organization: home, department: 'emergency' },
      },
    });
    const [denied] = await events('?decision=deny');
    expect(denied).toMatchObject({ code: 'consent_missing', origin: { address: expect.any(String) } });
  });

  test.each([
    ['the accessor', () => `accessor=${benId}`, ['access/read/permit', 'access/read/deny', 'demographics/read']],
    [
      'the record, by name or by its category',
      () => `record=${recordId}`,
      ['access/read/permit', 'access/read/deny', 'record/create'],
    ],
    ['the purpose', () => 'purpose=TREAT', ['access/read/permit', 'access/read/deny']],
    ['another purpose', () => 'purpose=HPAYMT', []],
    ['the basis', () => 'basis=consent', ['access/read/permit']],
    ['the type', () => 'type=consent', ['consent/revoke', 'consent/grant']],
    ['the period', () => `type=access&from=${granted}`, ['access/read/permit']],
    ['a period before', () => `until=${begun}`, []],
  ])('is filtered by %s', async (_what, query, expected) => {
    expect(kindsOf(await events(`?${query()}`))).toEqual(expected);
  });

  test('comes in pages that hold each event once', async () => {
    const whole = await events();
    const seen: Json[] = [];
    for (let cursor = ''; ;) {
      const page = await patient.session.read<Page>(`${patient.chart}/audit-events?limit=2${cursor}`);
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items);
      if (page.nextCursor === undefined) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(seen.map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
  });

  test('one event is found by its id, another patient’s is not', async () => {
    const [access] = await events('?type=access');
    const path = `${patient.chart}/audit-events/${String(access!['id'])}`;
    expect(await patient.session.read(path)).toEqual(access);
    const other = await world.patient();
    const foreign = await other.session.get(`${other.chart}/audit-events/${String(access!['id'])}`);
    expect([foreign.status, foreign.body['code']]).toEqual([404, 'event_not_found']);
  });
});

describe('an export', () => {
  test('as CSV has a line an event, no formulas, and is in the audit itself', async () => {
    const before = await events();
    const answer = await patient.session.get(`${patient.chart}/audit-events`, { headers: { accept: 'text/csv' } });
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
    const lines = Buffer.from(answer.bytes).toString('utf8').trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^recordTime,type,interaction,patientId/);
    expect(lines.length - 1).toBe(before.length + 1);
    expect(lines.find((line) => line.includes('first look'))).toContain('"first look, ""=1+1"""');
    expect(kindsOf(await events('?type=export'))).toEqual(['export/audit']);
  });

  test('as FHIR is a Bundle of AuditEvents, permitted reads with BALP’s profile; filters apply', async () => {
    const headers = { accept: 'application/fhir+json' };
    const bundle = await patient.session.read<{ entry: { resource: Json & { meta?: { profile: string[] } } }[] }>(
      `${patient.chart}/audit-events?type=access`,
      { headers },
    );
    expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'collection' });
    const profiles = bundle.entry.map(({ resource }) => [
      resource['outcome'],
      resource.meta?.profile[0]?.split('.').at(-1),
    ]);
    expect(profiles).toEqual([
      ['0', 'PatientRead'],
      ['4', undefined],
    ]);
  });

  test('as FHIR has what IHE BALP asks of the profiles that its events claim, whatever was done', async () => {
    const headers = { accept: 'application/fhir+json' };
    const { entry } = await patient.session.read<{ entry: { resource: AuditEvent }[] }>(
      `${patient.chart}/audit-events`,
      { headers },
    );
    const resources = entry.map(({ resource }) => resource);
    expect(resources.flatMap(breaches)).toEqual([]);
    expect(new Set(resources.map(claimedProfile))).toEqual(
      new Set(['PatientRead', 'PatientCreate', 'PatientUpdate', undefined]),
    );
  });

  test('of another kind is not to be had', async () => {
    const answer = await patient.session.get(`${patient.chart}/audit-events`, {
      headers: { accept: 'application/pdf' },
    });
    expect(answer.status).toBe(406);
  });
});

describe('an organisation’s audit', () => {
  test('shows the privacy officer people and patients of the hospital, without reasons and origins', async () => {
    const officer = await world.people.as(home, 'privacy-officer');
    const { items } = await officer.read<Page>(`/v1/audit-events?patient=${patient.id}&type=access`);
    expect(kindsOf(items)).toEqual(['access/read/permit', 'access/read/deny']);
    for (const event of items) expect(Object.keys(event)).not.toEqual(expect.arrayContaining(['reason', 'origin']));
  });

  test('a search that finds nobody is there too', async () => {
    const ben = await world.people.as(home, 'dr-ben');
    const query = new URLSearchParams({ identifier: `urn:nobody|${randomUUID()}` });
    await ben.read(`/v1/patients?${query}`);
    const officer = await world.people.as(home, 'privacy-officer');
    const { items } = await officer.read<Page>(`/v1/audit-events?accessor=${benId}&type=demographics&limit=1`);
    expect(items[0]).toMatchObject({ interaction: 'search' });
    expect(items[0]).not.toHaveProperty('patientId');
  });

  test('is complete, by the hospital’s peer and by the regulator’s', async () => {
    for (const [mspId, name] of [
      [home, 'privacy-officer'],
      [regulator, 'inspector'],
    ] as const) {
      const overseer = await world.people.as(mspId, name);
      const check = await overseer.create('/v1/audit-completeness-checks', {});
      expect(check).toMatchObject({ complete: true, deviations: [] });
      expect(check['checkedEvents']).toBeGreaterThan(8);
    }
  });
});

describe('the regulator’s investigation', () => {
  test('shows from where somebody acted, and the patient sees that it did', async () => {
    const inspector = await world.people.as(regulator, 'inspector');
    const find = () => inspector.read<Page>(`/v1/audit-events?patient=${patient.id}&decision=permit`);
    const [access] = (await find()).items;
    expect(access).not.toHaveProperty('origin');
    const body = { eventId: access!['id'], reason: 'complaint 17' };
    const investigation = await inspector.create('/v1/audit-investigations', body);
    expect(investigation).toMatchObject({ origin: { address: expect.any(String), place: { organization: home } } });
    const [seen] = await events('?type=investigation');
    expect(seen).toMatchObject({ accessorOrg: regulator, accessorRole: 'inspector', subjects: [access!['id']] });
    expect(JSON.stringify(seen)).not.toContain('complaint 17');
  });
});
