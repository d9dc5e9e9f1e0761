/** GS1 element strings: what a scanner reads and what is printed beside a symbol (General Specifications 7.8). */
import { Refusal } from '../core/errors.ts';
import { hasGs1CheckDigit } from './checkDigit.ts';
import { isPrintedDate } from './printedDate.ts';
import { aiLengthOf, applicationIdentifier, predefinedLengthOf } from './applicationIdentifiers.ts';

/** FNC1 as scanners transmit it between elements: ASCII 29. */
export const groupSeparator = '\u001d';

export interface Element {
  readonly ai: string;
  readonly value: string;
  /** False for an AI that is not in the GS1 table; its value is kept as read. */
  readonly known: boolean;
}

/** ISO/IEC 15424 symbology identifiers of symbols that carry GS1 element strings. */
const symbologyIdentifier = /^\](C1|e0|d2|Q3|J1)/;
/** Digits from the beginning of the value that end in a check digit. */
const checkedLengths: Readonly<Record<string, number>> = {
  '00': 18,
  '01': 14,
  '02': 14,
  '03': 14,
  '253': 13,
  '255': 13,
  '402': 17,
  '8003': 14,
  '8006': 14,
  '8026': 14,
  ...Object.fromEntries(Array.from({ length: 8 }, (_, index) => [String(410 + index), 13])),
  '8017': 18,
  '8018': 18,
};

/**
 * Reads an element string: bracketed `(01)…(21)…`, or raw with group separators and an optional symbology identifier.
 *
 * @returns the elements in the order read; AIs outside the GS1 table too
 * @throws Refusal invalid_identifier with the reason: malformed, a value against its format, a wrong check digit, an AI
 *   that stands twice with different values
 */
export function parseElementString(text: string): readonly Element[] {
  if (text.length > 1024) throw invalid('too long');
  const bare = text.trim().replace(symbologyIdentifier, '');
  const elements = bare.startsWith('(') ? bracketed(bare) : raw(bare);
  if (elements.length === 0) throw invalid('no element');
  const seen = new Map<string, string>();
  for (const { ai, value } of elements) {
    const before = seen.get(ai);
    if (before !== undefined && before !== value) throw invalid(`(${ai}) stands twice`);
    seen.set(ai, value);
  }
  return elements;
}

/** YYMMDD at the beginning; day 00 is the month's last. */
const dates: ReadonlySet<string> = new Set([
  '11',
  '12',
  '13',
  '15',
  '16',
  '17',
  '4324',
  '4325',
  '4326',
  '7003',
  '7006',
  '7007',
  '7011',
  '8008',
]);

/** Elements as a record; the value of an AI. */
export function elementValue(elements: readonly Element[], ai: string): string | undefined {
  return elements.find((element) => element.ai === ai)?.value;
}

/** Writes elements as a scanner would send them, without symbology identifier; variable lengths end in a separator unless last. */
export function formatRaw(elements: readonly Pick<Element, 'ai' | 'value'>[]): string {
  return elements
    .map(({ ai, value }, index) => {
      const last = index === elements.length - 1;
      return `${ai}${value}${last || predefinedLengthOf(ai) !== undefined ? '' : groupSeparator}`;
    })
    .join('');
}

/** Writes elements as printed below a symbol. */
export function formatBracketed(elements: readonly Pick<Element, 'ai' | 'value'>[]): string {
  return elements.map(({ ai, value }) => `(${ai})${value}`).join('');
}

/** A bracket belongs to a value (set 82 has brackets) unless digits of an AI's length stand in it. */
function bracketed(text: string): Element[] {
  const marks = [...text.matchAll(/\((\d{2,4})\)/g)].filter(({ 1: ai }) => aiLengthOf(ai!) === ai!.length);
  if (marks[0]?.index !== 0) throw invalid('must start with an application identifier in brackets');
  return marks.map((mark, index) => {
    const end = marks[index + 1]?.index ?? text.length;
    return readElement(mark[1]!, text.slice(mark.index + mark[0].length, end));
  });
}

function raw(text: string): Element[] {
  const elements: Element[] = [];
  let rest = text.startsWith(groupSeparator) ? text.slice(1) : text;
  while (rest.length > 0) {
    if (!/^\d{2}/.test(rest)) throw invalid('an application identifier was expected');
    const ai = rest.slice(0, aiLengthOf(rest.slice(0, 2)));
    if (!/^\d+$/.test(ai)) throw invalid('an application identifier was expected');
    const predefined = predefinedLengthOf(ai);
    const separator = rest.indexOf(groupSeparator);
    const end = predefined ?? (separator === -1 ? rest.length : separator);
    if (end > rest.length) throw invalid(`(${ai}) is cut off`);
    elements.push(readElement(ai, rest.slice(ai.length, end)));
    rest = rest.slice(rest[end] === groupSeparator ? end + 1 : end);
  }
  return elements;
}

/**
 * One element, checked against its row of the table.
 *
 * @throws Refusal invalid_identifier
 */
export function readElement(ai: string, value: string): Element {
  const row = applicationIdentifier(ai);
  if (value.length === 0) throw invalid(`(${ai}) has no value`);
  if (row === undefined) return { ai, value, known: false };
  if (!row.pattern.test(value)) throw invalid(`(${ai}) is not ${row.format}`);
  const length = checkedLengths[ai];
  if (length !== undefined && !hasGs1CheckDigit(value.slice(0, length), length))
    throw invalid(`(${ai}) has a wrong check digit`);
  if (dates.has(ai) && !isPrintedDate(value.slice(0, 6))) throw invalid(`(${ai}) is no date`);
  return { ai, value, known: true };
}

function invalid(reason: string): Refusal {
  return new Refusal('invalid_identifier', reason);
}
