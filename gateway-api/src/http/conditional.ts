/** ETags and If-Match (RFC 9110 §13): amending needs the ETag of what is amended. */
import { createHash } from 'node:crypto';
import { Problem } from './problem.ts';
import type { Exchange } from './route.ts';

/** @param value what the representation depends on, such as a version's id */
export function etagOf(value: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22)}"`;
}

/**
 * @param etag of the current state
 * @throws Problem 428 without If-Match, 412 when it names another state
 */
export function requireIfMatch(exchange: Pick<Exchange, 'header'>, etag: string): void {
  const given = exchange.header('if-match');
  if (given === undefined) throw new Problem('precondition_required');
  const matches = given.trim() === '*' || given.split(',').some((candidate) => candidate.trim() === etag);
  if (!matches) throw new Problem('precondition_failed');
}
