/** Whether the tables of the audit say what the ledger says: blocks are read again and projected beside them. */
import { sql } from 'kysely';
import { decodeBlock } from '../blocks/decode.ts';
import type { DecodedBlock } from '../blocks/types.ts';
import type { Projection } from './applyBlocks.ts';
import type { BlockSource } from './blockSource.ts';
import { changesOf, valuesWritten } from './change.ts';
import { patientActRows } from './patientActs.ts';
import type { PlainRow } from './tableWriter.ts';

/** `missing`: on the ledger only. `altered`: the row says otherwise. `unknown`: in the table only. `pending`: its private value has not come yet. */
export const deviationKinds = ['missing', 'altered', 'unknown', 'pending'] as const;

export interface Deviation {
  readonly kind: (typeof deviationKinds)[number];
  readonly table: string;
  /** Of the access or of what was acted on; for a pending one the hash of its key. */
  readonly id: string;
  readonly blockNumber: number;
  readonly transactionId: string;
}

export interface LedgerComparison {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly deviations: readonly Deviation[];
  /** Hash of the last block's header, hex. */
  readonly lastBlockHash: string;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

const blocksAtOnce = 64;
/** A check that finds more than this has found enough. */
const deviationsAtMost = 1_000;

/** @throws Error of the source or the database */
export async function compareWithLedger(
  projection: Projection,
  source: BlockSource,
  { from, to }: Range,
  signal: AbortSignal,
): Promise<LedgerComparison> {
  const deviations: Deviation[] = [];
  let [rows, lastBlockHash]: [number, string] = [0, ''];
  for await (const blocks of chunksOf(source, { from, to }, signal)) {
    const compared = await compareBlocks(projection, blocks);
    rows += compared.rows;
    deviations.push(...compared.deviations);
    lastBlockHash = blocks.at(-1)!.hash;
    if (deviations.length >= deviationsAtMost) break;
  }
  return { from, to, rows, deviations: deviations.slice(0, deviationsAtMost), lastBlockHash };
}

async function* chunksOf(
  source: BlockSource,
  { from, to }: Range,
  signal: AbortSignal,
): AsyncGenerator<readonly DecodedBlock[]> {
  if (from > to) return;
  const stop = new AbortController();
  let blocks: DecodedBlock[] = [];
  try {
    for await (const delivered of source.blocks(BigInt(from), AbortSignal.any([signal, stop.signal]))) {
      const block = decodeBlock(delivered);
      blocks.push(block);
      const isLast = Number(block.blockNumber) >= to;
      if (blocks.length < blocksAtOnce && !isLast) continue;
      yield blocks;
      if (isLast) return;
      blocks = [];
    }
    signal.throwIfAborted();
  } finally {
    stop.abort();
  }
}

async function compareBlocks(
  projection: Projection,
  blocks: readonly DecodedBlock[],
): Promise<{ rows: number; deviations: readonly Deviation[] }> {
  const { scope } = projection;
  const values = valuesWritten(blocks, scope);
  const accesses = values.flatMap(({ stored, written }) => {
    if (stored?.type !== 'access') return [];
    return projection.projectors['access']!(stored.value, written).map(({ row }) => row as PlainRow);
  });
  const expected = { accesses: lastOfEach(accesses), patient_acts: patientActRows(values) };
  const deviations: Deviation[] = changesOf(blocks, scope).pending.map((write) => ({
    kind: 'pending',
    table: write.collection,
    id: write.key_hash,
    blockNumber: write.block_number,
    transactionId: transactionAt(blocks, write.block_number, write.tx_index),
  }));
  for (const [table, rows] of Object.entries(expected)) {
    const byKey = new Map(rows.map((row) => [projection.writer.keyOf(table, row), row]));
    for (const { key, isMissing } of await projection.writer.differences(projection.db, table, rows)) {
      const row = byKey.get(projection.writer.keyOf(table, key)) ?? key;
      deviations.push(deviation(isMissing ? 'missing' : 'altered', table, row));
    }
    for (const row of await rowsOfBlocks(projection, table, blocks))
      if (!byKey.has(projection.writer.keyOf(table, row))) deviations.push(deviation('unknown', table, row));
  }
  return { rows: accesses.length + expected.patient_acts.length, deviations };
}

/** Of an access that a later block writes again only the last is in its table. */
function lastOfEach(rows: readonly PlainRow[]): readonly PlainRow[] {
  return [...new Map(rows.map((row) => [row['access_id'], row])).values()];
}

async function rowsOfBlocks(
  { db }: Projection,
  table: string,
  blocks: readonly DecodedBlock[],
): Promise<readonly PlainRow[]> {
  const [first, last] = [Number(blocks[0]!.blockNumber), Number(blocks.at(-1)!.blockNumber)];
  const { rows } = await sql<PlainRow>`
    select * from ${sql.table(table)} where block_number between ${first} and ${last}`.execute(db);
  return rows;
}

function deviation(kind: Deviation['kind'], table: string, row: PlainRow): Deviation {
  return {
    kind,
    table,
    id: String(row['access_id'] ?? row['subject_id']),
    blockNumber: Number(row['block_number']),
    transactionId: String(row['tx_id']),
  };
}

function transactionAt(blocks: readonly DecodedBlock[], blockNumber: number, index: number): string {
  const block = blocks.find((each) => Number(each.blockNumber) === blockNumber);
  return block?.transactions.find((transaction) => transaction.index === index)?.txId ?? '';
}
