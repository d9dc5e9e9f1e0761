/** Scans as broken printers, wrong scanners and hostile hands make them: element strings, Digital Links and what is neither. */
import fc from 'fast-check';
import { gs1CheckDigit } from '@chain-of-care/chaincode/model';

const separator = '\u001D';
const digits = (length: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...'0123456789'), { minLength: length, maxLength: length }).map((list) => list.join(''));
const odd = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '%',
    '%2',
    '%ZZ',
    '/',
    '..',
    '😀',
    '(01)',
    '()',
    '(',
    separator,
    ']d2',
    ']C1',
    '9'.repeat(2000),
  ),
);

/** A GTIN-14 that is right. */
const gtin = digits(12)
  .map((body) => `0${body}`)
  .map((body) => `${body}${gs1CheckDigit(body)}`);
const anyGtin = fc.oneof(gtin, digits(14), digits(13), odd);
const serial = fc.oneof(fc.stringMatching(/^[A-Z0-9]{1,20}$/), odd);
const lot = fc.oneof(fc.stringMatching(/^[A-Z0-9]{1,20}$/), odd);
const expiry = fc.oneof(
  fc.constantFrom('271231', '270200', '270231', '271301', '000000', '999999', '27123', 'ABCDEF'),
  digits(6),
  odd,
);
const ai = fc.oneof(
  fc.constantFrom(
    '01',
    '10',
    '17',
    '21',
    '00',
    '02',
    '37',
    '415',
    '7003',
    '8005',
    '714',
    '99',
    '3103',
    '0',
    '',
    '1',
    '999999',
  ),
  digits(2),
  digits(4),
);

const part = fc.oneof(
  anyGtin.map((value) => ['01', value] as const),
  serial.map((value) => ['21', value] as const),
  lot.map((value) => ['10', value] as const),
  expiry.map((value) => ['17', value] as const),
  fc.tuple(ai, odd),
  fc.tuple(ai, digits(8)),
);
const parts = fc.array(part, { minLength: 0, maxLength: 6 });

const bracketed = parts.map((list) => list.map(([name, value]) => `(${name})${value}`).join(''));
const raw = fc
  .tuple(
    fc.constantFrom(']d2', ']C1', ']Q3', ']e0', ']x9', ''),
    parts,
    fc.constantFrom(separator, '', separator + separator, '\u001E'),
  )
  .map(([symbology, list, between]) => `${symbology}${list.map(([name, value]) => `${name}${value}`).join(between)}`);
const link = fc
  .tuple(
    fc.constantFrom(
      'https://id.gs1.org',
      'http://example.org/a/b',
      'https://',
      'ftp://id.gs1.org',
      'javascript:',
      '//x',
      '',
    ),
    parts,
    fc.constantFrom('', '?17=271231', '?17=', '?17=271231&17=280101', '?linkType=all', '#x', '?%'),
  )
  .map(([base, list, query]) => `${base}/${list.map(([name, value]) => `${name}/${value}`).join('/')}${query}`);

/** Something scanned, right only by chance. */
export const oddScans: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: bracketed },
  { weight: 4, arbitrary: raw },
  { weight: 3, arbitrary: link },
  { weight: 1, arbitrary: odd },
);
