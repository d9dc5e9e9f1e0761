/** Serial ranges: the first and the last serial of a run that differ only in a number of fixed width at their end. */
import { Refusal } from '../core/errors.ts';
import { formats } from '../core/formats.ts';

/**
 * All serials of a range, ascending.
 *
 * @param limit serials at the most
 * @throws Refusal validation_failed when the ends have different lengths or beginnings, or descend; too_many_goods
 */
export function expandSerialRange(first: string, last: string, limit: number): string[] {
  const digits = /\d{0,15}$/.exec(first)![0].length;
  const prefix = first.slice(0, first.length - digits);
  const number = last.slice(prefix.length);
  const wellFormed =
    formats['gs1-text-20'](first) &&
    first.length === last.length &&
    last.startsWith(prefix) &&
    /^\d{1,15}$/.test(number) &&
    first <= last;
  if (!wellFormed) throw new Refusal('validation_failed', 'is no range of serials', '/first');
  const from = Number(first.slice(prefix.length));
  const count = Number(number) - from + 1;
  if (count > limit) throw new Refusal('too_many_goods', `${count} serials, ${limit} at the most`);
  return Array.from({ length: count }, (_, index) => prefix + String(from + index).padStart(digits, '0'));
}
