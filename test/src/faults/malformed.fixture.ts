/** Malformed and odd requests, made from an OpenAPI document with a seeded generator. */
import fc from 'fast-check';

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses?: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly format?: string;
}

export interface OddRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const oddTexts = fc.oneof(
  fc.constantFrom('', '..', '%00', '😀', '<script>', "' OR 1=1 --", '__proto__', 'null', '-1', 'A'.repeat(5_000)),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.uuid(),
);
const oddValues: fc.Arbitrary<unknown> = fc.oneof(
  oddTexts,
  fc.constantFrom<unknown>(null, true, [], {}, 1e308, -0.5, [[[]]], { constructor: {} }),
  fc.jsonValue({ maxDepth: 3 }),
);

const jsonType = 'application/json';

/** A request that is right by chance would be answered without end. */
function isEndless({ responses }: Operation): boolean {
  return Object.values(responses ?? {}).some(({ content }) => content?.['text/event-stream'] !== undefined);
}

/** @returns requests over every operation of the document that ends, each wrong in some way or right by chance */
export function oddRequests({ paths, components }: OpenApi): fc.Arbitrary<OddRequest> {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => !isEndless(operation))
      .map(([method, operation]) => ({ path, method, operation })),
  );
  return fc.constantFrom(...operations).chain(({ path, method, operation }) => {
    const content = operation.requestBody?.content ?? {};
    const [mediaType = jsonType] = Object.keys(content);
    const schema = content[mediaType]?.schema;
    return fc.record({
      method: fc.constant(method.toUpperCase()),
      path: oddPath(path, operation),
      headers: oddHeaders(mediaType),
      ...(method === 'get' ? {} : { body: oddBody(schema, components.schemas) }),
    });
  });
}

function oddPath(path: string, { parameters = [] }: Operation): fc.Arbitrary<string> {
  const names = parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const value = fc.oneof({ weight: 3, arbitrary: fc.uuid() }, { weight: 2, arbitrary: oddTexts });
  const query = fc.array(fc.tuple(fc.constantFrom(...names, 'limit', 'cursor', 'unknown'), oddTexts), { maxLength: 3 });
  return fc.tuple(fc.array(value, { minLength: 4, maxLength: 4 }), query).map(([values, pairs]) => {
    let next = 0;
    const filled = path.replaceAll(/\{[^}]+\}/g, () => encodeURIComponent(wellFormed(values[next++ % 4]!)));
    const search = pairs.map((pair) => pair.map((text) => encodeURIComponent(wellFormed(text))).join('=')).join('&');
    return search === '' ? filled : `${filled}?${search}`;
  });
}

function oddHeaders(mediaType: string): fc.Arbitrary<Record<string, string>> {
  const key = fc.oneof(
    { weight: 4, arbitrary: fc.uuid() },
    { weight: 1, arbitrary: fc.constantFrom('', 'k'.repeat(500)) },
  );
  const type = fc.oneof(
    { weight: 4, arbitrary: fc.constant(mediaType) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('text/plain', 'application/xml', 'multipart/form-data', 'a/b/c', jsonType),
    },
  );
  const extra = fc.constantFrom<Record<string, string>>(
    {},
    {},
    { accept: 'image/png' },
    { range: 'bytes=9-1' },
    { 'if-match': '"x"' },
    { prefer: 'respond-async' },
    { 'accept-language': 'xx' },
  );
  return fc.tuple(key, type, extra).map(([idempotencyKey, contentType, more]) => ({
    'idempotency-key': idempotencyKey,
    'content-type': contentType,
    ...more,
  }));
}

function oddBody(schema: Schema | undefined, schemas: Readonly<Record<string, Schema>>): fc.Arbitrary<string> {
  const broken = fc.constantFrom('', '{', '[]', 'null', '"text"', '{"a":1,}', '\u0000', '{"__proto__":{"a":1}}');
  const shaped = valueOf(schema ?? {}, schemas, 0).map((value) => JSON.stringify(value) ?? 'null');
  return fc.oneof({ weight: 1, arbitrary: broken }, { weight: 6, arbitrary: shaped });
}

/** A value that looks as the schema wants it, with odd ones in its places. */
function valueOf(schema: Schema, schemas: Readonly<Record<string, Schema>>, depth: number): fc.Arbitrary<unknown> {
  const named = schema.$ref === undefined ? schema : (schemas[schema.$ref.split('/').at(-1)!] ?? {});
  if (depth > 4) return oddValues;
  const right = rightValue(named, schemas, depth);
  return fc.oneof({ weight: depth === 0 ? 9 : 4, arbitrary: right }, { weight: 1, arbitrary: oddValues });
}

function rightValue(schema: Schema, schemas: Readonly<Record<string, Schema>>, depth: number): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.properties !== undefined) {
    const members = Object.entries(schema.properties).map(([name, member]) => [
      name,
      valueOf(member, schemas, depth + 1),
    ]);
    const known = fc.record(Object.fromEntries(members) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] });
    const unknown = fc.dictionary(fc.string({ maxLength: 8 }), oddValues, { maxKeys: 1 });
    return fc.tuple(known, unknown, fc.nat(9)).map(([a, b, dice]) => (dice === 0 ? { ...a, ...b } : a));
  }
  if (schema.type === 'array') return fc.array(valueOf(schema.items ?? {}, schemas, depth + 1), { maxLength: 3 });
  if (schema.type === 'integer' || schema.type === 'number') return fc.oneof(fc.integer(), fc.double());
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.format === 'uuid') return fc.uuid();
  return oddTexts;
}

/** Without lone surrogates, which no URL can carry. */
const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');
