import { expect, test } from '@jest/globals';
import { matchesDescription, requireWellFormedCodes, soughtCode, termsOf } from './coding.ts';

const loinc = 'http://loinc.org';
const coding = [{ system: loinc, code: '4548-4', display: 'Hemoglobin A1c' }];
const description = { mediaType: 'text/plain', title: 'Hämoglobin A1c', facility: 'Ward 3', coding };

test('a mistyped code is refused and named; the text beside a code is never looked at', () => {
  expect(() => requireWellFormedCodes(coding)).not.toThrow();
  const mistyped = [...coding, { system: loinc, code: '4548-5', display: 'Hemoglobin A1c' }];
  expect(() => requireWellFormedCodes(mistyped)).toThrow(
    expect.objectContaining({
      code: 'invalid_identifier',
      errors: [expect.objectContaining({ pointer: '/coding/1/code' })],
    }),
  );
});

test('a code is sought with its system or in any', () => {
  expect(soughtCode(`${loinc}|4548-4`)).toEqual({ system: loinc, code: '4548-4' });
  expect(soughtCode('4548-4')).toEqual({ code: '4548-4' });
});

test.each([
  [{ code: { code: '4548-4' } }, true],
  [{ code: { system: loinc, code: '4548-4' } }, true],
  [{ code: { system: 'http://snomed.info/sct', code: '4548-4' } }, false],
  [{ code: { code: '4548' } }, false],
  [{ title: 'HÄMO' }, true],
  [{ title: 'glucose' }, false],
  [{ facility: 'ward', title: 'a1c' }, true],
  [{ facility: 'ward 4', title: 'a1c' }, false],
])('%j matches: %s', (filter, expected) => {
  expect(matchesDescription(filter, description)).toBe(expected);
  expect(matchesDescription(filter, { mediaType: 'text/plain' })).toBe(false);
});

test('a code has one token under a key, and another under another key', () => {
  const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  expect(termsOf(key, [...coding, ...coding])).toEqual([expect.stringMatching(/^[A-Za-z0-9_-]{22}$/)]);
  expect(termsOf(key, coding)).not.toEqual(termsOf(other, coding));
  expect(termsOf(key, [])).toBeUndefined();
});
