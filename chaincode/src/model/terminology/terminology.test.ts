import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hasMod10Digit, hasVerhoeffDigit } from './checkDigits.ts';
import { codeSystems, malformedCodeOf } from './codeSystems.ts';

const sct = 'http://snomed.info/sct';
const loinc = 'http://loinc.org';
const icd = 'http://hl7.org/fhir/sid/icd-10-cm';
const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';

describe('codes as their systems publish them', () => {
  test.each([
    [sct, ['22298006', '73211009', '404684003', '138875005', '900000000000207008', '44054006']],
    [
      loinc,
      ['4548-4', '2160-0', '59284-0', '60591-5', 'LA6270-8', 'LA33-6', 'LP29693-6', 'LP7839-6', 'LL358-3', '8480-6'],
    ],
    [icd, ['E11.9', 'I10', 'S72.001A', 'C7A.00', 'U07.1', 'Z3A.20', 'T36.0X1A']],
    [rxnorm, ['1049502', '161', '313782']],
  ])('%s', (system, codes) => {
    expect(codes.filter((code) => malformedCodeOf(system, code) !== undefined)).toEqual([]);
  });

  test.each([
    [sct, ['22298007', '22289006', '022298006', '12345', '2229800', '1000000000000000000', '754786011', '']],
    [loinc, ['4548-5', '5448-4', '45484', '4548-', 'XX4548-4', '45480000-4', 'LA33-1']],
    [icd, ['E11.', 'e11.9', 'E119', '11.9', 'E1X.9', 'E11.12345', ' E11.9']],
    [rxnorm, ['0161', '16a', '', '123456789']],
  ])('%s: a wrong form or check digit is named with its system', (system, codes) => {
    expect(codes.filter((code) => malformedCodeOf(system, code) !== codeSystems[system]!.name)).toEqual([]);
  });

  test('a code of a system that is not in the table is taken as it is', () => {
    expect(malformedCodeOf('urn:oid:1.2.3', 'whatever')).toBeUndefined();
    expect(malformedCodeOf('toString', 'whatever')).toBeUndefined();
  });
});

const digits = fc.stringMatching(/^\d{2,17}$/);
const completed = (has: (text: string) => boolean, text: string) =>
  Array.from({ length: 10 }, (_, digit) => `${text}${digit}`).filter(has);

test('every number has exactly one check digit', () => {
  fc.assert(
    fc.property(digits, (text) => {
      expect(completed(hasVerhoeffDigit, text)).toHaveLength(1);
      expect(completed(hasMod10Digit, text)).toHaveLength(1);
    }),
  );
});

test('Verhoeff finds every wrong digit and every swap of neighbours', () => {
  fc.assert(
    fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (text, at, by) => {
      const [valid] = completed(hasVerhoeffDigit, text);
      const place = at % valid!.length;
      const wrong = String((Number(valid![place]) + by) % 10);
      expect(hasVerhoeffDigit(`${valid!.slice(0, place)}${wrong}${valid!.slice(place + 1)}`)).toBe(false);
      const left = at % (valid!.length - 1);
      const [a, b] = [valid![left]!, valid![left + 1]!];
      if (a !== b) expect(hasVerhoeffDigit(`${valid!.slice(0, left)}${b}${a}${valid!.slice(left + 2)}`)).toBe(false);
    }),
  );
});
