/**
 * How long the law gives, as one cited table. Statute: Drug Supply Chain Security Act, 21 U.S.C. 360eee-1 (FD&C Act
 * §582). Whoever runs a consortium under another law changes this table, not the code.
 */
import type { LicenceKind } from '../model/index.ts';

export interface LegalClock {
  /** Hours of the calendar at the most. */
  readonly hours?: number;
  /** Business days; the shorter of both counts. Monday to Friday: public holidays are not known here. */
  readonly businessDays?: number;
  readonly source: string;
}

export const legalClocks = {
  /** From the determination that a product is illegitimate to the notification (FDA Form 3911) and trading partners. */
  illegitimateProduct: {
    hours: 24,
    source: '21 U.S.C. 360eee-1(b)(4)(B)(ii), (c)(4)(B)(ii), (d)(4)(B)(ii), (e)(4)(B)(ii)',
  },
  /** From a request to verify a product to its answer. */
  verificationRequest: { hours: 24, source: '21 U.S.C. 360eee-1(b)(4)(C), (e)(4)(C)' },
  /** Manufacturers, wholesale distributors, repackagers: transaction information on request. */
  tracingRequest: { hours: 48, businessDays: 1, source: '21 U.S.C. 360eee-1(b)(1)(B), (c)(1)(C), (e)(1)(C)' },
  /** Dispensers: transaction information on request. */
  tracingRequestOfDispenser: { businessDays: 2, source: '21 U.S.C. 360eee-1(d)(1)(D)' },
} as const satisfies Record<string, LegalClock>;

export type LegalClockName = keyof typeof legalClocks;

const dayMs = 24 * 3_600_000;

/** When a clock that starts now has run down, milliseconds since the epoch, UTC. */
export function dueAtMs(name: LegalClockName, fromMs: number): number {
  const { hours, businessDays }: LegalClock = legalClocks[name];
  const ends = [
    ...(hours === undefined ? [] : [fromMs + hours * 3_600_000]),
    ...(businessDays === undefined ? [] : [afterBusinessDays(fromMs, businessDays)]),
  ];
  return Math.min(...ends);
}

function afterBusinessDays(fromMs: number, days: number): number {
  let at = fromMs;
  for (let left = days; left > 0;) {
    at += dayMs;
    const day = new Date(at).getUTCDay();
    if (day !== 0 && day !== 6) left -= 1;
  }
  return at;
}

/** The clock of a tracing request: by what its recipient is licensed for. */
export function tracingClockOf(kinds: readonly LicenceKind[]): LegalClockName {
  const isDispenser = kinds.length > 0 && kinds.every((kind) => kind === 'pharmacy' || kind === 'hospital');
  return isDispenser ? 'tracingRequestOfDispenser' : 'tracingRequest';
}
