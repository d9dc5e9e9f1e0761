/** The regulator's peer is away: what is sent with `Prefer: respond-async` is committed afterwards, once, in its order. */
import { randomUUID } from 'node:crypto';
import { HealthDataBank, Operations, type Operation, type RestClient } from '@chain-of-care/client';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { all } from '../demo/careStory.ts';
import { World, home, newRecord, type RegisteredPatient } from '../e2e/rest/world.fixture.ts';
import { network } from '../system/networks.ts';
import type { Json, ProblemBody, RestSession } from '../system/rest.ts';

const writes = 5;
const later = { headers: { prefer: 'respond-async' } };
const world = new World(network);
let patient: RegisteredPatient;
let ada: RestSession;
let client: RestClient;
let operations: Operations;

beforeAll(async () => {
  await network.start();
  patient = await world.patient();
  ada = await world.people.as(home, 'dr-ada');
  client = await world.people.client(home, 'dr-ada');
  operations = new Operations(client);
}, 300_000);

afterAll(() => network.start(), 120_000);

const titled = (title: string): Json => ({ ...newRecord(title), title });

async function listed(status: Operation['status']): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of operations.list({ status })) ids.push(id);
  return ids;
}

async function queued(title: string): Promise<{ readonly id: string; readonly key: string }> {
  const key = randomUUID();
  const { id } = await operations.start(`${patient.chart}/records`, titled(title), { idempotencyKey: key });
  return { id, key };
}

test('charts open, revocations work, the rest is 503; queued writes outlive the gateway and are made once, in their order', async () => {
  const { chart, session } = patient;
  const { records } = await ada.create<{ records: { id: string }[] }>(`${chart}/records`, titled('before'));
  const grantee = { kind: 'person', mspId: home, id: await world.clinician(home, 'emergency') };
  const consent = await session.create<{ id: string }>(`${chart}/consents`, { grantee });
  await network.kill('regulator-peer');

  const titles = Array.from({ length: writes }, (_, index) => `queued ${index}`);
  const accepted: { id: string; key: string }[] = [];
  for (const title of titles) accepted.push(await queued(title));
  const unwanted = await queued('cancelled');

  const asked = { purposeOfUse: 'TREAT', reason: 'ward round', records: [{ id: records[0]!.id }] };
  const ben = await world.people.as(home, 'dr-ben');
  const access = await ben.create<{ id: string }>(`${chart}/accesses`, asked);
  expect((await ben.get(`/v1/accesses/${access.id}/records/${records[0]!.id}/content`)).status).toBe(200);
  await session.create(`/v1/consents/${consent.id}/revocation`);
  expect((await ben.post(`${chart}/accesses`, asked)).body).toMatchObject({ code: 'consent_missing' });
  const refused = await ada.post<ProblemBody>(`${chart}/records`, titled('refused'));
  expect([refused.status, refused.body.code]).toEqual([503, 'unavailable']);
  expect(refused.body.detail).toContain('Prefer: respond-async');
  expect(refused.headers.get('retry-after')).not.toBeNull();

  expect(await operations.get(accepted[0]!.id)).toMatchObject({ tries: expect.any(Number) });
  expect(await operations.get(accepted[1]!.id)).toMatchObject({
    status: 'queued',
    waiting: { detail: 'an earlier operation goes first' },
  });
  const cancelled = await operations.cancel(unwanted.id);
  expect(cancelled).toMatchObject({ status: 'cancelled', error: { code: 'operation_cancelled' } });
  expect(await listed('cancelled')).toContain(unwanted.id);
  expect(await listed('queued')).toEqual(expect.arrayContaining(accepted.slice(1).map(({ id }) => id)));
  await expect(operations.result(accepted[1]!.id, { withinMs: 300 })).rejects.toMatchObject({
    code: 'operation_unfinished',
  });

  await network.kill('hospital-gateway');
  await network.start();
  const results = [];
  for (const { id } of accepted) results.push(await operations.result(id, { withinMs: 90_000 }));
  expect(await operations.get(unwanted.id)).toMatchObject({ status: 'cancelled' });
  await expect(operations.cancel(accepted[0]!.id)).rejects.toMatchObject({ code: 'operation_irrevocable' });

  // A repeat of one that was queued finds it, and makes nothing.
  const repeat = await ada.post(`${chart}/records`, titled(titles[0]!), { ...later, key: accepted[0]!.key });
  expect([repeat.status, repeat.headers.get('location')]).toEqual([202, `/v1/operations/${accepted[0]!.id}`]);
  const madeBy = results.map((result) => (result as { body: { records: { id: string }[] } }).body.records[0]!.id);
  const inChain = (await all(session, `${chart}/records`)).toSorted(
    (one, other) => Number(one['sequence']) - Number(other['sequence']),
  );
  expect(inChain.map(({ id }) => id)).toEqual([records[0]!.id, ...madeBy]);
}, 240_000);

test('a verb of the client that may be done later answers when it is committed', async () => {
  const { id, session, chart } = await world.patient();
  const record = { type: 'lab_result', content: { value: 1 }, metadata: { date: '2026-02-01' } };
  const { recordId } = await new HealthDataBank(client).storeHealthRecord(id, record, { later: { withinMs: 60_000 } });
  expect((await all(session, `${chart}/records`)).map((each) => each['id'])).toEqual([recordId]);
}, 120_000);
