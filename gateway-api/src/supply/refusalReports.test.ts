import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Act, Applied, Ledger } from '../fabric/act.ts';
import { Problem } from '../http/problem.ts';
import type { Log } from '../log.ts';
import { RefusalReports } from './refusalReports.ts';

const log = { warn: () => undefined, error: () => undefined } as unknown as Log;
const identity = { mspId: 'HospitalMSP', certificate: 'PEM', deviceKey: 'd', keyName: 'k' };
const report = { key: 'a'.repeat(64), identity, body: { event: 'dispense' } };
const recorded = { recorded: true, eventId: 'e', code: 'already_supplied', alertId: 'x' };

/** A ledger that answers what it is told to, in order. */
class FakeLedger implements Pick<Ledger, 'submit'> {
  readonly acts: Act[] = [];
  readonly #answers: (object | Error)[];

  constructor(...answers: (object | Error)[]) {
    this.#answers = answers;
  }

  async submit<Result>(_identity: object, act: Act): Promise<Applied<Result>> {
    this.acts.push(act);
    const answer = this.#answers.shift() ?? recorded;
    if (answer instanceof Error) throw answer;
    return { result: answer as Result, replayed: false };
  }
}

describe('reports of refused acts', () => {
  let directory: string;
  beforeEach(async () => {
    directory = join(await mkdtemp(join(tmpdir(), 'refusals-')), 'refusals');
  });
  afterEach(() => rm(dirname(directory), { recursive: true }));
  const until = async (done: () => Promise<boolean>) => {
    for (let tries = 0; tries < 200 && !(await done()); tries += 1)
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
  };

  test('a report is committed by the identity that tried, and leaves nothing behind', async () => {
    const ledger = new FakeLedger(recorded);
    expect(await new RefusalReports(directory, ledger, log).report(report, 1_000)).toEqual(recorded);
    expect(ledger.acts).toMatchObject([{ type: 'supply.reportRefusal', key: report.key, body: report.body }]);
    expect(await readdir(directory)).toEqual([]);
  });

  test('while the ledger cannot be reached the report waits in a file of its owner’s, and is sent again', async () => {
    const ledger = new FakeLedger(new Problem('unavailable'));
    const reports = new RefusalReports(directory, ledger, log);
    expect(await reports.report(report, 1_000)).toBeUndefined();
    const [file] = await readdir(directory);
    expect((await stat(join(directory, file!))).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(join(directory, file!), 'utf8'))).toEqual(report);
    await until(async () => (await readdir(directory)).length === 0);
    expect(ledger.acts).toHaveLength(2);
  });

  test('a gateway that was stopped takes its reports up again', async () => {
    await new RefusalReports(directory, new FakeLedger(new Problem('commit_unknown')), log).report(report, 1_000);
    const ledger = new FakeLedger(recorded);
    await new RefusalReports(directory, ledger, log).resume();
    await until(async () => ledger.acts.length > 0);
    expect(ledger.acts).toMatchObject([{ key: report.key }]);
  });

  test('what the ledger refuses to record is not tried for ever', async () => {
    const ledger = new FakeLedger(new Problem('unknown_identity'));
    expect(await new RefusalReports(directory, ledger, log).report(report, 1_000)).toBeUndefined();
    expect(await readdir(directory)).toEqual([]);
  });
});
