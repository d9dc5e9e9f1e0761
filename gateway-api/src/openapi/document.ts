/** The OpenAPI 3.1 document, generated from the table of routes and the classes they name. */
import { schemasOfClasses, type Described, type JsonSchema } from '@chain-of-care/chaincode/model';
import { problemCodes } from '../http/problem.ts';
import type { Audience, BodySpec, ResponseSpec, Route } from '../http/route.ts';

export interface DocumentOptions {
  readonly title: string;
  readonly version: string;
  readonly publicUrl: string;
  readonly issuer: string;
}

type Json = Record<string, unknown>;
const prefix = '#/components/schemas/';

/** @returns the document; deterministic for the same routes */
export function openApiDocument(routes: readonly Route[], options: DocumentOptions): Json {
  const schemas = schemasOfClasses(prefix);
  const visible = routes.filter(({ hidden }) => hidden !== true);
  const paths: Record<string, Json> = {};
  for (const route of visible) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method] = operation(route, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: options.title,
      version: options.version,
      description:
        'One gateway of a member of the consortium. Errors are problem documents (RFC 9457) with a stable `code`; ' +
        'every POST that changes something needs an `Idempotency-Key`, and may be repeated with it.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: options.publicUrl }],
    tags: [...new Set(visible.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { ...referenced(schemas, paths), Problem: problemSchema },
      securitySchemes: {
        oidc: { type: 'openIdConnect', openIdConnectUrl: `${options.issuer}/.well-known/openid-configuration` },
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
      responses: {
        Problem: {
          description: 'Refused or failed',
          content: { 'application/problem+json': { schema: ref('Problem') } },
        },
      },
    },
  };
}

const problemSchema: Json = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'instance'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(problemCodes).sort() },
    detail: { type: 'string' },
    instance: { type: 'string', format: 'uri' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'code', 'detail'],
        properties: { pointer: { type: 'string' }, code: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
};

function operation(route: Route, schemas: Record<string, JsonSchema>): Json {
  const needsKey = route.method === 'post' && route.idempotent !== false;
  const parameters = [
    ...parametersOf(route.params, schemas, 'path'),
    ...pathNames(route)
      .filter((name) => route.params === undefined || !(name in propertiesOf(route.params, schemas)))
      .map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...parametersOf(route.query, schemas, 'query'),
    ...(needsKey
      ? [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: true,
            schema: { type: 'string', pattern: '^[!-~]{1,128}$' },
          },
        ]
      : []),
  ];
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    tags: [route.tag],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined ? {} : { requestBody: requestBody(route.body) }),
    responses: {
      ...Object.fromEntries(Object.entries(route.responses).map(([status, spec]) => [status, response(spec)])),
      default: { $ref: '#/components/responses/Problem' },
    },
    security: security(route.audience),
    ...(Array.isArray(route.audience) ? { 'x-roles': route.audience } : {}),
  };
}

function security(audience: Audience): Json[] {
  return audience === 'public' ? [{}, { bearer: [] }] : [{ bearer: [] }, { oidc: [] }];
}

function pathNames(route: Route): string[] {
  return [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]!);
}

function propertiesOf(type: Described, schemas: Record<string, JsonSchema>): Json {
  return (schemas[type.name]?.['properties'] ?? {}) as Json;
}

function parametersOf(
  type: Described | undefined,
  schemas: Record<string, JsonSchema>,
  where: 'path' | 'query',
): Json[] {
  if (type === undefined) return [];
  const required = (schemas[type.name]?.['required'] ?? []) as string[];
  return Object.entries(propertiesOf(type, schemas)).map(([name, schema]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema,
  }));
}

function requestBody(spec: BodySpec<unknown>): Json {
  const content =
    'stream' in spec
      ? Object.fromEntries(spec.stream.map((type) => [type, {}]))
      : 'json' in spec
        ? Object.fromEntries(spec.json.map((type) => [type, { schema: {} }]))
        : { 'application/json': { schema: ref(spec.name) } };
  return { required: true, content };
}

function response({ description, body, list, contentType, alternatives = [] }: ResponseSpec): Json {
  const schema = list === undefined ? (body === undefined ? undefined : ref(body.name)) : pageOf(list);
  const type = contentType ?? 'application/json';
  if (schema === undefined && contentType === undefined) return { description };
  const others = Object.fromEntries(alternatives.map((other) => [other, {}]));
  return { description, content: { [type]: schema === undefined ? {} : { schema }, ...others } };
}

function pageOf(list: Described): Json {
  return {
    type: 'object',
    required: ['items'],
    properties: {
      items: { type: 'array', items: ref(list.name) },
      nextCursor: { type: 'string' },
      total: { type: 'integer', description: 'of the whole list; only where the query asks for it' },
    },
  };
}

function ref(name: string): Json {
  return { $ref: `${prefix}${name}` };
}

/** Only the schemas that the paths reach, each with what it refers to itself. */
function referenced(schemas: Record<string, JsonSchema>, paths: unknown): Record<string, JsonSchema> {
  const found: Record<string, JsonSchema> = {};
  const visit = (value: unknown): void => {
    for (const match of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      const name = match[1]!;
      const schema = schemas[name];
      if (schema === undefined || name in found) continue;
      found[name] = schema;
      visit(schema);
    }
  };
  visit(paths);
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}
