import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList } from 'node:net';
import { Readable } from 'node:stream';
import type { Request } from 'express';
import { tokenRequired } from '../auth/authenticate.ts';
import { Problem } from '../http/problem.ts';
import { route, type Route } from '../http/route.ts';
import type { Metrics } from './metrics.ts';

export interface MetricsAccess {
  readonly token: string | undefined;
  readonly isProduction: boolean;
}

/** Metrics tell how busy a hospital is, with what, and when: not for everybody. */
export function metricsRoutes(metrics: Metrics, access: MetricsAccess): Route[] {
  return [
    route({
      method: 'get',
      path: '/metrics',
      operationId: 'readMetrics',
      summary: 'What the gateway measures (OpenMetrics)',
      description: 'With METRICS_TOKEN for its bearer; without it for the same machine only, in production for nobody.',
      tag: 'service',
      readsState: false,
      audience: 'public',
      ownAuthorization: access.token !== undefined,
      responses: { 200: { description: 'all metrics', contentType: '*/*' } },
      handler: async ({ raw }) => {
        if (access.token === undefined) requireSameMachine(raw, access.isProduction);
        else requireToken(raw, access.token);
        return {
          status: 200,
          stream: Readable.from([await metrics.registry.metrics()]),
          headers: { 'content-type': metrics.registry.contentType, 'cache-control': 'no-store' },
        };
      },
    }),
  ];
}

function requireToken(request: Request, token: string): void {
  const given = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1];
  if (given === undefined) throw tokenRequired();
  const digest = (value: string): Buffer => createHash('sha256').update(value).digest();
  if (!timingSafeEqual(digest(given), digest(token))) throw new Problem('invalid_token');
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
loopback.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');

/** A proxy on this machine is no reader on this machine; one that names nobody cannot be told apart, hence production. */
function requireSameMachine(request: Request, isProduction: boolean): void {
  const address = request.socket.remoteAddress ?? '';
  const isLocal = loopback.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
  const isForwarded = ['forwarded', 'x-forwarded-for', 'via'].some((name) => request.get(name) !== undefined);
  if (isProduction || !isLocal || isForwarded) throw new Problem('not_found');
}
