import type { BlockAndPrivateData } from '../blocks/decode.ts';

/** Where blocks come from: the organisation's own peer. */
export interface BlockSource {
  /**
   * Blocks with private data from `start` on, without a gap and without an end; reconnects by itself. Ends when the
   * signal aborts.
   */
  blocks(start: bigint, signal: AbortSignal): AsyncIterable<BlockAndPrivateData>;
  /** One block again, with the private data that the peer has by now. */
  block(number: bigint): Promise<BlockAndPrivateData>;
}
