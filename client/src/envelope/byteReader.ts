import type { Chunk } from './chunkCipher.ts';

/** What content comes from: pieces of any size. A piece must not be changed after it was handed over. */
export type ByteSource = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Reads exact lengths from pieces of any size, copying only where a length spans several pieces. */
export class ByteReader {
  readonly #iterator: Iterator<Uint8Array> | AsyncIterator<Uint8Array>;
  #pieces: Uint8Array[] = [];
  #available = 0;
  #ended = false;

  constructor(source: ByteSource) {
    this.#iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  }

  /** @returns `length` bytes, fewer only at the end */
  async read(length: number): Promise<Uint8Array> {
    await this.#fill(length);
    const taken = Math.min(length, this.#available);
    return this.#take(taken, () => new Uint8Array(taken));
  }

  /**
   * Everything that is left, in pieces of `length` bytes; the last one, marked, may be shorter or empty. The memory of a
   * chunk is used again: it is good until `inUse` further ones were asked for.
   */
  async *chunks(length: number, inUse: number): AsyncGenerator<Chunk, void, void> {
    const ring: Uint8Array[] = [];
    for (let index = 0; ; index += 1) {
      await this.#fill(length + 1);
      const last = this.#available <= length;
      yield {
        index,
        last,
        bytes: this.#take(Math.min(length, this.#available), () => slot(ring, index, inUse, length)),
      };
      if (last) return;
    }
  }

  /** Lets the source release what it holds. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#iterator.return?.();
  }

  async #fill(length: number): Promise<void> {
    while (this.#available < length && !this.#ended) {
      const next = await this.#iterator.next();
      if (next.done === true) {
        this.#ended = true;
      } else if (next.value.length > 0) {
        this.#pieces.push(next.value);
        this.#available += next.value.length;
      }
    }
  }

  /** @param memory where to put them together when they span several pieces; at least `length` bytes */
  #take(length: number, memory: () => Uint8Array): Uint8Array {
    this.#available -= length;
    const [first] = this.#pieces;
    if (first !== undefined && first.length >= length) {
      if (first.length === length) this.#pieces.shift();
      else this.#pieces[0] = first.subarray(length);
      return first.subarray(0, length);
    }
    const taken = memory().subarray(0, length);
    let filled = 0;
    let used = 0;
    while (filled < length) {
      const piece = this.#pieces[used]!;
      const part = piece.subarray(0, length - filled);
      taken.set(part, filled);
      filled += part.length;
      if (part.length < piece.length) this.#pieces[used] = piece.subarray(part.length);
      else used += 1;
    }
    this.#pieces = this.#pieces.slice(used);
    return taken;
  }
}

function slot(ring: Uint8Array[], index: number, inUse: number, length: number): Uint8Array {
  const place = index % (inUse + 1);
  ring[place] ??= new Uint8Array(length);
  return ring[place];
}
