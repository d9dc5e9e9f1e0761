import { expect, test } from '@jest/globals';
import { IsArray, IsOptional, IsString } from 'class-validator';
import { normaliseGtin, Refusal } from '@chain-of-care/chaincode/model';
import { checkedParameters, readAt } from './input.ts';

class SearchQuery {
  @IsString() name!: string;
  @IsOptional() @IsArray() @IsString({ each: true }) tags?: string[];
}
const codeOf = (given: Record<string, unknown>): unknown => {
  try {
    return checkedParameters(SearchQuery, given, 'query');
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

test('a parameter that holds NUL, which no text of the database has, is refused', () => {
  expect(codeOf({ name: 'a\u0000' })).toBe('validation_failed');
  expect(codeOf({ name: 'a', tags: ['b', 'c\u0000'] })).toBe('validation_failed');
  expect(codeOf({ name: '\u202e\ud83d\ude00' })).toEqual({ name: '\u202e\ud83d\ude00' });
});

test('an identifier that is refused is refused where it stands, a narrower place is kept', () => {
  const placeOf = (read: () => unknown): unknown => {
    try {
      return readAt('/packs/3/gtin', read);
    } catch (error) {
      return [(error as Refusal).code, (error as Refusal).pointer];
    }
  };
  expect(placeOf(() => normaliseGtin('00300692587416'))).toEqual(['invalid_identifier', '/packs/3/gtin']);
  const inside = new Refusal('invalid_identifier', 'wrong', '/packs/3/gtin/0');
  expect(
    placeOf(() => {
      throw inside;
    }),
  ).toEqual(['invalid_identifier', inside.pointer]);
  expect(placeOf(() => normaliseGtin('00300692587415'))).toBe('00300692587415');
});
