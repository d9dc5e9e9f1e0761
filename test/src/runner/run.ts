/** Runs one command of the test run; what it says goes to the terminal as it comes. */
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { projectRoot } from '../system/project.ts';
import { failedFiles, nothing, tallyOf, tallyOfTwo, type JestReport, type Tally } from './tally.ts';

const reports = join(projectRoot, 'test/reports');
const mostFilesAgain = 3;

/** Variables that every part of a run sees. */
export type Environment = Readonly<Record<string, string>>;

/**
 * @param program a JavaScript file, from the project's root; it runs with this Node
 * @returns its exit status; 1 when a signal ended it
 */
export async function runProgram(
  program: string,
  parameters: readonly string[],
  environment: Environment = {},
): Promise<number> {
  const child = spawn(process.execPath, [join(projectRoot, program), ...parameters], {
    cwd: projectRoot,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGTERM', forward);
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status) => resolve(status ?? 1));
    });
  } finally {
    process.off('SIGTERM', forward);
  }
}

/** A tool that says yes or no counts as one check. */
export async function check(program: string, parameters: readonly string[]): Promise<Tally> {
  const status = await runProgram(program, parameters);
  return status === 0 ? { ...nothing, passed: 1 } : { ...nothing, failed: 1 };
}

/**
 * Runs one of the projects of jest.config.js.
 *
 * @param project its display name
 */
export async function jest(project: string, parameters: readonly string[], environment: Environment): Promise<Tally> {
  const { report, status } = await runJest(project, parameters, environment);
  return tallyOf(report, status);
}

/**
 * The same for tests with servers, databases or a whole network, on a machine that may be busy: a few files that failed are run once more, and
 * the summary names those that passed only then. More than a few are no accident.
 */
export async function jestTwice(
  project: string,
  parameters: readonly string[],
  environment: Environment,
): Promise<Tally> {
  const { report, status } = await runJest(project, parameters, environment);
  const failed = failedFiles(report);
  if (report === undefined || failed.length === 0 || failed.length > mostFilesAgain) return tallyOf(report, status);
  process.stdout.write(`\n── ${project}, once more: ${failed.map((path) => relative(projectRoot, path)).join(', ')}\n`);
  const again = await runJest(project, [...parameters, '--runTestsByPath', ...failed], environment);
  return tallyOfTwo(report, again.report, again.status);
}

interface JestRun {
  /** Undefined when jest left none. */
  readonly report: JestReport | undefined;
  readonly status: number;
}

async function runJest(project: string, parameters: readonly string[], environment: Environment): Promise<JestRun> {
  const file = join(reports, `${project}.json`);
  await mkdir(reports, { recursive: true });
  await rm(file, { force: true });
  const status = await runProgram(
    'node_modules/jest/bin/jest.js',
    ['--selectProjects', project, '--json', '--outputFile', file, '--passWithNoTests', '--ci', ...parameters],
    { ...environment, NODE_OPTIONS: '--experimental-vm-modules --no-warnings --max-old-space-size=8192' },
  );
  return { report: await readReport(file), status };
}

async function readReport(file: string): Promise<JestReport | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JestReport;
  } catch (error) {
    process.stderr.write(`jest left no report: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}
