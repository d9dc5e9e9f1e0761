/** Brings blocks into the tables: rows, current values, transactions and the checkpoint, all or nothing. */
import { sql, type Kysely, type Transaction } from 'kysely';
import type { DecodedBlock } from '../blocks/types.ts';
import { isDataError, sqlState } from '../database/databaseError.ts';
import type { Database } from '../database/schema.ts';
import { addressOf, changesOf, valuesWritten, type Change, type Changes, type Scope } from './change.ts';
import { patientActRows } from './patientActs.ts';
import type { Projectors } from './projector.ts';
import { rowPlan, type Fault, type Previous, type RowPlan } from './rowPlan.ts';
import type { TableWriter } from './tableWriter.ts';

export interface Projection {
  readonly db: Kysely<Database>;
  readonly writer: TableWriter;
  readonly projectors: Projectors;
  readonly scope: Scope;
}

/**
 * Applies blocks that follow each other, in one database transaction together with the checkpoint.
 *
 * @returns what changed, for listeners
 * @throws Error of the database; nothing is applied then
 */
export async function applyBlocks(projection: Projection, blocks: readonly DecodedBlock[]): Promise<Changes> {
  const changes = changesOf(blocks, projection.scope);
  await inTransaction(projection, async (db, plan) => {
    await projection.writer.upsert(db, 'transactions', transactionRows(blocks));
    await projection.writer.remove(db, 'pending_private_writes', await superseded(db, changes));
    await projection.writer.upsert(db, 'pending_private_writes', changes.pending);
    await applyChanges(projection, db, changes.changes, plan);
    await projection.writer.upsert(db, 'patient_acts', patientActRows(valuesWritten(blocks, projection.scope)));
    await projection.writer.upsert(db, 'checkpoint', [checkpointAfter(blocks.at(-1)!)]);
  });
  return changes;
}

/**
 * Applies values that came after their block, where nothing newer lies at their address, and crosses them off.
 *
 * @throws Error of the database; nothing is applied then
 */
export async function applyLateValues(projection: Projection, values: readonly Change[]): Promise<void> {
  const changes = new Map(values.map((change) => [addressOf(change.written.collection, change.keyHash), change]));
  await inTransaction(projection, async (db, plan) => {
    await applyChanges(projection, db, changes, plan);
    await projection.writer.upsert(db, 'patient_acts', patientActRows(values));
    const done = values.map(({ keyHash, written }) => ({
      block_number: written.blockNumber,
      tx_index: written.txIndex,
      collection: written.collection,
      key_hash: keyHash,
    }));
    await projection.writer.remove(db, 'pending_private_writes', done);
  });
}

type WritePlan = (db: Transaction<Database>, plan: RowPlan) => Promise<readonly Fault[]>;

/** Writes all rows at once; if the data of one do not fit its table, again row by row, so that only that one is left out. */
async function inTransaction(
  projection: Projection,
  work: (db: Transaction<Database>, write: WritePlan) => Promise<void>,
): Promise<void> {
  const attempt = (write: WritePlan): Promise<void> => projection.db.transaction().execute((db) => work(db, write));
  try {
    await attempt((db, plan) => writeAtOnce(projection.writer, db, plan));
  } catch (error) {
    if (!isDataError(error)) throw error;
    await attempt((db, plan) => writeOneByOne(projection.writer, db, plan));
  }
}

async function applyChanges(
  projection: Projection,
  db: Transaction<Database>,
  all: ReadonlyMap<string, Change>,
  write: WritePlan,
): Promise<void> {
  const { writer } = projection;
  const previous = await previousAt(db, [...all.values()], projection.scope);
  const changes = new Map([...all].filter(([address, change]) => isNewer(change, previous.get(address))));
  const plan = rowPlan(changes, previous, projection.projectors, writer);
  const refused = await write(db, plan);
  const values = [...changes.values()];
  await writer.upsert(db, 'ledger_state', values.filter(({ stored }) => stored !== undefined).map(stateRow));
  await writer.remove(
    db,
    'ledger_state',
    values
      .filter(({ stored }) => stored === undefined)
      .map(({ keyHash, written }) => ({ collection: written.collection, key_hash: keyHash })),
  );
  await writer.upsert(db, 'projection_faults', [...plan.faults, ...refused].map(faultRow));
}

function isNewer({ written }: Change, previous: Previous | undefined): boolean {
  if (previous === undefined) return true;
  const before = previous.written;
  return written.blockNumber === before.blockNumber
    ? written.txIndex > before.txIndex
    : written.blockNumber > before.blockNumber;
}

async function previousAt(
  db: Transaction<Database>,
  changes: readonly Change[],
  scope: Scope,
): Promise<Map<string, Previous>> {
  if (changes.length === 0) return new Map();
  const addresses = changes.map(({ keyHash, written }) => ({ c: written.collection, k: keyHash }));
  const { rows } = await sql<PreviousRow>`
    select s.collection, s.key_hash, s.type, s.value, s.block_number, s.tx_index, s.tx_id, t.time, t.msp_id, t.device_key
    from json_to_recordset(${JSON.stringify(addresses)}::json) as a(c text, k text)
    join ledger_state s on s.collection = a.c and s.key_hash = a.k
    join transactions t on t.block_number = s.block_number and t.tx_index = s.tx_index`.execute(db);
  return new Map(
    rows.map((row) => [
      addressOf(row.collection, row.key_hash),
      {
        stored: { type: row.type, value: row.value },
        written: {
          collection: row.collection,
          isMirror: scope.mirrors(row.collection),
          txId: row.tx_id,
          blockNumber: row.block_number,
          txIndex: row.tx_index,
          time: row.time.toISOString(),
          mspId: row.msp_id,
          deviceKey: row.device_key,
        },
      },
    ]),
  );
}

interface PreviousRow {
  readonly collection: string;
  readonly key_hash: string;
  readonly type: string;
  readonly value: Readonly<Record<string, unknown>>;
  readonly block_number: number;
  readonly tx_index: number;
  readonly tx_id: string;
  readonly time: Date;
  readonly msp_id: string;
  readonly device_key: string;
}

async function writeAtOnce(writer: TableWriter, db: Transaction<Database>, plan: RowPlan): Promise<readonly Fault[]> {
  for (const [table, keys] of plan.removals) await writer.remove(db, table, keys);
  for (const [table, rows] of plan.upserts)
    await writer.upsert(
      db,
      table,
      rows.map(({ row }) => row),
    );
  return [];
}

async function writeOneByOne(writer: TableWriter, db: Transaction<Database>, plan: RowPlan): Promise<readonly Fault[]> {
  const faults = new Map<Change, Fault>();
  for (const [table, keys] of plan.removals) await writer.remove(db, table, keys);
  for (const [table, rows] of plan.upserts)
    for (const { row, change } of rows) {
      await sql`savepoint one_row`.execute(db);
      try {
        await writer.upsert(db, table, [row]);
      } catch (error) {
        if (!isDataError(error)) throw error;
        await sql`rollback to savepoint one_row`.execute(db);
        faults.set(change, { change, code: sqlState(error) ?? '' });
      }
      await sql`release savepoint one_row`.execute(db);
    }
  return [...faults.values()];
}

/** Pending writes at the addresses that these blocks write: their values do not matter any more. */
async function superseded(
  db: Transaction<Database>,
  { privateAddresses }: Changes,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  if (privateAddresses.length === 0) return [];
  const pending = await db.selectFrom('pending_private_writes').select('key_hash').limit(1).executeTakeFirst();
  if (pending === undefined) return [];
  const { rows } = await sql<Record<string, unknown>>`
    select p.block_number, p.tx_index, p.collection, p.key_hash from pending_private_writes p
    join json_to_recordset(${JSON.stringify(privateAddresses)}::json) as a(collection text, key_hash text)
      on a.collection = p.collection and a.key_hash = p.key_hash`.execute(db);
  return rows;
}

function transactionRows(blocks: readonly DecodedBlock[]): readonly Readonly<Record<string, unknown>>[] {
  return blocks.flatMap(({ blockNumber, transactions }) =>
    transactions.map((transaction) => ({
      block_number: Number(blockNumber),
      tx_index: transaction.index,
      tx_id: transaction.txId,
      time: transaction.timestamp,
      validation_code: transaction.validationCode,
      msp_id: transaction.creator.mspId,
      device_key: transaction.creator.deviceKey,
    })),
  );
}

function checkpointAfter(block: DecodedBlock): Readonly<Record<string, unknown>> {
  const channel = block.transactions.find((transaction) => transaction.channel !== '')?.channel ?? '';
  return { id: 1, channel, block_number: Number(block.blockNumber), block_hash: block.hash };
}

function stateRow({ key, keyHash, stored, written }: Change): Readonly<Record<string, unknown>> {
  return {
    collection: written.collection,
    key_hash: keyHash,
    key,
    type: stored!.type,
    value: stored!.value,
    block_number: written.blockNumber,
    tx_index: written.txIndex,
    tx_id: written.txId,
  };
}

function faultRow({ change, code }: Fault): Readonly<Record<string, unknown>> {
  return {
    block_number: change.written.blockNumber,
    tx_index: change.written.txIndex,
    collection: change.written.collection,
    key_hash: change.keyHash,
    type: change.stored?.type ?? '',
    code,
  };
}
