/**
 * Which permitted accesses somebody should look at: the right to open is no proof of a reason to (45 CFR 164.308(a)(1)(ii)(D),
 * regular review of access; ISO 27799, 9.2.5).
 */
import { unusualKinds, type UnusualKind } from '../model/index.ts';

/** Above this an access is `bulk`. Records, not versions. */
export const bulkAbove = 100;

export interface JudgedAccess {
  /** How many records the access covers. */
  readonly records: number;
  /** A consent on which it rests names the person, their department, or the care team that they are on. */
  readonly isNamed: boolean;
  /** The person's department has written in this chart. */
  readonly hasWritten: boolean;
  readonly isOwnChart: boolean;
}

/** @returns none for what is usual */
export function unusualIn({ records, isNamed, hasWritten, isOwnChart }: JudgedAccess): readonly UnusualKind[] {
  const found: Readonly<Record<UnusualKind, boolean>> = {
    bulk: records > bulkAbove,
    'not-in-care': !isNamed && !hasWritten,
    'own-chart': isOwnChart,
  };
  return unusualKinds.filter((kind) => found[kind]);
}
