import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DatabaseError } from './databaseError.ts';

export interface StatementResult {
  readonly rows: readonly unknown[];
  readonly affectedRows?: number;
}

interface Answer extends StatementResult {
  readonly id: number;
  readonly failure?: { readonly message: string; readonly code: string };
}

interface Waiting {
  readonly resolve: (result: StatementResult) => void;
  readonly reject: (error: Error) => void;
}

const thread = new URL(import.meta.url.endsWith('.ts') ? './pgliteThread.ts' : './pgliteThread.js', import.meta.url);

/** Where this user's empty database of this PGlite lies. */
function templatePath(): string {
  const main = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version } = JSON.parse(readFileSync(join(dirname(main), '../package.json'), 'utf8')) as { version: string };
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(process.env['CHAIN_OF_CARE_CACHE'] ?? join(cache, 'chain-of-care'), `pglite-${version}.tar`);
}

/** The one session of a PGlite database that runs in its own thread. */
export class PGliteSession {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #ended: Error | undefined;

  private constructor(directory: string, template?: string) {
    this.#worker = new Worker(thread, { workerData: { directory, template }, execArgv: [] });
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', (error: Error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new DatabaseError('the database thread has ended', '57P01')));
  }

  /**
   * @param directory of the database, or `memory://`
   * @throws Error when the database cannot be opened
   */
  static async open(directory: string): Promise<PGliteSession> {
    if (!directory.includes('://') && !existsSync(join(directory, 'PG_VERSION')))
      await (await PGliteSession.#start(directory, templatePath())).close();
    return PGliteSession.#start(directory);
  }

  /** A thread that has made a database keeps some hundred megabytes for it: one that only opens it does not. */
  static async #start(directory: string, template?: string): Promise<PGliteSession> {
    const session = new PGliteSession(directory, template);
    await new Promise<StatementResult>((resolve, reject) => session.#waiting.set(0, { resolve, reject }));
    return session;
  }

  /**
   * Runs one statement.
   *
   * @throws DatabaseError with the SQLSTATE
   */
  async query(sql: string, parameters: readonly unknown[]): Promise<StatementResult> {
    return this.#ask({ sql, parameters });
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    await this.#ask({});
    await this.#worker.terminate();
  }

  #ask(request: object): Promise<StatementResult> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...request }, []);
    });
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.failure === undefined) waiting?.resolve(answer);
    else waiting?.reject(new DatabaseError(answer.failure.message, answer.failure.code));
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
