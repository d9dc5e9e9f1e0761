/** The database of a gateway goes away and comes back: PostgreSQL, where Debian's package is installed. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { all } from '../demo/careStory.ts';
import { World } from '../e2e/rest/world.fixture.ts';
import { network } from '../system/networks.ts';
import { RestSession, type ProblemBody } from '../system/rest.ts';
import { Postgres, postgresPrograms } from './postgres.fixture.ts';

const member = 'RegulatorMSP';
const variable = 'DATABASE_URL_REGULATOR';
const isInstalled = postgresPrograms() !== undefined;
if (!isInstalled)
  process.stderr.write('the loss of the database is not tried: there is no PostgreSQL (package postgresql)\n');

const world = new World(network);
let postgres: Postgres | undefined;
let gateway: string;

beforeAll(async () => {
  await network.start();
  if (!isInstalled) return;
  postgres = await Postgres.make();
  postgres.start();
  process.env[variable] = postgres.url;
  await network.kill('regulator-gateway');
  await network.start();
  gateway = await network.gateway(member);
}, 300_000);

afterAll(async () => {
  delete process.env[variable];
  if (postgres === undefined) return;
  await network.kill('regulator-gateway');
  postgres.remove();
  await network.start();
}, 120_000);

const ready = async (): Promise<readonly [number, unknown]> => {
  const { status, body } = await new RestSession(gateway).get('/health/ready');
  return [status, (body['checks'] as Record<string, boolean> | undefined)?.['database']];
};

async function once(state: number, withinMs = 30_000): Promise<number> {
  for (const deadline = Date.now() + withinMs; ; await delay(200)) {
    const [status] = await ready();
    if (status === state || Date.now() > deadline) return status;
  }
}

(isInstalled ? test : test.skip)(
  'while the database is away the gateway says so and lives; back, it shows what was written meanwhile',
  async () => {
    const inspector = await world.people.as(member, 'inspector');
    const before = await inspector.read<{ items: { holder: string }[] }>('/v1/licences?limit=50');
    const pid = await network.pid('regulator-gateway');
    expect(await ready()).toEqual([200, true]);

    postgres!.stop();
    const refused = await inspector.get<ProblemBody>('/v1/licences?limit=50');
    expect([refused.status, refused.body.code]).toEqual([503, 'database_unavailable']);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(refused.milliseconds).toBeLessThan(20_000);
    expect(await ready()).toEqual([503, false]);
    expect((await new RestSession(gateway).get('/health/live')).status).toBe(200);
    const [key, holder] = [randomUUID(), before.items.find((each) => /^\d{13}$/.test(each.holder))!.holder];
    const period = { validFrom: '2020-01-01T00:00:00Z', validUntil: '2021-01-01T00:00:00Z' };
    const licence = { kind: 'carrier', gln: holder, ...period };
    const away = await inspector.post<ProblemBody>('/v1/licences', licence, { key });
    expect([201, 503]).toContain(away.status);
    // The other members go on, and what they write comes to this one later.
    await world.patient();
    const height = await network.height(member);

    postgres!.start();
    expect(await once(200)).toBe(200);
    await network.everyGatewayShows(height - 1);
    const applied = await inspector.post('/v1/licences', licence, { key });
    expect(applied.status).toBe(201);
    const held = await all(inspector, `/v1/licences?holder=${holder}`);
    const { validFrom } = period;
    expect(held.filter((each) => String(each['validFrom']).startsWith(validFrom.slice(0, 10)))).toHaveLength(1);
    expect(await network.pid('regulator-gateway')).toBe(pid);
  },
  120_000,
);
