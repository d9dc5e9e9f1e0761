/** A PostgreSQL server of the test's own, from the programs that Debian installs. */
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../system/freePort.ts';

const programs = '/usr/lib/postgresql';
/** It does not run as root. */
const isRoot = process.getuid?.() === 0;

/** Folder of `initdb` and `pg_ctl`; undefined where PostgreSQL is not installed. */
export function postgresPrograms(): string | undefined {
  if (!existsSync(programs)) return undefined;
  const [version] = readdirSync(programs).toSorted((one, other) => Number(other) - Number(one));
  const folder = join(programs, version ?? '', 'bin');
  return existsSync(join(folder, 'initdb')) ? folder : undefined;
}

export class Postgres {
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.url = `postgres://gateway@127.0.0.1:${port}/postgres`;
  }

  static async make(): Promise<Postgres> {
    const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
    if (isRoot) chownSync(folder, Number(idOf('-u')), Number(idOf('-g')));
    const server = new Postgres(folder, await freePort());
    server.#run('initdb', '--username', 'gateway', '--auth', 'trust', '--no-sync', '--pgdata', server.#data);
    return server;
  }

  start(): void {
    const options = `-c listen_addresses=127.0.0.1 -c port=${this.#port} -c unix_socket_directories='' -c fsync=off`;
    const log = join(this.#folder, 'log');
    this.#run('pg_ctl', 'start', '--wait', '--pgdata', this.#data, '--log', log, '--options', options);
  }

  /** At once, as a crash: no connection is ended in order. */
  stop(): void {
    this.#run('pg_ctl', 'stop', '--mode', 'immediate', '--pgdata', this.#data);
  }

  /** Ends it and removes all it has. */
  remove(): void {
    if (existsSync(join(this.#data, 'postmaster.pid'))) this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.#folder, 'data');
  }

  #run(name: string, ...parameters: readonly string[]): void {
    const command = [join(postgresPrograms() ?? programs, name), ...parameters];
    const [program, ...rest] = isRoot ? ['runuser', '-u', 'postgres', '--', ...command] : command;
    execFileSync(program!, rest, { stdio: 'ignore', cwd: this.#folder });
  }
}

function idOf(option: string): string {
  return execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }).trim();
}
