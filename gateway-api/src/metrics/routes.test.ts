import { afterEach, describe, expect, it } from '@jest/globals';
import { runApp, type RequestOptions, type RunningApp } from '../http/app.fixture.ts';
import { Metrics } from './metrics.ts';
import { metricsRoutes, type MetricsAccess } from './routes.ts';

const token = 'm'.repeat(32);
let app: RunningApp | undefined;
afterEach(() => app?.close());

async function read(access: MetricsAccess, options: RequestOptions = { as: null }) {
  app = await runApp(metricsRoutes(new Metrics(), access));
  const { status, body } = await app.request('GET', '/metrics', options);
  return status === 200 ? [status, String(body['text']).includes('# TYPE')] : [status, body['code']];
}

describe('/metrics', () => {
  it.each<[rule: string, access: MetricsAccess, options: RequestOptions, answer: unknown[]]>([
    ['is open to the same machine without a token', { token: undefined, isProduction: false }, {}, [200, true]],
    ['is not there in production without a token', { token: undefined, isProduction: true }, {}, [404, 'not_found']],
    [
      'is not there for who comes through a proxy',
      { token: undefined, isProduction: false },
      { headers: { 'x-forwarded-for': '203.0.113.7' } },
      [404, 'not_found'],
    ],
    ['asks for its token', { token, isProduction: true }, {}, [401, 'token_required']],
    ['refuses another token', { token, isProduction: true }, { as: 'clinician' }, [401, 'invalid_token']],
    ['is for the bearer of its token', { token, isProduction: true }, { as: token }, [200, true]],
  ])('%s', async (_rule, access, options, answer) => {
    expect(await read(access, { as: null, ...options })).toEqual(answer);
  });
});
