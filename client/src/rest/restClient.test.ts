import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { GatewayProblem, GatewayUnreachable, HealthDataBank, path, RestClient, SupplyChain } from './index.ts';

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
type Answer = (response: ServerResponse, request: Received) => void;

let close: ((done: () => void) => void) | undefined;
afterEach(async () => {
  const closing = close;
  close = undefined;
  if (closing !== undefined) await new Promise<void>(closing);
});

/** A gateway that gives these answers in turn, the last one for ever. */
async function gateway(...answers: Answer[]) {
  const received: Received[] = [];
  const waits: number[] = [];
  const listening = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, headers, body: Buffer.concat(parts).toString() };
      received.push(one);
      answers[Math.min(received.length, answers.length) - 1]!(response, one);
    });
  });
  close = (done) => void listening.close(done);
  await new Promise<void>((resolve) => {
    listening.listen(0, '127.0.0.1', resolve);
  });
  const sleep = async (milliseconds: number) => void waits.push(milliseconds);
  const baseUrl = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/`;
  return { rest: new RestClient({ baseUrl, token: 'secret', sleep }), received, waits };
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) => {
    const type = status < 400 ? 'application/json' : 'application/problem+json; charset=utf-8';
    response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(body));
  };
const problem = (status: number, code: string, headers: Record<string, string> = {}) =>
  json(
    status,
    { type: `urn:x:${code}`, title: 'T.', status, code, errors: [{ pointer: '/a', code, detail: 'd' }] },
    headers,
  );

test('a refusal comes as the problem the gateway answered', async () => {
  const { rest, received } = await gateway(problem(403, 'consent_missing'));
  const failure = await rest.post('/v1/x', { a: 1 }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(GatewayProblem);
  expect(failure).toMatchObject({ code: 'consent_missing', status: 403, document: { errors: [{ pointer: '/a' }] } });
  expect(received).toHaveLength(1);
});

test('a POST carries token, JSON and an idempotency key, the same over its attempts and another for another request', async () => {
  const { rest, received } = await gateway(
    problem(503, 'unavailable'),
    problem(504, 'commit_unknown'),
    json(201, { id: 1 }),
  );
  expect(await rest.post('/v1/x', { a: 1 })).toEqual({ id: 1 });
  await rest.post('/v1/x', { a: 1 });
  const keys = received.map(({ headers }) => headers['idempotency-key']);
  expect(received).toHaveLength(4);
  expect(new Set(keys.slice(0, 3)).size).toBe(1);
  expect(keys[3]).not.toBe(keys[0]);
  expect(received[0]).toMatchObject({
    method: 'POST',
    url: '/v1/x',
    body: '{"a":1}',
    headers: { authorization: 'Bearer secret' },
  });
});

test.each([
  [409, 'chain_head_moved'],
  [422, 'idempotency_key_reused'],
  [500, 'internal_error'],
  [400, 'validation_failed'],
])('%i %s is not tried again', async (status, code) => {
  const { rest, received } = await gateway(problem(status, code));
  await expect(rest.post('/v1/x', {})).rejects.toMatchObject({ code });
  expect(received).toHaveLength(1);
});

test('attempts are bounded, waits grow no longer than the policy says, and Retry-After is kept', async () => {
  const { rest, received, waits } = await gateway(problem(429, 'rate_limited', { 'retry-after': '2' }));
  await expect(rest.get('/v1/x')).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 2000 });
  expect(received).toHaveLength(5);
  expect(waits).toEqual([2000, 2000, 2000, 2000]);
});

test('a gateway that asks to come back much later is not asked again', async () => {
  const { rest, received } = await gateway(problem(503, 'unavailable', { 'retry-after': '120' }));
  await expect(rest.get('/v1/x')).rejects.toMatchObject({ code: 'unavailable' });
  expect(received).toHaveLength(1);
});

test('a stream is sent once only; a Blob again', async () => {
  const { rest, received } = await gateway(problem(503, 'unavailable'), json(201, {}));
  const stream = new Blob(['abc']).stream() as ReadableStream<Uint8Array>;
  await expect(rest.upload('/v1/x', stream, 'text/plain')).rejects.toMatchObject({ code: 'unavailable' });
  expect(received.map(({ body }) => body)).toEqual(['abc']);
  expect(await rest.upload('/v1/x', new Blob(['abc']), 'text/plain')).toEqual({});
});

test('a page of a proxy is an unexpected answer, tried again where a proxy says so', async () => {
  const html: Answer = (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad</h1>');
  const { rest } = await gateway(html, json(200, { ok: true }));
  expect(await rest.get('/v1/x')).toEqual({ ok: true });
});

test('a gateway that is not there is unreachable, after as many attempts', async () => {
  const waits: number[] = [];
  const sleep = async (milliseconds: number) => void waits.push(milliseconds);
  const rest = new RestClient({ baseUrl: 'http://127.0.0.1:1', sleep });
  await expect(rest.get('/v1/x')).rejects.toBeInstanceOf(GatewayUnreachable);
  expect(waits).toHaveLength(4);
});

test('a list gives every item, page after page', async () => {
  const { rest, received } = await gateway(json(200, { items: [1, 2], nextCursor: 'c' }), json(200, { items: [3] }));
  const items: unknown[] = [];
  for await (const item of rest.list('/v1/x', { limit: 2, tags: ['a', 'b'] })) items.push(item);
  expect(items).toEqual([1, 2, 3]);
  expect(received.map(({ url }) => url)).toEqual([
    '/v1/x?limit=2&tags=a&tags=b',
    '/v1/x?limit=2&tags=a&tags=b&cursor=c',
  ]);
});

test('parts of a path are encoded', () => {
  expect(path`/v1/packs/${'00300021200107'}/${'a/b c'}`).toBe('/v1/packs/00300021200107/a%2Fb%20c');
});

test('records are stored under the category of their type, with JSON or bytes', async () => {
  const { rest, received } = await gateway(json(201, { records: [{ id: 'r', version: 1 }], transactionId: 't' }));
  const bank = new HealthDataBank(rest);
  const stored = await bank.storeHealthRecord('p', {
    type: 'allergies',
    content: { a: 1 },
    metadata: { date: '2025-01' },
  });
  expect(stored).toEqual({ recordId: 'r', version: 1, transactionId: 't' });
  expect(JSON.parse(received[0]!.body)).toEqual({
    category: 'allergy',
    clinicalDate: '2025-01',
    mediaType: 'application/json',
    content: Buffer.from('{"a":1}').toString('base64url'),
  });
  await expect(
    bank.storeHealthRecord('p', { type: 'horoscope', content: {}, metadata: { date: '2025' } }),
  ).rejects.toThrow(RangeError);
});

test('records are retrieved under an access that is opened first', async () => {
  const record = { id: 'r', version: 2 };
  const bytes: Answer = (response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('hello');
  const { rest, received } = await gateway(json(201, { id: 'a' }), json(200, { items: [record] }), bytes);
  const { records } = await new HealthDataBank(rest).retrieveHealthRecords('p', {
    reason: 'check-up',
    recordTypes: ['allergies'],
  });
  for await (const each of records) expect(new TextDecoder().decode(await each.content())).toBe('hello');
  expect(JSON.parse(received[0]!.body)).toEqual({ reason: 'check-up', purposeOfUse: 'TREAT', categories: ['allergy'] });
  expect(received.map(({ url }) => url)).toEqual([
    '/v1/patients/p/accesses',
    '/v1/accesses/a/records',
    '/v1/accesses/a/records/r/content?version=2',
  ]);
});

const label = {
  ndc: '0002-1200-10',
  name: 'X',
  dosageForm: 'tablet',
  strength: '5 mg',
  packContent: 30,
  batchNumber: 'LOT1',
  expirationDate: '2027-06-30',
  manufacturedOn: '2025-06-30',
  quantity: 1000,
};

test('a product that is registered already gets its new lot, under the GTIN of its NDC', async () => {
  const { rest, received } = await gateway(problem(409, 'already_exists'), json(201, { lot: 'LOT1' }));
  const registered = await new SupplyChain(rest).registerProduct(label);
  expect(registered).toEqual({ gtin: '00300021200107', lot: 'LOT1', registeredLot: { lot: 'LOT1' } });
  expect(received.map(({ url }) => url)).toEqual(['/v1/products', '/v1/products/00300021200107/lots']);
  const lot = { lot: 'LOT1', expiry: '270630', manufacturedOn: '2025-06-30', declaredQuantity: 1000 };
  expect(JSON.parse(received[1]!.body)).toEqual(lot);
});

test('a product that is refused for another reason gets no lot', async () => {
  const { rest, received } = await gateway(problem(403, 'role_not_allowed'));
  await expect(new SupplyChain(rest).registerProduct(label)).rejects.toMatchObject({ code: 'role_not_allowed' });
  expect(received).toHaveLength(1);
});

test("an event goes by the client's name or the ledger's, and a refused one is a problem with its code", async () => {
  const { rest, received } = await gateway(
    json(201, { status: 'applied', eventId: 'e' }),
    problem(409, 'already_supplied'),
  );
  const supply = new SupplyChain(rest);
  const eventTime = '2026-01-01T00:00:00Z';
  const shipment = { eventTime, containers: ['s'], shipmentId: 'i', recipient: 'g' };
  expect(await supply.recordSupplyChainEvent('shipped', shipment)).toEqual({ status: 'applied', eventId: 'e' });
  expect(JSON.parse(received[0]!.body)).toEqual({ ...shipment, type: 'ship' });
  await expect(supply.recordSupplyChainEvent('dispense', { eventTime })).rejects.toMatchObject({
    code: 'already_supplied',
  });
});

test('an inventory is sent as it is and waited for; its result is what the operation ended with', async () => {
  const counts = { lines: 2, authentic: 2, notAuthentic: 0, unreadable: 0, byBand: { accept: 2 }, result: '/v1/r' };
  const { rest, received, waits } = await gateway(
    json(202, { id: 'o1', status: 'running' }),
    json(200, { id: 'o1', status: 'running' }),
    json(200, { id: 'o1', status: 'succeeded', result: counts }),
  );
  const lines = new Blob(['gtin,serial\n1,2\n'], { type: 'text/csv' });
  expect(await new SupplyChain(rest).verifyInventory(lines)).toEqual(counts);
  expect(received.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST /v1/inventory-verifications',
    'GET /v1/operations/o1',
    'GET /v1/operations/o1',
  ]);
  expect(received[0]).toMatchObject({ body: 'gtin,serial\n1,2\n', headers: { 'content-type': 'text/csv' } });
  expect(waits).toHaveLength(1);
});

test('work that failed is the problem that ended it', async () => {
  const error = { type: 'urn:x:malformed_request', title: 'T.', status: 400, code: 'malformed_request' };
  const { rest } = await gateway(json(200, { status: 'failed', error }));
  await expect(rest.operation('o1')).rejects.toMatchObject({ code: 'malformed_request' });
});
