/** Makes an Express handler of a route: authenticate, authorise, validate, run once for its key, answer. */
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import express, { type Request, type RequestHandler, type Response } from 'express';
import { requireAudience, tokenRequired, type Authenticate } from '../auth/authenticate.ts';
import type { Caller } from '../auth/caller.ts';
import type { FirstAnswers } from '../idempotency/answers.ts';
import { Derivation } from '../idempotency/derivation.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { accepted, type Operations } from '../operations/operation.ts';
import { sendProblem, sendReply, problemFrom } from './answer.ts';
import { checkedBody, checkedParameters, refuseMembers } from './input.ts';
import { keptRequestOf, mayRunLater } from './laterRequests.ts';
import { withOriginKept, type KeepOrigin } from './originKept.ts';
import { Problem } from './problem.ts';
import type { BodySpec, Exchange, OpenJsonBody, Reply, Route, StreamBody } from './route.ts';
import { StreamedBody, withoutBoundary } from './streamedBody.ts';

export interface EndpointContext {
  readonly authenticate: Authenticate;
  /** Waits until what is read shows every write that was acknowledged to anybody. @throws Problem 503 */
  readonly seeAcknowledgedWrites: () => Promise<void>;
  readonly answers: FirstAnswers;
  readonly keepOrigin: KeepOrigin;
  readonly operations: Operations;
  /** 32 bytes: idempotency keys and ids are derived from it. */
  readonly idempotencySecret: Uint8Array;
  readonly maxBodyBytes: number;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Names of routes for logs and metrics: never the address itself, which may hold ids. */
export const routeOf = new WeakMap<Request, string>();
export const callerOf = new WeakMap<Request, Caller>();

const keyForm = /^[\x21-\x7e]{1,128}$/;

export function endpoint(route: Route, context: EndpointContext): RequestHandler {
  const parse = parserOf(route.body, context.maxBodyBytes);
  return (request, response) => {
    routeOf.set(request, route.path);
    void answer(route, context, parse, request, response);
  };
}

async function answer(
  route: Route,
  context: EndpointContext,
  parse: Parser,
  request: Request,
  response: Response,
): Promise<void> {
  const stop = context.metrics.requests.startTimer({ method: request.method, route: route.path });
  try {
    const { reply, replayed } = await decide(route, context, parse, request, response);
    if (replayed) response.setHeader('idempotency-replayed', 'true');
    await sendReply(response, reply);
  } catch (error) {
    const problem = problemFrom(error);
    if (problem.status < 500) context.metrics.refusals.inc({ code: problem.code });
    sendProblem(response, error, context.log);
  } finally {
    stop({ status: String(response.statusCode) });
  }
}

async function decide(
  route: Route,
  context: EndpointContext,
  parse: Parser,
  request: Request,
  response: Response,
): Promise<{ readonly reply: Reply; readonly replayed: boolean }> {
  if (route.readsState !== false) await context.seeAcknowledgedWrites();
  const authenticated =
    route.ownAuthorization === true ? undefined : await context.authenticate(request.get('authorization'));
  const caller = authenticated === undefined ? undefined : { ...authenticated, origin: { address: request.ip ?? '' } };
  if (caller !== undefined) callerOf.set(request, caller);
  requireAudience(caller, route.audience);
  requireAcceptable(route, request);
  const params = route.params === undefined ? request.params : checkedParameters(route.params, request.params, 'path');
  const query =
    route.query !== undefined
      ? checkedParameters(route.query, request.query, 'query')
      : route.anyQuery === true
        ? request.query
        : refuseQuery(request.query);
  const parsed = await parse(request, response);
  const needsKey = route.method === 'post' && route.idempotent !== false;
  const clientKey = idempotencyKey(request, needsKey);
  const submitter = caller?.identity.deviceKey ?? 'anonymous';
  const digest = parsed.digest === undefined ? undefined : requestDigest(request, parsed.digest);
  const exchange = exchangeOf(request, response, {
    params,
    query,
    body: parsed.body,
    caller,
    stream: parsed.stream,
    idempotency: new Derivation(context.idempotencySecret, submitter, clientKey, digest),
  });
  const changes = route.method !== 'get' && route.idempotent !== false;
  const handle = (): Promise<Reply> =>
    changes ? withOriginKept(context.keepOrigin, caller, () => route.handler(exchange)) : route.handler(exchange);
  if (!needsKey) return { reply: await handle(), replayed: false };
  const run = (): ReturnType<FirstAnswers['once']> =>
    context.answers.once(submitter, clientKey, digest ?? uploadDigest(request), handle, parsed.streamed);
  if (digest === undefined || caller === undefined || !mayRunLater(route)) return run();
  if (!exchange.prefersAsync) return run().catch(mayBeQueued);
  context.answers.requireSame(submitter, clientKey, digest);
  const kept = keptRequestOf(route, exchange, clientKey, digest);
  const id = exchange.idempotency.uuid('operation');
  const reply = accepted(await context.operations.enqueue(caller, kept, id));
  const headers = { ...reply.headers, 'preference-applied': 'respond-async' };
  return { reply: { ...reply, headers }, replayed: false };
}

/** Says to who was turned away for now that the gateway can go on trying. */
function mayBeQueued(error: unknown): never {
  if (!(error instanceof Problem) || error.code !== 'unavailable') throw error;
  const { detail, headers, members, cause } = error;
  const hint = 'repeated with Prefer: respond-async it is queued';
  throw new Problem('unavailable', {
    detail: detail === undefined ? hint : `${detail}; ${hint}`,
    headers,
    members,
    cause,
  });
}

function idempotencyKey(request: Request, needed: boolean): string {
  const given = request.get('idempotency-key');
  if (given === undefined) {
    if (needed) throw new Problem('idempotency_key_required');
    return request.get('x-request-id') ?? '';
  }
  if (!keyForm.test(given))
    throw new Problem('validation_failed', {
      errors: [
        { pointer: '/header/idempotency-key', code: 'validation_failed', detail: '1 to 128 visible ASCII characters' },
      ],
    });
  return given;
}

/** Headers that say what is asked, beside method, address and body. */
const askingHeaders = ['if-match', 'record-description'];

function requestDigest(request: Request, body: string): string {
  const headers = askingHeaders.flatMap((name) => {
    const given = request.get(name);
    return given === undefined ? [] : [`${name}: ${given}\n`];
  });
  return createHash('sha256')
    .update(`${request.method} ${request.originalUrl}\n${headers.join('')}${body}`)
    .digest('hex');
}

/** Of a request whose body is a stream, what is known before it is read. */
function uploadDigest(request: Request): string {
  return requestDigest(request, withoutBoundary(request.get('content-type') ?? ''));
}

function refuseQuery(query: object): object {
  const [first] = Object.keys(query);
  if (first === undefined) return query;
  throw new Problem('validation_failed', {
    errors: [{ pointer: `/query/${first}`, code: 'validation_failed', detail: 'unknown parameter' }],
  });
}

function requireAcceptable(route: Route, request: Request): void {
  const types = Object.values(route.responses).flatMap(({ contentType = 'application/json', alternatives = [] }) => [
    contentType,
    ...alternatives,
  ]);
  if (types.includes('*/*') || request.accepts([...types, 'application/problem+json']) !== false) return;
  throw new Problem('not_acceptable', { detail: `has ${[...new Set(types)].join(', ')}` });
}

interface Parsed {
  readonly body: unknown;
  readonly stream: Readable;
  /** Absent for streams: they are not read yet. */
  readonly digest?: string;
  readonly streamed?: StreamedBody;
}
type Parser = (request: Request, response: Response) => Promise<Parsed>;

function parserOf(spec: BodySpec<unknown> | undefined, maxBodyBytes: number): Parser {
  if (spec === undefined) return nothingParser(maxBodyBytes);
  if ('stream' in spec) return streamParser(spec);
  const types = 'json' in spec ? spec.json : ['application/json'];
  const limit = 'json' in spec ? spec.maxBytes : maxBodyBytes;
  const read = express.json({ limit, type: () => true, strict: false });
  return async (request, response) => {
    requireMediaType(request, types);
    if (request.get('content-length') === '0' || !hasBody(request)) throw emptyBody();
    await readBody(read, request, response);
    const body = isOpen(spec) ? request.body : checkedBody(spec, request.body);
    return { body, stream: request, digest: JSON.stringify(request.body) };
  };
}

/** No body, or an object without members: whoever sends some means something that would be dropped silently. */
function nothingParser(limit: number): Parser {
  const read = express.json({ limit, type: () => true, strict: false });
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD' && hasBody(request)) {
      await readBody(read, request, response);
      refuseMembers(request.body);
    }
    return { body: undefined, stream: request, digest: '' };
  };
}

function readBody(read: RequestHandler, request: Request, response: Response): Promise<void> {
  return new Promise((resolve, reject) => {
    void read(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)));
  });
}

/** RFC 9112 §6.3: a request has a body when one of these headers is there. */
function hasBody(request: Request): boolean {
  return request.get('content-length') !== undefined || request.get('transfer-encoding') !== undefined;
}

function emptyBody(): Problem {
  return new Problem('malformed_json', { detail: 'the body is empty' });
}

function isOpen(spec: BodySpec<unknown>): spec is OpenJsonBody {
  return 'json' in spec;
}

function streamParser({ stream: types, maxBytes }: StreamBody): Parser {
  return async (request) => {
    if (!types.includes('*/*')) requireMediaType(request, types);
    if (Number(request.get('content-length') ?? 0) > maxBytes) throw new Problem('payload_too_large');
    const streamed = new StreamedBody(request, maxBytes, request.get('content-type') ?? '');
    request.res?.once('finish', () => streamed.stream.destroy());
    return { body: undefined, stream: streamed.stream, streamed };
  };
}

function requireMediaType(request: Request, types: readonly string[]): void {
  const given = request.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (types.includes(given)) return;
  throw new Problem('unsupported_media_type', {
    detail: `takes ${types.join(', ')}`,
    headers: { 'accept-post': types.join(', ') },
  });
}

interface Checked {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly caller: Caller | undefined;
  readonly stream: Readable;
  readonly idempotency: Derivation;
}

function exchangeOf(request: Request, response: Response, { caller, ...checked }: Checked): Exchange {
  const abort = new AbortController();
  response.on('close', () => abort.abort());
  return {
    ...checked,
    get caller(): Caller {
      if (caller === undefined) throw tokenRequired();
      return caller;
    },
    optionalCaller: caller,
    requestId: String(response.getHeader('x-request-id')),
    signal: abort.signal,
    header: (name) => request.get(name),
    prefersAsync: /(^|,)\s*respond-async\s*(;|,|$)/i.test(request.get('prefer') ?? ''),
    raw: request,
  };
}
