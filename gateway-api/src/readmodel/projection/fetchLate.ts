/** Fetches private values that had not reached the peer when their block did. */
import { decodeBlock } from '../blocks/decode.ts';
import { applyLateValues, type Projection } from './applyBlocks.ts';
import type { BlockSource } from './blockSource.ts';
import { addressOf, valuesOf, type Change } from './change.ts';

/** Blocks asked for again in one round. */
const blocksPerRound = 32;

/**
 * Asks for the oldest blocks with missing values again, and applies what is there by now.
 *
 * @param after blocks up to this one are left for a later round; -1 for none
 * @returns the values applied, and the last block asked for (undefined: the end is reached, begin again)
 * @throws Error of the source or the database
 */
export async function fetchLate(
  projection: Projection,
  source: BlockSource,
  after: number,
): Promise<{ values: readonly Change[]; last: number | undefined }> {
  const rows = await projection.db
    .selectFrom('pending_private_writes')
    .select('block_number')
    .distinct()
    .where('block_number', '>', after)
    .orderBy('block_number')
    .limit(blocksPerRound)
    .execute();
  const values: Change[] = [];
  for (const { block_number: number } of rows) {
    const waiting = await projection.db
      .selectFrom('pending_private_writes')
      .select(['tx_index', 'collection', 'key_hash'])
      .where('block_number', '=', number)
      .execute();
    const wanted = new Set(waiting.map((row) => `${row.tx_index}|${addressOf(row.collection, row.key_hash)}`));
    const block = decodeBlock(await source.block(BigInt(number)));
    const arrived = block.transactions
      .flatMap((transaction) => valuesOf(block, transaction, projection.scope))
      .filter(({ written, keyHash }) => wanted.has(`${written.txIndex}|${addressOf(written.collection, keyHash)}`));
    if (arrived.length > 0) await applyLateValues(projection, arrived);
    values.push(...arrived);
  }
  return { values, last: rows.length < blocksPerRound ? undefined : rows.at(-1)?.block_number };
}
