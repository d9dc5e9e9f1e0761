/** How long a store may do nothing. What a caller needs to send or to take is not counted. */
import { StoreUnavailable } from './storeUnavailable.ts';

export class Patience {
  readonly #limitMs: number;
  readonly #lost: (error: StoreUnavailable) => void;
  #timer: NodeJS.Timeout | undefined;

  /** @param lost called once the store has done nothing for `limitMs` */
  constructor(limitMs: number, lost: (error: StoreUnavailable) => void) {
    this.#limitMs = limitMs;
    this.#lost = lost;
  }

  /** It is the store's turn, from now on. */
  start(): void {
    this.stop();
    this.#timer = setTimeout(
      () => this.#lost(new StoreUnavailable(`the content store did nothing for ${this.#limitMs} ms`)),
      this.#limitMs,
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** The bytes of a caller, whose own time is not counted. */
  async *whileGiving(source: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    this.stop();
    for await (const piece of source) {
      this.start();
      yield piece;
      this.stop();
    }
    this.start();
  }

  /** The bytes of the store, for a caller whose own time is not counted. */
  async *whileTaking(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      this.start();
      for await (const piece of source) {
        this.stop();
        yield piece;
        this.start();
      }
    } finally {
      this.stop();
    }
  }
}
