import { AccessRequests, HealthDataBank, type RestClient, type AccessRequest } from '@chain-of-care/client';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { network } from '../../system/networks.ts';
import type { Json } from '../../system/rest.ts';
import { until } from '../../system/until.ts';
import { home, newRecord, recordsOnce, World } from './world.fixture.ts';

const world = new World(network);
const clientOf = (user: string): Promise<RestClient> => world.people.client(home, user);

beforeAll(() => network.start(), 300_000);

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('a clinician asks, the patient chooses', () => {
  test('approved with one record: just that one opens, the list of both proofs says so; revoked: none', async () => {
    const registered = await world.patient();
    const { id, chart, session, subject } = registered;
    const ada = await world.people.as(home, 'dr-ada');
    for (const text of ['first', 'second']) await ada.create(`${chart}/records`, newRecord(text));
    const [chosen] = await recordsOnce(registered, 2);
    const rest = await clientOf('dr-ben');
    const [ben, bank] = [new AccessRequests(rest), new HealthDataBank(rest)];
    const patient = new AccessRequests(await clientOf(subject));
    const asked = await ben.request(id, { reason: 'Dyspnoea since Monday', categories: ['lab_result'], days: 7 });
    await expect(bank.retrieveHealthRecords(id, { reason: 'x', recordTypes: ['lab_result'] })).rejects.toMatchObject({
      code: 'consent_missing',
    });

    const [inbox] = await collect(patient.list('requested'));
    expect(inbox).toMatchObject({ id: asked.id, reason: 'Dyspnoea since Monday', days: 7, status: 'requested' });
    await until<{ items: Json[] }>(session, '/v1/notifications', ({ items }) =>
      items.some(({ kind }) => kind === 'accessRequested'),
    );
    const answered = await patient.approve(asked.id, { records: [String(chosen!['id'])], days: 2 });
    expect(answered).toMatchObject({ status: 'approved' });
    await expect(patient.deny(asked.id)).rejects.toMatchObject({ code: 'request_already_answered', status: 409 });

    const { records } = await bank.retrieveHealthRecords(id, { reason: 'as agreed', recordTypes: ['lab_result'] });
    const opened = await collect(records);
    expect(opened.map((each) => each.id)).toEqual([chosen!['id']]);
    expect(Buffer.from(await opened[0]!.content()).toString('utf8')).toBe('second');
    for (const proof of ['readmodel', 'ledger'] as const) {
      const mine = (await collect(ben.authorizedRecords(proof))).find(({ patientId }) => patientId === id);
      expect(mine).toMatchObject({ proof, records: [{ id: chosen!['id'], consentIds: [answered.consentId] }] });
    }

    await session.create(`/v1/consents/${answered.consentId}/revocation`);
    for (const proof of ['readmodel', 'ledger'] as const) {
      const patients = (await collect(ben.authorizedRecords(proof))).map(({ patientId }) => patientId);
      expect(patients).not.toContain(id);
    }
  });

  test('denied or withdrawn, it opens nothing, and is closed for both', async () => {
    const { id, subject } = await world.patient();
    const ben = new AccessRequests(await clientOf('dr-ben'));
    const patient = new AccessRequests(await clientOf(subject));
    const wanted = { reason: 'second opinion', categories: ['diagnosis'], days: 30 } as const;
    const [denied, withdrawn] = [await ben.request(id, wanted), await ben.request(id, wanted)];
    expect(await patient.deny(denied.id)).toMatchObject({ status: 'denied' });
    expect(await ben.withdraw(withdrawn.id)).toMatchObject({ status: 'withdrawn' });
    await expect(patient.approve(withdrawn.id)).rejects.toMatchObject({ code: 'request_already_answered' });
    const own = (await collect(ben.list())).filter(({ patientId }) => patientId === id);
    const statuses = new Map(own.map((each: AccessRequest) => [each.id, each.status]));
    expect([statuses.get(denied.id), statuses.get(withdrawn.id)]).toEqual(['denied', 'withdrawn']);
  });

  test('nobody answers or reads somebody else’s request, and no more is approved than was asked for', async () => {
    const { id, subject } = await world.patient();
    const stranger = await world.patient();
    const ben = new AccessRequests(await clientOf('dr-ben'));
    const asked = await ben.request(id, { reason: 'ward round', categories: ['lab_result'], days: 1 });
    expect((await stranger.session.get(`/v1/access-requests/${asked.id}`)).status).toBe(404);
    const ada = await world.people.as(home, 'dr-ada');
    expect((await ada.post(`/v1/access-requests/${asked.id}/withdrawal`)).status).toBe(404);
    const patient = new AccessRequests(await clientOf(subject));
    await expect(patient.approve(asked.id, { categories: ['genomics'] })).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });
});
