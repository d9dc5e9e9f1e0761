/** GS1 Digital Link URIs, uncompressed (GS1 Digital Link Standard: URI Syntax 1.4). */
import { Refusal } from '../core/errors.ts';
import { readElement, type Element } from './elementString.ts';
import { normaliseGtin } from './gtin.ts';

/** Primary keys with the qualifiers that may follow, in this order. */
const qualifiers: Readonly<Record<string, readonly string[]>> = {
  '00': [],
  '01': ['22', '10', '21', '235'],
  '253': [],
  '255': [],
  '401': [],
  '402': [],
  '414': ['254', '7040'],
  '415': ['8020'],
  '417': ['7040'],
  '8003': [],
  '8004': ['7040'],
  '8006': ['22', '10', '21'],
  '8010': ['8011'],
  '8013': [],
  '8017': ['8019'],
  '8018': ['8019'],
};
const aliases: Readonly<Record<string, string>> = {
  gtin: '01',
  cpv: '22',
  lot: '10',
  ser: '21',
  sscc: '00',
  gln: '414',
};

/**
 * Reads a Digital Link: path of primary key and qualifiers, further AIs in the query; parameters that are no AI
 * (`linkType`) are left to the caller. Any host. A URL parser is not used: it would swallow the serials `.` and `..`.
 *
 * @throws Refusal invalid_identifier: no GS1 key in the path, qualifiers in a wrong order, values against their format
 */
export function parseDigitalLink(uri: string): readonly Element[] {
  const match = /^https?:\/\/[^/?#]+(\/[^?#]*)(?:\?([^#]*))?(?:#.*)?$/i.exec(uri);
  if (match === null) throw invalid('not a web URI with a path');
  const segments = match[1]!.split('/').filter((segment) => segment.length > 0);
  const start = keyIndex(segments);
  const primary = aiOf(segments[start]!);
  const pairs: { ai: string; value: string }[] = [];
  for (let index = start; index < segments.length; index += 2)
    pairs.push({ ai: aiOf(segments[index]!), value: decode(segments[index + 1]) });
  requireOrder(primary, pairs.slice(1));
  for (const [name, value] of new URLSearchParams(match[2] ?? ''))
    if (/^\d{2,4}$/.test(name)) pairs.push({ ai: name, value });
  return pairs.map(({ ai, value }) => readElement(ai, ai === '01' ? normaliseGtin(value) : value));
}

/** The canonical form at id.gs1.org: primary key and qualifiers in order in the path, everything else sorted in the query. */
export function formatDigitalLink(elements: readonly Pick<Element, 'ai' | 'value'>[]): string {
  const primary = elements.find(({ ai }) => Object.hasOwn(qualifiers, ai));
  if (primary === undefined) throw invalid('there is no GS1 key');
  const order = qualifiers[primary.ai]!;
  const path = [primary, ...order.flatMap((ai) => elements.find((element) => element.ai === ai) ?? [])];
  const query = elements
    .filter((element) => !path.includes(element))
    .map(({ ai, value }) => `${ai}=${encodeURIComponent(value)}`)
    .sort();
  const text = path.map(({ ai, value }) => `/${ai}/${encodeURIComponent(value)}`).join('');
  return `https://id.gs1.org${text}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

/** Canonical URI of one pack. */
export function packUri(gtin: string, serial: string): string {
  return formatDigitalLink([
    { ai: '01', value: gtin },
    { ai: '21', value: serial },
  ]);
}

/** A path may stand before the key: the last segment pair run that starts with a primary key counts. */
function keyIndex(segments: readonly string[]): number {
  for (let index = segments.length - 2; index >= 0; index -= 2)
    if (Object.hasOwn(qualifiers, aiOf(segments[index]!))) return index;
  throw invalid('there is no GS1 key in the path');
}

function requireOrder(primary: string, rest: readonly { ai: string }[]): void {
  let position = -1;
  for (const { ai } of rest) {
    const next = qualifiers[primary]!.indexOf(ai);
    if (next <= position) throw invalid(`(${ai}) does not follow here`);
    position = next;
  }
}

function aiOf(segment: string): string {
  return Object.hasOwn(aliases, segment) ? aliases[segment]! : segment;
}

function decode(value: string | undefined): string {
  try {
    return decodeURIComponent(value ?? '');
  } catch {
    throw invalid('broken percent-encoding');
  }
}

function invalid(reason: string): Refusal {
  return new Refusal('invalid_identifier', reason);
}
