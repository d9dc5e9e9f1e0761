/** Rows of one statement at most. */
const atOnce = 500;

interface Waiting<Row> {
  readonly row: Row;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Rows of many callers in few statements: those that come while one is under way go into the next one together. */
export class GatheredWrites<Row> {
  readonly #write: (rows: readonly Row[]) => Promise<unknown>;
  #waiting: Waiting<Row>[] = [];
  #isWriting = false;

  /** @param write writes rows in one statement */
  constructor(write: (rows: readonly Row[]) => Promise<unknown>) {
    this.#write = write;
  }

  /** Resolves when the row is written. @throws what the statement threw that it was in */
  add(row: Row): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ row, resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const together = this.#waiting.splice(0, atOnce);
      try {
        await this.#write(together.map(({ row }) => row));
        for (const { resolve } of together) resolve();
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    this.#isWriting = false;
  }
}
