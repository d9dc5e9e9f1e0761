/** Making the read model anew, and saying what came out. */
import type { BlockSource } from './projection/blockSource.ts';
import type { TableDump } from './projection/rebuild.ts';
import type { ReadModel } from './readModel.ts';

export interface RebuildReport {
  /** Blocks projected. */
  readonly blocks: number;
  readonly seconds: number;
  /** Tables whose old rows differ from those made anew up to the same block; absent when there was nothing before. */
  readonly differing?: readonly string[];
  readonly tables: readonly TableDump[];
}

/**
 * Empties the projected tables and fills them from block 0. The rows that were there are compared with those of the same
 * height: a table differs when its projector has changed since, or when the old rows were wrong.
 *
 * @param height number of blocks of the ledger
 * @throws LedgerMismatch, or Error of the source or the database; the next start goes on where it stopped
 */
export async function rebuild(readModel: ReadModel, source: BlockSource, height: bigint): Promise<RebuildReport> {
  const before = readModel.height;
  const old = before === undefined || BigInt(before) >= height ? [] : await readModel.dump();
  const started = performance.now();
  await readModel.forget();
  if (old.length > 0) await readModel.catchUp(source, BigInt(before!));
  const digests = new Map((old.length > 0 ? await readModel.dump() : []).map(({ table, digest }) => [table, digest]));
  if (height > 0n) await readModel.catchUp(source, height - 1n);
  return {
    blocks: Number(height),
    seconds: (performance.now() - started) / 1000,
    ...(old.length === 0
      ? {}
      : { differing: old.filter(({ table, digest }) => digests.get(table) !== digest).map(({ table }) => table) }),
    tables: await readModel.dump(),
  };
}
