import { createHmac, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { network } from '../../system/networks.ts';
import { RestSession, type Answer, type Page } from '../../system/rest.ts';
import { expectProblem } from './problem.fixture.ts';
import { home, newRecord, recordsOnce, World, type RegisteredPatient } from './world.fixture.ts';

const world = new World(network);
let ada: RestSession;
let registrar: RestSession;
let base: string;
let patient: RegisteredPatient;

beforeAll(async () => {
  await network.start();
  ada = await world.people.as(home, 'dr-ada');
  registrar = await world.people.as(home, 'registrar');
  base = await world.people.gateway(home);
  patient = await world.patient();
}, 300_000);

const json = { 'content-type': 'application/json' };

describe('bad input, by code and status', () => {
  test('malformed JSON: 400 malformed_json', async () => {
    expectProblem(await registrar.send('POST', '/v1/patients', '{"name":', { headers: json }), 400, 'malformed_json');
  });

  test('unknown fields: 400 validation_failed, with the place', async () => {
    const answer = await ada.post(`${patient.chart}/records`, { ...newRecord(), colour: 'red' });
    expectProblem(answer, 400, 'validation_failed');
    expect(answer.body['errors']).toMatchObject([{ pointer: '/colour' }]);
  });

  test('wrong types: 400 validation_failed', async () => {
    expectProblem(
      await ada.post(`${patient.chart}/records`, { ...newRecord(), category: 7 }),
      400,
      'validation_failed',
    );
  });

  test('a date that does not exist: 400 validation_failed', async () => {
    const answer = await ada.post(`${patient.chart}/records`, { ...newRecord(), clinicalDate: '2025-02-30' });
    expectProblem(answer, 400, 'validation_failed');
  });

  test('an id that is no UUID: 400 validation_failed', async () => {
    expectProblem(await ada.get('/v1/patients/42'), 400, 'validation_failed');
  });

  test('a GLN with a wrong check digit: 400 validation_failed', async () => {
    expectProblem(await ada.get('/v1/premises/4260000000012'), 400, 'validation_failed');
  });

  test('an oversized body: 413 payload_too_large', async () => {
    const huge = JSON.stringify({ ...newRecord(), content: 'A'.repeat(8 * 1024 * 1024) });
    expectProblem(
      await ada.send('POST', `${patient.chart}/records`, huge, { headers: json }),
      413,
      'payload_too_large',
    );
  });

  test('a media type that the resource does not take: 415 unsupported_media_type', async () => {
    const headers = { 'content-type': 'text/xml' };
    expectProblem(await registrar.send('POST', '/v1/patients', '<a/>', { headers }), 415, 'unsupported_media_type');
  });

  test('no token: 401 token_required with a challenge', async () => {
    const answer = await new RestSession(base).get(patient.chart);
    expectProblem(answer, 401, 'token_required');
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });

  test('a token that is none, and one signed by somebody else: 401 invalid_token', async () => {
    expectProblem(await new RestSession(base, 'abc').get(patient.chart), 401, 'invalid_token');
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: `${base}/oidc`, sub: 'dr-ada', aud: base, exp: Math.floor(Date.now() / 1000) + 600 };
    const unsigned = `${part({ alg: 'HS256', typ: 'at+jwt' })}.${part(claims)}`;
    const forged = `${unsigned}.${createHmac('sha256', 'guess').update(unsigned).digest('base64url')}`;
    expectProblem(await new RestSession(base, forged).get(patient.chart), 401, 'invalid_token');
    const none = `${part({ alg: 'none', typ: 'at+jwt' })}.${part(claims)}.`;
    expectProblem(await new RestSession(base, none).get(patient.chart), 401, 'invalid_token');
  });

  test('a token of another gateway (issuer and audience): 401 invalid_token', async () => {
    const foreign = await world.people.token('PharmaMSP', 'maker');
    expectProblem(await new RestSession(base, foreign).get(patient.chart), 401, 'invalid_token');
  });

  test('a role without the right: 403 role_not_allowed', async () => {
    expectProblem(await registrar.post(`${patient.chart}/records`, newRecord()), 403, 'role_not_allowed');
    expectProblem(await ada.post('/v1/premises', {}), 403, 'role_not_allowed');
  });

  test('another patient’s chart: 403 not_own_patient', async () => {
    const other = await world.patient();
    expectProblem(await other.session.get(`${patient.chart}/records`), 403, 'not_own_patient');
    expectProblem(await other.session.get(`${patient.chart}/audit-events`), 403, 'not_own_patient');
  });

  test('an unknown patient: 404 patient_not_found', async () => {
    expectProblem(await ada.post(`/v1/patients/${randomUUID()}/records`, newRecord()), 404, 'patient_not_found');
  });

  test('an unknown address: 404; a wrong method: 405 with Allow', async () => {
    expect((await ada.get('/v1/nothing')).status).toBe(404);
    const answer = await ada.send('DELETE', patient.chart, undefined);
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('allow')).toContain('GET');
  });

  test('a POST without an idempotency key: 400 idempotency_key_required', async () => {
    const answer = await ada.post(`${patient.chart}/records`, newRecord(), { key: null });
    expectProblem(answer, 400, 'idempotency_key_required');
  });

  test('the same key with another body: 422 idempotency_key_reused; with the same: the first answer', async () => {
    const key = randomUUID();
    const record = newRecord();
    const first = await ada.post(`${patient.chart}/records`, record, { key });
    expect(first.status).toBe(201);
    const again = await ada.post(`${patient.chart}/records`, record, { key });
    expect([again.status, again.body]).toEqual([201, first.body]);
    expectProblem(await ada.post(`${patient.chart}/records`, newRecord(), { key }), 422, 'idempotency_key_reused');
  });

  test('the same key and body at once: one write', async () => {
    const other = await world.patient();
    const key = randomUUID();
    const record = newRecord();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => ada.post(`${other.chart}/records`, record, { key })),
    );
    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect(await recordsOnce(other, 1)).toHaveLength(1);
  });

  test('a cursor that is none: 400 invalid_cursor; a limit beyond the highest: 400', async () => {
    expectProblem(await patient.session.get(`${patient.chart}/records?cursor=abc`), 400, 'invalid_cursor');
    expectProblem(await patient.session.get(`${patient.chart}/records?limit=1000`), 400, 'validation_failed');
  });

  test('an unknown query parameter: 400 validation_failed', async () => {
    expectProblem(await ada.get(`${patient.chart}?verbose=1`), 400, 'validation_failed');
  });

  test('none of it reached the ledger', async () => {
    const before = await network.height(home);
    await registrar.send('POST', '/v1/patients', '{', { headers: json });
    await ada.post(`${patient.chart}/records`, { ...newRecord(), colour: 'red' });
    await registrar.post(`${patient.chart}/records`, newRecord());
    expect(await network.height(home)).toBe(before);
  });
});

describe('conventions', () => {
  test('lists are paged by opaque cursors, nothing twice and nothing left out', async () => {
    const other = await world.patient();
    for (let index = 0; index < 5; index += 1) await ada.create(`${other.chart}/records`, newRecord());
    await recordsOnce(other, 5);
    const ids: string[] = [];
    let path: string | undefined = `${other.chart}/records?limit=2`;
    while (path !== undefined) {
      const answer: Answer<Page<{ id: string }>> = await other.session.get(path);
      ids.push(...answer.body.items.map(({ id }) => id));
      expect(answer.body.items.length).toBeLessThanOrEqual(2);
      expect(answer.headers.get('link')?.includes('rel="next"') ?? false).toBe(answer.body.nextCursor !== undefined);
      path =
        answer.body.nextCursor === undefined
          ? undefined
          : `${other.chart}/records?limit=2&cursor=${encodeURIComponent(answer.body.nextCursor)}`;
    }
    expect(new Set(ids).size).toBe(5);
  });

  test('Prefer: respond-async answers 202 with an operation that ends', async () => {
    const answer = await ada.post(`${patient.chart}/records`, newRecord(), { headers: { prefer: 'respond-async' } });
    expect(answer.status).toBe(202);
    let operation = await ada.read(answer.headers.get('location')!);
    for (let tries = 0; operation['status'] !== 'succeeded' && tries < 100; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      operation = await ada.read(answer.headers.get('location')!);
    }
    expect(operation).toMatchObject({ status: 'succeeded' });
  });

  test('the bare address leads to the page to browse the API', async () => {
    const answer = await fetch(base, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/docs']);
  });

  test('health, metrics, documentation and OpenAPI are there without a token', async () => {
    const nobody = new RestSession(base);
    expect((await nobody.get('/health/live')).status).toBe(200);
    expect((await nobody.get('/health/ready')).status).toBe(200);
    expect(Buffer.from((await nobody.get('/metrics')).bytes).toString()).toContain('# TYPE');
    expect((await nobody.get('/openapi.json')).body).toMatchObject({ openapi: expect.stringMatching(/^3\.1/) });
    expect((await nobody.get('/docs')).status).toBe(200);
  });

  test('every answer has a request id and security headers', async () => {
    const { headers } = await ada.get(patient.chart);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});
