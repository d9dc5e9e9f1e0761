import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Refusal } from '../core/errors.ts';
import {
  applicationIdentifier,
  digitalLinkOfEpcUri,
  epcUriOfDigitalLink,
  formatBracketed,
  formatDigitalLink,
  formatEpcUri,
  formatRaw,
  gs1CheckDigit,
  parseDigitalLink,
  parseElementString,
  parseEpcUri,
  parseScan,
} from './index.ts';

const withCheckDigit = (digits: string): string => `${digits}${gs1CheckDigit(digits)}`;
const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
const text20 = fc.stringMatching(/^[!"%&'*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/);
const gtin = digits(13).map(withCheckDigit);
const gln = digits(12).map(withCheckDigit);
const sscc = digits(17).map(withCheckDigit);
const printedDate = fc
  .record({ year: fc.nat(99), month: fc.integer({ min: 1, max: 12 }), day: fc.nat(28) })
  .map(({ year, month, day }) => [year, month, day].map((part) => String(part).padStart(2, '0')).join(''));
const outcome = (act: () => unknown): string => {
  try {
    act();
    return 'read';
  } catch (error) {
    return error instanceof Refusal ? error.code : `thrown: ${String(error)}`;
  }
};

/** Formats of the table with optional parts, signs and components, each with a shortest and a longest value. */
const values: readonly (readonly [ai: string, ...values: string[]])[] = [
  ['253', '4012345000009', '4012345000009ABC-17CHARACTERS'.slice(0, 30)],
  ['255', '4012345000009', '4012345000009123456789012'],
  ['423', '276', '276040756250528'],
  ['7007', '250101', '250101250131'],
  ['7011', '250101', '2501012359'],
  ['8003', '04012345000009', '04012345000009SERIAL'],
  ['8008', '25010112', '250101123059'],
  ['8043', '123456789012345678', '12345678901234567890'],
  ['4331', '002500', '000500-'],
  ['7040', '1ABC'],
  ['8006', '003000212001070102'],
  ['3103', '001750'],
  ['3922', '1', '123456789012345'],
  ['99', 'a', 'b'.repeat(90)],
];

describe('every application identifier', () => {
  test.each(values)('(%s) reads its shortest and its longest value, raw and in brackets', (ai, ...each) => {
    expect(applicationIdentifier(ai)).toBeDefined();
    for (const value of each) {
      const element = { ai, value, known: true };
      expect(parseElementString(formatRaw([element]))).toEqual([element]);
      expect(parseElementString(formatBracketed([element]))).toEqual([element]);
    }
  });

  test.each([
    ['a check digit inside a GDTI', '(253)4012345000008ABC'],
    ['a check digit inside a GRAI', '(8003)04012345000008'],
    ['half a country list', '(423)27604'],
    ['month 13', '(17)251301'],
    ['day 32', '(11)250132'],
    ['30 February', '(15)250230'],
  ])('%s is refused', (_, text) => {
    expect(outcome(() => parseElementString(text))).toBe('invalid_identifier');
  });
});

describe('format, parse, format', () => {
  test('packs as element string, Digital Link and EPC URN', () => {
    fc.assert(
      fc.property(
        gtin,
        text20,
        text20,
        printedDate,
        fc.integer({ min: 4, max: 12 }),
        (key, serial, lot, date, length) => {
          const pack = [
            { ai: '01', value: key, known: true },
            { ai: '17', value: date, known: true },
            { ai: '10', value: lot, known: true },
            { ai: '21', value: serial, known: true },
          ];
          for (const format of [formatRaw, formatBracketed])
            expect(format(parseElementString(format(pack)))).toBe(format(pack));
          const link = formatDigitalLink(pack);
          expect(formatDigitalLink(parseDigitalLink(link))).toBe(link);
          const urn = formatEpcUri(pack, length);
          expect(formatEpcUri(parseEpcUri(urn), length)).toBe(urn);
          expect(epcUriOfDigitalLink(digitalLinkOfEpcUri(urn), length)).toBe(urn);
        },
      ),
    );
  });

  test('containers, places and classes as EPC URN', () => {
    fc.assert(
      fc.property(
        sscc,
        gln,
        gtin,
        text20,
        fc.integer({ min: 4, max: 12 }),
        (container, place, product, text, length) => {
          const things = [
            [{ ai: '00', value: container }],
            [{ ai: '414', value: place }],
            [
              { ai: '414', value: place },
              { ai: '254', value: text === '0' ? '1' : text },
            ],
            [{ ai: '01', value: product }],
            [
              { ai: '01', value: product },
              { ai: '10', value: text },
            ],
          ];
          for (const thing of things)
            expect(parseEpcUri(formatEpcUri(thing, length)).map(({ ai, value }) => ({ ai, value }))).toEqual(thing);
        },
      ),
    );
  });

  test('the examples of the Tag Data Standard', () => {
    expect(digitalLinkOfEpcUri('urn:epc:id:sgtin:0614141.112345.400')).toBe(
      'https://id.gs1.org/01/10614141123459/21/400',
    );
    expect(digitalLinkOfEpcUri('urn:epc:id:sscc:0614141.1234567890')).toBe('https://id.gs1.org/00/106141412345678908');
    expect(digitalLinkOfEpcUri('urn:epc:id:sgln:0614141.12345.400')).toBe(
      'https://id.gs1.org/414/0614141123452/254/400',
    );
    expect(epcUriOfDigitalLink('https://example.org/01/80614141123458/21/6789?17=270331', 7)).toBe(
      'urn:epc:id:sgtin:0614141.812345.6789',
    );
    expect(parseEpcUri('urn:epc:id:sgtin:0614141.812345.32%2Fa')[1]).toMatchObject({ value: '32/a' });
  });

  test('an EAN symbol with its identifier is a GTIN', () => {
    expect(parseScan(']E04012345000009').gtin).toBe('04012345000009');
    expect(outcome(() => parseScan(']E04012345000008'))).toBe('invalid_identifier');
  });
});

test('whatever is malformed is refused with a code of the catalogue', () => {
  const near = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.string({ maxLength: 40 }).map((text) => `urn:epc:id:sgtin:${text}`),
    fc.string({ maxLength: 40 }).map((text) => `urn:epc:class:lgtin:0614141.812345.${text}`),
    fc.tuple(fc.stringMatching(/^\d{2,4}$/), fc.string({ maxLength: 30 })).map(([ai, text]) => `(${ai})${text}`),
    fc.tuple(fc.stringMatching(/^\d{2,4}$/), fc.string({ maxLength: 30 })).map(([ai, text]) => `]d2${ai}${text}`),
    fc.string({ maxLength: 40 }).map((text) => `https://id.gs1.org/${text}`),
  );
  fc.assert(
    fc.property(near, fc.integer({ min: -1, max: 14 }), (text, length) => {
      for (const read of [parseElementString, parseDigitalLink, parseEpcUri, parseScan])
        expect(['read', 'invalid_identifier']).toContain(outcome(() => read(text)));
      expect(['read', 'invalid_identifier']).toContain(outcome(() => formatEpcUri(parseElementString(text), length)));
      expect(['read', 'invalid_identifier']).toContain(outcome(() => formatDigitalLink(parseElementString(text))));
    }),
    { numRuns: 3000 },
  );
});
