import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Refusal } from '@chain-of-care/chaincode/model';
import type { Act, Applied } from '../fabric/act.ts';
import { Problem } from '../http/problem.ts';
import type { Log } from '../log.ts';
import { LaterActs } from './laterActs.ts';

let directory: string;
let submitted: Act[];
let answers: (() => Applied)[];
const log = { warn: () => undefined } as unknown as Log;
const identity = { mspId: 'PharmaMSP', certificate: 'pem', deviceKey: 'd', keyName: 'k' };
const act: Act = {
  type: 'supply.recordCommerce',
  body: { shipmentId: 'h1' },
  key: 'a'.repeat(64),
  touches: { writes: [undefined, 'trade_PharmaMSP'], among: ['PharmaMSP', 'RegulatorMSP'] },
};
const ledger = {
  submit: async <Result>(_identity: unknown, taken: Act): Promise<Applied<Result>> => {
    submitted.push(taken);
    return (answers.shift() ?? (() => ({ result: {}, replayed: false })))() as Applied<Result>;
  },
};
const kept = async (): Promise<string[]> => (await readdir(directory)).filter((name) => name.endsWith('.json'));
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 100 && !(await isSo()); tries += 1) await pause(50);
};

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'later-'));
  submitted = [];
  answers = [];
});
afterEach(() => rm(directory, { recursive: true }));

test('an act waits in a file until it is committed, and keeps public state among its writes', async () => {
  const unavailable = (): Applied => {
    throw new Problem('unavailable');
  };
  answers = [unavailable];
  const acts = new LaterActs(directory, ledger, log);
  await acts.submit({ identity, act });
  await until(async () => submitted.length === 1);
  expect(await kept()).toHaveLength(1);
  await until(async () => (await kept()).length === 0);
  expect(submitted).toHaveLength(2);
  expect(submitted[1]).toEqual(act);
}, 20_000);

test('what was left by an earlier process is taken up; what the ledger refuses is dropped', async () => {
  const touches = { writes: [null, 'trade_PharmaMSP'], among: ['PharmaMSP', 'RegulatorMSP'] };
  await writeFile(join(directory, 'x.json'), JSON.stringify({ identity, act: { ...act, key: 'x', touches } }));
  answers = [
    () => {
      throw new Refusal('already_exists');
    },
  ];
  await new LaterActs(directory, ledger, log).resume();
  await until(async () => (await kept()).length === 0);
  expect(submitted).toEqual([{ ...act, key: 'x' }]);
}, 20_000);
