/**
 * Which permitted accesses somebody should look at: the right to open is no proof of a reason to (45 CFR 164.308(a)(1)(ii)(D),
 * regular review of access; ISO 27799, 9.2.5).
 */
import { unusualKinds, type UnusualKind } from '../model/index.ts';

/** Above this an access is `bulk`, and so are accesses that add up to it. Records, not versions. */
export const bulkAbove = 100;

/** Over what small accesses add up: of one person to one chart. */
export const bulkWindowMs = 24 * 3600 * 1000;

export interface JudgedAccess {
  /** How many records the access covers. */
  readonly records: number;
  /**
   * How many records of the chart the person has opened within the window, this access included; what was asked for twice
   * counts once. 0 when a review of the window has been raised: one is enough.
   */
  readonly recentRecords: number;
  /** A consent on which it rests names the person, their department, or the care team that they are on. */
  readonly isNamed: boolean;
  /** The person's department has written in this chart. */
  readonly hasWritten: boolean;
  readonly isOwnChart: boolean;
}

/** @returns none for what is usual */
export function unusualIn({
  records,
  recentRecords,
  isNamed,
  hasWritten,
  isOwnChart,
}: JudgedAccess): readonly UnusualKind[] {
  const found: Readonly<Record<UnusualKind, boolean>> = {
    bulk: Math.max(records, recentRecords) > bulkAbove,
    'not-in-care': !isNamed && !hasWritten,
    'own-chart': isOwnChart,
  };
  return unusualKinds.filter((kind) => found[kind]);
}
