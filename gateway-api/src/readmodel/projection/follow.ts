/** Follows the ledger block by block from the checkpoint on. */
import { decodeBlock } from '../blocks/decode.ts';
import type { DecodedBlock } from '../blocks/types.ts';
import { applyBlocks, type Projection } from './applyBlocks.ts';
import type { BlockSource } from './blockSource.ts';
import type { Changes } from './change.ts';
import { Inbox } from './inbox.ts';

/** The peer's chain is not the one that was projected: the network was made anew, or this is another channel. */
export class LedgerMismatch extends Error {
  override readonly name = 'LedgerMismatch';
}

export interface Checkpoint {
  readonly channel: string;
  readonly blockNumber: number;
  readonly blockHash: string;
}

/** Blocks read ahead, and blocks in one database transaction while catching up. */
const readAhead = 32;
const perTransaction = 16;
/** Past every block number. */
const endless = 2n ** 64n;

export interface FollowOptions {
  /** Number of the last block to apply; absent: for ever. */
  readonly until?: bigint;
  /** Waits, once a block is there, for others to come: they share a database transaction. */
  readonly gather?: () => Promise<void>;
}

export async function readCheckpoint({ db }: Projection): Promise<Checkpoint | undefined> {
  const row = await db.selectFrom('checkpoint').selectAll().executeTakeFirst();
  return row === undefined
    ? undefined
    : { channel: row.channel, blockNumber: row.block_number, blockHash: row.block_hash };
}

/**
 * Applies blocks until the signal aborts or `until` is reached.
 *
 * @param applied is told of the blocks after their transaction is committed
 * @throws LedgerMismatch when a block does not follow the checkpoint
 * @throws Error of the source or the database: call again to go on from the checkpoint
 */
export async function follow(
  projection: Projection,
  source: BlockSource,
  signal: AbortSignal,
  applied: (blocks: readonly DecodedBlock[], changes: Changes) => void,
  { until = endless, gather }: FollowOptions = {},
): Promise<void> {
  const checkpoint = await readCheckpoint(projection);
  const start = checkpoint === undefined ? 0n : BigInt(checkpoint.blockNumber) + 1n;
  if (start > until) return;
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const inbox = new Inbox<DecodedBlock>(readAhead);
  const reading = read(source, start, either, inbox);
  let previous = checkpoint?.blockHash;
  let next = start;
  try {
    while (next <= until) {
      await inbox.arrival();
      if (inbox.length < perTransaction) await gather?.();
      const wanted = until - next + 1n;
      const blocks = await inbox.take(wanted < perTransaction ? Number(wanted) : perTransaction);
      if (blocks.length === 0) return;
      for (const block of blocks) {
        verifyFollows(block, next, previous);
        previous = block.hash;
        next += 1n;
      }
      applied(blocks, await applyBlocks(projection, blocks));
    }
  } finally {
    stop.abort();
    inbox.end();
    await reading;
  }
}

/** Never rejects: a failure of the source reaches who takes from the inbox. */
async function read(
  source: BlockSource,
  start: bigint,
  signal: AbortSignal,
  inbox: Inbox<DecodedBlock>,
): Promise<void> {
  try {
    for await (const delivered of source.blocks(start, signal)) {
      if (signal.aborted) break;
      await inbox.put(decodeBlock(delivered));
    }
    inbox.end();
  } catch (error) {
    inbox.end(signal.aborted ? undefined : error);
  }
}

function verifyFollows(block: DecodedBlock, expected: bigint, previousHash: string | undefined): void {
  if (block.blockNumber !== expected)
    throw new LedgerMismatch(`expected block ${expected}, the peer delivered ${block.blockNumber}`);
  if (previousHash !== undefined && block.previousHash !== previousHash)
    throw new LedgerMismatch(`block ${expected} does not follow the block that was projected before it`);
}
