/** One line a request: method, route (never the address: it holds ids), status, time. */
import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Log } from '../log.ts';
import { callerOf, routeOf } from './endpoint.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Gives each request an id (a caller's own `X-Request-Id` when it is a UUID) and logs it when it has been answered. */
export function requestLog(log: Log): RequestHandler {
  return (request, response, next) => {
    const given = request.get('x-request-id')?.toLowerCase();
    const requestId = given !== undefined && uuid.test(given) ? given : randomUUID();
    response.setHeader('x-request-id', requestId);
    const start = performance.now();
    response.on('close', () => {
      const line = {
        requestId,
        method: request.method,
        route: routeOf.get(request) ?? 'none',
        status: response.statusCode,
        milliseconds: Math.round((performance.now() - start) * 10) / 10,
        role: callerOf.get(request)?.role,
        ...(response.writableFinished ? {} : { cutOff: true }),
      };
      if (response.statusCode >= 500) log.warn(line, 'request');
      else log.info(line, 'request');
    });
    next();
  };
}
