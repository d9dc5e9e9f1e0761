import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Problem } from '../../http/problem.ts';
import { bundleParts, type BundlePart } from './bundleParts.ts';
import { chunksOf, collected } from './chunks.fixture.ts';

async function partsOf(text: string | Uint8Array, size?: number, maxEntry?: number): Promise<BundlePart[]> {
  return await collected(bundleParts(chunksOf(text, size), maxEntry));
}

async function problemOf(text: string | Uint8Array, maxEntry?: number): Promise<Problem> {
  try {
    await partsOf(text, 3, maxEntry);
  } catch (problem) {
    if (problem instanceof Problem) return problem;
    throw problem;
  }
  throw new Error(`accepted: ${String(text)}`);
}

describe('a bundle is split as its bytes arrive', () => {
  const jsonWithoutFloats = fc.json({ maxDepth: 4 }).map((text): unknown => JSON.parse(text));

  test('whatever the chunks and the white space, members and entries come out as JSON.parse reads them', async () => {
    const bundles = fc.record({
      type: jsonWithoutFloats,
      entry: fc.array(jsonWithoutFloats),
      meta: jsonWithoutFloats,
    });
    await fc.assert(
      fc.asyncProperty(
        bundles,
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom(0, 1, '\t\r\n'),
        async (bundle, size, space) => {
          const parts = await partsOf(JSON.stringify(bundle, undefined, space), size);
          const plain = JSON.parse(JSON.stringify(bundle)) as typeof bundle;
          expect(parts.filter((part) => part.kind === 'entry').map(({ value }) => value)).toEqual(plain.entry);
          const members = parts.filter((part) => part.kind === 'member').map(({ name, value }) => [name, value]);
          expect(members).toEqual([
            ['type', plain.type],
            ['meta', plain.meta],
          ]);
        },
      ),
    );
  });

  test("an entry's text keeps the digits of its decimals and loses only white space between tokens", async () => {
    const [entry] = await partsOf('{"entry": [ { "a b" : 1.50, "c": [ 0.10e+2 , "x \\" y" ] } ]}', 1);
    expect(entry).toMatchObject({ text: '{"a b":1.50,"c":[0.10e+2,"x \\" y"]}', index: 0 });
  });

  test('a byte order mark is no part of the text', async () => {
    expect(await partsOf('\uFEFF{"type":"batch"}')).toEqual([{ kind: 'member', name: 'type', value: 'batch' }]);
  });
});

describe('what is no bundle is refused by its code', () => {
  const broken = [
    '',
    '   ',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,}',
    '{,}',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{"a":1}}',
    '{"a":1} x',
    '{a:1}',
    '{"a":[1 2]}',
    '{"a":tr ue}',
    '{"a":01}',
    '{"entry":[{}',
    '{"entry":[{},]}',
    '{"entry":[,{}]}',
    '{"entry":[{} {}]}',
    '{"entry":[{"a":}]}',
    '{"entry":[{]}]}',
    '{"entry":[}',
    '{"a":"\n"}',
    '<Bundle/>',
  ];
  test.each(broken)('%j is malformed JSON', async (text) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect((await problemOf(text)).code).toBe('malformed_json');
  });

  test('any text is accepted only if JSON.parse accepts it', async () => {
    const alphabet = fc.string({ unit: fc.constantFrom(...'{}[]:,"\\ 1.-e', 'true', '"a"', '"entry"'), maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(alphabet, async (inner) => {
        const text = `{${inner}}`;
        const accepted = await partsOf(text, 2).then(
          () => true,
          () => false,
        );
        if (accepted) expect(() => JSON.parse(text) as unknown).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  test('bytes that are not UTF-8 are refused, not replaced', async () => {
    const bytes = Buffer.concat([Buffer.from('{"entry":["'), Buffer.from([0xc3, 0x28]), Buffer.from('"]}')]);
    expect((await problemOf(bytes)).code).toBe('malformed_json');
  });

  test.each(['[]', '"Bundle"', '7', 'null', 'true'])('%s is JSON, but no object', async (text) => {
    expect(await problemOf(text)).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '' }] });
  });

  test.each(['{"entry":{}}', '{"entry":null}', '{"entry":"x"}'])('%s: entry must be a list', async (text) => {
    expect(await problemOf(text)).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/entry' }] });
  });

  test('a member that is there twice', async () => {
    expect((await problemOf('{"type":"batch","type":"history"}')).code).toBe('validation_failed');
  });

  test('an entry larger than the limit is too large before it is held whole', async () => {
    expect((await problemOf(`{"entry":["${'x'.repeat(100)}"]}`, 64)).code).toBe('payload_too_large');
    expect(await partsOf(`{"entry":["${'x'.repeat(62)}"]}`, 7, 64)).toHaveLength(1);
  });

  test('nesting beyond the limit is refused', async () => {
    const deep = `{"entry":[${'['.repeat(200)}${']'.repeat(200)}]}`;
    expect((await problemOf(deep)).code).toBe('validation_failed');
  });

  test('what the problem says quotes nothing of the text', async () => {
    const { message, detail } = await problemOf('{"entry":[{"family":"Okonkwo"]}');
    expect(`${message} ${detail}`).not.toContain('Okonkwo');
  });
});
