/** The organisation's own copy of the ledger as tables, kept up to date while it runs. */
import type { Consortium } from '@chain-of-care/chaincode/model';
import { sql, type Kysely } from 'kysely';
import type { DecodedBlock } from './blocks/types.ts';
import { openDatabase, type DatabaseLocation, type OpenDatabase } from './database/open.ts';
import type { Database } from './database/schema.ts';
import { Upkeep } from './database/upkeep.ts';
import type { Projection } from './projection/applyBlocks.ts';
import type { BlockSource } from './projection/blockSource.ts';
import type { Change, Changes } from './projection/change.ts';
import { fetchLate } from './projection/fetchLate.ts';
import { follow, LedgerMismatch, readCheckpoint } from './projection/follow.ts';
import { HeightSignal, type WaitOptions } from './projection/heightSignal.ts';
import { compareWithLedger, type LedgerComparison } from './projection/compare.ts';
import { dumpProjection, forgetProjection, type TableDump } from './projection/rebuild.ts';
import { scopeOf } from './projection/scope.ts';
import { readTableShapes, TableWriter, type TableShapes } from './projection/tableWriter.ts';
import { projectors } from './projectors/index.ts';

/** What the read model says of its troubles; a pino logger fits. */
export interface ReadModelLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface ReadModelOptions extends DatabaseLocation {
  readonly consortium: Consortium;
  /** Own organisation: decides which private data to expect. */
  readonly mspId: string;
  readonly chaincode: string;
  readonly log: ReadModelLog;
}

/** What is told to listeners once the rows are there. */
export interface ProjectedBlock {
  readonly blockNumber: number;
  readonly transactions: readonly { readonly txId: string; readonly validationCode: number }[];
  /** Values written and keys deleted (`type` and `value` absent) by the block, also those that came late. */
  readonly changes: readonly {
    readonly collection: string;
    readonly txId: string;
    readonly type?: string;
    readonly value?: Readonly<Record<string, unknown>>;
  }[];
}

export interface ReadModelLag {
  readonly height: number | undefined;
  readonly ledgerHeight: number | undefined;
  /** Blocks that the peer has given and the tables do not show yet. */
  readonly blocks: number;
  readonly pendingPrivateWrites: number;
}

/** How long blocks may gather while nobody waits for them: a database transaction costs more than the rows of a block. */
const gatherMs = 250;
const retryMs = 1000;
/** How long a database may take to say that it is there. */
const answerMs = 5000;
const lateEveryMs = 5000;

export class ReadModel {
  readonly db: Kysely<Database>;
  readonly #open: OpenDatabase;
  readonly #upkeep: Upkeep;
  readonly #projection: Projection;
  readonly #shapes: TableShapes;
  readonly #signal = new HeightSignal();
  readonly #listeners = new Set<(block: ProjectedBlock) => void>();
  readonly #log: ReadModelLog;
  readonly #stop = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  #source: BlockSource | undefined;
  #delivered: number | undefined;
  #failed: Error | undefined;

  private constructor(open: OpenDatabase, projection: Projection, shapes: TableShapes, log: ReadModelLog) {
    this.#open = open;
    this.db = open.db;
    this.#upkeep = new Upkeep(open.db, log);
    this.#projection = projection;
    this.#shapes = shapes;
    this.#log = log;
  }

  /**
   * Opens the database, migrates it and finds the checkpoint.
   *
   * @throws DirectoryInUse, or Error of the database
   */
  static async open(options: ReadModelOptions): Promise<ReadModel> {
    const open = await openDatabase(options);
    const shapes = await readTableShapes(open.db);
    const scope = scopeOf(options.consortium, options.mspId, options.chaincode);
    const projection = { db: open.db, writer: new TableWriter(shapes), projectors, scope };
    const model = new ReadModel(open, projection, shapes, options.log);
    model.#signal.reset((await readCheckpoint(projection))?.blockNumber);
    // A server sees to it itself.
    if (options.databaseUrl === undefined) model.#upkeep.start();
    return model;
  }

  /** Number of the last block whose rows are there. */
  get height(): number | undefined {
    return this.#signal.height;
  }

  /** Why the projection has given up for good, if it has: then the gateway is not ready. */
  get failure(): Error | undefined {
    return this.#failed;
  }

  /** Whether the database answers now, within some seconds. */
  async answers(): Promise<boolean> {
    const over = new AbortController();
    const asked = sql`select 1`.execute(this.db).then(
      () => true,
      () => false,
    );
    try {
      return await Promise.race([asked, pause(answerMs, over.signal).then(() => false)]);
    } finally {
      over.abort();
    }
  }

  /** Follows the ledger from the checkpoint on until {@link close}. */
  start(source: BlockSource): void {
    this.#source = source;
    const observed = this.#observe(source);
    this.#running = Promise.all([this.#followForEver(observed), this.#fetchLateForEver(source)]);
  }

  /**
   * Applies blocks up to this one and returns.
   *
   * @throws LedgerMismatch, or Error of the source or the database
   */
  async catchUp(source: BlockSource, until: bigint): Promise<void> {
    await follow(this.#projection, source, this.#stop.signal, this.#applied, { until });
    for (let after: number | undefined = -1; after !== undefined;)
      after = (await fetchLate(this.#projection, source, after)).last;
  }

  /** Empties the tables that come from the ledger; what the gateway keeps for itself stays. */
  async forget(): Promise<void> {
    await forgetProjection(this.#projection, this.#shapes);
    this.#signal.reset(undefined);
  }

  /** Rows and digest of each table that comes from the ledger. */
  async dump(): Promise<readonly TableDump[]> {
    return dumpProjection(this.#projection, this.#shapes);
  }

  /** @throws WaitTimeout, or the signal's reason */
  async waitForBlock(blockNumber: number | bigint, options?: WaitOptions): Promise<void> {
    await this.#signal.waitForBlock(Number(blockNumber), options);
  }

  /** A write in this block was acknowledged: {@link waitForAcknowledged} waits for its rows. */
  acknowledge(blockNumber: number | bigint): void {
    this.#signal.expect(Number(blockNumber));
  }

  /**
   * Waits for the rows of every acknowledged write, and of every block that the peer has given: blocks gather only while
   * nobody reads.
   *
   * @throws WaitTimeout, or the signal's reason
   */
  async waitForAcknowledged(options?: WaitOptions): Promise<void> {
    await this.#signal.waitForExpected(options);
  }

  /**
   * @returns number of the transaction's block
   * @throws WaitTimeout, or the signal's reason
   */
  async waitForTransaction(txId: string, options?: WaitOptions): Promise<number> {
    if (this.#signal.blockOf(txId) === undefined) {
      const row = await this.db
        .selectFrom('transactions')
        .select('block_number')
        .where('tx_id', '=', txId)
        .orderBy('validation_code')
        .limit(1)
        .executeTakeFirst();
      if (row !== undefined) return row.block_number;
    }
    return this.#signal.waitForTransaction(txId, options);
  }

  /**
   * Tells of every block once its rows are committed. A listener that throws is logged and kept.
   *
   * @returns ends the listening
   */
  onBlock(listener: (block: ProjectedBlock) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Reads blocks again and compares what they wrote to the audit's tables with what these hold.
   *
   * @param range both included; up to the last block projected at the most
   * @param source what {@link start} was given unless told otherwise
   * @throws Error of the source or the database
   */
  async compare(
    range: { readonly from: number; readonly to: number },
    signal: AbortSignal,
    source: BlockSource | undefined = this.#source,
  ): Promise<LedgerComparison> {
    if (source === undefined) throw new Error('there is no ledger to compare with');
    const to = Math.min(range.to, this.height ?? -1);
    return compareWithLedger(this.#projection, source, { from: range.from, to }, signal);
  }

  async lag(): Promise<ReadModelLag> {
    const { count } = await this.db
      .selectFrom('pending_private_writes')
      .select((select) => select.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    const ledgerHeight = this.#delivered ?? this.height;
    const blocks = (ledgerHeight ?? -1) - (this.height ?? -1);
    return { height: this.height, ledgerHeight, blocks: Math.max(0, blocks), pendingPrivateWrites: count };
  }

  /** Finishes the block at hand and closes the database. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#upkeep.stop();
    await this.#open.close();
  }

  readonly #applied = (blocks: readonly DecodedBlock[], { changes }: Changes): void => {
    const byBlock = byBlockNumber(changes.values());
    for (const block of blocks) {
      const number = Number(block.blockNumber);
      this.#signal.advance(
        number,
        block.transactions.map(({ txId }) => txId),
      );
      this.#tell({
        blockNumber: number,
        transactions: block.transactions.map(({ txId, validationCode }) => ({ txId, validationCode })),
        changes: (byBlock.get(number) ?? []).map(announced),
      });
    }
  };

  #tell(block: ProjectedBlock): void {
    for (const listener of this.#listeners) {
      try {
        listener(block);
      } catch (error) {
        this.#log.error({ err: error }, 'a listener of the read model failed');
      }
    }
  }

  async #followForEver(source: BlockSource): Promise<void> {
    const gather = (): Promise<void> => this.#signal.unlessAwaited(gatherMs, this.#stop.signal);
    while (!this.#stop.signal.aborted) {
      try {
        await follow(this.#projection, source, this.#stop.signal, this.#applied, { gather });
      } catch (error) {
        if (error instanceof LedgerMismatch) {
          this.#failed = error;
          this.#log.error({ err: error }, 'the ledger is not the one that was projected: rebuild the read model');
          return;
        }
        this.#log.warn({ err: error, height: this.height }, 'the projection is interrupted and goes on');
      }
      await pause(retryMs, this.#stop.signal);
    }
  }

  async #fetchLateForEver(source: BlockSource): Promise<void> {
    let after = -1;
    while (!this.#stop.signal.aborted) {
      await pause(lateEveryMs, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      try {
        const { values, last } = await fetchLate(this.#projection, source, after);
        after = last ?? -1;
        for (const [blockNumber, late] of byBlockNumber(values))
          this.#tell({ blockNumber, transactions: [], changes: late.map(announced) });
      } catch (error) {
        this.#log.warn({ err: error }, 'late private data could not be fetched');
      }
    }
  }

  #observe(source: BlockSource): BlockSource {
    const seen = (number: number): void => {
      this.#delivered = number;
      this.#signal.expect(number);
    };
    return {
      block: (number) => source.block(number),
      async *blocks(start, signal) {
        for await (const delivered of source.blocks(start, signal)) {
          seen(delivered.getBlock()?.getHeader()?.getNumber() ?? 0);
          yield delivered;
        }
      },
    };
  }
}

function announced({ written, stored }: Change): ProjectedBlock['changes'][number] {
  return { collection: written.collection, txId: written.txId, ...stored };
}

function byBlockNumber(changes: Iterable<Change>): Map<number, Change[]> {
  const grouped = new Map<number, Change[]>();
  for (const change of changes) {
    const { blockNumber } = change.written;
    const group = grouped.get(blockNumber);
    if (group === undefined) grouped.set(blockNumber, [change]);
    else group.push(change);
  }
  return grouped;
}

/** Resolves after the time, or at once when the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
