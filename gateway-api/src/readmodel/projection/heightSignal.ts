/** Wakes who waits for a block or a transaction to be in the read model. */

/** The read model did not get there in time. */
export class WaitTimeout extends Error {
  override readonly name = 'WaitTimeout';
}

export interface WaitOptions {
  /** Milliseconds; 10 s when absent. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

interface Waiter {
  readonly isMet: () => boolean;
  readonly resolve: () => void;
}

const rememberedTransactions = 20_000;
const defaultTimeoutMs = 10_000;

export class HeightSignal {
  #height: number | undefined;
  #expected = -1;
  readonly #blockOf = new Map<string, number>();
  readonly #waiters = new Set<Waiter>();
  readonly #called = new Set<() => void>();

  /** Number of the last projected block. */
  get height(): number | undefined {
    return this.#height;
  }

  /** @param transactions ids of the block's transactions */
  advance(blockNumber: number, transactions: readonly string[]): void {
    this.#height = blockNumber;
    for (const txId of transactions) this.#blockOf.set(txId, blockNumber);
    while (this.#blockOf.size > rememberedTransactions) this.#blockOf.delete(this.#blockOf.keys().next().value!);
    for (const waiter of this.#waiters) if (waiter.isMet()) waiter.resolve();
  }

  reset(height: number | undefined): void {
    this.#height = height;
    this.#expected = -1;
  }

  /** @returns the transaction's block, if it is one of the last that passed */
  blockOf(txId: string): number | undefined {
    return this.#blockOf.get(txId);
  }

  /** A write in this block was acknowledged, or the peer has given it: who reads from now on must see it. */
  expect(blockNumber: number): void {
    this.#expected = Math.max(this.#expected, blockNumber);
  }

  /** @throws as {@link waitForBlock} */
  async waitForExpected(options?: WaitOptions): Promise<void> {
    if (this.#expected >= 0) await this.waitForBlock(this.#expected, options);
  }

  /** Resolves after the time; at once when somebody waits, or begins to, and when the signal aborts. */
  async unlessAwaited(ms: number, signal: AbortSignal): Promise<void> {
    if (this.#waiters.size > 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#called.delete(end);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#called.add(end);
      signal.addEventListener('abort', end, { once: true });
    });
  }

  /**
   * @throws WaitTimeout when the block is not projected in time
   * @throws the signal's reason when it aborts
   */
  async waitForBlock(blockNumber: number, options: WaitOptions = {}): Promise<void> {
    await this.#wait(() => this.#height !== undefined && this.#height >= blockNumber, `block ${blockNumber}`, options);
  }

  /**
   * @returns number of its block
   * @throws as {@link waitForBlock}
   */
  async waitForTransaction(txId: string, options: WaitOptions = {}): Promise<number> {
    await this.#wait(() => this.#blockOf.has(txId), 'the transaction', options);
    return this.#blockOf.get(txId)!;
  }

  async #wait(isMet: () => boolean, what: string, { timeoutMs, signal }: WaitOptions): Promise<void> {
    if (isMet()) return;
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = { isMet, resolve: () => end(resolve) };
      const abort = (): void => end(() => reject(signal?.reason));
      const late = (): void => end(() => reject(new WaitTimeout(`the read model has not reached ${what}`)));
      const timer = setTimeout(late, timeoutMs ?? defaultTimeoutMs);
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        signal?.removeEventListener('abort', abort);
        settle();
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiters.add(waiter);
      for (const call of this.#called) call();
    });
  }
}
