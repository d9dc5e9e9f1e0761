/** Where things lie, and running the project's own programs. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = fileURLToPath(new URL('../../..', import.meta.url));

export interface ProgramResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a compiled program of the project with this Node and collects what it says.
 *
 * @param program path from the project's root
 * @returns whatever its exit status
 */
export function program(
  path: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ProgramResult> {
  const child = spawn(process.execPath, ['--enable-source-maps', join(projectRoot, path), ...parameters], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status: status ?? 1, stdout, stderr }));
  });
}

/**
 * As {@link program}, for what must succeed.
 *
 * @returns what it printed
 * @throws Error with what it said when it fails
 */
export async function succeed(
  path: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { status, stdout, stderr } = await program(path, parameters, environment);
  if (status !== 0) throw new Error(`${path} ${parameters.join(' ')} ended with ${status}\n${stdout}\n${stderr}`);
  return stdout;
}
