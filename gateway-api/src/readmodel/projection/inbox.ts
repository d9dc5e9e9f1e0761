/** Blocks on their way from the peer to the database: read ahead, taken in batches, bounded. */
export class Inbox<Item> {
  readonly #items: Item[] = [];
  readonly #capacity: number;
  #wakeReader: (() => void) | undefined;
  #wakeWriter: (() => void) | undefined;
  #ended = false;
  #failure: unknown;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get length(): number {
    return this.#items.length;
  }

  /** Waits while the inbox is full. */
  async put(item: Item): Promise<void> {
    this.#items.push(item);
    this.#wakeReader?.();
    if (this.#items.length >= this.#capacity && !this.#ended)
      await new Promise<void>((resolve) => {
        this.#wakeWriter = resolve;
      });
  }

  /** No more will come. With a failure, who takes gets it once the inbox is empty. */
  end(failure?: unknown): void {
    this.#ended = true;
    this.#failure = failure;
    this.#wakeReader?.();
    this.#wakeWriter?.();
  }

  /** Resolves when something is there, or it has ended. */
  async arrival(): Promise<void> {
    if (this.#items.length > 0 || this.#ended) return;
    await new Promise<void>((resolve) => {
      this.#wakeReader = resolve;
    });
    this.#wakeReader = undefined;
  }

  /**
   * Everything that is there, at least one; none when it has ended.
   *
   * @throws what it was ended with
   */
  async take(limit: number): Promise<readonly Item[]> {
    await this.arrival();
    const taken = this.#items.splice(0, limit);
    this.#wakeWriter?.();
    this.#wakeWriter = undefined;
    if (taken.length === 0 && this.#failure !== undefined) throw this.#failure;
    return taken;
  }
}
