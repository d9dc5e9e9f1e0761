/**
 * Writes notices into people's inboxes as the read model grows. Blocks and progress are one database transaction and a
 * notice's id follows from its fact, so a crash loses none and nobody finds one twice.
 */
import { createHash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { Log } from '../log.ts';
import type { Database, ReadModel } from '../readmodel/index.ts';
import type { NotificationRow } from './inbox.ts';
import type { BlockRange, Notice, NoticeSource } from './notice.ts';

type Db = Kysely<Database>;

export interface DispatcherOptions {
  readonly readModel: Pick<ReadModel, 'db' | 'height' | 'onBlock'>;
  readonly sources: readonly NoticeSource[];
  readonly log: Pick<Log, 'warn' | 'error'>;
  /** Adds what else follows from a new notification, in the same transaction. */
  readonly alsoWrite: (db: Transaction<Database>, rows: readonly NotificationRow[]) => Promise<void>;
  /** Told of new rows once they are committed, in their order. */
  readonly written: (rows: readonly NotificationRow[]) => void;
}

/** Blocks in one transaction while catching up. */
const blocksAtOnce = 200;
const retryMs = 2_000;
/** Blocks may gather for so long: a reading asks a dozen tables, whatever is in them. */
const gatherMs = 300;
const progressRow = 1;

export class Dispatcher {
  readonly #options: DispatcherOptions;
  #next: number | undefined;
  readonly #again = new Set<number>();
  #running: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #stopped = false;
  #wanted = false;
  #unsubscribe: (() => void) | undefined;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Begins with the block after the last one whose notices are written. */
  start(): void {
    this.#unsubscribe = this.#options.readModel.onBlock(({ blockNumber, transactions }) => {
      if (transactions.length === 0) this.#again.add(blockNumber);
      this.#gathering ??= setTimeout(() => this.#wake(), gatherMs);
    });
    this.#wake();
  }

  /** Something of the gateway's own now belongs to a block whose notices were written. */
  readAgain(block: number): void {
    this.#again.add(block);
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe?.();
    clearTimeout(this.#retry);
    clearTimeout(this.#gathering);
    await this.#running;
  }

  /** Resolves when the notices of every block that is there now are written. */
  async settled(): Promise<void> {
    this.#wake();
    while (this.#running !== undefined) await this.#running;
  }

  #wake(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.#wanted = true;
    if (this.#stopped || this.#running !== undefined) return;
    this.#wanted = false;
    this.#running = this.#run()
      .catch((error: unknown) => {
        this.#options.log.error({ err: error }, 'notices could not be written; trying again');
        this.#retry = setTimeout(() => this.#wake(), retryMs);
        this.#retry.unref();
      })
      .finally(() => {
        this.#running = undefined;
        if (this.#wanted) this.#wake();
      });
  }

  async #run(): Promise<void> {
    const { db } = this.#options.readModel;
    this.#next ??= ((await readProgress(db)) ?? -1) + 1;
    for (let height = this.#height; !this.#stopped && this.#next <= height; height = this.#height) {
      const last = Math.min(height, this.#next + blocksAtOnce - 1);
      await this.#write({ first: this.#next, last }, true);
      this.#next = last + 1;
    }
    for (const block of this.#again) await this.#writeAgain(block);
  }

  /** Who asks for the block while it is read has something that this reading may not have seen. */
  async #writeAgain(block: number): Promise<void> {
    this.#again.delete(block);
    try {
      await this.#write({ first: block, last: block }, false);
    } catch (error) {
      this.#again.add(block);
      throw error;
    }
  }

  get #height(): number {
    return this.#options.readModel.height ?? -1;
  }

  async #write(range: BlockRange, advances: boolean): Promise<void> {
    const { readModel, sources, alsoWrite, written } = this.#options;
    const rows = await readModel.db.transaction().execute(async (db) => {
      const notices: Notice[] = [];
      for (const source of sources) notices.push(...(await source(db, range)));
      const inserted = await insert(db, notices);
      if (inserted.length > 0) await alsoWrite(db, inserted);
      if (advances) await writeProgress(db, range.last);
      return inserted;
    });
    if (rows.length > 0) written(rows);
  }
}

async function insert(db: Transaction<Database>, notices: readonly Notice[]): Promise<readonly NotificationRow[]> {
  const rows = [...notices]
    .sort((a, b) => a.blockNumber - b.blockNumber || (a.source < b.source ? -1 : 1))
    .flatMap(({ source, kind, severity, about, occurredAt, blockNumber, recipients }) =>
      [...new Set(recipients)].map((person) => ({
        notification_id: idOf(source, kind, person),
        person_id: person,
        kind,
        severity,
        about: JSON.stringify(about),
        occurred_at: occurredAt,
        block_number: blockNumber,
      })),
    );
  const inserted: NotificationRow[] = [];
  for (let at = 0; at < rows.length; at += 500)
    inserted.push(
      ...(await db
        .insertInto('notifications')
        .values(rows.slice(at, at + 500))
        .onConflict((conflict) => conflict.column('notification_id').doNothing())
        .returningAll()
        .execute()),
    );
  return inserted.sort((a, b) => a.sequence - b.sequence);
}

/** Of the same fact for the same person always the same: a UUID of version 8 (RFC 9562). */
function idOf(source: string, kind: string, person: string): string {
  const bytes = createHash('sha256').update(`${kind}|${source}|${person}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

async function readProgress(db: Db): Promise<number | undefined> {
  const query = db.selectFrom('notification_progress').select('block_number').where('id', '=', progressRow);
  return (await query.executeTakeFirst())?.block_number;
}

/** A block whose private values have not all come is read again after a restart. */
async function writeProgress(db: Transaction<Database>, last: number): Promise<void> {
  const oldest = await db
    .selectFrom('pending_private_writes')
    .select(({ fn }) => fn.min('block_number').as('block'))
    .executeTakeFirst();
  const complete = oldest?.block === null || oldest === undefined ? last : Math.min(last, oldest.block - 1);
  await db
    .insertInto('notification_progress')
    .values({ id: progressRow, block_number: complete })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ block_number: complete }))
    .execute();
}
