import { describe, expect, test } from '@jest/globals';
import { readOptions } from './options.ts';
import { failedFiles, sum, tallyOf, tallyOfTwo } from './tally.ts';

const report = {
  numPassedTests: 7,
  numFailedTests: 0,
  numPendingTests: 1,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  testResults: [],
};

describe('the count of a test run', () => {
  test('is that of the tests', () => {
    expect(tallyOf(report, 0)).toEqual({ passed: 7, failed: 0, skipped: 1, unsteady: [] });
    expect(tallyOf({ ...report, numFailedTests: 2 }, 1)).toEqual({ passed: 7, failed: 2, skipped: 1, unsteady: [] });
  });

  test('has one failure for each suite that could not run', () => {
    expect(tallyOf({ ...report, numRuntimeErrorTestSuites: 2 }, 1).failed).toBe(2);
  });

  test('is never good when the run ended badly', () => {
    expect(tallyOf(report, 1).failed).toBe(1);
    expect(tallyOf(undefined, 0).failed).toBe(1);
  });

  test('sums over the parts', () => {
    expect(sum([tallyOf(report, 0), tallyOf(undefined, 1)])).toEqual({
      passed: 7,
      failed: 1,
      skipped: 1,
      unsteady: [],
    });
  });
});

describe('files run a second time', () => {
  const file = (name: string, ...outcomes: string[]) => ({
    name,
    status: outcomes.includes('failed') || outcomes.length === 0 ? 'failed' : 'passed',
    assertionResults: outcomes.map((status) => ({ status })),
  });
  const first = {
    ...report,
    numPassedTests: 4,
    numFailedTests: 1,
    numRuntimeErrorTestSuites: 1,
    testResults: [
      file('steady', 'passed', 'passed', 'pending'),
      file('racy', 'passed', 'failed', 'passed'),
      file('crashed'),
    ],
  };

  test('are those with a failure and those that crashed', () => {
    expect(failedFiles(first)).toEqual(['racy', 'crashed']);
  });

  test('count as the second run found them, and are named when it found nothing wrong', () => {
    const again = { ...report, numPassedTests: 3, numRuntimeErrorTestSuites: 1, numPendingTests: 0 };
    const testResults = [file('racy', 'passed', 'passed', 'passed'), file('crashed')];
    expect(tallyOfTwo(first, { ...again, testResults }, 1)).toEqual({
      passed: 5,
      failed: 1,
      skipped: 1,
      unsteady: ['racy'],
    });
  });

  test('have failed when the second run left no report', () => {
    expect(tallyOfTwo(first, undefined, 1)).toMatchObject({ failed: 1, unsteady: [] });
  });
});

describe('the options of a test run', () => {
  const known = ['unit', 'e2e', 'faults'];

  test('name the parts, by commas or one by one', () => {
    expect(readOptions(['--only', 'unit,e2e', '--only', 'faults'], known).only).toEqual(known);
    expect(readOptions([], known)).toEqual({ only: [], long: false, keep: false, help: false });
  });

  test('refuse a part or an option that does not exist', () => {
    expect(() => readOptions(['--only', 'units'], known)).toThrow('there is no part "units"');
    expect(() => readOptions(['--fast'], known)).toThrow();
  });
});
