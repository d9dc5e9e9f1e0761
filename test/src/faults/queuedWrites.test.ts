/** The regulator's peer is away: what is sent with `Prefer: respond-async` is committed afterwards, once, in its order. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
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

beforeAll(async () => {
  await network.start();
  patient = await world.patient();
  ada = await world.people.as(home, 'dr-ada');
}, 300_000);

afterAll(() => network.start(), 120_000);

const titled = (title: string): Json => ({ ...newRecord(title), title });

async function ended(location: string): Promise<Json> {
  for (const deadline = Date.now() + 90_000; ; await delay(500)) {
    const operation = await ada.read(location);
    if (!['queued', 'running'].includes(String(operation['status'])) || Date.now() > deadline) return operation;
  }
}

async function queued(title: string): Promise<{ readonly location: string; readonly key: string }> {
  const key = randomUUID();
  const answer = await ada.post(`${patient.chart}/records`, titled(title), { ...later, key });
  expect(answer.status).toBe(202);
  return { location: answer.headers.get('location')!, key };
}

test('charts open, revocations work, the rest is 503; queued writes outlive the gateway and are made once, in their order', async () => {
  const { chart, session } = patient;
  const { records } = await ada.create<{ records: { id: string }[] }>(`${chart}/records`, titled('before'));
  const grantee = { kind: 'person', mspId: home, id: await world.clinician(home, 'emergency') };
  const consent = await session.create<{ id: string }>(`${chart}/consents`, { grantee });
  await network.kill('regulator-peer');

  const titles = Array.from({ length: writes }, (_, index) => `queued ${index}`);
  const accepted: { location: string; key: string }[] = [];
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

  expect(await ada.read(accepted[0]!.location)).toMatchObject({ tries: expect.any(Number) });
  expect(await ada.read(accepted[1]!.location)).toMatchObject({
    status: 'queued',
    waiting: { detail: 'an earlier operation goes first' },
  });
  const cancelled = await ada.create(`${unwanted.location}/cancellation`);
  expect(cancelled).toMatchObject({ status: 'cancelled', error: { code: 'operation_cancelled' } });

  await network.kill('hospital-gateway');
  await network.start();
  const results = [];
  for (const { location } of accepted) results.push(await ended(location));
  expect(results.map(({ status }) => status)).toEqual(titles.map(() => 'succeeded'));
  expect(await ada.read(unwanted.location)).toMatchObject({ status: 'cancelled' });

  // A repeat of one that was queued finds it, and makes nothing.
  const repeat = await ada.post(`${chart}/records`, titled(titles[0]!), { ...later, key: accepted[0]!.key });
  expect([repeat.status, repeat.headers.get('location')]).toEqual([202, accepted[0]!.location]);
  const madeBy = results.map(({ result }) => (result as { body: { records: { id: string }[] } }).body.records[0]!.id);
  const inChain = (await all(session, `${chart}/records`)).toSorted(
    (one, other) => Number(one['sequence']) - Number(other['sequence']),
  );
  expect(inChain.map(({ id }) => id)).toEqual([records[0]!.id, ...madeBy]);
}, 240_000);
