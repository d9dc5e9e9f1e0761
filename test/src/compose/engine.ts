/** Docker's engine on a machine that may have none: installed from Debian's packages, started for the test alone. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { command, succeeds, type CommandOptions } from './command.ts';

export interface Engine {
  /** Runs `docker compose` with these parameters, in whichever form the machine has it. */
  compose(parameters: readonly string[], options?: CommandOptions): Promise<string>;
  /** Ends the engine if it was started for the test. */
  stop(): Promise<void>;
}

const startSeconds = 60;

/**
 * @param folder for the log of an engine that has to be started
 * @throws Error when there is no engine and none can be installed or started
 */
export async function startEngine(folder: string): Promise<Engine> {
  const answers = await succeeds('docker', ['info']);
  if (!answers && !(await succeeds('which', ['dockerd']))) await install(['docker.io', 'iptables']);
  const daemon = answers ? undefined : await startDaemon(join(folder, 'dockerd.log'));
  const form = await composeForm();
  return {
    compose: (parameters, options) => command(form[0], [...form.slice(1), ...parameters], options),
    stop: async () => {
      if (daemon === undefined) return;
      const ended = once(daemon, 'exit');
      daemon.kill('SIGTERM');
      await ended;
    },
  };
}

async function composeForm(): Promise<readonly [string, ...string[]]> {
  if (await succeeds('docker', ['compose', 'version'])) return ['docker', 'compose'];
  if (!(await succeeds('which', ['docker-compose']))) await install(['docker-compose']);
  return ['docker-compose'];
}

/** Debian's packages would start services of their own; `RUNLEVEL=1` keeps them from it. */
async function install(packages: readonly string[]): Promise<void> {
  const environment = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  await command('apt-get', ['update', '-qq'], { environment });
  await command('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { environment });
}

/** An engine in a machine without nested overlays takes the slow driver that works everywhere. */
async function startDaemon(log: string): Promise<ChildProcess> {
  const failures: string[] = [];
  for (const driver of ['overlay2', 'vfs']) {
    const output = openSync(log, 'a', 0o600);
    const daemon = spawn('dockerd', ['--storage-driver', driver], { stdio: ['ignore', output, output] });
    closeSync(output);
    for (let waited = 0; waited < startSeconds && daemon.exitCode === null; waited += 0.5) {
      if (await succeeds('docker', ['info'])) return daemon;
      await delay(500);
    }
    daemon.kill('SIGTERM');
    failures.push(driver);
  }
  throw new Error(`dockerd does not start with ${failures.join(' nor ')}: see ${log}`);
}
