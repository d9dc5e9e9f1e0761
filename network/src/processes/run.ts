/** Short-lived commands: peer, osnadmin, configtxgen, go, tar. */
import { spawn } from 'node:child_process';
import { NetworkFailure } from '../failure.ts';

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** Called with each line of both outputs. */
  readonly onLine?: (line: string) => void;
  readonly milliseconds?: number;
  /** What a failure names instead of the command line. */
  readonly title?: string;
}

/**
 * Runs a command to its end.
 *
 * @returns its standard output
 * @throws NetworkFailure with the last line it said when it cannot be run, takes too long or fails
 */
export function run(command: string, parameters: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, {
      ...(options.folder === undefined ? {} : { cwd: options.folder }),
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // Node's own timeout goes on running when the command cannot be started.
    const timer = setTimeout(() => child.kill(), options.milliseconds ?? 120_000);
    for (const event of ['error', 'close'] as const) child.once(event, () => clearTimeout(timer));
    const output: Buffer[] = [];
    const all: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        all.push(chunk);
        if (options.onLine !== undefined) {
          for (const line of chunk.toString('utf8').split('\n')) if (line.trim() !== '') options.onLine(line);
        }
      });
    }
    child.once('error', (cause) => reject(new NetworkFailure(`${command} cannot be run`, undefined, { cause })));
    child.once('close', (code, signal) => {
      if (code === 0) {
        resolve(Buffer.concat(output).toString('utf8'));
        return;
      }
      const said = Buffer.concat(all).toString('utf8').trim().split('\n').slice(-3).join(' | ');
      const failed = options.title === undefined ? `failed (${String(code)})` : 'failed';
      const how = signal === null ? failed : `was ended by ${signal}`;
      const name = options.title ?? `${command.split('/').at(-1) ?? command} ${parameters.slice(0, 3).join(' ')}`;
      reject(new NetworkFailure(`${name} ${how}: ${said}`));
    });
  });
}
