import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { merkleLeaf, merkleRoot } from '@chain-of-care/client';
import { all } from '../../demo/careStory.ts';
import { network } from '../../system/networks.ts';
import type { Json } from '../../system/rest.ts';
import { home, World, type RegisteredPatient } from './world.fixture.ts';

const world = new World(network);
const hospital = join(network.data, 'organisations/hospital/gateway/data');

beforeAll(() => network.start(), 300_000);

/** Files of a record's ciphertext, in the store and in its replica. */
async function filesOf({ session }: RegisteredPatient, recordId: string): Promise<{ store: string; replica: string }> {
  const { cid } = await session.read<{ cid: string }>(`/v1/records/${recordId}`);
  const fileIn = async (folder: string): Promise<string> => {
    const entries = await readdir(join(hospital, folder), { recursive: true });
    return join(
      hospital,
      folder,
      entries.find((entry) => entry.endsWith(cid))!,
    );
  };
  return { store: await fileIn('content'), replica: await fileIn('replica') };
}

async function flip(file: string): Promise<void> {
  const bytes = await readFile(file);
  bytes[bytes.length >> 1]! ^= 1;
  await writeFile(file, bytes);
}

const check = ({ session, chart }: RegisteredPatient, body: object = {}): Promise<Json> =>
  session.create(`${chart}/integrity-checks`, body, { key: null });

async function readContent({ chart }: RegisteredPatient, id: string) {
  const ada = await world.people.as(home, 'dr-ada');
  const asked = { purposeOfUse: 'TREAT', reason: 'follow-up', records: [{ id }] };
  const access = await ada.create<{ id: string }>(`${chart}/accesses`, asked);
  return ada.get(`/v1/accesses/${access.id}/records/${id}/content`);
}

/** What somebody was told about a report, once it has come. */
async function toldOf(subject: string, reportId: string): Promise<Json> {
  const session = await world.people.as(home, subject);
  for (const deadline = Date.now() + 30_000; ; await delay(200)) {
    const { items } = await session.read<{ items: Json[] }>('/v1/notifications?limit=50');
    const found = items.find(({ about }) => (about as Json)['reference'] === reportId);
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${subject} was not told`);
  }
}

describe('integrity', () => {
  test('a flipped byte, and a lost file, are restored from the replica before anything is served', async () => {
    const patient = await world.patient();
    const id = await world.append(patient);
    const { store, replica } = await filesOf(patient, id);
    await flip(store);
    expect((await readContent(patient, id)).status).toBe(200);
    await rm(store);
    expect(await check(patient)).toMatchObject({ valid: true, healed: [{ recordId: id, sequence: 1 }] });
    await flip(replica);
    expect(await check(patient)).toMatchObject({ valid: true, healed: [{ recordId: id }] });
    expect(await check(patient)).toMatchObject({ valid: true, healed: [] });
  });

  test('what is broken in both is named and not served; patient and privacy officer are told; the report stays', async () => {
    const patient = await world.patient();
    const [damaged, whole] = [await world.append(patient), await world.append(patient)];
    const { store, replica } = await filesOf(patient, damaged);
    await flip(store);
    await flip(replica);
    const served = await readContent(patient, damaged);
    expect(served.body).toMatchObject({ code: 'integrity_violation' });
    expect(served.headers.get('x-integrity-verified')).toBe('false');
    const named = [damaged, whole].map((id) => ({ id, version: 1 }));
    const report = await check(patient, { records: named });
    expect(report).toMatchObject({
      valid: false,
      totalRecords: 2,
      checkedCiphertexts: 2,
      brokenLinks: [{ recordId: damaged, reason: 'content_altered' }],
      records: [
        { id: damaged, blockchainHashVerified: true, integrityVerified: false },
        { id: whole, blockchainHashVerified: true, integrityVerified: true },
      ],
    });
    for (const subject of [patient.subject, 'privacy-officer'])
      expect(await toldOf(subject, String(report['id']))).toMatchObject({
        kind: 'integrityBroken',
        severity: 'critical',
      });
    expect(await patient.session.read(`/v1/integrity-reports/${String(report['id'])}`)).toEqual(report);
    const page = await patient.session.get(`/v1/integrity-reports/${String(report['id'])}/page`);
    const html = Buffer.from(page.bytes).toString();
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(html).toContain('broken in 1 places');
    expect(html).toContain(damaged);
    const stranger = await world.patient();
    expect((await stranger.session.get(`/v1/integrity-reports/${String(report['id'])}`)).status).toBe(404);
  });

  test('the Merkle root is that of the entries’ hashes in the order of the chain', async () => {
    const patient = await world.patient();
    for (let count = 0; count < 3; count += 1) await world.append(patient);
    const records = (await all(patient.session, `${patient.chart}/records`)).toReversed();
    const leaves = records.map((record) => merkleLeaf(Buffer.from(String(record['hash']), 'hex')));
    expect(await check(patient)).toMatchObject({
      merkleRoot: Buffer.from(merkleRoot(leaves)).toString('hex'),
      head: records.at(-1)!['hash'],
    });
  });

  test('a run over every chart finds the broken one and heals the other', async () => {
    const [broken, healed] = [await world.patient(), await world.patient()];
    for (const [patient, sides] of [[broken, ['store', 'replica']] as const, [healed, ['store']] as const]) {
      const files = await filesOf(patient, await world.append(patient));
      for (const side of sides) await flip(files[side]);
    }
    const officer = await world.people.as(home, 'privacy-officer');
    const { headers } = await officer.post('/v1/integrity-runs', undefined, { key: randomUUID() });
    for (const deadline = Date.now() + 170_000; ; await delay(250)) {
      const operation = await officer.read(headers.get('location')!);
      if (operation['status'] === 'succeeded') break;
      expect(operation['status']).toBe('running');
      expect(Date.now()).toBeLessThan(deadline);
    }
    const newest = async ({ session, chart }: RegisteredPatient): Promise<Json> =>
      (await session.read<{ items: Json[] }>(`${chart}/integrity-reports?limit=1`)).items[0]!;
    expect(await newest(broken)).toMatchObject({ valid: false, checkedByRole: 'privacy-officer' });
    expect(await newest(healed)).toMatchObject({ valid: true, healed: [{ sequence: 1 }] });
  }, 180_000);
});
