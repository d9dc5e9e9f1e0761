/** Values that are forgotten a fixed time after they were put, the oldest first when there are too many. */
export class ExpiringMap<Value> {
  readonly #lifetimeMs: number;
  readonly #capacity: number;
  readonly #clock: () => number;
  /** In the order of their ends. */
  readonly #kept = new Map<string, { readonly value: Value; readonly until: number }>();

  /** @param clock milliseconds since the epoch */
  constructor(lifetimeMs: number, capacity: number, clock: () => number) {
    this.#lifetimeMs = lifetimeMs;
    this.#capacity = capacity;
    this.#clock = clock;
  }

  get(id: string): Value | undefined {
    this.#forgetEnded();
    return this.#kept.get(id)?.value;
  }

  set(id: string, value: Value): void {
    this.#forgetEnded();
    this.#kept.delete(id);
    this.#kept.set(id, { value, until: this.#clock() + this.#lifetimeMs });
    if (this.#kept.size > this.#capacity) this.#kept.delete(this.#kept.keys().next().value!);
  }

  #forgetEnded(): void {
    const now = this.#clock();
    for (const [id, { until }] of this.#kept) {
      if (until > now) return;
      this.#kept.delete(id);
    }
  }
}
