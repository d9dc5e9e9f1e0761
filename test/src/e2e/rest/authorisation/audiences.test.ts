import { beforeAll, describe, expect, test } from '@jest/globals';
import type { OpenApi } from '../../../faults/malformed.fixture.ts';
import { network } from '../../../system/networks.ts';
import { RestSession } from '../../../system/rest.ts';
import { World } from '../world.fixture.ts';
import { expectedAudiences } from './audiences.fixture.ts';
import { callerRoles, callersOf, turnedAway, type Caller, type CallerRole } from './callers.fixture.ts';
import { knock, operationsOf, type Operation } from './knock.fixture.ts';

const world = new World(network);
const atOnce = 8;
let callers: ReadonlyMap<string, Caller>;
let operations: readonly Operation[];

beforeAll(async () => {
  await network.start();
  callers = await callersOf(world);
  const base = await world.people.gateway('HospitalMSP');
  operations = operationsOf(await new RestSession(base).read<OpenApi & Record<string, unknown>>('/openapi.json'));
}, 300_000);

/** What every caller is told at this door. */
async function answersAt(operation: Operation): Promise<Readonly<Record<string, string>>> {
  const answers = [...callers].map(async ([name, caller]) => [name, await knock(caller, operation)]);
  return Object.fromEntries((await Promise.all(answers)) as [string, string][]);
}

function expectedAt({ operationId }: Operation): Readonly<Record<string, string>> {
  const audience = expectedAudiences[operationId];
  const may = (role: CallerRole): boolean =>
    audience === 'public' || audience === 'authenticated' || (audience ?? []).includes(role);
  return {
    ...Object.fromEntries(callerRoles.map((role) => [role, may(role) ? 'through' : 'role_not_allowed'])),
    ...turnedAway,
    ...(audience === 'public' ? { anonymous: 'through' } : {}),
  };
}

describe('who may call what', () => {
  test('every operation of the OpenAPI document has a row, and every row an operation', () => {
    const described = operations.map(({ operationId }) => operationId);
    expect(described.toSorted()).toEqual(Object.keys(expectedAudiences).toSorted());
  });

  test('each operation lets in exactly the roles of its row; nobody’s token, none, and a suspended person are told so', async () => {
    const wrong: unknown[] = [];
    const queue = [...operations];
    const worker = async (): Promise<void> => {
      for (let operation = queue.shift(); operation !== undefined; operation = queue.shift()) {
        const [answers, expected] = [await answersAt(operation), expectedAt(operation)];
        for (const [caller, answer] of Object.entries(answers))
          if (answer !== expected[caller])
            wrong.push(`${operation.operationId} as ${caller}: ${answer} instead of ${expected[caller]}`);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    expect(wrong).toEqual([]);
  }, 240_000);
});
