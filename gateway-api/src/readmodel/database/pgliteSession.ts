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
   * @param template archive to load into a new database
   * @throws Error when the database cannot be opened
   */
  static async open(directory: string, template?: string): Promise<PGliteSession> {
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

  /** @returns the whole database as a tar archive */
  async dump(): Promise<Uint8Array> {
    const { rows } = await this.#ask('dump');
    return rows[0] as Uint8Array;
  }

  async close(): Promise<void> {
    if (this.#ended !== undefined) return;
    await this.#ask('close');
    await this.#worker.terminate();
  }

  #ask(order: object | 'dump' | 'close'): Promise<StatementResult> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, order }, []);
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
