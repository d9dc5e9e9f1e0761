/** How many things were checked, and how many of them were wrong. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** Tests that were there and did not run. */
  readonly skipped: number;
  /** Files that failed, and passed when they were run a second time. */
  readonly unsteady: readonly string[];
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: 0, unsteady: [] };

export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (all, one) => ({
      passed: all.passed + one.passed,
      failed: all.failed + one.failed,
      skipped: all.skipped + one.skipped,
      unsteady: [...all.unsteady, ...one.unsteady],
    }),
    nothing,
  );
}

/** The part of jest's `--json` report that counts. */
export interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Files that could not be run at all: none of their tests is counted elsewhere. */
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly TestFileReport[];
}

interface TestFileReport {
  /** Path of the file. */
  readonly name: string;
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

/**
 * A suite that crashed counts as one failure, and so does a run that ended badly without saying which test failed.
 *
 * @param report undefined when jest left none
 * @param status jest's exit status
 */
export function tallyOf(report: JestReport | undefined, status: number): Tally {
  if (report === undefined) return { ...nothing, failed: 1 };
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
    unsteady: [],
  };
}

/** Paths of the files with a test that failed, or that could not be run. */
export function failedFiles(report: JestReport | undefined): readonly string[] {
  return report?.testResults.filter(({ status }) => status === 'failed').map(({ name }) => name) ?? [];
}

/**
 * What a run comes to whose failed files were run once more: the second run alone counts for these files, and those that
 * it found in order are named.
 *
 * @param again the second run's report and exit status
 */
export function tallyOfTwo(first: JestReport, again: JestReport | undefined, status: number): Tally {
  const repeated = new Set(failedFiles(first));
  const others = first.testResults.filter(({ name }) => !repeated.has(name));
  const outcomes = others.flatMap(({ assertionResults }) => assertionResults.map((test) => test.status));
  const passed = outcomes.filter((outcome) => outcome === 'passed').length;
  const stillFailed = new Set(failedFiles(again));
  return sum([
    { ...nothing, passed, skipped: outcomes.length - passed },
    tallyOf(again, status),
    { ...nothing, unsteady: again === undefined ? [] : [...repeated].filter((name) => !stillFailed.has(name)) },
  ]);
}
