import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Refusal } from '../core/errors.ts';
import { expandSerialRange } from './serialRange.ts';

const codeOf = (first: string, last: string, limit = 100): string => {
  try {
    expandSerialRange(first, last, limit);
    return 'taken';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
};

describe('a range of serials', () => {
  test('counts up with the width of its ends', () => {
    expect(expandSerialRange('A098', 'A101', 10)).toEqual(['A098', 'A099', 'A100', 'A101']);
    expect(expandSerialRange('7', '9', 10)).toEqual(['7', '8', '9']);
    expect(expandSerialRange('00000000000000000001', '00000000000000000003', 10)).toHaveLength(3);
  });

  test('is none when its ends differ in more than a number, or descend', () => {
    const wrong = [
      ['A1', 'A10'],
      ['A1', 'B2'],
      ['A2', 'A1'],
      ['A', 'B'],
      ['X', 'X'],
      ['1A', '2A'],
      ['', ''],
      ['A 1', 'A 2'],
    ] as const;
    for (const [first, last] of wrong) expect([first, codeOf(first, last)]).toEqual([first, 'validation_failed']);
  });

  test('is refused before it is written out when it is too long', () => {
    expect(codeOf('A000000000000', 'A999999999999')).toBe('too_many_goods');
  });

  test('ascends by code unit, without a serial twice, from its first to its last', () => {
    const ranges = fc.tuple(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 0, max: 50 }));
    fc.assert(
      fc.property(ranges, ([from, count]) => {
        const name = (number: number): string => `S${String(number).padStart(5, '0')}`;
        const serials = expandSerialRange(name(from), name(from + count), 100);
        expect(serials).toHaveLength(count + 1);
        expect([...serials].sort()).toEqual(serials);
        expect([serials[0], serials.at(-1)]).toEqual([name(from), name(from + count)]);
      }),
    );
  });
});
