import fc from 'fast-check';
import { beforeAll, expect, test } from '@jest/globals';
import { errorCatalogue } from '@chain-of-care/chaincode/model';
import { World } from '../e2e/rest/world.fixture.ts';
import { network } from '../system/networks.ts';
import type { Answer, RestSession } from '../system/rest.ts';
import { oddScans } from './gs1.fixture.ts';

const world = new World(network);
const scans = Number(process.env['FUZZ_SCANS'] ?? 1_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 42);
const atOnce = 8;
/** What a scan that cannot be read, or names nothing, may be answered with. */
const clear: ReadonlySet<string> = new Set([
  ...Object.keys(errorCatalogue).filter((code) => code.endsWith('_not_found')),
  'invalid_identifier',
  'validation_failed',
]);

let pharmacist: RestSession;

beforeAll(async () => {
  await network.start();
  pharmacist = await world.people.as('HospitalMSP', 'pharmacist');
}, 300_000);

/** Sends every scan to where scans are read. */
async function answersTo(send: (scan: string) => Promise<Answer>): Promise<readonly (readonly [string, Answer])[]> {
  const samples = fc.sample(oddScans, { numRuns: scans, seed });
  const answers: (readonly [string, Answer])[] = [];
  const worker = async (): Promise<void> => {
    for (let scan = samples.pop(); scan !== undefined; scan = samples.pop()) answers.push([scan, await send(scan)]);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return answers;
}

/** Answers that are neither a verdict nor a clear code. */
function unclear(answers: readonly (readonly [string, Answer])[]): readonly string[] {
  return answers.flatMap(([scan, { status, body }]) =>
    status < 300 || (status < 500 && clear.has(String(body['code'])))
      ? []
      : [`${status} ${String(body['code'])}: ${JSON.stringify(scan.slice(0, 120))}`],
  );
}

test(`${scans} malformed scans verified: a verdict or a clear code, no 5xx`, async () => {
  const answers = await answersTo((scan) => pharmacist.post('/v1/verifications', { scan }, { key: null }));
  expect(unclear(answers).slice(0, 20)).toEqual([]);
  const authentic = answers.filter(([, { body }]) => body['isAuthentic'] === true);
  expect(authentic).toEqual([]);
}, 600_000);

test(`${scans} malformed scans handed out by a pharmacist: refused with a clear code, nothing is supplied`, async () => {
  const dispense = (scan: string) => pharmacist.post('/v1/supply-events', { type: 'dispense', packs: [{ scan }] });
  const answers = await answersTo(dispense);
  expect(unclear(answers).slice(0, 20)).toEqual([]);
  expect(answers.filter(([, { status }]) => status < 300)).toEqual([]);
}, 600_000);
