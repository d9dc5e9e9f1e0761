import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, expect, test } from '@jest/globals';
import { Problem } from '../http/problem.ts';
import type { ProjectedBlock } from '../readmodel/readModel.ts';
import type { Services } from '../services.ts';
import { whilePermitted, type Flowing } from './whilePermitted.ts';

const served = { patientId: 'zoe', accessorId: 'ben' };
type Listener = (block: ProjectedBlock) => void;

let listeners: Set<Listener>;
let decisions: number;
let isPermitted: boolean;
beforeEach(() => {
  listeners = new Set();
  [decisions, isPermitted] = [0, true];
});

const services = {
  readModel: {
    onBlock: (listener: Listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  },
} as unknown as Pick<Services, 'readModel'>;

function write(type: string, value: Readonly<Record<string, unknown>>): void {
  const block = { blockNumber: 1, transactions: [], changes: [{ collection: 'c', txId: 't', type, value }] };
  for (const listener of listeners) listener(block);
}

/** Content without an end. */
function flowing(): Flowing {
  const stream = new Readable({ read: () => undefined });
  const decide = async (): Promise<void> => {
    decisions += 1;
    if (!isPermitted) throw new Problem('access_not_permitted');
  };
  return { reply: { status: 200, stream }, decide };
}

test.each([
  ['a revocation', 'consent-stops', { patientId: 'zoe' }],
  ['a denial', 'consent', { patientId: 'zoe', decision: 'deny' }],
  ['the end of a representation', 'representative-ending', { patientId: 'zoe' }],
  ['who is taken off the care team', 'care-team-removal', { patientId: 'zoe' }],
  ['a withdrawn record', 'record-withdrawal', { patientId: 'zoe' }],
  ['a suspension', 'staff', { staffId: 'ben' }],
  ['a licence', 'licences', { holder: 'ben' }],
])('%s ends what flows, unless it is permitted all the same', async (_what, type, value) => {
  const { stream } = await whilePermitted(services, served, async () => flowing());
  write(type, value);
  await turn();
  expect([decisions, stream!.destroyed]).toEqual([1, false]);
  isPermitted = false;
  write(type, value);
  const [error] = (await once(stream!, 'error').catch((thrown: unknown) => [thrown])) as [Problem];
  expect(error.code).toBe('access_not_permitted');
  expect(listeners.size).toBe(0);
});

test.each([
  ['consent-stops', { patientId: 'another' }],
  ['consent', { patientId: 'zoe', decision: 'permit' }],
  ['record', { patientId: 'zoe' }],
  ['staff', { staffId: 'another' }],
])('nothing is decided again for a %s that takes nothing away: %j', async (type, value) => {
  const { stream } = await whilePermitted(services, served, async () => flowing());
  write(type, value);
  await turn();
  expect(decisions).toBe(0);
  stream!.destroy();
  await once(stream!, 'close');
  expect(listeners.size).toBe(0);
});

test('a right that ends while the answer is prepared gives none, and nothing listens any more', async () => {
  const asked = whilePermitted(services, served, async () => {
    isPermitted = false;
    write('consent-stops', { patientId: 'zoe' });
    return flowing();
  });
  await expect(asked).rejects.toMatchObject({ code: 'access_not_permitted' });
  await expect(
    whilePermitted(services, served, async () => {
      throw new Problem('record_not_found');
    }),
  ).rejects.toMatchObject({ code: 'record_not_found' });
  expect(listeners.size).toBe(0);
});
