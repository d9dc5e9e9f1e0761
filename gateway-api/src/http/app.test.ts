import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { text } from 'node:stream/consumers';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { IsFormat, Refusal } from '@chain-of-care/chaincode/model';
import { healthRoutes } from '../health/routes.ts';
import { clinician, runApp, type RunningApp } from './app.fixture.ts';
import { etagOf, requireIfMatch } from './conditional.ts';
import { page, PageQuery } from './page.ts';
import { Problem } from './problem.ts';
import { route, type Route } from './route.ts';

class ThingParams {
  @IsFormat('uuid') thingId!: string;
}
class ThingQuery extends PageQuery {
  @IsOptional() @IsInt() @Min(0) @Max(9) size?: number;
}
class NewThing {
  @IsString() @MaxLength(20) label!: string;
  @IsOptional() @IsInt() weight?: number;
}

let runs = 0;
let isAway = false;
let release: (() => void) | undefined;
let tellStarted: () => void;
const slowStarted = new Promise<void>((resolve) => {
  tellStarted = resolve;
});
const secret = 'the-patient-is-Zoe';
const common = {
  tag: 'things',
  summary: 'x',
  audience: 'authenticated',
  responses: { 200: { description: 'ok' } },
} as const;

const routes: Route[] = [
  route({
    ...common,
    method: 'get',
    path: '/things',
    operationId: 'listThings',
    query: ThingQuery,
    handler: async (exchange) =>
      page(exchange, [exchange.query], exchange.query.cursor === undefined ? 'bmV4dA' : undefined),
  }),
  route({
    ...common,
    method: 'get',
    path: '/things/:thingId',
    operationId: 'getThing',
    params: ThingParams,
    handler: async ({ params }) => ({ status: 200, body: params }),
  }),
  route({
    ...common,
    method: 'post',
    path: '/things',
    operationId: 'makeThing',
    body: NewThing,
    responses: { 201: { description: 'made' } },
    async handler({ body, idempotency }) {
      runs += 1;
      if (body.label === 'slow')
        await new Promise<void>((resolve) => {
          release = resolve;
          tellStarted();
        });
      if (body.label === 'refused') throw new Refusal('wrong_state', 'not now', '/label');
      if (body.label === 'broken') throw new Error(secret);
      if (body.label === 'away' && isAway) throw new Problem('unavailable', { detail: 'no answer from RegulatorMSP' });
      if (body.label === 'busy' && runs === 1) throw new Problem('conflict');
      return { status: 201, headers: { location: '/things/1' }, body: { id: idempotency.uuid('thing') } };
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/things/count',
    operationId: 'countThings',
    handler: async () => ({ status: 200, body: { runs } }),
  }),
  route({
    ...common,
    method: 'patch',
    path: '/things/:thingId',
    operationId: 'amendThing',
    params: ThingParams,
    async handler(exchange) {
      requireIfMatch(exchange, etagOf(1));
      return { status: 200, body: {} };
    },
  }),
  route({
    ...common,
    method: 'post',
    path: '/files',
    operationId: 'putFile',
    body: { stream: ['application/pdf'], maxBytes: 1000 },
    handler: async ({ stream }) => ({ status: 200, body: { length: (await text(stream)).length } }),
  }),
  route({
    ...common,
    method: 'post',
    path: '/forms',
    operationId: 'putForm',
    body: { stream: ['multipart/form-data'], maxBytes: 1000 },
    handler: async ({ stream }) => ({ status: 200, body: { length: (await text(stream)).length } }),
  }),
  route({
    ...common,
    method: 'get',
    path: '/admin',
    operationId: 'admin',
    audience: ['administrator'],
    handler: async () => ({ status: 200, body: {} }),
  }),
  route({
    ...common,
    method: 'get',
    path: '/limited',
    operationId: 'limited',
    audience: 'public',
    rateLimit: { windowMs: 60_000, limit: 2 },
    handler: async () => ({ status: 200, body: {} }),
  }),
];

let app: RunningApp;
beforeAll(async () => {
  app = await runApp(routes);
});
afterAll(() => app.close());

describe('bad input is a problem document with a code', () => {
  const uuid = '00000000-0000-4000-8000-000000000001';
  const cases: [name: string, method: string, path: string, options: object, status: number, code: string][] = [
    ['no token', 'GET', '/things', { as: null }, 401, 'token_required'],
    ['a role without right', 'GET', '/admin', {}, 403, 'role_not_allowed'],
    ['an unknown address', 'GET', '/nothing', {}, 404, 'not_found'],
    ['a method the resource lacks', 'DELETE', '/things', {}, 405, 'method_not_allowed'],
    ['malformed JSON', 'POST', '/things', { text: '{"label":' }, 400, 'malformed_json'],
    ['an empty body', 'POST', '/things', { headers: { 'content-type': 'application/json' } }, 400, 'malformed_json'],
    ['a body that is no object', 'POST', '/things', { text: '[]' }, 400, 'validation_failed'],
    ['a missing field', 'POST', '/things', { body: {} }, 400, 'validation_failed'],
    ['an unknown field', 'POST', '/things', { body: { label: 'x', other: 1 } }, 400, 'validation_failed'],
    [
      'a field that pollutes',
      'POST',
      '/things',
      { text: '{"label":"x","__proto__":{"a":1}}' },
      400,
      'validation_failed',
    ],
    ['a wrong type', 'POST', '/things', { body: { label: 5 } }, 400, 'validation_failed'],
    [
      'another media type',
      'POST',
      '/things',
      { text: 'x', headers: { 'content-type': 'text/plain' } },
      415,
      'unsupported_media_type',
    ],
    [
      'an unknown charset',
      'POST',
      '/things',
      { text: '{}', headers: { 'content-type': 'application/json; charset=ebcdic' } },
      415,
      'unsupported_media_type',
    ],
    ['an oversized body', 'POST', '/things', { body: { label: 'x'.repeat(3000) } }, 413, 'payload_too_large'],
    [
      'an oversized stream',
      'POST',
      '/files',
      { text: 'x'.repeat(2000), headers: { 'content-type': 'application/pdf' } },
      413,
      'payload_too_large',
    ],
    ['a bad id', 'GET', '/things/7', {}, 400, 'validation_failed'],
    ['a broken escape', 'GET', '/things/%E0%A4%A', {}, 400, 'malformed_request'],
    ['a bad limit', 'GET', '/things?limit=1000', {}, 400, 'validation_failed'],
    ['an unknown parameter', 'GET', '/things?nope=1', {}, 400, 'validation_failed'],
    ['a parameter where none is known', 'GET', '/admin?nope=1', { as: 'admin' }, 400, 'validation_failed'],
    ['a type nobody has', 'GET', `/things/${uuid}`, { headers: { accept: 'image/png' } }, 406, 'not_acceptable'],
    ['no If-Match', 'PATCH', `/things/${uuid}`, {}, 428, 'precondition_required'],
    ['an old ETag', 'PATCH', `/things/${uuid}`, { headers: { 'if-match': '"old"' } }, 412, 'precondition_failed'],
    [
      'a bad idempotency key',
      'POST',
      '/things',
      { body: { label: 'x' }, headers: { 'idempotency-key': 'a b' } },
      400,
      'validation_failed',
    ],
    ['a refusal of the ledger', 'POST', '/things', { body: { label: 'refused' } }, 409, 'wrong_state'],
  ];
  it.each(cases)('%s', async (_name, method, path, options, status, code) => {
    const answer = await app.request(method, path, options);
    expect({ status: answer.status, code: answer.body['code'] }).toEqual({ status, code });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body['instance']).toBe(`urn:uuid:${answer.headers.get('x-request-id')}`);
  });

  it('names each wrong member by its pointer', async () => {
    const { body } = await app.request('POST', '/things', { body: { weight: 'heavy', other: 1 } });
    const pointers = (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers.toSorted()).toEqual(['/label', '/other', '/weight']);
  });

  it('refuses members where no body is taken, and lets nothing or an empty object pass', async () => {
    const text = '{"deceasedAt":"2999-01-01"}';
    const refused = await app.request('POST', '/things/count', { text, headers: { 'idempotency-key': 'none-1' } });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer: '/deceasedAt' }] } });
    for (const [key, body] of Object.entries({ 'none-2': '', 'none-3': '{}' }))
      expect(
        await app.request('POST', '/things/count', { text: body, headers: { 'idempotency-key': key } }),
      ).toMatchObject({
        status: 200,
      });
    for (const [key, body] of Object.entries({ 'none-4': '[1]', 'none-5': 'now' }))
      expect(
        await app.request('POST', '/things/count', { text: body, headers: { 'idempotency-key': key } }),
      ).toMatchObject({
        status: 400,
      });
  });

  it('says which methods there are', async () => {
    expect((await app.request('DELETE', '/things')).headers.get('allow')).toBe('GET, HEAD, POST');
  });

  it('needs an Idempotency-Key on a POST', async () => {
    const response = await fetch(`${app.url}/things`, {
      method: 'POST',
      headers: { authorization: 'Bearer clinician', 'content-type': 'application/json' },
      body: '{"label":"x"}',
    });
    expect(await response.json()).toMatchObject({ status: 400, code: 'idempotency_key_required' });
  });

  it('challenges without a token as RFC 6750 says', async () => {
    expect((await app.request('GET', '/things', { as: null })).headers.get('www-authenticate')).toContain('Bearer');
  });
});

describe('an error of our own', () => {
  it('is a bare 500, and its message stays out of the answer', async () => {
    const answer = await app.request('POST', '/things', { body: { label: 'broken' } });
    expect(answer.body).toMatchObject({ status: 500, code: 'internal_error' });
    expect(JSON.stringify(answer.body)).not.toContain(secret);
  });
});

describe('the log', () => {
  it('has a line a request with its route, and neither address, body, token nor id of a person', async () => {
    const patientId = 'deadbeef-0000-4000-8000-00000000cafe';
    await app.request('GET', `/things/${patientId}`);
    await app.request('POST', '/things', { body: { label: 'Zoe Example' } });
    const lines = app.log.join('');
    expect(lines).toContain('"route":"/things/:thingId"');
    for (const hidden of [patientId, 'Zoe Example', 'Bearer', 'dr-ada']) expect(lines).not.toContain(hidden);
  });
});

describe('a list', () => {
  it('has the next page in its body and in a Link', async () => {
    const { body, headers } = await app.request('GET', '/things?limit=5&size=3');
    expect(body).toEqual({ items: [{ limit: 5, size: 3 }], nextCursor: 'bmV4dA' });
    expect(headers.get('link')).toBe('</things?limit=5&size=3&cursor=bmV4dA>; rel="next"');
    const last = await app.request('GET', '/things?cursor=bmV4dA');
    expect(last.body['nextCursor']).toBeUndefined();
    expect(last.headers.get('link')).toBeNull();
  });
});

describe('an Idempotency-Key', () => {
  const key = (): { 'idempotency-key': string } => ({ 'idempotency-key': crypto.randomUUID() });

  it('gives a repeat the first answer without running again', async () => {
    const headers = key();
    const first = await app.request('POST', '/things', { body: { label: 'a' }, headers });
    const before = runs;
    const second = await app.request('POST', '/things', { body: { label: 'a' }, headers });
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.headers.get('location')).toBe('/things/1');
    expect(runs).toBe(before);
  });

  it('refuses another body, and lets another caller use the same key', async () => {
    const headers = key();
    await app.request('POST', '/things', { body: { label: 'a' }, headers });
    const other = await app.request('POST', '/things', { body: { label: 'b' }, headers });
    expect(other.body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    expect((await app.request('POST', '/things', { body: { label: 'b' }, headers, as: 'admin' })).status).toBe(201);
  });

  it('refuses another upload, or one that is described, typed or conditioned otherwise, and repeats the same', async () => {
    const described = { 'content-type': 'application/pdf', 'record-description': 'eyJ0IjoxfQ', 'if-match': '"v1"' };
    const headers = { ...key(), ...described };
    const upload = (differs: object, pdf = 'scan of Monday') =>
      app.request('POST', '/files', { text: pdf, headers: { ...headers, ...differs } });
    expect((await upload({})).body).toEqual({ length: 14 });
    const same = await upload({});
    expect([same.body, same.headers.get('idempotency-replayed')]).toEqual([{ length: 14 }, 'true']);
    const reused = { status: 422, code: 'idempotency_key_reused' };
    expect((await upload({}, 'scan of Friday')).body).toMatchObject(reused);
    expect((await upload({}, 'scan of Monday, and more')).body).toMatchObject(reused);
    expect((await upload({ 'record-description': 'eyJ0IjoyfQ' })).body).toMatchObject(reused);
    expect((await upload({ 'if-match': '"v2"' })).body).toMatchObject(reused);
    expect((await upload({ 'content-type': 'application/pdf;version=2' })).body).toMatchObject(reused);
    expect((await upload({}, 'x'.repeat(1001))).status).toBe(413);
  });

  it('knows the same form again by its parts, not by the boundary that separates them', async () => {
    const headers = key();
    const upload = (boundary: string, file: string) =>
      app.request('POST', '/forms', {
        text: `--${boundary}\r\n\r\n${file}\r\n--${boundary}--\r\n`,
        headers: { ...headers, 'content-type': `multipart/form-data; boundary=${boundary}` },
      });
    expect((await upload('first', 'scan')).status).toBe(200);
    expect((await upload('second-boundary', 'scan')).headers.get('idempotency-replayed')).toBe('true');
    expect((await upload('third', 'another scan')).body).toMatchObject({ code: 'idempotency_key_reused' });
  });

  it('says that the first request is still running', async () => {
    const headers = key();
    const first = app.request('POST', '/things', { body: { label: 'slow' }, headers });
    await slowStarted;
    const second = await app.request('POST', '/things', { body: { label: 'slow' }, headers });
    expect(second.body).toMatchObject({ status: 409, code: 'idempotency_in_progress' });
    release?.();
    expect((await first).status).toBe(201);
  });

  it('repeats a refusal, but runs again after a conflict', async () => {
    const headers = key();
    await app.request('POST', '/things', { body: { label: 'refused' }, headers });
    const before = runs;
    expect((await app.request('POST', '/things', { body: { label: 'refused' }, headers })).status).toBe(409);
    expect(runs).toBe(before);
    runs = 0;
    const again = key();
    expect((await app.request('POST', '/things', { body: { label: 'busy' }, headers: again })).body['code']).toBe(
      'conflict',
    );
    expect((await app.request('POST', '/things', { body: { label: 'busy' }, headers: again })).status).toBe(201);
  });
});

describe('Prefer: respond-async', () => {
  it('answers 202 with an operation whose result is the answer', async () => {
    const headers = { prefer: 'respond-async', 'idempotency-key': crypto.randomUUID() };
    const accepted = await app.request('POST', '/things', { body: { label: 'a' }, headers });
    expect(accepted.status).toBe(202);
    expect(accepted.headers.get('preference-applied')).toBe('respond-async');
    const operation = await app.request('GET', accepted.headers.get('location')!);
    expect(operation.body).toMatchObject({ status: 'succeeded', result: { status: 201, location: '/things/1' } });
  });

  it.each([
    ['after one that was answered later', 'respond-async', 'respond-async'],
    ['after one that was answered at once', '', 'respond-async'],
    ['answered at once after one answered later', 'respond-async', ''],
  ])('refuses another request with the same key, %s', async (_when, first, second) => {
    const key = crypto.randomUUID();
    const post = (label: string, prefer: string) =>
      app.request('POST', '/things', { body: { label }, headers: { prefer, 'idempotency-key': key } });
    expect((await post('a', first)).status).toBe(first === '' ? 201 : 202);
    const refused = await post('b', second);
    expect([refused.status, refused.body['code']]).toEqual([422, 'idempotency_key_reused']);
    expect((await post('a', second)).status).toBe(second === '' ? 201 : 202);
  });
});

describe('while a member that is needed is away', () => {
  const later = () => ({ prefer: 'respond-async', 'idempotency-key': crypto.randomUUID() });
  const ended = async (of: RunningApp, location: string): Promise<Record<string, unknown>> => {
    for (let tries = 0; ; tries += 1) {
      const { body } = await of.request('GET', location);
      if (!['queued', 'running'].includes(String(body['status'])) || tries === 100) return body;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  it('says so, and that the request can be queued; queued, it is answered as if it had been sent later', async () => {
    isAway = true;
    const refused = await app.request('POST', '/things', { body: { label: 'away' } });
    expect([refused.status, refused.body['detail']]).toEqual([
      503,
      'no answer from RegulatorMSP; repeated with Prefer: respond-async it is queued',
    ]);
    const headers = later();
    const accepted = await app.request('POST', '/things', { body: { label: 'away' }, headers });
    expect(accepted.status).toBe(202);
    isAway = false;
    const operation = await ended(app, accepted.headers.get('location')!);
    expect(operation).toMatchObject({ status: 'succeeded', result: { status: 201, location: '/things/1' } });
    const now = await app.request('POST', '/things', {
      body: { label: 'away' },
      headers: { 'idempotency-key': headers['idempotency-key'] },
    });
    expect(now.headers.get('idempotency-replayed')).toBe('true');
    expect(now.body).toEqual((operation['result'] as { body: unknown }).body);
  });

  it('asks at every try whether the caller still may', async () => {
    let isSuspended = false;
    const findCaller = async () => {
      if (isSuspended) throw new Refusal('staff_suspended');
      return clinician;
    };
    const asking = await runApp(routes, { findCaller });
    isAway = true;
    const accepted = await asking.request('POST', '/things', { body: { label: 'away' }, headers: later() });
    isSuspended = true;
    isAway = false;
    const operation = await ended(asking, accepted.headers.get('location')!);
    expect(operation).toMatchObject({ status: 'failed', error: { code: 'staff_suspended', status: 403 } });
    await asking.close();
  });

  it('does not queue a body that is a stream', async () => {
    const upload = await app.request('POST', '/files', {
      text: 'scan',
      headers: { ...later(), 'content-type': 'application/pdf' },
    });
    expect(upload.status).toBe(200);
  });
});

describe('a read model that is behind', () => {
  it('keeps requests waiting until it shows what was acknowledged, except those that read none of it', async () => {
    let shown = (): void => undefined;
    const seeAcknowledgedWrites = (): Promise<void> =>
      new Promise((resolve) => {
        shown = resolve;
      });
    const behind = await runApp([...routes, ...healthRoutes({}, () => false)], { seeAcknowledgedWrites });
    let answered = false;
    const things = behind.request('GET', '/things').finally(() => {
      answered = true;
    });
    expect((await behind.request('GET', '/health/ready')).status).toBe(200);
    expect(answered).toBe(false);
    shown();
    expect((await things).status).toBe(200);
    await behind.close();
  });
});

describe('limits and doors', () => {
  it('a route’s own rate limit answers 429 with a code', async () => {
    const answers = [];
    for (let index = 0; index < 3; index += 1) answers.push(await app.request('GET', '/limited', { as: null }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers[2]!.body['code']).toBe('rate_limited');
    expect(answers[2]!.headers.get('retry-after')).not.toBeNull();
  });

  it('limits count who asks, however the header is written, and those without a valid token by address', async () => {
    const isClinician = (header = ''): boolean => header.toLowerCase() === 'bearer clinician';
    const limited = await runApp(routes, {
      holderOf: async (header) => (isClinician(header) ? 'clinician' : undefined),
    });
    const statuses = async (...headers: string[]): Promise<number[]> => {
      const answers = [];
      for (const authorization of headers)
        answers.push(await limited.request('GET', '/limited', { as: null, headers: { authorization } }));
      return answers.map(({ status }) => status);
    };
    expect(await statuses('Bearer clinician', 'bearer clinician', 'BEARER clinician')).toEqual([200, 401, 429]);
    expect(await statuses('Bearer made-up-1', 'Bearer made-up-2', 'Bearer made-up-3')).toEqual([401, 401, 429]);
    await limited.close();
  });

  it('no cross-origin headers unless configured, and then only for the origins named', async () => {
    const origin = 'https://portal.example';
    expect(
      (await app.request('GET', '/things', { headers: { origin } })).headers.get('access-control-allow-origin'),
    ).toBeNull();
    const open = await runApp(routes, { corsOrigins: [origin] });
    const allowed = await open.request('GET', '/things', { headers: { origin } });
    expect(allowed.headers.get('access-control-allow-origin')).toBe(origin);
    const stranger = await open.request('GET', '/things', { headers: { origin: 'https://evil.example' } });
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
    await open.close();
  });

  it('turns requests away while it drains', async () => {
    const draining = await runApp(routes, { isDraining: () => true });
    const answer = await draining.request('GET', '/things');
    expect(answer.body).toMatchObject({ status: 503, code: 'draining' });
    await draining.close();
  });

  it('refuses a table with the same method and path twice', async () => {
    await expect(runApp([...routes, routes[0]!])).rejects.toThrow('two routes for get /things');
  });
});
