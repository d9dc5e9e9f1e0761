import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { network } from '../../system/networks.ts';
import { home, newRecord, World } from './world.fixture.ts';

const world = new World(network);

beforeAll(() => network.start(), 300_000);

const reading = { purposeOfUse: 'TREAT', reason: 'ward round', categories: ['lab_result'] };

describe('rights that end while somebody reads', () => {
  test('of several last accesses at once exactly one is permitted', async () => {
    const { chart, session } = await world.patient();
    const ada = await world.people.as(home, 'dr-ada');
    await ada.create(`${chart}/records`, newRecord());
    const grantee = { kind: 'person', mspId: home, id: await world.clinician(home, 'emergency') };
    await session.create(`${chart}/consents`, { grantee, categories: ['lab_result'], maxAccesses: 3 });
    const ben = await world.people.as(home, 'dr-ben');
    for (let counted = 0; counted < 2; counted += 1) await ben.create(`${chart}/accesses`, reading);
    const last = await Promise.all(Array.from({ length: 5 }, async () => ben.post(`${chart}/accesses`, reading)));
    expect(last.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 403, 403, 403, 403]);
  });

  test('each denial that is committed closes what opens after it; no access is permitted after the answer', async () => {
    const { chart, session } = await world.patient();
    const ada = await world.people.as(home, 'dr-ada');
    const { records } = await ada.create<{ records: { id: string }[] }>(`${chart}/records`, newRecord());
    const grantee = { kind: 'person', mspId: home, id: await world.clinician(home, 'emergency') };
    await session.create(`${chart}/consents`, { grantee, categories: ['lab_result'] });
    const ben = await world.people.as(home, 'dr-ben');
    const denial: { answer?: { blockNumber?: number } } = {};
    const attempts: { readonly status: number; readonly body: { blockNumber?: number; id?: string } }[] = [];
    const denying = session
      .create<{ blockNumber?: number }>(`${chart}/consents`, { grantee, decision: 'deny' }, { key: randomUUID() })
      .then((answer) => (denial.answer = answer));
    while (denial.answer === undefined || attempts.at(-1)?.status === 201) {
      const { status, body } = await ben.post(`${chart}/accesses`, reading);
      attempts.push({ status, body: body as { blockNumber?: number; id?: string } });
      if (attempts.length > 200) break;
    }
    await denying;
    expect(attempts.at(-1)!.status).toBe(403);
    const permitted = attempts.filter(({ status }) => status === 201);
    for (const { body } of permitted) expect(body.blockNumber).toBeLessThanOrEqual(denial.answer!.blockNumber!);
    for (const { body } of permitted) {
      const content = await ben.get(`/v1/accesses/${body.id}/records/${records[0]!.id}/content`);
      expect(content.status).toBe(403);
    }
  });
});
