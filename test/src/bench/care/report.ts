/** The care chain's figures as a table, and against their targets. */
import type { Figures } from '../measure/load.ts';
import type { CareFigures } from '../parts/care.ts';
import type { Ratio } from '../ratio.ts';
import type { Timed } from '../supply/timed.ts';

const mebibyte = 1_048_576;
/** How much dearer the largest may be than the smallest and still be called flat. */
const flat = 1.5;
const mostReadToCommit = 1.5;
const mostContentGrowth = 200 * mebibyte;
/** A category is shared by one seal, however many records: what is above a grant alone. Milliseconds. */
const mostSharing = 50;

export function careRatios(loads: readonly Figures[], care: CareFigures | undefined): readonly Ratio[] {
  if (care === undefined) return [];
  const named = (name: string): Figures | undefined => loads.find((load) => load.name === name);
  const plain = named('plainSubmit');
  const alone = named('accessAlone');
  const bare = named('plainSubmitAlone');
  const consent = named('consentAlone');
  const { byConsents, byRecords, file } = care;
  const throughput = (what: string, name: string, least: number): readonly Ratio[] => {
    const load = named(name);
    if (load === undefined || plain === undefined || plain.perSecond === 0) return [];
    return [atLeast(`${what} ÷ plain submits`, load.perSecond / plain.perSecond, least)];
  };
  return [
    ...throughput('record writes', 'recordAppend', 0.8),
    ...throughput('grants', 'consent', 0.5),
    ...throughput('consented accesses', 'access', 0.8),
    ...(alone === undefined || bare === undefined || bare.p95 === 0
      ? []
      : [atMost('a consented access alone ÷ a bare commit alone, p95', alone.p95 / bare.p95, mostReadToCommit)]),
    ...(byConsents.length < 2
      ? []
      : [atMost('access, consents growing: most ÷ fewest', growth(byConsents.map(({ access }) => access)), flat)]),
    ...(byRecords.length < 2
      ? []
      : [atMost('access, records growing: most ÷ fewest', growth(byRecords.map(({ access }) => access)), flat)]),
    ...(bare === undefined || bare.p50 === 0
      ? []
      : [atMost('a token redeemed ÷ a bare commit alone, p50', care.tokenRedemption.p50 / bare.p50, mostReadToCommit)]),
    atLeast('records of a transaction of a feed', care.recordsPerTransaction, 10),
    ...(consent === undefined
      ? []
      : [atMost('sharing a category ms above a grant alone', care.shareCategory.p50 - consent.p50, mostSharing)]),
    atMost('gateway growth, 500 MB up, MB', file.uploadGrowth / mebibyte, mostContentGrowth / mebibyte),
    atMost('gateway growth, 500 MB down, MB', file.downloadGrowth / mebibyte, mostContentGrowth / mebibyte),
  ];
}

export function careTable(care: CareFigures): readonly string[] {
  const { records, file, byConsents, byRecords } = care;
  const rows: readonly (readonly [string, Timed])[] = [
    ...byConsents.map(({ consents, access }) => [`access, ${consents} consents`, access] as const),
    ...byRecords.map((step) => [`access, ${step.records} records`, step.access] as const),
    ['a token redeemed', care.tokenRedemption],
    [`sharing a category of ${records} records`, care.shareCategory],
    [`integrity of ${records} records`, care.integrity],
    [`search by code in ${records} records`, care.searchByCode],
    [`search by title in ${records} records`, care.searchByTitle],
    ['a page of the audit', care.auditPage],
  ];
  const rate = (seconds: number): string => `${(file.bytes / mebibyte / seconds).toFixed(0)} MiB/s`;
  return [
    'the care chain, one at a time (ms)',
    ...rows.map(
      ([what, { p50, slowest }]) => `${what.padEnd(48)}${p50.toFixed(1).padStart(10)}  slowest ${slowest.toFixed(0)}`,
    ),
    `${(file.bytes / mebibyte).toFixed(0)} MiB: up ${rate(file.uploadSeconds)}, down ${rate(file.downloadSeconds)}, ${file.equal ? 'equal' : 'NOT EQUAL'}`,
    '',
  ];
}

const growth = (curve: readonly Timed[]): number => curve.at(-1)!.p50 / curve[0]!.p50;
const atLeast = (what: string, value: number, least: number): Ratio => ({
  what,
  value,
  target: `≥ ${least}`,
  reached: value >= least,
});
const atMost = (what: string, value: number, most: number): Ratio => ({
  what,
  value,
  target: `≤ ${most}`,
  reached: value <= most,
});
