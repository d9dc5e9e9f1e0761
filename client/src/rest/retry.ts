/**
 * When a request is sent again. Reads always may be; a POST only because it carries its Idempotency-Key, under which the
 * ledger applies it once; never one whose body is a stream that is gone.
 */
import { GatewayProblem, GatewayUnreachable } from './problem.ts';

export interface RetryPolicy {
  /** Attempts at the most, the first one included. */
  readonly attempts: number;
  /** Wait before the second attempt; it doubles, with full jitter. Milliseconds. */
  readonly baseDelayMs: number;
  /** Longest wait; a gateway that asks for a longer one is not asked again. Milliseconds. */
  readonly maxDelayMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { attempts: 5, baseDelayMs: 200, maxDelayMs: 10_000 };

/** Problems that pass by themselves. Others with 409 and 5xx say that a repeat would get the same answer. */
const passing: ReadonlySet<string> = new Set([
  'unavailable',
  'draining',
  'commit_unknown',
  'idempotency_in_progress',
  'rate_limited',
]);

/** Answers of proxies in between, which have no code. */
const passingStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * @param attempt that failed, 1 for the first
 * @param random from [0, 1)
 * @returns milliseconds to wait before the next attempt, or undefined when there shall be none
 */
export function delayBefore(
  error: unknown,
  attempt: number,
  policy: RetryPolicy = defaultRetryPolicy,
  random: () => number = Math.random,
): number | undefined {
  if (attempt >= policy.attempts || !isPassing(error)) return undefined;
  const asked = error instanceof GatewayProblem ? (error.retryAfterMs ?? 0) : 0;
  if (asked > policy.maxDelayMs) return undefined;
  const ceiling = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  return Math.max(asked, Math.round(random() * ceiling));
}

function isPassing(error: unknown): boolean {
  if (error instanceof GatewayUnreachable) return true;
  if (!(error instanceof GatewayProblem)) return false;
  return passing.has(error.code) || (error.code === 'unexpected_answer' && passingStatuses.has(error.status));
}
