import { describe, expect, it } from '@jest/globals';
import { IsInt, IsOptional, IsString, Max } from 'class-validator';
import { IsFormat } from '@chain-of-care/chaincode/model';
import { page, PageQuery } from '../http/page.ts';
import { route, type Route } from '../http/route.ts';
import { openApiDocument } from './document.ts';

class DocumentedParams {
  @IsFormat('uuid') thingId!: string;
}
class DocumentedQuery extends PageQuery {
  @IsOptional() @IsInt() @Max(3) size?: number;
}
class DocumentedBody {
  @IsString() label!: string;
}

const base = { tag: 'things', summary: 'x', handler: async () => ({ status: 200 }) } as const;
const routes: Route[] = [
  route({
    ...base,
    method: 'get',
    path: '/things/:thingId',
    operationId: 'getThing',
    audience: 'public',
    params: DocumentedParams,
    responses: { 200: { description: 'it', body: DocumentedBody } },
  }),
  route({
    ...base,
    method: 'get',
    path: '/things',
    operationId: 'listThings',
    audience: ['clinician'],
    query: DocumentedQuery,
    responses: { 200: { description: 'a page', list: DocumentedBody } },
    handler: async (exchange) => page(exchange, [], undefined),
  }),
  route({
    ...base,
    method: 'post',
    path: '/things',
    operationId: 'makeThing',
    audience: 'authenticated',
    body: DocumentedBody,
    responses: { 201: { description: 'made' } },
  }),
  route({ ...base, method: 'get', path: '/secret', operationId: 's', audience: 'public', hidden: true, responses: {} }),
];
const options = { title: 't', version: '1', publicUrl: 'http://localhost', issuer: 'http://localhost/oidc' };
type Json = Record<string, never> & { [member: string]: Json };
const document = openApiDocument(routes, options) as unknown as Json;

const byName = (a: unknown, b: unknown): number => (String(a) < String(b) ? -1 : 1);

describe('the OpenAPI document', () => {
  it('has a path for each route that is not hidden, with its parameters', () => {
    expect(Object.keys(document['paths']!)).toEqual(['/things/{thingId}', '/things']);
    const names = (operation: Json): unknown[] =>
      (operation['parameters'] as unknown as { name: string; in: string; required: boolean }[]).map(
        ({ name, in: where, required }) => [name, where, required],
      );
    const paths = document['paths']!;
    expect(names(paths['/things/{thingId}']!['get']!)).toEqual([['thingId', 'path', true]]);
    expect(names(paths['/things']!['get']!).toSorted(byName)).toEqual([
      ['cursor', 'query', false],
      ['limit', 'query', false],
      ['size', 'query', false],
    ]);
    expect(names(paths['/things']!['post']!)).toEqual([['Idempotency-Key', 'header', true]]);
  });

  it('takes its schemas from the classes that validate requests', () => {
    expect(document['components']!['schemas']!['DocumentedBody']).toMatchObject({
      type: 'object',
      properties: { label: { type: 'string' } },
      required: ['label'],
      additionalProperties: false,
    });
  });

  it('resolves every reference', () => {
    const text = JSON.stringify(document);
    for (const [, pointer] of text.matchAll(/"\$ref":"#([^"]+)"/g)) {
      const found = pointer!
        .split('/')
        .slice(1)
        .reduce<Json | undefined>((value, part) => value?.[part], document);
      expect(found).toBeDefined();
    }
  });

  it('says who may call', () => {
    const { get, post } = document['paths']!['/things'] as Json;
    expect(get!['x-roles']).toEqual(['clinician']);
    expect(get!['security']).toEqual([{ bearer: [] }, { oidc: [] }]);
    expect(post!['x-roles']).toBeUndefined();
    expect(document['paths']!['/things/{thingId}']!['get']!['security']).toEqual([{}, { bearer: [] }]);
  });
});
