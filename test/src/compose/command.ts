/** Commands of the machine: run to the end, with what they say passed on or returned. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface CommandOptions {
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What the command reads. */
  readonly input?: Readable;
  /** Whether its output is shown as it comes; it is returned in any case. */
  readonly shown?: boolean;
}

/**
 * @returns what the command wrote to its standard output
 * @throws Error with the end of what it said when it cannot be run or fails
 */
export function command(program: string, parameters: readonly string[], options: CommandOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      ...(options.folder === undefined ? {} : { cwd: options.folder }),
      env: { ...process.env, ...options.environment },
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    const output: Buffer[] = [];
    const said: Buffer[] = [];
    child.stdout!.on('data', (chunk: Buffer) => output.push(chunk));
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk: Buffer) => {
        said.push(chunk);
        if (options.shown === true) process.stdout.write(chunk);
      });
    if (options.input !== undefined) options.input.pipe(child.stdin!);
    child.once('error', (cause) => reject(new Error(`${program} cannot be run`, { cause })));
    child.once('close', (code) => {
      if (code === 0) resolve(Buffer.concat(output).toString('utf8'));
      else {
        const end = Buffer.concat(said).toString('utf8').trim().split('\n').slice(-12).join('\n');
        reject(new Error(`${program} ${parameters.slice(0, 4).join(' ')} failed (${String(code)}):\n${end}`));
      }
    });
  });
}

/** @returns whether a command can be run and succeeds */
export async function succeeds(program: string, parameters: readonly string[]): Promise<boolean> {
  try {
    await command(program, parameters);
    return true;
  } catch {
    return false;
  }
}
