/**
 * The regulator's peer is away: charts open and rights end all the while, what cannot be endorsed says so, what is queued is
 * made afterwards, once. For ten seconds, or as long as `TEST_OUTAGE_SECONDS` says (`npm test -- --long`: ten minutes).
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { all } from '../demo/careStory.ts';
import { World, home, newRecord, type RegisteredPatient } from '../e2e/rest/world.fixture.ts';
import { network } from '../system/networks.ts';
import type { Answer, Json, ProblemBody, RestSession } from '../system/rest.ts';

const outageMs = 1_000 * Number(process.env['TEST_OUTAGE_SECONDS'] ?? (process.env['TEST_LONG'] === '1' ? 600 : 10));
const pauseMs = 2_000;
/** The longest pause between two tries of what is queued, and what a busy machine adds. */
const committedWithinMs = 120_000;
const world = new World(network);
let patient: RegisteredPatient;
let ada: RestSession;
let ben: RestSession;
let benId: string;

beforeAll(async () => {
  await network.start();
  patient = await world.patient();
  ada = await world.people.as(home, 'dr-ada');
  ben = await world.people.as(home, 'dr-ben');
  benId = await world.clinician(home, 'emergency');
}, 300_000);

afterAll(() => network.start(), 120_000);

const titled = (title: string): Json => ({ ...newRecord(title), title });
const toBen = () => ({ grantee: { kind: 'person', mspId: home, id: benId } });

async function ended(location: string): Promise<Json> {
  for (const deadline = Date.now() + committedWithinMs; ; await delay(500)) {
    const operation = await ada.read(location);
    if (!['queued', 'running'].includes(String(operation['status'])) || Date.now() > deadline) return operation;
  }
}

/** @returns the operation's address */
async function queued(title: string): Promise<string> {
  const answer = await ada.post(`${patient.chart}/records`, titled(title), { headers: { prefer: 'respond-async' } });
  expect(answer.status).toBe(202);
  return answer.headers.get('location')!;
}

function expectUnavailable({ status, body, headers }: Answer<ProblemBody>): void {
  expect([status, body.code]).toEqual([503, 'unavailable']);
  expect(headers.get('retry-after')).not.toBeNull();
}

test(
  'charts open, revocations work, the rest is 503; queued writes are made once, and nothing acknowledged is lost',
  async () => {
    const { chart, session } = patient;
    const { records } = await ada.create<{ records: { id: string }[] }>(`${chart}/records`, titled('before'));
    const recordId = records[0]!.id;
    const consents: string[] = [];
    for (let count = 0; count < 2; count += 1)
      consents.push((await session.create<{ id: string }>(`${chart}/consents`, toBen())).id);
    const counted = await session.create<{ id: string }>(`${chart}/consents`, {
      ...{ grantee: { kind: 'department', mspId: home, id: 'laboratory' }, maxAccesses: 3 },
    });
    const asked = { purposeOfUse: 'TREAT', reason: 'ward round', records: [{ id: recordId }] };
    await network.kill('regulator-peer');
    const backAt = Date.now() + outageMs;

    const accepted: string[] = [];
    for (let index = 0; index < 5; index += 1) accepted.push(await queued(`queued ${index}`));

    let opened = 0;
    do {
      const access = await ben.create<{ id: string }>(`${chart}/accesses`, asked);
      expect((await ben.get(`/v1/accesses/${access.id}/records/${recordId}/content`)).status).toBe(200);
      opened += 1;
      await delay(pauseMs);
    } while (Date.now() < backAt);

    const refused = await ada.post<ProblemBody>(`${chart}/records`, titled('refused'));
    expectUnavailable(refused);
    expect(refused.body.detail).toContain('Prefer: respond-async');
    expectUnavailable(await session.post(`${chart}/consents`, toBen()));
    const sharing = { records: [{ id: recordId }], expiresInHours: 1 };
    expectUnavailable(await session.post(`${chart}/sharing-tokens`, sharing));
    const laboratory = await world.people.as(home, 'integration');
    expectUnavailable(await laboratory.post(`${chart}/accesses`, asked));
    for (const consent of consents) await session.create(`/v1/consents/${consent}/revocation`);
    expect((await ben.post(`${chart}/accesses`, asked)).body).toMatchObject({ code: 'consent_missing' });
    accepted.push(await queued('queued last'));

    await network.kill('hospital-gateway');
    await network.start();
    const results = [];
    for (const location of accepted) results.push(await ended(location));
    expect(results.map(({ status }) => status)).toEqual(accepted.map(() => 'succeeded'));
    const madeBy = results.map(({ result }) => (result as { body: { records: { id: string }[] } }).body.records[0]!.id);
    const inChain = (await all(session, `${chart}/records`)).toSorted(
      (one, other) => Number(one['sequence']) - Number(other['sequence']),
    );
    expect(inChain.map(({ id }) => id)).toEqual([recordId, ...madeBy]);

    // Nothing that was acknowledged meanwhile is lost: accesses and revocations.
    const permitted = await all(session, `${chart}/audit-events?type=access&decision=permit`);
    expect(permitted).toHaveLength(opened);
    const stands = (await all(session, `${chart}/consents`)).filter((consent) => consent['revokedAt'] === undefined);
    expect(stands.map(({ id }) => id)).toEqual([counted.id]);
  },
  300_000 + outageMs,
);
