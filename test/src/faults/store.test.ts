/** The store of content is full or slow: who needs it is told, nobody else suffers, nothing is on the ledger. */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { home, newRecord, World, type RegisteredPatient } from '../e2e/rest/world.fixture.ts';
import { network } from '../system/networks.ts';
import type { ProblemBody, RestSession } from '../system/rest.ts';
import { IpfsNode } from './ipfsNode.fixture.ts';

const world = new World(network);
let ada: RestSession;
let patient: RegisteredPatient;

beforeAll(async () => {
  await network.start();
  ada = await world.people.as(home, 'dr-ada');
}, 300_000);

interface Appended {
  readonly records: readonly { readonly id: string }[];
}

/** What the ledger's head says, not the read model. */
async function chainLength({ session, chart }: RegisteredPatient): Promise<number> {
  const asked = [`${chart}/integrity-checks`, {}, { key: null }] as const;
  return (await session.create<{ totalRecords: number }>(...asked)).totalRecords;
}

async function expectRefusal(answer: Promise<{ status: number; body: ProblemBody; headers: Headers }>): Promise<void> {
  const { status, body, headers } = await answer;
  expect([status, body.code]).toEqual([503, 'storage_unavailable']);
  expect(headers.get('retry-after')).toBe('30');
}

const mountTmpfs = (folder: string): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=0700', 'tmpfs', folder]).status === 0;
const unmount = (folder: string): boolean => spawnSync('umount', [folder]).status === 0;

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'mount-'));
  try {
    return mountTmpfs(folder) && unmount(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const mounts = canMount();
if (!mounts) process.stderr.write('a full disk is not tried: nothing may be mounted here\n');

/** Writes until the disk has no byte left. */
async function fill(folder: string): Promise<void> {
  const file = await open(join(folder, 'filler'), 'w');
  try {
    for (;;) await file.write(Buffer.alloc(4096));
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  } finally {
    await file.close();
  }
}

(mounts ? describe : describe.skip)('a full disk', () => {
  const receiving = join(network.data, 'organisations/hospital/gateway/data/content/tmp');

  test('refuses records and uploads and puts nothing on the ledger; with space again the same request is applied once', async () => {
    patient = await world.patient();
    const { records } = await ada.create<Appended>(`${patient.chart}/records`, newRecord());
    const [key, record] = [randomUUID(), newRecord()];
    expect(mountTmpfs(receiving)).toBe(true);
    try {
      await fill(receiving);
      await expectRefusal(ada.post(`${patient.chart}/records`, record, { key }));
      const upload = `${patient.chart}/uploads?category=document&clinicalDate=2025`;
      const headers = { 'content-type': 'application/octet-stream' };
      await expectRefusal(ada.send('POST', upload, Buffer.alloc(3_000_000, 7), { headers }));
      expect(await chainLength(patient)).toBe(1);
      // What is there is still read.
      const asked = { purposeOfUse: 'TREAT', reason: 'ward round', records };
      const access = await ada.create<{ id: string }>(`${patient.chart}/accesses`, asked);
      expect((await ada.get(`/v1/accesses/${access.id}/records/${records[0]!.id}/content`)).status).toBe(200);
    } finally {
      expect(unmount(receiving)).toBe(true);
    }
    for (const repeated of [1, 2]) {
      const applied = await ada.post<Appended>(`${patient.chart}/records`, record, { key });
      expect([repeated, applied.status]).toEqual([repeated, 201]);
    }
    expect(await chainLength(patient)).toBe(2);
  }, 60_000);
});

describe('an IPFS node as the store', () => {
  const limitMs = 5000;
  const variables = { CONTENT_STORE_HOSPITAL: '', CONTENT_TIMEOUT_MS: String(limitMs) };
  let node: IpfsNode;

  const restart = async (): Promise<void> => {
    await network.kill('hospital-gateway');
    await network.start();
    ada = await world.people.as(home, 'dr-ada');
  };

  beforeAll(async () => {
    node = await IpfsNode.start();
    Object.assign(process.env, variables, { CONTENT_STORE_HOSPITAL: node.url });
    await restart();
    patient = await world.patient();
  }, 120_000);
  afterAll(async () => {
    for (const name of Object.keys(variables)) delete process.env[name];
    node.stop();
    await restart();
  }, 120_000);

  const append = (key: string, record: object) =>
    ada.post<ProblemBody & Partial<Appended>>(`${patient.chart}/records`, record, { key });

  async function read(id: string): Promise<string> {
    const asked = { purposeOfUse: 'TREAT', reason: 'ward round', records: [{ id }] };
    const access = await ada.create<{ id: string }>(`${patient.chart}/accesses`, asked);
    const { status, bytes } = await ada.get(`/v1/accesses/${access.id}/records/${id}/content`);
    return `${status} ${Buffer.from(bytes).toString('utf8')}`;
  }

  test('that is slow within its limit is waited for; one that does nothing is given up, and others do not wait', async () => {
    const text = randomUUID();
    node.mood = 'slow';
    const written = await append(randomUUID(), newRecord(text));
    expect([written.status, node.size]).toEqual([201, 1]);
    const { id } = written.body.records![0]!;

    node.mood = 'silent';
    const begun = performance.now();
    const [key, record] = [randomUUID(), newRecord()];
    const stuck = [append(key, record), ...Array.from({ length: 30 }, () => append(randomUUID(), newRecord()))];
    let ended = 0;
    for (const answer of stuck) void answer.finally(() => (ended += 1));
    const others = await Promise.all(Array.from({ length: 10 }, () => patient.session.get(`${patient.chart}/records`)));
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 200));
    expect(ended).toBe(0);
    for (const answer of stuck) await expectRefusal(answer);
    expect(performance.now() - begun).toBeLessThan(3 * limitMs);
    expect(await read(id)).toBe(`200 ${text}`); // of the replica

    node.mood = 'full';
    await expectRefusal(append(key, record));
    expect(await chainLength(patient)).toBe(1);

    node.mood = 'well';
    for (const repeated of [1, 2]) expect([repeated, (await append(key, record)).status]).toEqual([repeated, 201]);
    expect(await chainLength(patient)).toBe(2);
    expect(await read(id)).toBe(`200 ${text}`);
  }, 90_000);
});
