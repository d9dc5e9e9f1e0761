/**
 * Risk score of a pack, 0 to 100, deterministic. The weights are engineering priors, not measured probabilities: they
 * say how strongly a finding speaks against a pack when nothing else is known.
 */

/** Basis points by which a factor takes trust away. */
export const riskWeights = {
  lot_mismatch: 8500,
  quantity_overflow: 8000,
  impossible_travel: 7000,
  expiry_mismatch: 6000,
  temperature_exceeded: 6000,
  wrong_recipient: 5500,
  unlicensed_actor: 5000,
  receive_without_ship: 4500,
  scan_outside_custody: 4000,
  excursion_pending: 3000,
  aggregation_mismatch: 2500,
  licensed_report: 2500,
  overdue_receipt: 2000,
  telemetry_gap: 1500,
  public_report: 1000,
} as const;

/** Findings that set the score to at least this. */
export const riskFloors = {
  unknown_pack: 100,
  confirmed_counterfeit: 100,
  clone: 100,
  stolen: 100,
  destroyed: 100,
  supplied_already: 95,
  recalled: 95,
  withdrawn: 95,
  expired: 95,
} as const;

export type RiskWeight = keyof typeof riskWeights;
export type RiskFloor = keyof typeof riskFloors;
export type RiskCode = RiskWeight | RiskFloor;

export const riskBands = ['accept', 'review', 'quarantine', 'reject'] as const;
export type RiskBand = (typeof riskBands)[number];

/** A finding that counts, with the events behind it. */
export interface RiskFinding {
  readonly code: RiskCode;
  readonly eventIds: readonly string[];
}

export interface RiskFactor extends RiskFinding {
  /** Basis points; absent for a floor. */
  readonly weight?: number;
  /** Lowest score; absent for a weight. */
  readonly floor?: number;
}

export interface Risk {
  readonly score: number;
  readonly band: RiskBand;
  readonly factors: readonly RiskFactor[];
}

/**
 * Start at 10000; each active factor leaves `keep * (10000 - weight) / 10000`, heaviest first, rounded down; the score is
 * `(10000 - keep) / 100`, rounded down, and at least the highest floor. A code counts once.
 */
export function riskOf(findings: readonly RiskFinding[]): Risk {
  const factors = merge(findings).map(factorOf).sort(heaviestFirst);
  const keep = factors.reduce((left, { weight = 0 }) => Math.floor((left * (10_000 - weight)) / 10_000), 10_000);
  const floor = Math.max(0, ...factors.map((factor) => factor.floor ?? 0));
  const score = Math.max(Math.floor((10_000 - keep) / 100), floor);
  return { score, band: bandOf(score), factors };
}

/** 0–19 accept, 20–49 review, 50–79 quarantine, 80 and more reject. */
export function bandOf(score: number): RiskBand {
  return score < 20 ? 'accept' : score < 50 ? 'review' : score < 80 ? 'quarantine' : 'reject';
}

function merge(findings: readonly RiskFinding[]): RiskFinding[] {
  const byCode = new Map<RiskCode, RiskFinding>();
  for (const { code, eventIds } of findings) {
    const before = byCode.get(code)?.eventIds ?? [];
    byCode.set(code, { code, eventIds: [...new Set([...before, ...eventIds])] });
  }
  return [...byCode.values()];
}

function factorOf(finding: RiskFinding): RiskFactor {
  const { code } = finding;
  return code in riskFloors
    ? { ...finding, floor: riskFloors[code as RiskFloor] }
    : { ...finding, weight: riskWeights[code as RiskWeight] };
}

function heaviestFirst(a: RiskFactor, b: RiskFactor): number {
  const difference = (b.floor ?? 0) - (a.floor ?? 0) || (b.weight ?? 0) - (a.weight ?? 0);
  return difference !== 0 ? difference : a.code < b.code ? -1 : 1;
}
