import fc from 'fast-check';
import { beforeAll, expect, test } from '@jest/globals';
import { home, World } from '../e2e/rest/world.fixture.ts';
import { network } from '../system/networks.ts';
import { RestSession } from '../system/rest.ts';
import { oddRequests, type OddRequest, type OpenApi } from './malformed.fixture.ts';

const world = new World(network);
const requests = Number(process.env['FUZZ_REQUESTS'] ?? 5_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 42);
const atOnce = 8;

beforeAll(() => network.start(), 300_000);

test(`${requests} malformed requests made from the OpenAPI document: no 5xx, nothing unhandled`, async () => {
  const base = await world.people.gateway(home);
  const names = [
    'registrar',
    'dr-ada',
    'admin',
    'pharmacist',
    'patient-zoe',
    'privacy-officer',
    'integration',
    'dr-ben',
  ];
  const sessions = await Promise.all(names.map((name) => world.people.as(home, name)));
  const document = await new RestSession(base).read<OpenApi & Record<string, unknown>>('/openapi.json');
  const samples = fc.sample(oddRequests(document), { numRuns: requests, seed });
  const statuses: Record<number, number> = {};
  const bad: string[] = [];
  let next = 0;

  async function sendOne({ method, path, headers, body }: OddRequest, session: RestSession): Promise<void> {
    const answer = await session.send(method, path, body, { key: null, headers });
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    const isUnready = answer.status === 503 && path.startsWith('/health');
    if (answer.status >= 500 && !isUnready)
      bad.push(
        `${answer.status} ${String(answer.body['code'])} ${method} ${path.slice(0, 200)} ${body?.slice(0, 300) ?? ''}`,
      );
    const isProblem = answer.headers.get('content-type')?.includes('application/problem+json') ?? false;
    if (answer.status >= 400 && method !== 'HEAD' && !isProblem)
      bad.push(`${answer.status} without a problem: ${method} ${path}`);
  }

  async function worker(): Promise<void> {
    while (next < samples.length) {
      const index = next;
      next += 1;
      await sendOne(samples[index]!, sessions[index % sessions.length]!);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker));
  process.stdout.write(`fuzz: ${JSON.stringify(statuses)}\n`);
  expect(bad.slice(0, 20)).toEqual([]);
  expect(statuses[429] ?? 0).toBeLessThan(requests / 2);
  expect((await new RestSession(base).get('/health/live')).status).toBe(200);
  expect(await network.log('hospital-gateway')).not.toMatch(
    /unhandled rejection|unhandledRejection|uncaughtException/i,
  );
}, 1_200_000);
