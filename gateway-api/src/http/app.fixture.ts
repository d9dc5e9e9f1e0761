/** A gateway's HTTP side over given routes, without a ledger, listening on a free port. */
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:http';
import type { Caller } from '../auth/caller.ts';
import { tokenRequired, type Authenticate } from '../auth/authenticate.ts';
import { FirstAnswers } from '../idempotency/answers.ts';
import { answersInMemory } from '../idempotency/answerStore.fixture.ts';
import { createLog } from '../log.ts';
import { Metrics } from '../metrics/metrics.ts';
import { RunningOperations } from '../operations/operations.ts';
import { operationsInMemory } from '../operations/operationStore.fixture.ts';
import { operationRoutes } from '../operations/routes.ts';
import { createApp, type AppOptions } from './app.ts';
import { laterRequests, type LaterContext } from './laterRequests.ts';
import type { Route } from './route.ts';

export const clinician: Caller = {
  issuer: 'https://issuer.example',
  subject: 'dr-ada',
  kind: 'staff',
  id: '00000000-0000-4000-8000-000000000001',
  role: 'clinician',
  identity: { mspId: 'HospitalMSP', certificate: '', deviceKey: 'a'.repeat(64), keyName: 'k' },
  scopes: ['api'],
};

/** `Bearer clinician` is {@link clinician}, `Bearer admin` an administrator, another token is refused. */
export const authenticateByName: Authenticate = async (authorization) => {
  if (authorization === undefined) return undefined;
  if (authorization === 'Bearer clinician') return clinician;
  if (authorization === 'Bearer admin')
    return { ...clinician, role: 'administrator', identity: { ...clinician.identity, deviceKey: 'b'.repeat(64) } };
  throw tokenRequired();
};

export const queueOfTest = {
  withinMs: 60_000,
  perCaller: 3,
  ofAll: 10,
  bytesPerCaller: 10_000,
  bytesOfAll: 30_000,
  pauseMs: 20,
  longestPauseMs: 50,
};

export interface RunningApp {
  readonly url: string;
  readonly log: string[];
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface RequestOptions {
  readonly as?: string | null;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly text?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export async function runApp(
  routes: readonly Route[],
  { findCaller = async () => clinician, ...differs }: Partial<AppOptions & Pick<LaterContext, 'findCaller'>> = {},
): Promise<RunningApp> {
  const lines: string[] = [];
  const log = createLog('trace', { write: (line) => void lines.push(line) });
  const running = new RunningOperations(operationsInMemory(), queueOfTest, Date.now, log);
  const operations = differs.operations ?? running;
  const requests = {
    seeAcknowledgedWrites: async () => undefined,
    answers: new FirstAnswers(new Uint8Array(32), answersInMemory(), Date.now),
    keepOrigin: async () => undefined,
    idempotencySecret: new Uint8Array(32),
  };
  await running.recover(laterRequests(routes, { ...requests, findCaller }));
  const app = createApp({
    ...requests,
    routes: [...routes, ...operationRoutes(operations)],
    authenticate: authenticateByName,
    holderOf: async (authorization) => (await authenticateByName(authorization).catch(() => undefined))?.id,
    operations,
    maxBodyBytes: 2048,
    corsOrigins: [],
    trustProxy: false,
    rateLimitPerMinute: 0,
    publicRateLimitPerMinute: 0,
    isDraining: () => false,
    metrics: new Metrics(),
    log,
    ...differs,
  });
  const server: Server = createServer(app);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    log: lines,
    request: (method, path, options) => send(url, method, path, options),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function send(url: string, method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
  const { as = 'clinician', headers = {}, body, text } = options;
  const content = text ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(as === null ? {} : { authorization: `Bearer ${as}` }),
      ...(content === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'POST' && headers['idempotency-key'] === undefined
        ? { 'idempotency-key': crypto.randomUUID() }
        : {}),
      ...headers,
    },
    ...(content === undefined ? {} : { body: content }),
  });
  const answered = await response.text();
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? (JSON.parse(answered) as Record<string, unknown>) : { text: answered },
  };
}
