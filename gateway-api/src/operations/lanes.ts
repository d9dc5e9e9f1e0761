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

  /** Takes a turn out that is not being taken now. */
  remove(lane: string, id: string): void {
    const waiting = this.#lanes.get(lane) ?? [];
    const index = waiting.findIndex((each) => each.id === id);
    if (index > 0) waiting.splice(index, 1);
    if (index === 0) this.#next(lane);
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
    const pauseMs = await this.#lanes.get(lane)![0]!.turn();
    if (pauseMs === undefined) this.#next(lane);
    else if (!this.#isStopped) this.#pauses.set(lane, setTimeout(() => this.#go(lane), pauseMs).unref());
  }

  #next(lane: string): void {
    clearTimeout(this.#pauses.get(lane));
    this.#pauses.delete(lane);
    const waiting = this.#lanes.get(lane)!;
    waiting.shift();
    if (waiting.length === 0) this.#lanes.delete(lane);
    else this.#go(lane);
  }
}
