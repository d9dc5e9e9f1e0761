/** Requests and sharing tokens of a clinician at a hospital that is not the patient's home. */
import { AccessRequests, type RestClient, SharingTokens, StandingRules } from '@chain-of-care/client';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { largeNetwork } from '../../system/networks.ts';
import type { Json, Page, RestSession } from '../../system/rest.ts';
import { home, newRecord, recordsOnce, World, type RegisteredPatient } from '../rest/world.fixture.ts';

const world = new World(largeNetwork);
const away = 'Hospital2MSP';
const text = 'discharged, follow up in two weeks';
let patient: RegisteredPatient;
let cleo: RestSession;
let cleoId: string;
let record: string;
let referral: Json;

const clientOf = (mspId: string, user: string): Promise<RestClient> => world.people.client(mspId, user);

beforeAll(async () => {
  await largeNetwork.start();
  patient = await world.patient();
  cleo = await world.people.as(away, 'dr-cleo');
  cleoId = await world.clinician(away, 'oncology');
  await (await world.people.as(home, 'dr-ada')).create(`${patient.chart}/records`, newRecord(text));
  const [first] = await recordsOnce(patient, 1);
  record = String(first!['id']);
  referral = await patient.session.read(`${patient.chart}/referral`);
}, 400_000);

/** What another gateway has acknowledged comes with the next blocks: asks again for a while. */
async function soon<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (const deadline = Date.now() + 20_000; ; await delay(200)) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

describe('a clinician of another hospital', () => {
  test('asks, is approved for one record, reads it, and finds it in the list that the ledger proves', async () => {
    const asking = new AccessRequests(await clientOf(away, 'dr-cleo'));
    const answering = new AccessRequests(await clientOf(home, patient.subject));
    const wanted = { reason: 'transferred to us', categories: ['lab_result'], days: 7, referral } as const;
    const { id } = await asking.request(patient.id, wanted);
    const { consentId } = await soon(async () => answering.approve(id, { records: [record], days: 2 }));
    const access = await soon(async () =>
      cleo.create<{ id: string }>(`${patient.chart}/accesses`, {
        purposeOfUse: 'TREAT',
        reason: 'as agreed',
        categories: ['lab_result'],
        referral,
      }),
    );
    const { items } = await cleo.read<Page<{ id: string }>>(`/v1/accesses/${access.id}/records`);
    expect(items.map((each) => each.id)).toEqual([record]);
    const content = await cleo.get(`/v1/accesses/${access.id}/records/${record}/content`);
    expect([content.status, Buffer.from(content.bytes).toString('utf8')]).toEqual([200, text]);
    const proven = await cleo.read<Page>('/v1/authorized-records?proof=ledger&limit=200');
    const mine = proven.items.find(({ patientId }) => patientId === patient.id);
    expect(mine).toMatchObject({ proof: 'ledger', records: [{ id: record, consentIds: [consentId] }] });
    await patient.session.create(`/v1/consents/${consentId}/revocation`);
    const { status } = await cleo.get(`/v1/accesses/${access.id}/records/${record}/content`);
    expect([403, 404]).toContain(status);
  });

  test('redeems a token made for them, once, opens it themselves, and loses it with the revocation', async () => {
    const tokens = new SharingTokens(await clientOf(home, patient.subject));
    const redeeming = new SharingTokens(await clientOf(away, 'dr-cleo'));
    const grantee = { mspId: away, id: cleoId };
    const once = await tokens.create(patient.id, { records: [{ id: record }], expiresInHours: 24, grantee });
    const redeemed = await soon(async () => redeeming.redeem(once.secret, { referral }));
    expect(Buffer.from(await redeemed.records[0]!.content()).toString('utf8')).toBe(text);
    await expect(redeeming.redeem(once.secret, { referral })).rejects.toMatchObject({ code: 'token_ended' });
    await tokens.revoke(once.id);
    await expect(redeemed.records[0]!.content()).rejects.toMatchObject({ status: 403 });
  });

  test('passes on there, but not here, what may be passed on; the patient sees it and ends it with its parent', async () => {
    const grantee = { kind: 'person', mspId: away, id: cleoId };
    const wanted = { grantee, categories: ['lab_result'], mayDelegate: 1 };
    const first = await patient.session.create<{ id: string }>(`${patient.chart}/consents`, wanted);
    const opening = { purposeOfUse: 'TREAT', reason: 'as agreed', categories: ['lab_result'], referral };
    await soon(async () => cleo.create(`${patient.chart}/accesses`, opening));
    const delegations = `/v1/consents/${first.id}/delegations`;
    const whole = { kind: 'organization', mspId: away };
    const next = await cleo.create<{ id: string; seeds: number }>(delegations, { grantee: whole });
    expect(next.seeds).toBe(1);
    const here = await cleo.post(delegations, { grantee: { kind: 'organization', mspId: home } });
    expect([here.status, (here.body as Json)['code']]).toEqual([403, 'organization_not_allowed']);
    const proven = async () => {
      const { items } = await cleo.read<Page>('/v1/authorized-records?proof=ledger&limit=200');
      return items.find(({ patientId }) => patientId === patient.id);
    };
    expect(await proven()).toMatchObject({ records: [{ id: record, consentIds: [first.id, next.id] }] });
    const tree = await soon(async () => {
      const { items } = await patient.session.read<Page>(delegations);
      if (items.length === 0) throw new Error('the home gateway has yet to see it');
      return items;
    });
    expect(tree).toMatchObject([{ id: next.id, delegatedBy: cleoId, parents: [{ consentId: first.id, grantee }] }]);
    await patient.session.create(`/v1/consents/${first.id}/revocation`);
    for (const deadline = Date.now() + 20_000; (await proven()) !== undefined && Date.now() < deadline;)
      await delay(200);
    expect(await proven()).toBeUndefined();
  });

  test('is answered by the standing rule for their department, and their whole department by its consent', async () => {
    const rules = new StandingRules(await clientOf(home, patient.subject));
    const grantee = { kind: 'department', mspId: away, id: 'oncology' } as const;
    const rule = await rules.create(patient.id, { effect: 'automatic', template: 'referral', grantee });
    const asking = new AccessRequests(await clientOf(away, 'dr-cleo'));
    await asking.request(patient.id, { reason: 'referred to us', categories: ['lab_result'], days: 30, referral });
    const opening = { purposeOfUse: 'TREAT', reason: 'referred', categories: ['lab_result'], referral };
    const access = await soon(async () => cleo.create<{ id: string }>(`${patient.chart}/accesses`, opening));
    const content = await cleo.get(`/v1/accesses/${access.id}/records/${record}/content`);
    expect(Buffer.from(content.bytes).toString('utf8')).toBe(text);
    const { uses } = (await rules.list(patient.id)).find(({ id }) => id === rule.id)!;
    expect(uses).toHaveLength(1);
    const consent = await patient.session.read(`/v1/consents/${uses[0]!.consentId}`);
    expect(consent).toMatchObject({ grantee, categories: ['lab_result'] });
    await rules.end(patient.id, rule.id);
    await patient.session.create(`/v1/consents/${uses[0]!.consentId}/revocation`);
  });
});
