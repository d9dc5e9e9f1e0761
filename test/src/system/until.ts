import { setTimeout as delay } from 'node:timers/promises';
import type { Json, RestSession } from './rest.ts';

const withinMs = 45_000;
const everyMs = 200;

/**
 * Asks until the answer is as wanted: notices and other members' gateways follow the ledger at their own pace.
 *
 * @throws Error with the last answer when it takes too long
 */
export async function until<Body extends Json>(
  session: RestSession,
  path: string,
  isWanted: (body: Body) => boolean,
): Promise<Body> {
  for (const deadline = Date.now() + withinMs; ; await delay(everyMs)) {
    const { status, body } = await session.get<Body>(path);
    if (status === 200 && isWanted(body)) return body;
    if (Date.now() > deadline) throw new Error(`GET ${path} was not as wanted: ${status} ${JSON.stringify(body)}`);
  }
}
