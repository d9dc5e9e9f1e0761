/**
 * EPC URNs (GS1 EPC Tag Data Standard 2.0, §6) and GS1 element strings. A URN tells the company prefix apart, which digits
 * alone do not: writing one needs its length.
 */
import { Refusal } from '../core/errors.ts';
import { gs1CheckDigit, hasGs1CheckDigit } from './checkDigit.ts';
import { formatDigitalLink, parseDigitalLink } from './digitalLink.ts';
import { readElement, type Element } from './elementString.ts';

type Named = Pick<Element, 'ai' | 'value'>;

interface Scheme {
  readonly prefix: string;
  /** Digits of company prefix and reference together. */
  readonly digits: number;
  readonly key: string;
  /** AI of the part after the reference. */
  readonly qualifier?: string;
  /** The reference begins with the key's first digit (indicator, extension digit). */
  readonly leading: boolean;
}

const schemes: readonly Scheme[] = [
  { prefix: 'urn:epc:id:sgtin:', digits: 13, key: '01', qualifier: '21', leading: true },
  { prefix: 'urn:epc:class:lgtin:', digits: 13, key: '01', qualifier: '10', leading: true },
  { prefix: 'urn:epc:idpat:sgtin:', digits: 13, key: '01', leading: true },
  { prefix: 'urn:epc:id:sscc:', digits: 17, key: '00', leading: true },
  { prefix: 'urn:epc:id:sgln:', digits: 12, key: '414', qualifier: '254', leading: false },
];

/**
 * @returns the elements: GTIN and serial, GTIN and lot, GTIN, SSCC, or GLN with its extension
 * @throws Refusal invalid_identifier
 */
export function parseEpcUri(uri: string): readonly Element[] {
  const scheme = schemes.find(({ prefix }) => uri.startsWith(prefix));
  if (scheme === undefined) throw invalid('not an EPC URN of a GTIN, SSCC or GLN');
  const [company = '', reference = '', ...rest] = uri.slice(scheme.prefix.length).split('.');
  const more = rest.join('.');
  if (!/^\d{4,12}$/.test(company) || !/^\d*$/.test(reference) || company.length + reference.length !== scheme.digits)
    throw invalid(`company prefix and reference have ${scheme.digits} digits`);
  const digits = scheme.leading ? `${reference.slice(0, 1)}${company}${reference.slice(1)}` : `${company}${reference}`;
  const key = readElement(scheme.key, `${digits}${gs1CheckDigit(digits)}`);
  if (scheme.prefix.startsWith('urn:epc:idpat')) {
    if (more !== '*') throw invalid('a pattern of a GTIN ends in .*');
    return [key];
  }
  if (scheme.qualifier === undefined) {
    if (rest.length > 0) throw invalid('an SSCC has two parts');
    return [key];
  }
  if (more.length === 0) throw invalid('the last part is missing');
  if (scheme.key === '414' && more === '0') return [key];
  return [key, readElement(scheme.qualifier, decode(more))];
}

/**
 * @param companyPrefixLength digits of the GS1 company prefix, 4 to 12
 * @throws Refusal invalid_identifier when there is no GTIN, SSCC or GLN
 */
export function formatEpcUri(elements: readonly Named[], companyPrefixLength: number): string {
  const valueOf = (ai: string): string | undefined => elements.find((element) => element.ai === ai)?.value;
  const scheme = schemes.find(
    ({ key, qualifier }) =>
      valueOf(key) !== undefined && (qualifier === undefined || key === '414' || valueOf(qualifier) !== undefined),
  );
  if (scheme === undefined) throw invalid('there is no GTIN, SSCC or GLN');
  const key = valueOf(scheme.key)!;
  if (!hasGs1CheckDigit(key, scheme.digits + 1)) throw invalid(`(${scheme.key}) has a wrong check digit`);
  const room = scheme.digits - (scheme.leading ? 1 : 0);
  if (!Number.isInteger(companyPrefixLength) || companyPrefixLength < 4 || companyPrefixLength > Math.min(12, room))
    throw invalid('a company prefix has 4 to 12 digits');
  const digits = scheme.leading ? key.slice(1, -1) : key.slice(0, -1);
  const reference = `${scheme.leading ? key[0]! : ''}${digits.slice(companyPrefixLength)}`;
  const parts = [digits.slice(0, companyPrefixLength), reference];
  if (scheme.prefix.startsWith('urn:epc:idpat')) parts.push('*');
  else if (scheme.qualifier !== undefined) parts.push(encode(valueOf(scheme.qualifier) ?? '0'));
  return `${scheme.prefix}${parts.join('.')}`;
}

/** @throws Refusal invalid_identifier */
export function digitalLinkOfEpcUri(uri: string): string {
  return formatDigitalLink(parseEpcUri(uri));
}

/** @throws Refusal invalid_identifier */
export function epcUriOfDigitalLink(uri: string, companyPrefixLength: number): string {
  return formatEpcUri(parseDigitalLink(uri), companyPrefixLength);
}

/** Characters that a URN cannot hold (TDS, table A-1). */
function encode(text: string): string {
  return text.replaceAll(
    /["%&/<>?]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function decode(text: string): string {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) throw invalid('broken percent-encoding');
  return text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function invalid(reason: string): Refusal {
  return new Refusal('invalid_identifier', reason);
}
