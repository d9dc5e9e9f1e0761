/** What a patient wants permitted whenever a department asks: at once, or by one answer. */
import {
  AccessRequests,
  HealthDataBank,
  type RestClient,
  StandingRules,
  type Consent,
  type NewStandingRule,
} from '@chain-of-care/client';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { network } from '../../system/networks.ts';
import type { Json } from '../../system/rest.ts';
import { until } from '../../system/until.ts';
import { home, newRecord, recordsOnce, World } from './world.fixture.ts';

const world = new World(network);
const dayMs = 24 * 3600_000;
const toEmergency = {
  template: 'referral',
  grantee: { kind: 'department', mspId: home, id: 'emergency' },
} as const satisfies Partial<NewStandingRule>;
const wish = { reason: 'referred with dyspnoea', categories: ['lab_result'], days: 90 } as const;
let ben: RestClient;

const clientOf = (user: string): Promise<RestClient> => world.people.client(home, user);

beforeAll(async () => {
  await network.start();
  ben = await clientOf('dr-ben');
}, 300_000);

async function newPatient() {
  const registered = await world.patient();
  const ada = await world.people.as(home, 'dr-ada');
  await ada.create(`${registered.chart}/records`, newRecord('a finding'));
  await recordsOnce(registered, 1);
  const rest = await clientOf(registered.subject);
  return {
    ...registered,
    rules: new StandingRules(rest),
    bank: new HealthDataBank(rest),
    requests: new AccessRequests(rest),
  };
}
type Patient = Awaited<ReturnType<typeof newPatient>>;

const asked = async ({ id }: Patient): Promise<string> => (await new AccessRequests(ben).request(id, wish)).id;

/** The request, once it is answered or the time for that is over. */
async function answerTo(patient: Patient, requestId: string, withinMs = 30_000) {
  for (const deadline = Date.now() + withinMs; ; await delay(200)) {
    for await (const request of patient.requests.list())
      if (request.id === requestId && (request.status !== 'requested' || Date.now() > deadline)) return request;
  }
}

async function consentsOf({ session, chart }: Patient): Promise<readonly Consent[]> {
  return (await session.read<{ items: Consent[] }>(`${chart}/consents`)).items;
}

async function textsFor(patientId: string): Promise<string[]> {
  const bank = new HealthDataBank(ben);
  const { records } = await bank.retrieveHealthRecords(patientId, { reason: 'referred', recordTypes: ['lab_result'] });
  const texts: string[] = [];
  for await (const record of records) texts.push(Buffer.from(await record.content()).toString('utf8'));
  return texts;
}

interface Notice {
  readonly kind: string;
  readonly about: { readonly reference?: string };
}

interface Event {
  readonly interaction: string;
  readonly subjects?: readonly string[];
}
const ruleEvents = async ({ session, chart }: Patient): Promise<readonly Event[]> =>
  (await session.read<{ items: Event[] }>(`${chart}/audit-events?type=standing-rule`)).items;

describe('a standing rule', () => {
  test('that is automatic answers each request of the department once, for thirty days, and the audit names it', async () => {
    const patient = await newPatient();
    const rule = await patient.rules.create(patient.id, { ...toEmergency, effect: 'automatic' });
    const requestId = await asked(patient);
    const request = await answerTo(patient, requestId);
    expect(request.status).toBe('approved');
    const [consent, ...others] = await consentsOf(patient);
    expect(others).toEqual([]);
    expect(consent).toMatchObject({ id: request.consentId, grantee: toEmergency.grantee, categories: ['lab_result'] });
    expect(Date.parse(consent!.expiresAt!) - Date.now()).toBeLessThanOrEqual(30 * dayMs);
    expect(await textsFor(patient.id)).toHaveLength(1);

    await answerTo(patient, await asked(patient));
    expect(await consentsOf(patient)).toHaveLength(2);
    const [shown] = await patient.rules.list(patient.id);
    expect(shown).toMatchObject({ id: rule.id, effect: 'automatic', template: 'referral' });
    expect(shown!.uses.at(-1)).toMatchObject({ requestId, consentId: consent!.id });
    expect(shown!.uses).toHaveLength(2);
    expect(await ruleEvents(patient)).toMatchObject([
      { interaction: 'apply', subjects: [rule.id] },
      { interaction: 'apply', subjects: [rule.id] },
      { interaction: 'create', subjects: [rule.id] },
    ]);
  });

  test('that proposes is named by the request, and one answer gives what it says to the department', async () => {
    const patient = await newPatient();
    const rule = await patient.rules.create(patient.id, { ...toEmergency, effect: 'propose', days: 2 });
    const requestId = await asked(patient);
    const waiting = await answerTo(patient, requestId, 0);
    expect(waiting).toMatchObject({ status: 'requested', standingRule: rule.id });
    expect(await consentsOf(patient)).toEqual([]);
    await expect(textsFor(patient.id)).rejects.toMatchObject({ code: 'consent_missing' });

    const { consentId } = await patient.requests.approve(requestId, { standingRule: rule.id });
    expect(await consentsOf(patient)).toMatchObject([{ id: consentId, grantee: toEmergency.grantee }]);
    expect(await textsFor(patient.id)).toHaveLength(1);
  });

  test('gives the receiving department of a referral its consent at once; it is noticed before its end, renewed, and lapses', async () => {
    const patient = await newPatient();
    await patient.rules.create(patient.id, { ...toEmergency, effect: 'automatic', days: 1 });
    const ada = new AccessRequests(await clientOf('dr-ada'));
    const { id } = await ada.request(patient.id, { ...wish, receivingDepartment: 'emergency' });
    const { status, consentId, receivingDepartment } = await answerTo(patient, id);
    expect([status, receivingDepartment]).toEqual(['approved', 'emergency']);
    expect(await consentsOf(patient)).toMatchObject([{ id: consentId, grantee: toEmergency.grantee }]);
    expect(await textsFor(patient.id)).toHaveLength(1);

    const renewed = await patient.bank.renewConsent(consentId!, new Date(Date.now() + 12_000).toISOString());
    await patient.bank.revokeConsent(consentId!);
    expect(await textsFor(patient.id)).toHaveLength(1);
    const isTold = (kind: string) => (found: Json) =>
      (found['items'] as Notice[]).some((each) => each.kind === kind && each.about.reference === renewed.id);
    await until(patient.session, '/v1/notifications', isTold('consentExpiring'));
    await until(patient.session, '/v1/notifications', isTold('consentLapsed'));
    await expect(textsFor(patient.id)).rejects.toMatchObject({ code: 'consent_missing' });
  });

  test('for a hospital gives to whichever of its departments asks, and the others get nothing', async () => {
    const patient = await newPatient();
    const hospital = { kind: 'organization', mspId: home } as const;
    await patient.rules.create(patient.id, { ...toEmergency, grantee: hospital, effect: 'automatic' });
    const { consentId } = await answerTo(patient, await asked(patient));
    expect(await consentsOf(patient)).toMatchObject([{ id: consentId, grantee: toEmergency.grantee }]);
    expect(await textsFor(patient.id)).toHaveLength(1);
  });

  test('says nothing once it is ended, or to others than it names; it is for whom its template is for', async () => {
    const patient = await newPatient();
    const rule = await patient.rules.create(patient.id, { ...toEmergency, effect: 'automatic' });
    expect(await patient.rules.end(patient.id, rule.id)).toMatchObject({ id: rule.id, endedAt: expect.any(String) });
    const grantee = { ...toEmergency.grantee, id: 'oncology' };
    const other = await patient.rules.create(patient.id, { ...toEmergency, grantee, effect: 'propose' });
    const requestId = await asked(patient);
    const waiting = await answerTo(patient, requestId, 3_000);
    expect(waiting.status).toBe('requested');
    expect(waiting).not.toHaveProperty('standingRule');
    for (const { id } of [rule, other])
      await expect(patient.requests.approve(requestId, { standingRule: id })).rejects.toMatchObject({
        code: 'validation_failed',
      });
    const automatic = { ...toEmergency, effect: 'automatic' } as const;
    const team = { kind: 'care-team', mspId: home } as const;
    for (const wrong of [{ grantee: team }, { template: 'second-opinion' }])
      await expect(patient.rules.create(patient.id, { ...automatic, ...wrong })).rejects.toMatchObject({
        code: 'validation_failed',
      });
    const paged = await patient.session.read<{ items: { id: string }[]; nextCursor: string }>(
      `${patient.chart}/standing-rules?limit=1`,
    );
    expect(paged.items.map(({ id }) => id)).toEqual([other.id]);
    const rest = `${patient.chart}/standing-rules?limit=1&cursor=${paged.nextCursor}`;
    expect(await patient.session.read(rest)).toMatchObject({ items: [{ id: rule.id, endedAt: expect.any(String) }] });
  });

  test('of a representative says nothing once they represent the patient no more', async () => {
    const { child, session, id: representation } = await world.represented();
    const wanted = { ...toEmergency, effect: 'propose' };
    const { id, ...made } = await session.create<{ id: string }>(`${child.chart}/standing-rules`, wanted);
    expect(made).not.toHaveProperty('by');
    const request = await new AccessRequests(ben).request(child.id, wish);
    const named = async () =>
      (await child.session.read<{ standingRule?: string }>(`/v1/access-requests/${request.id}`)).standingRule;
    expect(await named()).toBe(id);
    await session.create(`${child.chart}/representatives/${representation}/ending`);
    expect(await named()).toBeUndefined();
  });
});
