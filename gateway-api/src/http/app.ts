/** The Express application: what every request passes, the table of routes, and an answer for everything else. */
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { HolderOf } from '../auth/authenticate.ts';
import { sendProblem } from './answer.ts';
import { endpoint, routeOf, type EndpointContext } from './endpoint.ts';
import { addressOf, callerOrAddress, limitRate } from './limits.ts';
import { Problem } from './problem.ts';
import { requestLog } from './requestLog.ts';
import type { Method, RateLimit, Route } from './route.ts';

export interface AppOptions extends EndpointContext {
  readonly routes: readonly Route[];
  /** Whom limits are counted by. */
  readonly holderOf: HolderOf;
  readonly corsOrigins: readonly string[];
  readonly trustProxy: boolean;
  readonly rateLimitPerMinute: number;
  readonly publicRateLimitPerMinute: number;
  /** Address of the metadata that a 401 names (RFC 9728 §5.1). */
  readonly resourceMetadata?: string;
  /** True while the gateway stops: new requests are turned away. */
  readonly isDraining: () => boolean;
  /** Routers beside the table, by the path they are mounted at (the development issuer). */
  readonly mounts?: Readonly<Record<string, RequestHandler>>;
}

const minute = 60_000;

/** @throws Error when two routes have the same method and path */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.set('query parser', 'simple');
  app.locals['resourceMetadata'] = options.resourceMetadata;
  app.set('trust proxy', options.trustProxy ? 1 : false);
  app.use(requestLog(options.log));
  app.use(
    helmet({
      contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } },
      strictTransportSecurity: false,
    }),
  );
  app.use(turnAway(options.isDraining));
  if (options.corsOrigins.length > 0) app.use(cors(options.corsOrigins));
  app.use(forCallers(limitRate(minute, options.rateLimitPerMinute, callerOrAddress(options.holderOf)), true));
  app.use(forCallers(limitRate(minute, options.publicRateLimitPerMinute, addressOf), false));
  for (const [path, mounted] of Object.entries(options.mounts ?? {})) app.use(path, mounted);
  register(app, options);
  app.use((_request, response) => sendProblem(response, new Problem('not_found')));
  const onError: ErrorRequestHandler = (error, _request, response, _next) => sendProblem(response, error, options.log);
  app.use(onError);
  return app;
}

function register(app: Express, options: AppOptions): void {
  const methods = new Map<string, Method[]>();
  for (const route of options.routes) {
    const known = methods.get(route.path) ?? [];
    if (known.includes(route.method)) throw new Error(`two routes for ${route.method} ${route.path}`);
    methods.set(route.path, [...known, route.method]);
    const handlers = [endpoint(route, options)];
    const { rateLimit } = route;
    if (rateLimit !== undefined) handlers.unshift(limitOf(rateLimit, options.holderOf));
    app[route.method](route.path, ...handlers);
  }
  for (const [path, known] of methods) {
    const allow = [
      ...new Set(known.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))),
    ];
    app.all(path, (request, response) => {
      routeOf.set(request, path);
      response.setHeader('allow', allow.join(', '));
      if (request.method === 'OPTIONS') response.status(204).end();
      else sendProblem(response, new Problem('method_not_allowed', { detail: `has ${allow.join(', ')}` }));
    });
  }
}

function limitOf({ windowMs, limit, of }: RateLimit, holderOf: HolderOf): RequestHandler {
  const keyOf = of === undefined || of === 'caller' ? callerOrAddress(holderOf) : addressOf;
  const handler = limitRate(windowMs, limit, keyOf);
  return of === 'public' ? forCallers(handler, false) : handler;
}

function turnAway(isDraining: () => boolean): RequestHandler {
  return (_request, response, next) => {
    if (!isDraining()) {
      next();
      return;
    }
    response.setHeader('connection', 'close');
    sendProblem(response, new Problem('draining', { headers: { 'retry-after': '5' } }));
  };
}

function forCallers(limit: RequestHandler, withToken: boolean): RequestHandler {
  return (request, response, next) => {
    if ((request.get('authorization') !== undefined) === withToken) void limit(request, response, next);
    else next();
  };
}

/** Only for configured origins; no cookies are ever used, so no credentials either. */
function cors(origins: readonly string[]): RequestHandler {
  return (request, response, next) => {
    const origin = request.get('origin');
    response.vary('origin');
    if (origin === undefined || !origins.includes(origin)) {
      next();
      return;
    }
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader(
      'access-control-expose-headers',
      'location, link, etag, retry-after, x-request-id, idempotency-replayed',
    );
    if (request.method !== 'OPTIONS' || request.get('access-control-request-method') === undefined) {
      next();
      return;
    }
    response.setHeader('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE');
    response.setHeader(
      'access-control-allow-headers',
      'authorization, content-type, idempotency-key, if-match, prefer, range, x-request-id, x-token-redeem',
    );
    response.setHeader('access-control-max-age', '600');
    response.status(204).end();
  };
}
