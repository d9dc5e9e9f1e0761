/** A gateway whose clock is off. The network is put back afterwards. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openNetwork } from '@chain-of-care/network';
import { network } from '../../system/networks.ts';
import { expectProblem } from './problem.fixture.ts';
import { home, newRecord, World, type RegisteredPatient } from './world.fixture.ts';

let patient: RegisteredPatient;

beforeAll(async () => {
  await network.start();
  patient = await new World(network).patient();
}, 300_000);

afterAll(() => network.start(), 300_000);

/** A module that Node loads before the gateway, and that moves the clock of its process. */
function clockMovedBy(milliseconds: number): string {
  const source = `
    const Real = Date;
    globalThis.Date = class Date extends Real {
      constructor(...parts) { super(...(parts.length === 0 ? [Date.now()] : parts)); }
      static now() { return Real.now() + ${milliseconds}; }
      // What comes from another thread is one of the platform's own.
      static [Symbol.hasInstance](value) { return value instanceof Real; }
    };`;
  return `--import=data:text/javascript,${encodeURIComponent(source)}`;
}

describe('a gateway whose clock is more than 60 seconds from its endorsers’', () => {
  test.each([
    ['ahead', 90_000],
    ['behind', -90_000],
  ])(
    '%s: writes, accesses and questions are refused as 400 clock_skew, and nothing reaches the ledger',
    async (_where, milliseconds) => {
      const opened = await openNetwork({ name: network.name });
      await opened.runGatewayWith(home, { NODE_OPTIONS: clockMovedBy(milliseconds) });
      // Tokens are of the same clock, so that they are good where it is.
      const { people } = new World(network);
      const ada = await people.as(home, 'dr-ada');
      const before = await network.height(home);
      expectProblem(await ada.post(`${patient.chart}/records`, newRecord()), 400, 'clock_skew');
      const access = { purposeOfUse: 'TREAT', reason: 'ward round', categories: ['lab_result'] };
      expectProblem(await ada.post(`${patient.chart}/accesses`, access), 400, 'clock_skew');
      expect(await network.height(home)).toBe(before);
    },
    180_000,
  );
});
