/** When a request for access may still be answered. */
import { Refusal, type AccessRequest } from '../model/index.ts';

/** A request that nobody answers lapses after 14 days. */
const answeredWithinMs = 14 * 24 * 3600_000;

/** @param timeMs transaction time */
export function lapsesAt(timeMs: number): string {
  return new Date(timeMs + answeredWithinMs).toISOString();
}

/** What a request is now: nobody writes that time has passed. */
export function statusOfRequest(
  { status, lapsesAt: end }: Pick<AccessRequest, 'status' | 'lapsesAt'>,
  timeMs: number,
): AccessRequest['status'] | 'lapsed' {
  return status === 'requested' && Date.parse(end) <= timeMs ? 'lapsed' : status;
}

/** @throws Refusal request_already_answered, request_lapsed */
export function requireUnanswered(request: AccessRequest, timeMs: number): void {
  const status = statusOfRequest(request, timeMs);
  if (status === 'lapsed') throw new Refusal('request_lapsed');
  if (status !== 'requested') throw new Refusal('request_already_answered', `it is ${status}`);
}
