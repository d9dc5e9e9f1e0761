/**
 * Splits a FHIR Bundle into its members and entries while its bytes arrive: memory is bounded by the largest entry,
 * not by the bundle. An own splitter instead of a token stream of npm (stream-json): it keeps each resource's own
 * text, so that decimals keep the digits FHIR wants kept (1.50 is not 1.5), and needs no object per token.
 */
import { Problem } from '../../http/problem.ts';
import { isSpace, JsonValueText } from './jsonValue.ts';

export type BundlePart =
  | { readonly kind: 'member'; readonly name: string; readonly value: unknown }
  | { readonly kind: 'entry'; readonly index: number; readonly text: string; readonly value: unknown };

/** Bytes of one entry at the most: a document of some 24 MB inline, in base64. */
export const largestEntry = 32 * 1024 * 1024;

/** What the next byte that is no white space must be. */
type Expected = keyof typeof grammar;

/** A byte that begins a value, whose end is found by {@link JsonValueText}. */
const begins = 'begins a value';

/** The grammar of the bundle's outer object: expected → byte → what is expected then. `any`: whatever byte it is. */
const grammar = {
  bundle: { '{': 'first name or end' },
  'first name or end': { '"': begins, '}': 'nothing' },
  name: { '"': begins },
  colon: { ':': 'value' },
  'colon of entry': { ':': 'list of entries' },
  value: { any: begins },
  'comma or end': { ',': 'name', '}': 'nothing' },
  'list of entries': { '[': 'first entry or end' },
  'first entry or end': { ']': 'comma or end', any: begins },
  entry: { any: begins },
  'comma or end of list': { ',': 'entry', ']': 'comma or end' },
  nothing: {},
} as const satisfies Record<string, Readonly<Record<string, string>>>;

/**
 * @param source the bytes of the bundle, in chunks of any size
 * @throws Problem malformed_json, payload_too_large, validation_failed (no JSON object, a repeated member, `entry` is no
 *   list, nested too deeply)
 */
export async function* bundleParts(
  source: AsyncIterable<Uint8Array>,
  maxEntry = largestEntry,
): AsyncGenerator<BundlePart> {
  const splitter = new Splitter(maxEntry);
  for await (const chunk of source) yield* splitter.split(chunk);
  splitter.end();
}

class Splitter {
  readonly #maxEntry: number;
  readonly #names = new Set<string>();
  #expected: Expected = 'bundle';
  #value: JsonValueText | undefined;
  #name = '';
  #entries = 0;
  #offset = 0;

  constructor(maxEntry: number) {
    this.#maxEntry = maxEntry;
  }

  *split(chunk: Uint8Array): Generator<BundlePart> {
    let at = this.#offset === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? 3 : 0;
    while (at < chunk.length) {
      if (this.#value !== undefined) {
        at = this.#value.take(chunk, at);
        if (this.#value.complete) yield* this.#finish(this.#value);
        continue;
      }
      const byte = chunk[at]!;
      if (!isSpace(byte) && this.#step(byte, this.#offset + at)) continue;
      at += 1;
    }
    this.#offset += chunk.length;
  }

  end(): void {
    if (this.#expected !== 'nothing') throw malformed(this.#offset, 'it ends too early');
  }

  /** @returns whether this byte begins a value and is to be taken by it */
  #step(byte: number, offset: number): boolean {
    const row: Readonly<Record<string, Expected | typeof begins>> = grammar[this.#expected];
    const next = row[String.fromCharCode(byte)] ?? row['any'];
    if (next === undefined) throw this.#unexpected(byte, offset);
    if (next === begins) this.#value = new JsonValueText(this.#maxEntry);
    else this.#expected = next;
    return next === begins;
  }

  #unexpected(byte: number, offset: number): Problem {
    if (!beginsOtherValue(byte)) return malformed(offset);
    if (this.#expected === 'bundle') return invalid('', 'a Bundle is a JSON object');
    return this.#expected === 'list of entries' ? invalid('/entry', 'must be a list') : malformed(offset);
  }

  *#finish(found: JsonValueText): Generator<BundlePart> {
    this.#value = undefined;
    const { text, value } = parsed(found, this.#offset);
    switch (this.#expected) {
      case 'first name or end':
      case 'name':
        this.#name = String(value);
        if (this.#names.has(this.#name)) throw invalid('', 'a member is there twice');
        this.#names.add(this.#name);
        this.#expected = this.#name === 'entry' ? 'colon of entry' : 'colon';
        break;
      case 'value':
        this.#expected = 'comma or end';
        yield { kind: 'member', name: this.#name, value };
        break;
      default:
        this.#expected = 'comma or end of list';
        yield { kind: 'entry', index: this.#entries++, text, value };
    }
  }
}

function parsed(found: JsonValueText, offset: number): { text: string; value: unknown } {
  try {
    const text = found.text();
    return { text, value: JSON.parse(text) };
  } catch (cause) {
    // The parser's own message quotes the text, which is health information: it goes no further.
    if (cause instanceof SyntaxError) throw malformed(offset);
    throw malformed(offset, 'it is not UTF-8');
  }
}

function beginsOtherValue(byte: number): boolean {
  return '{["-0123456789tfn'.includes(String.fromCharCode(byte));
}

function malformed(offset: number, detail = 'it breaks the grammar of JSON'): Problem {
  return new Problem('malformed_json', { detail: `${detail}, near byte ${offset}` });
}

export function invalid(pointer: string, detail: string): Problem {
  return new Problem('validation_failed', { detail, errors: [{ pointer, code: 'validation_failed', detail }] });
}
