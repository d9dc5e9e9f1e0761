import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { all, tellCareStory } from '../../demo/careStory.ts';
import { Teller } from '../../demo/teller.ts';
import { network } from '../../system/networks.ts';
import { bundle, home, newRecord, World } from './world.fixture.ts';

const world = new World(network);

beforeAll(() => network.start(), 300_000);

describe('the care path through REST', () => {
  test('register, import, refuse, grant, read equal, revoke, audit, recompute', async () => {
    const teller = new Teller(() => undefined);
    await tellCareStory(teller, world.people, bundle);
    expect(teller.told.filter(({ asExpected }) => !asExpected)).toEqual([]);
  });

  test('a repeated import with the same key writes nothing twice', async () => {
    const { chart, session } = await world.patient();
    const ada = await world.people.as(home, 'dr-ada');
    const key = randomUUID();
    const options = { key, headers: { 'content-type': 'application/fhir+json' } };
    const first = await ada.send('POST', `${chart}/imports?subject=confirmed`, bundle.text, options);
    expect(first.status).toBe(202);
    await settled(first.headers.get('location')!);
    const second = await ada.send('POST', `${chart}/imports?subject=confirmed`, bundle.text, options);
    expect(second.status).toBe(202);
    await settled(second.headers.get('location')!);
    expect(await all(session, `${chart}/records`)).toHaveLength(6);

    async function settled(location: string): Promise<void> {
      for (let tries = 0; tries < 300; tries += 1) {
        const { status } = await ada.read(location);
        if (status === 'succeeded') return;
        expect(status).toBe('running');
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  });

  test('ranges of a content are served under the same access', async () => {
    const { chart } = await world.patient();
    const ada = await world.people.as(home, 'dr-ada');
    const { records } = await ada.create<{ records: { id: string }[] }>(`${chart}/records`, newRecord('0123456789'));
    const id = records[0]!.id;
    const access = await ada.create<{ id: string }>(`${chart}/accesses`, {
      purposeOfUse: 'TREAT',
      reason: 'follow-up',
      records: [{ id }],
    });
    const path = `/v1/accesses/${access.id}/records/${id}/content`;
    const part = await ada.get(path, { headers: { range: 'bytes=2-4' } });
    expect([part.status, Buffer.from(part.bytes).toString(), part.headers.get('content-range')]).toEqual([
      206,
      '234',
      'bytes 2-4/10',
    ]);
    expect((await ada.get(path, { headers: { range: 'bytes=99-' } })).status).toBe(416);
  });

  test('somebody else’s access, an unknown one, and an access of another role open nothing', async () => {
    const { chart } = await world.patient();
    const ada = await world.people.as(home, 'dr-ada');
    const { records } = await ada.create<{ records: { id: string }[] }>(`${chart}/records`, newRecord());
    const body = { purposeOfUse: 'TREAT', reason: 'follow-up', records: [{ id: records[0]!.id }] };
    const access = await ada.create<{ id: string }>(`${chart}/accesses`, body);
    const ben = await world.people.as(home, 'dr-ben');
    const content = `/records/${records[0]!.id}/content`;
    expect((await ben.get(`/v1/accesses/${access.id}${content}`)).body).toMatchObject({ status: 404 });
    expect((await ada.get(`/v1/accesses/${randomUUID()}${content}`)).body).toMatchObject({ status: 404 });
    const registrar = await world.people.as(home, 'registrar');
    expect((await registrar.post(`${chart}/accesses`, body)).body).toMatchObject({ code: 'role_not_allowed' });
  });
});
