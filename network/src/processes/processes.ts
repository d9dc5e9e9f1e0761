/** The processes of one consortium: started detached, known by their record, ended only by it. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataFolder } from '../config/paths.ts';
import { NetworkFailure } from '../failure.ts';
import { readIfThere, writeWhole } from '../files.ts';
import { isAlive, parseIdentity, writeIdentityCommand, type ProcessIdentity } from './identity.ts';
import { causeIn } from './logs.ts';

export interface ProcessPlan {
  /** As status and logs call it: `hospital-peer`. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Build of the program, where its path does not tell it. */
  readonly version?: string;
  /** Ports it listens on. */
  readonly ports: readonly number[];
  /** @returns whether it answers */
  readonly ready: () => Promise<boolean>;
}

/** What a child inherits from us; everything else it is told. */
const inherited = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ'] as const;
const pollMilliseconds = 60;

export class Processes {
  readonly #data: DataFolder;

  constructor(data: DataFolder) {
    this.#data = data;
  }

  /** @returns the process of this name if it runs */
  async find(name: string): Promise<ProcessIdentity | undefined> {
    const text = await readIfThere(this.#record(name));
    const identity = text === undefined ? undefined : parseIdentity(text);
    return identity !== undefined && isAlive(identity) ? identity : undefined;
  }

  /** Whether this process runs, with the command, variables and build of the plan. */
  async runsAsPlanned(plan: ProcessPlan): Promise<boolean> {
    const runs = (await this.find(plan.name)) !== undefined;
    return runs && (await readIfThere(this.#plan(plan.name))) === fingerprintOf(plan);
  }

  /** Names of all processes with a record, dead ones too. */
  async names(): Promise<readonly string[]> {
    try {
      const files = await readdir(this.#data.processes);
      return files.filter((file) => file.endsWith('.pid')).map((file) => file.slice(0, -'.pid'.length));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  /**
   * Starts a process unless it runs as planned; one that runs otherwise is ended first. The process writes its own record before it becomes the program, so that a starter
   * killed in between leaves nobody unknown.
   *
   * @returns whether it had to be started
   */
  async launch(plan: ProcessPlan): Promise<boolean> {
    if (await this.runsAsPlanned(plan)) return false;
    await this.end(plan.name);
    await mkdir(this.#data.processes, { recursive: true });
    await mkdir(this.#data.at('logs'), { recursive: true });
    await rm(this.#record(plan.name), { force: true });
    await writeWhole(this.#plan(plan.name), fingerprintOf(plan));
    const log = openSync(this.#data.log(plan.name), 'a', 0o600);
    const record = this.#record(plan.name);
    const shell = `umask 077; ${writeIdentityCommand} > "$0.tmp" && mv "$0.tmp" "$0" && exec "$@"`;
    const child = spawn('/bin/sh', ['-c', shell, record, ...plan.command], {
      cwd: plan.folder,
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...inheritedEnvironment(), ...plan.environment },
    });
    const failed = new Promise<Error>((resolve) => child.once('error', resolve));
    child.unref();
    closeSync(log);
    const recorded = await Promise.race([this.#recorded(plan.name), failed]);
    if (recorded instanceof Error) throw recorded;
    return true;
  }

  /**
   * Waits until a launched process answers.
   *
   * @param milliseconds the longest wait
   * @throws NetworkFailure with the last line of its log when it ends or does not answer in time
   */
  async awaitReady(plan: ProcessPlan, milliseconds = 60_000): Promise<void> {
    const deadline = Date.now() + milliseconds;
    for (;;) {
      if (await plan.ready()) return;
      const alive = (await this.find(plan.name)) !== undefined;
      if (alive && Date.now() < deadline) {
        await delay(pollMilliseconds);
        continue;
      }
      const said = await causeIn(this.#data.log(plan.name));
      const what = alive ? `does not answer after ${Math.round(milliseconds / 1000)} s` : 'ended at once';
      throw new NetworkFailure(`${plan.name} ${what}: ${said}`, `see npm run logs -- ${plan.name}`);
    }
  }

  /**
   * Ends a process by its record: SIGTERM, and SIGKILL when it takes longer than it may.
   *
   * @param grace milliseconds from the one signal to the other
   * @returns whether it ran
   */
  async end(name: string, grace = 15_000): Promise<boolean> {
    const identity = await this.find(name);
    if (identity !== undefined) {
      signal(identity, 'SIGTERM');
      const deadline = Date.now() + grace;
      while (isAlive(identity)) {
        if (Date.now() > deadline) signal(identity, 'SIGKILL');
        await delay(pollMilliseconds);
      }
    }
    await rm(this.#record(name), { force: true });
    return identity !== undefined;
  }

  /** Sends SIGKILL to one process, as a crash would; its record stays, so that start sees it is missing. */
  async kill(name: string): Promise<void> {
    const identity = await this.find(name);
    if (identity === undefined) throw new NetworkFailure(`${name} does not run`);
    signal(identity, 'SIGKILL');
    while (isAlive(identity)) await delay(10);
  }

  #record(name: string): string {
    return join(this.#data.processes, `${name}.pid`);
  }

  #plan(name: string): string {
    return join(this.#data.processes, `${name}.plan`);
  }

  async #recorded(name: string): Promise<void> {
    const deadline = Date.now() + 10_000;
    while ((await readIfThere(this.#record(name))) === undefined) {
      if (Date.now() > deadline) throw new NetworkFailure(`${name} could not be started`, 'is the disk full?');
      await delay(5);
    }
  }
}

/** SHA-256 of what makes a process what it is; its variables hold paths, and nobody reads a secret out of a hash. */
function fingerprintOf({ command, environment, folder, version }: ProcessPlan): string {
  const told = Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([command, told, folder, version]))
    .digest('hex');
}

function inheritedEnvironment(): Record<string, string> {
  const pairs = inherited.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(pairs);
}

function signal({ pid }: ProcessIdentity, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
