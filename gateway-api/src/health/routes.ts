/** Whether the process lives, and whether it can do its work now. */
import { route, type Route } from '../http/route.ts';
import { Problem } from '../http/problem.ts';

/** What must hold for the gateway to be ready, by name. */
export type ReadinessChecks = Readonly<Record<string, () => boolean | Promise<boolean>>>;

export function healthRoutes(checks: ReadinessChecks, isDraining: () => boolean): Route[] {
  return [
    route({
      method: 'get',
      path: '/health/live',
      operationId: 'isLive',
      summary: 'The process answers',
      tag: 'service',
      readsState: false,
      audience: 'public',
      responses: { 200: { description: 'it does' } },
      handler: async () => ({ status: 200, body: { status: 'ok' }, headers: { 'cache-control': 'no-store' } }),
    }),
    route({
      method: 'get',
      path: '/health/ready',
      operationId: 'isReady',
      summary: 'The gateway can do its work: peer, read model, database',
      tag: 'service',
      readsState: false,
      audience: 'public',
      responses: {
        200: { description: 'it can' },
        503: { description: 'not now', contentType: 'application/problem+json' },
      },
      handler: async () => {
        if (isDraining()) throw new Problem('draining');
        const asked = Object.entries(checks).map(async ([name, check]) => [name, await check()] as const);
        const results = Object.fromEntries(await Promise.all(asked));
        if (Object.values(results).includes(false))
          throw new Problem('unavailable', {
            detail: 'not ready',
            members: { checks: results },
            headers: { 'retry-after': '1' },
          });
        return { status: 200, body: { status: 'ready', checks: results }, headers: { 'cache-control': 'no-store' } };
      },
    }),
  ];
}
