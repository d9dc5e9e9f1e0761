/** A single byte range (RFC 9110 §14.1.2). */
import { Problem } from './problem.ts';

/** Both ends included. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * @param header value of Range; anything that is not one byte range is ignored, as the standard allows
 * @param length of the content in bytes
 * @returns undefined for the whole content
 * @throws Problem range_not_satisfiable
 */
export function parseRange(header: string | undefined, length: number): Range | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const isSuffix = match[1] === '';
  const start = isSuffix ? Math.max(0, length - Number(match[2])) : Number(match[1]);
  const end = isSuffix || match[2] === '' ? length - 1 : Math.min(Number(match[2]), length - 1);
  if (start > end) throw new Problem('range_not_satisfiable', { headers: { 'content-range': `bytes */${length}` } });
  return { start, end };
}
