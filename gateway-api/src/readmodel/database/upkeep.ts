/**
 * What autovacuum is on a server, for a database without one: statistics, without which every plan takes all tables for
 * small, and the space of rows that were replaced. A table at a time, so that requests wait for one at most.
 */
import { sql, type Kysely } from 'kysely';
import type { Database } from './schema.ts';

/** As often as autovacuum looks. */
const everyMs = 60_000;
/** Autovacuum's shares of a table; a small table needs neither. */
const [changedShare, deadShare, leastRows] = [0.1, 0.2, 500];

export interface UpkeepLog {
  warn(fields: object, message: string): void;
}

export class Upkeep {
  readonly #db: Kysely<Database>;
  readonly #log: UpkeepLog;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> = Promise.resolve();

  constructor(db: Kysely<Database>, log: UpkeepLog) {
    this.#db = db;
    this.#log = log;
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(() => this.#attend());
    }, everyMs);
    this.#timer.unref();
  }

  /** Waits for the table at hand. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#running;
  }

  /** @returns the tables that were attended to */
  async attend(): Promise<readonly string[]> {
    const { rows } = await sql<{ table: string; dead: boolean }>`
      select relname as table, n_dead_tup > ${leastRows} + ${deadShare}::float * n_live_tup as dead
      from pg_stat_user_tables where schemaname = current_schema()
        and (n_mod_since_analyze > ${leastRows} + ${changedShare}::float * n_live_tup
          or n_dead_tup > ${leastRows} + ${deadShare}::float * n_live_tup)
      order by n_mod_since_analyze desc`.execute(this.#db);
    for (const { table, dead } of rows)
      await (dead ? sql`vacuum (analyze) ${sql.table(table)}` : sql`analyze ${sql.table(table)}`).execute(this.#db);
    return rows.map(({ table }) => table);
  }

  async #attend(): Promise<void> {
    if (this.#timer === undefined) return;
    try {
      await this.attend();
    } catch (err) {
      this.#log.warn({ err }, 'the database’s upkeep failed and is tried again');
    }
  }
}
