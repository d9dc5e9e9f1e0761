/** How serials become segments. Pure. */
import { Refusal, supplyLimits } from '../model/index.ts';

/** Segments that so many units need. */
export function segmentsFor(units: number): number {
  return Math.ceil(units / supplyLimits.serialsPerSegment);
}

/**
 * Cuts serials into segments. They must ascend by code unit, so that a duplicate inside a job cannot hide.
 *
 * @param last the job's last serial so far
 * @throws Refusal serial_duplicate, validation_failed with the index of the serial that is out of order
 */
export function cutSegments(serials: readonly string[], last: string | undefined): string[][] {
  let before = last;
  for (const [index, serial] of serials.entries()) {
    if (serial === before) throw new Refusal('serial_duplicate', undefined, `/serials/${index}`);
    if (before !== undefined && serial < before)
      throw new Refusal('validation_failed', 'serials of a job ascend', `/serials/${index}`);
    before = serial;
  }
  const segments: string[][] = [];
  for (let from = 0; from < serials.length; from += supplyLimits.serialsPerSegment)
    segments.push(serials.slice(from, from + supplyLimits.serialsPerSegment));
  return segments;
}

/** Position of a serial in a sorted segment, or -1. */
export function positionOfSerial(serials: readonly string[], serial: string): number {
  let low = 0;
  let high = serials.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = serials[middle]!;
    if (found === serial) return middle;
    if (found < serial) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
