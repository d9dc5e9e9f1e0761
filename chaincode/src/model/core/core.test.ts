import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsInt, IsOptional, ValidateNested } from 'class-validator';
import { canonicalJson, formats, IsFormat, SameAs, storedType, upcast, violationsOf } from './index.ts';

describe('canonical JSON', () => {
  test('does not depend on the order in which members were set, and reads back equal', () => {
    const value = fc.letrec((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.boolean(),
        fc.maxSafeInteger(),
        fc.constant(null),
        fc.array(tie('json')),
        fc.dictionary(fc.string(), tie('json')),
      ),
    })).json;
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse());
        const text = canonicalJson(object);
        expect(canonicalJson(reversed)).toBe(text);
        // Negative zero is written as zero, as RFC 8785 does.
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(object)));
      }),
    );
  });

  test('sorts members and leaves out what is undefined', () => {
    expect(canonicalJson({ b: [1, { d: null, c: undefined }], a: 'ä' })).toBe('{"a":"ä","b":[1,{"d":null}]}');
  });

  test('has no form for fractions, NaN and bigints', () => {
    for (const value of [0.5, Number.NaN, 2 ** 53, 1n, () => 1])
      expect(() => canonicalJson({ value })).toThrow(TypeError);
  });
});

describe('stored types', () => {
  const type = storedType<{ name: string; tags: string[] }>(
    'thing',
    ({ title, ...rest }) => ({ ...rest, name: title }),
    (value) => ({ ...value, tags: [] }),
  );

  test('an old value is raised through every version in between', () => {
    expect(type.version).toBe(3);
    expect(upcast(type, { t: 'thing', v: 1, title: 'x' } as never)).toEqual({ t: 'thing', v: 3, name: 'x', tags: [] });
    expect(upcast(type, { t: 'thing', v: 2, name: 'y' } as never)).toEqual({ t: 'thing', v: 3, name: 'y', tags: [] });
  });

  test('a value of another type or of a newer version is not read', () => {
    expect(() => upcast(type, { t: 'other', v: 1 })).toThrow(RangeError);
    expect(() => upcast(type, { t: 'thing', v: 4 })).toThrow(RangeError);
  });
});

describe('formats', () => {
  const accepted = (name: keyof typeof formats, values: readonly string[]) =>
    values.filter((value) => formats[name](value));

  test('a clinical date is a real day, month or year', () => {
    const dates = ['2024', '2024-02', '2024-02-29', '2023-02-29', '2024-13', '24', '2024-2-1', '2024-02-30'];
    expect(accepted('clinical-date', dates)).toEqual(['2024', '2024-02', '2024-02-29']);
  });

  test('a time carries its offset', () => {
    const times = [
      '2026-03-01T09:00:00Z',
      '2026-03-01T09:00:00.123+05:30',
      '2026-03-01T09:00:00',
      '2026-03-01T24:00:00Z',
      '2026-02-29T09:00:00Z',
    ];
    expect(accepted('date-time-offset', times)).toEqual(times.slice(0, 2));
  });

  test('GS1 keys have their check digit', () => {
    expect(accepted('gtin', ['00300021200107', '00300021200108', '0300021200107'])).toEqual(['00300021200107']);
    expect(accepted('gln', ['9506000134352', '9506000134353'])).toEqual(['9506000134352']);
    expect(accepted('sscc', ['SSCC', '395011010013000128', '395011010013000129'])).toHaveLength(1);
  });
});

class Weight {
  @IsInt() grams!: number;
}
class Command {
  @IsFormat('gln') gln!: string;
  @IsOptional() @IsArray() @ArrayMaxSize(2) @ValidateNested({ each: true }) @Type(() => Weight) weights?: Weight[];
}
class FurtherCommand extends Command {}
class Request {
  @IsOptional() @SameAs(Command, 'gln') gln?: string;
  @SameAs(FurtherCommand, 'weights') parts?: Weight[];
}

describe('a field that takes what that of another class takes', () => {
  const pointersOf = (value: object) => violationsOf(Request, value).map(({ pointer }) => pointer);

  test('has its rules, also inherited and nested ones, under its own name', () => {
    expect(pointersOf({ gln: '4260000000028', parts: [{ grams: 1 }] })).toEqual([]);
    expect(pointersOf({})).toEqual([]);
    expect(pointersOf({ gln: '4260000000027' })).toEqual(['/gln']);
    expect(pointersOf({ parts: [{ grams: 1.5 }] })).toEqual(['/parts/0/grams']);
    expect(pointersOf({ parts: [{ grams: 1 }, { grams: 1 }, { grams: 1 }] })).toEqual(['/parts']);
  });

  test('names one that is described', () => {
    expect(() => SameAs(Weight, 'ounces' as 'grams')(Request.prototype, 'ounces')).toThrow(TypeError);
  });
});
