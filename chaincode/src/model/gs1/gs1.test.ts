import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  elementValue,
  expiryInstantMs,
  formatBracketed,
  formatDigitalLink,
  formatRaw,
  groupSeparator as GS,
  gs1CheckDigit,
  gtinOfNdc,
  ndcDigitsOfGtin,
  ndcElevenDigits,
  normaliseGtin,
  packUri,
  parseDigitalLink,
  parseElementString,
  parseNdc,
  parsePrintedDate,
  parseScan,
  yearOfTwoDigits,
} from './index.ts';
import { Refusal } from '../core/errors.ts';

const gtin = '00300021200107';
const invalid = expect.objectContaining({ code: 'invalid_identifier' });
const refusalOf = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe('element strings', () => {
  const elements = [
    { ai: '01', value: gtin },
    { ai: '21', value: 'S/1(2)' },
    { ai: '17', value: '270331' },
    { ai: '10', value: 'LOT-1' },
  ];

  test.each([
    ['bracketed', `(01)${gtin}(21)S/1(2)(17)270331(10)LOT-1`],
    ['raw', `01${gtin}21S/1(2)${GS}1727033110LOT-1`],
    ['raw with the symbology identifier of a GS1 DataMatrix', `]d201${gtin}21S/1(2)${GS}1727033110LOT-1`],
    ['raw with a leading separator', `${GS}01${gtin}21S/1(2)${GS}1727033110LOT-1`],
    ['raw with a separator after a predefined length', `01${gtin}${GS}21S/1(2)${GS}17270331${GS}10LOT-1${GS}`],
  ])('%s: the same elements', (_, text) => {
    expect(parseElementString(text)).toEqual(elements.map((element) => ({ ...element, known: true })));
  });

  test('national numbers and temperatures parse; an AI outside the table is returned, not refused', () => {
    const read = parseElementString(`(01)${gtin}(715)0002120010(4331)002500(4332)000500-(04)X(29)ABC`);
    expect(elementValue(read, '715')).toBe('0002120010');
    expect(elementValue(read, '4332')).toBe('000500-');
    expect(read.filter(({ known }) => !known)).toEqual([
      { ai: '04', value: 'X', known: false },
      { ai: '29', value: 'ABC', known: false },
    ]);
    expect(parseElementString(`10L${GS}880123${GS}21S`).map(({ ai }) => ai)).toEqual(['10', '88', '21']);
  });

  test.each([
    ['a wrong check digit', '(01)00300021200108'],
    ['a wrong check digit of an SSCC', '(00)106141412345678909'],
    ['letters in digits', '(01)0030002120010A'],
    ['21 characters of serial', `(21)${'A'.repeat(21)}`],
    ['a cut off GTIN', '010030002120'],
    ['the same AI twice with other values', '(21)A(21)B'],
    ['an AI without value', `(21)(10)L`],
    ['text', 'hello'],
    ['nothing', ''],
    ['a control character in a lot', '(10)A\u0001B'],
  ])('%s is refused with the reason', (_, text) => {
    expect(refusalOf(() => parseElementString(text))).toEqual(invalid);
  });

  const set82 = fc.stringMatching(/^[!"%&'*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/);
  test('what is written raw or bracketed reads back equal', () => {
    fc.assert(
      fc.property(set82, set82, (serial, lot) => {
        const written = [
          { ai: '01', value: gtin },
          { ai: '21', value: serial },
          { ai: '10', value: lot },
        ];
        const expected = written.map((element) => ({ ...element, known: true }));
        expect(parseElementString(`]d2${formatRaw(written)}`)).toEqual(expected);
        expect(parseElementString(formatBracketed(written))).toEqual(expected);
        expect(parseDigitalLink(formatDigitalLink(written)).toSorted(byAi)).toEqual(expected.toSorted(byAi));
      }),
    );
  });

  test('whatever is scanned is read or refused with a code, never anything else', () => {
    const noise = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ maxLength: 40 }).map((text) => `01${gtin}${text}`),
      fc.string({ maxLength: 40 }).map((text) => `(01)${gtin}(${text}`),
      fc.string({ maxLength: 40 }).map((text) => `https://id.gs1.org/01/${gtin}/${text}`),
    );
    fc.assert(
      fc.property(noise, (text) => {
        const read = refusalOf(() => parseScan(text));
        expect(read instanceof Refusal ? read.code : Array.isArray((read as { elements: unknown }).elements)).toEqual(
          read instanceof Refusal ? 'invalid_identifier' : true,
        );
      }),
      { numRuns: 2000 },
    );
  });
});

const byAi = (a: { ai: string }, b: { ai: string }) => (a.ai < b.ai ? -1 : 1);

describe('identifiers', () => {
  test('GTIN-8, -12, -13 and -14 become GTIN-14', () => {
    expect(normaliseGtin('96385074')).toBe('00000096385074');
    expect(normaliseGtin('300021200107')).toBe(gtin);
    expect(normaliseGtin('0300021200107')).toBe(gtin);
    expect(normaliseGtin(gtin)).toBe(gtin);
    for (const wrong of ['', '1', '300021200108', '123456789', 'x0300021200107', '٣00021200107'])
      expect(refusalOf(() => normaliseGtin(wrong))).toEqual(invalid);
  });

  test('0002-1200-10 is 00300021200107, its case of indicator 5 is 50300021200102', () => {
    const ndc = parseNdc('0002-1200-10');
    expect(ndc.segmentation).toBe('4-4-2');
    expect(gtinOfNdc(ndc)).toBe(gtin);
    expect(gtinOfNdc(ndc, 5)).toBe('50300021200102');
    expect(ndcDigitsOfGtin(gtin)).toBe('0002120010');
  });

  test.each([
    ['0002-1200-10', '4-4-2', '00002120010'],
    ['12345-678-90', '5-3-2', '12345067890'],
    ['12345-6789-0', '5-4-1', '12345678900'],
  ] as const)('%s has eleven digits in claims and comes back with its segmentation', (text, segmentation, eleven) => {
    const ndc = parseNdc(text);
    expect(ndcElevenDigits(ndc)).toBe(eleven);
    expect(parseNdc(eleven, segmentation)).toEqual(ndc);
    expect(parseNdc(ndc.digits, segmentation)).toEqual(ndc);
  });

  test('ten digits alone do not tell the segmentation; twelve digits do not fit a GTIN', () => {
    expect(refusalOf(() => parseNdc('0002120010'))).toEqual(invalid);
    expect(refusalOf(() => gtinOfNdc(parseNdc('000002-1200-10')))).toEqual(invalid);
    for (const wrong of ['0002-120-10', '0002-1200-1A', '00021200', '1-2-3', '00-02-12-0010'])
      expect(refusalOf(() => parseNdc(wrong))).toEqual(invalid);
  });

  test('every check digit found is the one that is accepted', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{13}$/), (digits) => {
        const right = gs1CheckDigit(digits);
        expect(normaliseGtin(`${digits}${right}`)).toBe(`${digits}${right}`);
        expect(refusalOf(() => normaliseGtin(`${digits}${(right + 1) % 10}`))).toEqual(invalid);
      }),
    );
  });
});

describe('printed dates', () => {
  test('two digits of a year are within 49 years before and 50 after', () => {
    expect(yearOfTwoDigits(76, 2026)).toBe(2076);
    expect(yearOfTwoDigits(77, 2026)).toBe(1977);
    expect(yearOfTwoDigits(0, 2051)).toBe(2100);
    expect(yearOfTwoDigits(2, 2051)).toBe(2002);
  });

  test('day 00 is the last day of the month and is told apart', () => {
    expect(parsePrintedDate('210300', 2021)).toEqual({ day: '2021-03-31', dayZero: true });
    expect(parsePrintedDate('210331', 2021)).toEqual({ day: '2021-03-31', dayZero: false });
    expect(parsePrintedDate('280200', 2026)).toEqual({ day: '2028-02-29', dayZero: true });
    for (const wrong of ['211300', '210001', '210431', '21033', 'abcdef'])
      expect(refusalOf(() => parsePrintedDate(wrong, 2021))).toEqual(invalid);
  });

  test('a pack is good until the printed day ends, UTC', () => {
    expect(new Date(expiryInstantMs('2027-03-31')).toISOString()).toBe('2027-04-01T00:00:00.000Z');
  });
});

describe('Digital Link', () => {
  test('qualifiers stand in the order cpv, lot, serial; serials are percent-encoded', () => {
    const uri = 'https://example.org/some/path/01/300021200107/22/2A/10/LOT/21/S%2F1?17=270331&linkType=all';
    expect(formatDigitalLink(parseDigitalLink(uri))).toBe(
      `https://id.gs1.org/01/${gtin}/22/2A/10/LOT/21/S%2F1?17=270331`,
    );
    expect(packUri(gtin, 'S/1')).toBe(`https://id.gs1.org/01/${gtin}/21/S%2F1`);
    for (const wrong of [
      `https://x.org/01/${gtin}/21/S/10/L`,
      'https://x.org/',
      'https://x.org/21/S',
      `https://x.org/01/${gtin}/21/%E0%A4%A`,
      `https://x.org/01/${gtin}/21`,
      'nothing',
    ])
      expect(refusalOf(() => parseDigitalLink(wrong))).toEqual(invalid);
  });
});
