/** @returns milliseconds after which it is to be taken again, before all behind it; undefined when it has ended */
export type Turn = () => Promise<number | undefined>;

interface Waiting {
  readonly id: string;
  readonly turn: Turn;
}

/** Turns of one lane are taken one after another, in the order they came; lanes do not wait for each other. */
export class Lanes {
  readonly #lanes = new Map<string, Waiting[]>();
  readonly #pauses = new Map<string, NodeJS.Timeout>();
  /** Lanes of which a turn is being taken. */
  readonly #taken = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  #isStopped = false;

  isFree(lane: string): boolean {
    return !this.#lanes.has(lane);
  }

  add(lane: string, id: string, turn: Turn): void {
    const waiting = this.#lanes.get(lane);
    if (waiting !== undefined) {
      waiting.push({ id, turn });
      return;
    }
    this.#lanes.set(lane, [{ id, turn }]);
    this.#go(lane);
  }

  /** Takes a turn out. One that is being taken is taken to its end, and then no more. */
  remove(lane: string, id: string): void {
    const waiting = this.#lanes.get(lane) ?? [];
    const index = waiting.findIndex((each) => each.id === id);
    if (index < 0) return;
    waiting.splice(index, 1);
    if (index === 0 && !this.#taken.has(lane)) this.#goOn(lane);
  }

  /** Ends every pause: what they waited for may be over. */
  wake(): void {
    for (const lane of this.#pauses.keys()) this.#go(lane);
  }

  /** No turn begins any more. @returns when those under way are over */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const pause of this.#pauses.values()) clearTimeout(pause);
    await this.drain();
  }

  /** Resolves when no turn is under way; turns may be waiting for their time. */
  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  #go(lane: string): void {
    clearTimeout(this.#pauses.get(lane));
    this.#pauses.delete(lane);
    if (this.#isStopped) return;
    const running = this.#take(lane).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #take(lane: string): Promise<void> {
    const first = this.#lanes.get(lane)![0]!;
    this.#taken.add(lane);
    let pauseMs: number | undefined;
    try {
      pauseMs = await first.turn();
    } finally {
      this.#taken.delete(lane);
    }
    const waiting = this.#lanes.get(lane)!;
    const isThere = waiting[0] === first;
    if (isThere && pauseMs === undefined) waiting.shift();
    if (!isThere || pauseMs === undefined) this.#goOn(lane);
    else if (!this.#isStopped) this.#pauses.set(lane, setTimeout(() => this.#go(lane), pauseMs).unref());
  }

  #goOn(lane: string): void {
    clearTimeout(this.#pauses.get(lane));
    this.#pauses.delete(lane);
    if (this.#lanes.get(lane)!.length === 0) this.#lanes.delete(lane);
    else this.#go(lane);
  }
}
