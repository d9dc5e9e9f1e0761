/**
 * Finds the end of one JSON value in a stream of bytes and keeps its text without the white space between tokens.
 * Only the value's extent is decided here (brackets, strings); its grammar is checked by `JSON.parse` afterwards.
 */
import { Problem } from '../../http/problem.ts';

const quote = 0x22;
const backslash = 0x5c;
const firstCapacity = 4096;

/** Resources nest a dozen levels; what nests deeper is an attack on the readers. */
export const deepestNesting = 128;

export const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const opens = (byte: number): boolean => byte === 0x7b || byte === 0x5b;
const closes = (byte: number): boolean => byte === 0x7d || byte === 0x5d;
const isOfScalar = (byte: number): boolean =>
  !opens(byte) && !closes(byte) && !',:"'.includes(String.fromCharCode(byte));
const endsScalar = (byte: number): boolean => byte === 0x2c || closes(byte) || isSpace(byte);

export class JsonValueText {
  readonly #maxBytes: number;
  #text: Buffer;
  #length = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** White space was dropped just now: between two scalars it must stay, so that `1 2` never becomes `12`. */
  #gap = false;
  #complete = false;

  /** @param maxBytes bytes of the text kept at the most */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#text = Buffer.allocUnsafe(Math.min(firstCapacity, maxBytes));
  }

  get complete(): boolean {
    return this.#complete;
  }

  /**
   * Takes bytes from `from` on, the first call's first byte being the value's first.
   *
   * @returns the index after the last byte taken
   * @throws Problem payload_too_large, validation_failed (nested too deep)
   */
  take(chunk: Uint8Array, from: number): number {
    let at = from;
    while (at < chunk.length && !this.#complete) {
      const byte = chunk[at]!;
      if (this.#inString) this.#takeInString(byte);
      else if (this.#depth === 0 && this.#length > 0 && endsScalar(byte)) {
        this.#complete = true;
        return at;
      } else this.#takeBetweenStrings(byte);
      at += 1;
    }
    return at;
  }

  /** The value's text, decoded; the bytes are UTF-8 without a single invalid sequence. @throws TypeError */
  text(): string {
    return utf8.decode(this.#text.subarray(0, this.#length));
  }

  #takeInString(byte: number): void {
    this.#keep(byte);
    if (this.#escaped) this.#escaped = false;
    else if (byte === backslash) this.#escaped = true;
    else if (byte === quote) {
      this.#inString = false;
      this.#complete = this.#depth === 0;
    }
  }

  #takeBetweenStrings(byte: number): void {
    if (isSpace(byte)) {
      this.#gap = true;
      return;
    }
    if (this.#gap && isOfScalar(byte) && this.#length > 0 && isOfScalar(this.#text[this.#length - 1]!))
      this.#keep(0x20);
    this.#gap = false;
    this.#keep(byte);
    if (byte === quote) this.#inString = true;
    else if (opens(byte)) this.#depth += 1;
    else if (closes(byte)) {
      this.#depth -= 1;
      this.#complete = this.#depth <= 0;
    }
    if (this.#depth > deepestNesting) throw new Problem('validation_failed', { detail: 'nested too deeply' });
  }

  #keep(byte: number): void {
    if (this.#length === this.#text.length) this.#grow();
    this.#text[this.#length] = byte;
    this.#length += 1;
  }

  #grow(): void {
    if (this.#length >= this.#maxBytes) {
      throw new Problem('payload_too_large', { detail: `one entry is larger than ${this.#maxBytes} bytes` });
    }
    const larger = Buffer.allocUnsafe(Math.min(this.#maxBytes, this.#text.length * 2));
    this.#text.copy(larger, 0, 0, this.#length);
    this.#text = larger;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
