import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { all } from '../demo/careStory.ts';
import { home, newRecord, World, type RegisteredPatient } from '../e2e/rest/world.fixture.ts';
import { network } from '../system/networks.ts';
import type { RestSession } from '../system/rest.ts';

const world = new World(network);
const text = 'only under a committed access';
const readersAtOnce = 8;
let patient: RegisteredPatient;
let recordId: string;
let ada: RestSession;

beforeAll(async () => {
  await network.start();
  patient = await world.patient();
  ada = await world.people.as(home, 'dr-ada');
  const { records } = await ada.create<{ records: { id: string }[] }>(`${patient.chart}/records`, newRecord(text));
  recordId = records[0]!.id;
}, 600_000);

beforeEach(() => network.start(), 300_000);

const asked = () => ({ purposeOfUse: 'TREAT', reason: 'ward round', records: [{ id: recordId }] });
const contentPath = (accessId: string) => `/v1/accesses/${accessId}/records/${recordId}/content`;

/** Permitted accesses as the regulator's own peer has them, once these are there: it may be some blocks behind. */
async function accessesAtRegulator(awaited: readonly string[], withinMs = 30_000): Promise<readonly string[]> {
  const inspector = await world.people.as('RegulatorMSP', 'inspector');
  for (const deadline = Date.now() + withinMs; ; await delay(200)) {
    const events = await all(inspector, `/v1/audit-events?patient=${patient.id}&type=access&decision=permit`);
    const ids = events.map(({ id }) => String(id));
    if (awaited.every((id) => ids.includes(id)) || Date.now() > deadline) return ids;
  }
}

describe('the gateway is killed between the committed access and the content', () => {
  test('the access is VALID on the ledger though nothing was served; later it serves, and is in the audit once', async () => {
    const access = await ada.create<{ id: string }>(`${patient.chart}/accesses`, asked());
    await network.kill('hospital-gateway');
    await expect(ada.get(contentPath(access.id))).rejects.toThrow();
    expect(await accessesAtRegulator([access.id])).toContain(access.id);
    await network.start();
    ada = await world.people.as(home, 'dr-ada');
    const served = await ada.get(contentPath(access.id));
    expect([served.status, Buffer.from(served.bytes).toString('utf8')]).toEqual([200, text]);
    const listed = await all(patient.session, `${patient.chart}/audit-events?type=access`);
    expect(listed.filter(({ id }) => id === access.id)).toHaveLength(1);
  }, 300_000);

  test('at any other moment: of whatever content left, the access was committed before', async () => {
    const served: string[] = [];
    const over = new AbortController();
    const reader = async (): Promise<void> => {
      while (!over.signal.aborted) {
        const opened = await ada.post<{ id: string }>(`${patient.chart}/accesses`, asked()).catch(() => undefined);
        if (opened?.status !== 201) return;
        const content = await ada.get(contentPath(opened.body.id)).catch(() => undefined);
        if (content?.status === 200) served.push(opened.body.id);
      }
    };
    const readers = Array.from({ length: readersAtOnce }, reader);
    const deadline = Date.now() + 60_000;
    while (served.length < readersAtOnce && Date.now() < deadline) await delay(20);
    expect(served.length).toBeGreaterThanOrEqual(readersAtOnce);
    await network.kill('hospital-gateway');
    over.abort();
    await Promise.all(readers);
    expect(await accessesAtRegulator(served)).toEqual(expect.arrayContaining(served));
    await network.start();
  }, 300_000);
});
