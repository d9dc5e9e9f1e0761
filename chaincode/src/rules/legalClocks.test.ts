import { describe, expect, test } from '@jest/globals';
import { dueAtMs, tracingClockOf, type LegalClockName } from './legalClocks.ts';

const due = (clock: LegalClockName, from: string): string => new Date(dueAtMs(clock, Date.parse(from))).toISOString();

describe('the clocks of the law', () => {
  test('an illegitimate product is notified within 24 hours, weekends included', () => {
    expect(due('illegitimateProduct', '2026-11-20T17:00:00Z')).toBe('2026-11-21T17:00:00.000Z');
  });

  test('a tracing request is answered in one business day, never later than 48 hours', () => {
    expect(due('tracingRequest', '2026-11-18T10:00:00Z')).toBe('2026-11-19T10:00:00.000Z');
    expect(due('tracingRequest', '2026-11-20T10:00:00Z')).toBe('2026-11-22T10:00:00.000Z');
  });

  test('by a dispenser in two business days', () => {
    expect(due('tracingRequestOfDispenser', '2026-11-20T10:00:00Z')).toBe('2026-11-24T10:00:00.000Z');
  });

  test('premises that do more than dispense have the shorter clock', () => {
    expect(tracingClockOf(['pharmacy', 'hospital'])).toBe('tracingRequestOfDispenser');
    expect(tracingClockOf(['pharmacy', 'distributor'])).toBe('tracingRequest');
    expect(tracingClockOf([])).toBe('tracingRequest');
  });
});
