import { expect, test } from '@jest/globals';
import { IsArray, IsOptional, IsString } from 'class-validator';
import { checkedParameters } from './input.ts';

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
