import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { syntheticPatient } from '../bench/patients.ts';
import { all } from '../demo/careStory.ts';
import { home, World } from '../e2e/rest/world.fixture.ts';
import { network } from '../system/networks.ts';

const world = new World(network);
const size = 600;

beforeAll(() => network.start(), 300_000);

test('an import killed at half and repeated writes nothing twice and loses nothing', async () => {
  const { chart, session } = await world.patient();
  const { bundle, records } = syntheticPatient(7, size);
  const body = JSON.stringify(bundle);
  const options = { key: randomUUID(), headers: { 'content-type': 'application/fhir+json' } };
  const submit = async () =>
    (await world.people.as(home, 'dr-ada')).send('POST', `${chart}/imports?subject=confirmed`, body, options);
  const accepted = await submit();
  expect(accepted.status).toBe(202);
  while ((await all(session, `${chart}/records`)).length === 0) await delay(50);
  await network.kill('hospital-gateway');
  await network.start();
  const atHalf = (await all(session, `${chart}/records`)).length;
  expect(atHalf).toBeLessThan(records);
  const ada = await world.people.as(home, 'dr-ada');
  expect(await ada.read(accepted.headers.get('location')!)).toMatchObject({
    status: 'failed',
    error: { code: 'interrupted' },
  });
  const repeated = await submit();
  expect(repeated.status).toBe(202);
  for (;;) {
    const operation = await ada.read(repeated.headers.get('location')!);
    if (operation['status'] === 'succeeded') break;
    expect(operation).toMatchObject({ status: 'running' });
    await delay(200);
  }
  const listed = await all(session, `${chart}/records`);
  expect([listed.length, new Set(listed.map(({ id }) => id)).size]).toEqual([records, records]);
  const report = await session.create(`${chart}/integrity-checks`, { content: true }, { key: null });
  expect(report).toMatchObject({ valid: true, totalRecords: records });
  await network.kill('hospital-gateway');
  await network.start();
  expect(await ada.read(repeated.headers.get('location')!)).toMatchObject({ status: 'succeeded', result: {} });
}, 600_000);
