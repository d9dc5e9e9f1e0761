/**
 * A lane gathers acts that may share a transaction. The first act goes at once when the lane is idle; while transactions
 * are under way the next batch builds. Acts with the same head are never in two batches under way.
 */

export interface LaneLimits {
  /** How long a busy lane gathers before it sends another batch. */
  readonly windowMs: number;
  /** Acts in a batch at the most. */
  readonly maxBatch: number;
  /** Bytes of a batch's acts at the most; a larger single act goes alone. */
  readonly maxBytes: number;
  /** Batches under way at the same time. */
  readonly maxInFlight: number;
}

export interface LaneItem {
  readonly head?: string;
  readonly bytes: number;
}

interface Waiting<Item, Fate> {
  readonly item: Item;
  readonly resolve: (fate: Fate) => void;
  readonly reject: (error: unknown) => void;
}

export class Lane<Item extends LaneItem, Fate> {
  readonly #limits: LaneLimits;
  readonly #send: (items: readonly Item[]) => Promise<readonly Fate[]>;
  readonly #busyHeads = new Set<string>();
  #waiting: Waiting<Item, Fate>[] = [];
  #inFlight = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param send decides a batch: a fate for each item, in order */
  constructor(limits: LaneLimits, send: (items: readonly Item[]) => Promise<readonly Fate[]>) {
    this.#limits = limits;
    this.#send = send;
  }

  /** Nothing waits and nothing is under way. */
  get isIdle(): boolean {
    return this.#inFlight === 0 && this.#waiting.length === 0;
  }

  add(item: Item): Promise<Fate> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#inFlight === 0) queueMicrotask(() => this.#pump());
      else if (this.#waiting.length >= this.#limits.maxBatch) this.#pump();
      else this.#gather();
    });
  }

  #gather(): void {
    if (this.#inFlight >= this.#limits.maxInFlight || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#pump();
    }, this.#limits.windowMs);
  }

  #pump(): void {
    while (this.#inFlight < this.#limits.maxInFlight) {
      const batch = this.#take();
      if (batch.length === 0) return;
      void this.#run(batch);
    }
  }

  /** The next acts in order whose heads are free; an act never overtakes another one with its head. */
  #take(): Waiting<Item, Fate>[] {
    const { maxBatch, maxBytes } = this.#limits;
    const batch: Waiting<Item, Fate>[] = [];
    const left: Waiting<Item, Fate>[] = [];
    const blocked = new Set(this.#busyHeads);
    let bytes = 0;
    let full = false;
    for (const waiting of this.#waiting) {
      const { head, bytes: size } = waiting.item;
      full ||= batch.length >= maxBatch || (batch.length > 0 && bytes + size > maxBytes);
      if (full || (head !== undefined && blocked.has(head))) {
        if (head !== undefined) blocked.add(head);
        left.push(waiting);
        continue;
      }
      batch.push(waiting);
      bytes += size;
    }
    this.#waiting = left;
    return batch;
  }

  async #run(batch: readonly Waiting<Item, Fate>[]): Promise<void> {
    const heads = new Set(batch.flatMap(({ item }) => (item.head === undefined ? [] : [item.head])));
    for (const head of heads) this.#busyHeads.add(head);
    this.#inFlight += 1;
    try {
      const fates = await this.#send(batch.map(({ item }) => item));
      for (const [index, waiting] of batch.entries()) waiting.resolve(fates[index]!);
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    } finally {
      this.#inFlight -= 1;
      for (const head of heads) this.#busyHeads.delete(head);
      this.#pump();
    }
  }
}
