/** What the rules must reach on seeds that nobody tuned them on: shares of a kind's packs. */

export interface Threshold {
  /** Not simply accepted. */
  readonly noticed: number;
  /** Quarantined or rejected. */
  readonly stopped: number;
}

const always: Threshold = { noticed: 1, stopped: 1 };
/** Whoever scans is told to look: the facts allow an innocent explanation, such as a shipment that was not recorded. */
const looked: Threshold = { noticed: 1, stopped: 0 };

export const thresholds: Readonly<Record<string, Threshold>> = {
  // A third of the copies comes up when the original is sold already; the others while it lies elsewhere.
  clone: { noticed: 1, stopped: 0.3 },
  cold_break: looked,
  diversion: always,
  expired: always,
  grey_import: looked,
  impossible_travel: always,
  phantom_serial: always,
  recalled: always,
  // A third is sold to a person abroad, who may have carried the box there.
  refill: { noticed: 1, stopped: 0.6 },
  relabelled_expiry: always,
  // Half of the papers are shown by who never got the goods: they may only have come late.
  replayed_receipt: { noticed: 1, stopped: 0.45 },
  stolen: always,
  // Half lie in a wrong case but are printed rightly.
  swapped_contents: { noticed: 1, stopped: 0.45 },
  unlicensed_trade: always,
};

export const mostHonestStopped = 0.001;
/** Shipments that come weeks late are looked at, whatever the reason. */
export const mostHonestNoticed = 0.04;
