import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { batchKeysOf, recordVersions } from '../../../../gateway-api/src/readmodel/queries/care.ts';
import { network } from '../../system/networks.ts';
import type { Answer, RestSession } from '../../system/rest.ts';
import { openedAlone, secretsOf } from './hospitalSecrets.fixture.ts';
import { home, newRecord, World, type RegisteredPatient } from './world.fixture.ts';

const world = new World(network);
const category = 'lab_result';
const asking = { purposeOfUse: 'TREAT', reason: 'ward round', categories: [category] };

let laboratory: RestSession;
let benId: string;
let adaId: string;

beforeAll(async () => {
  await network.start();
  laboratory = await world.people.as(home, 'integration');
  benId = await world.clinician(home, 'emergency');
  adaId = await world.clinician(home, 'cardiology');
}, 300_000);

const person = (id: string) => ({ kind: 'person', mspId: home, id });

async function write({ chart }: RegisteredPatient, text: string): Promise<string> {
  const { records } = await laboratory.create<{ records: { id: string }[] }>(`${chart}/records`, newRecord(text));
  return records[0]!.id;
}

async function grant({ chart, session }: RegisteredPatient, to: string, more: object = {}): Promise<string> {
  const consent = { grantee: person(to), categories: [category], ...more };
  return (await session.create<{ id: string }>(`${chart}/consents`, consent)).id;
}

/** What somebody reads of these records through the gateway. */
async function readBy(user: string, { chart }: RegisteredPatient, recordIds: readonly string[]): Promise<string[]> {
  const session = await world.people.as(home, user);
  const { id } = await session.create<{ id: string }>(`${chart}/accesses`, asking);
  return Promise.all(
    recordIds.map(async (recordId) => textOf(await session.get(`/v1/accesses/${id}/records/${recordId}/content`))),
  );
}

const textOf = ({ bytes }: Answer): string => Buffer.from(bytes).toString('utf8');

describe('a new key epoch', () => {
  test('keeps what is recorded after a revocation from the former grantee’s keys, ciphertext given, and from nobody else', async () => {
    const patient = await world.patient();
    const before = await write(patient, 'before');
    const ben = await grant(patient, benId);
    const ada = await grant(patient, adaId);
    expect(await readBy('dr-ben', patient, [before])).toEqual(['before']);
    await patient.session.create(`/v1/consents/${ben}/revocation`, {});
    const after = await write(patient, 'after');
    expect(await readBy('dr-ada', patient, [before, after])).toEqual(['before', 'after']);

    const all = await secretsOf(network);
    try {
      const [oldFact, newFact] = await recordVersions(all.readModel.db, [{ recordId: before }, { recordId: after }]);
      const batches = await batchKeysOf(all.readModel.db, [oldFact!.batchId, newFact!.batchId]);
      expect(new Set(batches.map(({ epoch }) => epoch))).toEqual(new Set([0, 1]));
      const old = await all.ciphertext(oldFact!.cid);
      const young = await all.ciphertext(newFact!.cid);
      expect(await openedAlone(all, benId, ben, before, old)).toBe('before');
      expect(await openedAlone(all, benId, ben, after, young)).toBeUndefined();
      expect(await openedAlone(all, adaId, ada, before, old)).toBe('before');
      expect(await openedAlone(all, adaId, ada, after, young)).toBe('after');
    } finally {
      await all.readModel.close();
    }
  });

  test('begins after a denial, and again after each further loss; whoever is permitted later opens every epoch', async () => {
    const patient = await world.patient();
    const texts = ['first', 'second', 'third'];
    const ids = [await write(patient, texts[0]!)];
    await grant(patient, benId);
    await grant(patient, benId, { decision: 'deny' });
    ids.push(await write(patient, texts[1]!));
    const ada = await grant(patient, adaId);
    await patient.session.create(`/v1/consents/${ada}/revocation`, {});
    ids.push(await write(patient, texts[2]!));
    await grant(patient, adaId);
    expect(await readBy('dr-ada', patient, ids)).toEqual(texts);
    const { items } = await patient.session.read<{ items: object[] }>(
      `${patient.chart}/audit-events?type=key&limit=200`,
    );
    const renewals = items.filter((event) => (event as { interaction: string }).interaction === 'renew');
    expect(renewals.length).toBeGreaterThanOrEqual(2);
  });

  test('does not hold up what others append meanwhile: every acknowledged record is read by those who may', async () => {
    const patient = await world.patient();
    const texts = Array.from({ length: 24 }, (_, index) => `result ${index}`);
    const ben = await grant(patient, benId);
    await grant(patient, adaId);
    const writing = texts.map(async (text, index) => {
      await delay(index * 20);
      return write(patient, text);
    });
    await delay(150);
    await patient.session.create(`/v1/consents/${ben}/revocation`, {});
    const ids = await Promise.all(writing);
    expect(await readBy('dr-ada', patient, ids)).toEqual(texts);
  });

  test('leaves the patient every reason and record of before', async () => {
    const patient = await world.patient();
    const record = await write(patient, 'mine');
    const ben = await grant(patient, benId, { categories: undefined });
    await readBy('dr-ben', patient, [record]);
    await patient.session.create(`/v1/consents/${ben}/revocation`, {});
    await write(patient, 'mine too');
    const { items } = await patient.session.read<{ items: { reason?: string }[] }>(
      `${patient.chart}/audit-events?type=access`,
    );
    expect(items.map(({ reason }) => reason)).toContain('ward round');
    expect(await readBy(patient.subject, patient, [record])).toEqual(['mine']);
  });
});
