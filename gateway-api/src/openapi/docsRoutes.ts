/** The OpenAPI document and a page to browse it: files of our own, nothing from elsewhere. */
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { route, type Route } from '../http/route.ts';

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../public');

const files = {
  '/docs': ['docs.html', 'text/html; charset=utf-8'],
  '/docs/callback': ['docs.html', 'text/html; charset=utf-8'],
  '/docs/docs.js': ['docs.js', 'text/javascript; charset=utf-8'],
  '/docs/docs.css': ['docs.css', 'text/css; charset=utf-8'],
} as const;

/** @param document the OpenAPI document, made when first asked for */
export function docsRoutes(document: () => unknown): Route[] {
  return [
    route({
      method: 'get',
      path: '/openapi.json',
      operationId: 'readOpenApi',
      summary: 'This API as an OpenAPI 3.1 document',
      tag: 'service',
      readsState: false,
      audience: 'public',
      responses: { 200: { description: 'the document' } },
      handler: async () => ({ status: 200, body: document(), headers: { 'cache-control': 'no-cache' } }),
    }),
    route({
      method: 'get',
      path: '/',
      operationId: 'readRoot',
      summary: 'Leads to the page to browse the API',
      tag: 'service',
      readsState: false,
      audience: 'public',
      hidden: true,
      responses: { 303: { description: 'see /docs' } },
      handler: async () => ({ status: 303, headers: { location: '/docs' } }),
    }),
    ...Object.entries(files).map(([path, [file, type]]) =>
      route({
        method: 'get',
        path,
        operationId: `read${path}`,
        summary: 'A page to browse the API',
        tag: 'service',
        readsState: false,
        audience: 'public',
        hidden: true,
        ...(path === '/docs/callback' ? { anyQuery: true } : {}),
        responses: { 200: { description: 'the page', contentType: '*/*' } },
        handler: async () => ({
          status: 200,
          stream: createReadStream(join(folder, file)),
          headers: { 'content-type': type, 'cache-control': 'no-cache' },
        }),
      }),
    ),
  ];
}
