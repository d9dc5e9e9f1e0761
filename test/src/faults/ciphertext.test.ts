/** What lies in the store is not what was put there: found by name, never served, and nothing else suffers. */
import { randomUUID } from 'node:crypto';
import { copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { home, newRecord, World, type RegisteredPatient } from '../e2e/rest/world.fixture.ts';
import { network } from '../system/networks.ts';
import type { RestSession } from '../system/rest.ts';

const world = new World(network);
const hospital = join(network.data, 'organisations/hospital');
const content = join(hospital, 'gateway/data/content');
let ada: RestSession;

beforeAll(async () => {
  await network.start();
  ada = await world.people.as(home, 'dr-ada');
}, 300_000);

interface Stored {
  readonly id: string;
  /** In the store and in its replica. */
  readonly files: readonly string[];
}

/** Larger than two chunks of 1 MiB, so that they can be cut and exchanged. */
async function chartOfTwo(): Promise<{ patient: RegisteredPatient; records: readonly [Stored, Stored] }> {
  const patient = await world.patient();
  const put = async (): Promise<Stored> => {
    const body = Buffer.alloc(2_500_000, randomUUID());
    const headers = { 'content-type': 'application/octet-stream' };
    const path = `${patient.chart}/uploads?category=document&clinicalDate=2025`;
    const { body: answer } = await ada.send<{ records: { id: string }[] }>('POST', path, body, { headers });
    const { id } = answer.records[0]!;
    const { cid } = await patient.session.read<{ cid: string }>(`/v1/records/${id}`);
    return { id, files: await filesOf(cid) };
  };
  return { patient, records: [await put(), await put()] };
}

async function filesOf(cid: string): Promise<readonly string[]> {
  const entries = await readdir(hospital, { recursive: true });
  return entries
    .filter((entry) => entry.endsWith(cid))
    .toSorted()
    .map((entry) => join(hospital, entry));
}

/** @returns `whole` only when every byte came with status 200 */
async function read(session: RestSession, chart: string, id: string): Promise<string> {
  const asked = { purposeOfUse: 'TREAT', reason: 'follow-up', records: [{ id }] };
  const access = await session.create<{ id: string }>(`${chart}/accesses`, asked);
  return session.get(`/v1/accesses/${access.id}/records/${id}/content`).then(
    ({ status, bytes }) => (status === 200 && bytes.length === 2_500_000 ? 'whole' : `${status}`),
    () => 'cut off',
  );
}

const chunk = 1_048_576 + 16;

describe('ciphertext that was', () => {
  test.each<[what: string, alter: (file: string, other: Stored) => Promise<void>]>([
    ['truncated', async (file) => writeFile(file, (await readFile(file)).subarray(0, -chunk))],
    [
      'reordered',
      async (file) => {
        const bytes = await readFile(file);
        const start = bytes.length - 2 * chunk;
        const [first, second] = [bytes.subarray(start, start + chunk), bytes.subarray(start + chunk)];
        await writeFile(file, Buffer.concat([bytes.subarray(0, start), second, first]));
      },
    ],
    ['swapped with another record’s', async (file, { files }) => copyFile(files[0]!, file)],
    ['lost', async (file) => rm(file)],
  ])(
    '%s in one place is healed; in every place it is named and not served, and the other record is',
    async (_what, alter) => {
      const { patient, records } = await chartOfTwo();
      const [own, other] = records;
      const [first] = own.files as [string];
      const original = await readFile(first);
      await alter(first, other);
      expect(await read(ada, patient.chart, own.id)).toBe('whole');
      await healed(first, original);
      for (const file of await filesOf(cidOf(own))) await alter(file, other);
      expect(await read(ada, patient.chart, own.id)).not.toBe('whole');
      expect(await read(ada, patient.chart, other.id)).toBe('whole');
      const path = `${patient.chart}/integrity-checks`;
      const report = await patient.session.create(path, { content: true }, { key: null });
      expect(report).toMatchObject({ valid: false, brokenLinks: [{ recordId: own.id }] });
      expect(report['brokenLinks']).toHaveLength(1);
    },
    120_000,
  );
});

/** Healing goes on behind the answer. */
async function healed(file: string, original: Uint8Array, withinMs = 20_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await delay(100)) {
    const now = await readFile(file).catch(() => new Uint8Array(0));
    if (Buffer.compare(now, original) === 0) return;
  }
  throw new Error(`${file} was not healed`);
}

const cidOf = ({ files }: Stored): string => basename(files[0]!);

describe('the store is gone', () => {
  test('writes say that they cannot be made now; once it is back the same request is applied once', async () => {
    const { chart, session } = await world.patient();
    const [key, record] = [randomUUID(), newRecord()];
    await rename(content, `${content}.away`);
    await writeFile(content, 'no directory');
    try {
      const refused = await ada.post(`${chart}/records`, record, { key });
      expect([refused.status, refused.body['code']]).toEqual([503, 'storage_unavailable']);
    } finally {
      await rm(content);
      await rename(`${content}.away`, content);
    }
    const applied = await ada.post<{ records: { id: string }[] }>(`${chart}/records`, record, { key });
    expect(applied.status).toBe(201);
    expect(await idsOf(session, chart)).toEqual([applied.body.records[0]!.id]);
  }, 120_000);
});

async function idsOf(session: RestSession, chart: string): Promise<readonly string[]> {
  const { items } = await session.read<{ items: { id: string }[] }>(`${chart}/records`);
  return items.map(({ id }) => id);
}
