/** Blocks with the private data of the own organisation, for the read model: endless, reconnecting. */
import type { peer } from '@hyperledger/fabric-protos';
import type { CloseableAsyncIterable } from '@hyperledger/fabric-gateway';
import type { LedgerIdentity } from '../auth/caller.ts';
import type { Log } from '../log.ts';
import type { PeerConnections } from './connection.ts';
import type { Identities } from './identities.ts';

const reconnectAfterMs = 1_000;

export class BlockListener {
  readonly #peers: PeerConnections;
  readonly #identities: Identities;
  readonly #identity: LedgerIdentity;
  readonly #channel: string;
  readonly #log: Log;

  /** @param identity a client of the own organisation: the gateway's service identity */
  constructor(peers: PeerConnections, identities: Identities, identity: LedgerIdentity, channel: string, log: Log) {
    this.#peers = peers;
    this.#identities = identities;
    this.#identity = identity;
    this.#channel = channel;
    this.#log = log;
  }

  /**
   * Blocks from `start` on, each once and in order, waiting for new ones. Ends when the signal aborts, never by an
   * error: a lost connection is made again.
   */
  async *blocks(start: bigint, signal: AbortSignal): AsyncGenerator<peer.BlockAndPrivateData> {
    let next = start;
    while (!signal.aborted) {
      try {
        for await (const block of this.#open(next, signal)) {
          yield block;
          next += 1n;
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#log.warn({ err: error }, 'block stream interrupted');
      }
      if (!signal.aborted) await pause(reconnectAfterMs, signal);
    }
  }

  /** One block again, for private data that arrived late. */
  async block(number: bigint): Promise<peer.BlockAndPrivateData> {
    const abort = new AbortController();
    try {
      for await (const block of this.#open(number, abort.signal)) return block;
      throw new Error('the peer ended the block stream');
    } finally {
      abort.abort();
    }
  }

  async *#open(startBlock: bigint, signal: AbortSignal): AsyncGenerator<peer.BlockAndPrivateData> {
    const peer = this.#peers.current;
    let stream: CloseableAsyncIterable<peer.BlockAndPrivateData> | undefined;
    const close = (): void => stream?.close();
    try {
      const gateway = await this.#identities.gateway(peer, this.#identity);
      stream = await gateway.getNetwork(this.#channel).getBlockAndPrivateDataEvents({ startBlock });
      signal.addEventListener('abort', close, { once: true });
      if (signal.aborted) return;
      yield* stream;
    } catch (error) {
      if (!signal.aborted) this.#peers.failed(peer);
      throw error;
    } finally {
      signal.removeEventListener('abort', close);
      close();
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}
