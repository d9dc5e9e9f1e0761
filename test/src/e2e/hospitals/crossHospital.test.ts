import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { changedChaincode, type ChangedChaincode } from '../../system/changedChaincode.ts';
import { largeNetwork } from '../../system/networks.ts';
import type { Json, Page, RestSession } from '../../system/rest.ts';
import { home, newRecord, World, type RegisteredPatient } from '../rest/world.fixture.ts';

const world = new World(largeNetwork);
const away = 'Hospital2MSP';
interface Opened {
  readonly id: string;
  readonly transactionId: string;
}

const text = 'discharged, follow up in two weeks';
let patient: RegisteredPatient;
let cleo: RestSession;
let recordId: string;
let facts: { cid: string; version: number };
let referral: Json;

beforeAll(async () => {
  await largeNetwork.start();
  patient = await world.patient();
  cleo = await world.people.as(away, 'dr-cleo');
  const ada = await world.people.as(home, 'dr-ada');
  const { records } = await ada.create<{ records: { id: string }[] }>(`${patient.chart}/records`, newRecord(text));
  recordId = records[0]!.id;
  facts = await patient.session.read(`/v1/records/${recordId}`);
  referral = await patient.session.read(`${patient.chart}/referral`);
}, 400_000);

const asked = (more: Json = {}) => ({
  purposeOfUse: 'TREAT',
  reason: 'transferred to us',
  categories: ['lab_result'],
  referral,
  ...more,
});

describe('a clinician of another hospital', () => {
  test('gets nothing without a grant', async () => {
    const { status } = await cleo.post(`${patient.chart}/accesses`, asked());
    expect([403, 404]).toContain(status);
  });

  test('reads under a grant: the access is committed, the ciphertext comes from the home gateway, the content is equal', async () => {
    const grantee = { kind: 'person', mspId: away, id: await world.clinician(away, 'oncology') };
    await patient.session.create(`${patient.chart}/consents`, { grantee, categories: ['lab_result'] });
    const access = await cleo.create<{ id: string }>(`${patient.chart}/accesses`, asked());
    const { items } = await cleo.read<Page<{ id: string }>>(`/v1/accesses/${access.id}/records`);
    expect(items.map(({ id }) => id)).toEqual([recordId]);
    const content = await cleo.get(`/v1/accesses/${access.id}/records/${recordId}/content`);
    expect([content.status, Buffer.from(content.bytes).toString('utf8')]).toEqual([200, text]);
    const audit = await patient.session.read<Page>(`${patient.chart}/audit-events`);
    expect(audit.items[0]).toMatchObject({ accessorOrg: away, decision: 'permit' });
  });

  test('loses it with the revocation, also under the access that is open', async () => {
    const { items: consents } = await patient.session.read<Page<{ id: string }>>(`${patient.chart}/consents`);
    const access = await cleo.create<{ id: string }>(`${patient.chart}/accesses`, asked());
    await patient.session.create(`/v1/consents/${consents[0]!.id}/revocation`);
    const { status } = await cleo.get(`/v1/accesses/${access.id}/records/${recordId}/content`);
    expect([403, 404]).toContain(status);
    expect((await cleo.post(`${patient.chart}/accesses`, asked())).status).toBeGreaterThanOrEqual(403);
  });
});

describe('between gateways', () => {
  /** As another member's gateway asks: with its own TLS certificate. */
  async function fetchContent(as: string, query: Json): Promise<{ status: number; bytes: Buffer }> {
    const own = await largeNetwork.profileOf(as);
    const target = own.members.find(({ mspId }) => mspId === home) as { internal: string; tlsCa: string };
    const search = new URLSearchParams(query as Record<string, string>);
    const [cert, key, ca] = await Promise.all(
      [own.tls.certificate, own.tls.privateKey, target.tlsCa].map((file) => readFile(file)),
    );
    return new Promise((resolve, reject) => {
      const url = new URL(`/v1/content/${facts.cid}?${search}`, target.internal);
      const outgoing = request(url, { cert: cert!, key: key!, ca: ca! }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, bytes: Buffer.concat(chunks) }));
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  }
  const named = (transaction: string) => ({ patient: patient.id, record: recordId, version: '1', transaction });

  /** An access of a clinician at home. */
  async function ownAccess(): Promise<Opened> {
    const ada = await world.people.as(home, 'dr-ada');
    const body = { purposeOfUse: 'TREAT', reason: 'ward round', records: [{ id: recordId }] };
    return ada.create<Opened>(`${patient.chart}/accesses`, body);
  }

  test('an access that nobody committed opens no ciphertext, with a transaction that somebody did', async () => {
    const { transactionId } = await ownAccess();
    const { status, bytes } = await fetchContent(away, { access: randomUUID(), ...named(transactionId) });
    expect([403, 404]).toContain(status);
    expect(createHash('sha256').update(bytes).digest('hex')).not.toBe(facts.cid);
  });

  describe('when accesses last three seconds instead of a quarter of an hour', () => {
    let chaincode: ChangedChaincode;

    beforeAll(async () => {
      chaincode = await changedChaincode({
        file: 'rules/access.js',
        from: 'servesForMs = 15 * 60_000',
        to: 'servesForMs = 3_000',
      });
      chaincode.choose(true);
      await largeNetwork.start();
    }, 200_000);

    afterAll(async () => {
      await chaincode.remove();
      await largeNetwork.start();
    }, 200_000);

    test('one that has ended opens nothing: neither for its clinician nor between the gateways', async () => {
      const grantee = { kind: 'person', mspId: away, id: await world.clinician(away, 'oncology') };
      await patient.session.create(`${patient.chart}/consents`, { grantee, categories: ['lab_result'] });
      const clinician = await new World(largeNetwork).people.as(away, 'dr-cleo');
      const access = await clinician.create<Opened & { servesUntil: string }>(`${patient.chart}/accesses`, asked());
      await delay(Math.max(0, Date.parse(access.servesUntil) - Date.now()) + 500);
      const path = `/v1/accesses/${access.id}/records/${recordId}/content`;
      for (const headers of [{}, { range: 'bytes=0-3' }] as const)
        expect((await clinician.get(path, { headers })).body).toMatchObject({ status: 403, code: 'access_expired' });
      const { status, bytes } = await fetchContent(away, {
        access: access.id,
        ...named(access.transactionId),
      });
      expect([status, JSON.parse(bytes.toString('utf8'))]).toMatchObject([403, { code: 'access_expired' }]);
    }, 60_000);
  });

  test('an access of another member’s clinician opens none either', async () => {
    const { id, transactionId } = await ownAccess();
    const { status } = await fetchContent(away, { access: id, ...named(transactionId) });
    expect([403, 404]).toContain(status);
  });

  test('a transaction that does not come is waited for, then said to be missing', async () => {
    const { status } = await fetchContent(away, { access: randomUUID(), ...named('a'.repeat(64)) });
    expect(status).toBe(503);
  });

  /** What a member's gateway signs with comes from its other authority (decision 12): it is no TLS identity. */
  async function signingIdentity(): Promise<{ readonly cert: Buffer; readonly key: Buffer }> {
    const { service } = await largeNetwork.profileOf(away);
    const [cert, key] = await Promise.all([service.certificate, service.privateKey].map((file) => readFile(file)));
    return { cert: cert!, key: key! };
  }

  test.each([
    ['no certificate', async () => ({})],
    ['a member’s signing certificate instead of its TLS certificate', signingIdentity],
  ])('who comes with %s is not even heard', async (_, identity) => {
    const { members } = await largeNetwork.profileOf(home);
    const { internal } = members.find(({ mspId }) => mspId === home) as { internal: string };
    const own = await identity();
    await expect(
      new Promise((resolve, reject) => {
        const outgoing = request(new URL('/v1/content/x', internal), { rejectUnauthorized: false, ...own }, resolve);
        outgoing.on('error', reject);
        outgoing.end();
      }),
    ).rejects.toThrow();
  });
});
