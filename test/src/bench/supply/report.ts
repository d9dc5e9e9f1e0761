/** The supply chain's figures as tables and curves, and against their targets. */
import type { Figures } from '../measure/load.ts';
import type { SupplyFigures } from '../parts/supply.ts';
import type { Ratio } from '../ratio.ts';
import type { Timed } from './timed.ts';

const leastPacksPerSecond = 10_000;
const mostVerificationMs = 50;
/** How much dearer the largest may be than the smallest and still be called flat. */
const flat = 2;
const barOf = 40;
const mebibyte = 1_048_576;

export function supplyRatios(loads: readonly Figures[], supply: SupplyFigures | undefined): readonly Ratio[] {
  if (supply === undefined) return [];
  const { commissioning, verification, sizes, history } = supply;
  const best = Math.max(0, ...commissioning.map(({ packsPerSecond }) => packsPerSecond));
  const plain = loads.find(({ name }) => name === 'plainSubmit');
  const growth = (what: string, curve: readonly Timed[]): Ratio => {
    const value = curve.at(-1)!.p50 / curve[0]!.p50;
    return { what: `${what}: largest ÷ smallest`, value, target: `≤ ${flat}`, reached: value <= flat };
  };
  return [
    atLeast('packs commissioned a second', best, leastPacksPerSecond),
    ...(plain === undefined || plain.perSecond === 0
      ? []
      : [atLeast('packs commissioned ÷ plain submits', best / plain.perSecond, 60)]),
    {
      what: `verification at ${verification.perSecond}/s, p95 in ms`,
      value: verification.p95,
      target: `≤ ${mostVerificationMs}`,
      reached: verification.p95 <= mostVerificationMs && verification.failed === 0,
    },
    ...(sizes.length < 2
      ? []
      : [
          growth(
            'ship a container',
            sizes.map(({ ship }) => ship),
          ),
          growth(
            'receive a container',
            sizes.map(({ receive }) => receive),
          ),
          growth(
            'recall a lot',
            sizes.map(({ recall }) => recall),
          ),
          growth(
            'verify, ledger growing',
            sizes.map(({ verify }) => verify),
          ),
        ]),
    growth(
      'verify, history growing',
      history.map(({ verify }) => verify),
    ),
  ];
}

export function supplyTables({ commissioning, sizes, history, inventory }: SupplyFigures): readonly string[] {
  const largest = Math.max(...commissioning.map(({ packsPerSecond }) => packsPerSecond));
  const slowest = Math.max(...history.map(({ verify }) => verify.p50));
  return [
    'commissioning, by serials of one command (packs a second)',
    ...commissioning.map(
      ({ batch, packsPerSecond, p50 }) =>
        `${right(batch, 10)}${right(Math.round(packsPerSecond), 10)}  ${bar(packsPerSecond, largest)}  p50 ${p50.toFixed(0)} ms`,
    ),
    '',
    'by packs in the container and lot: milliseconds, and CPU milliseconds of the whole machine',
    `${'packs'.padStart(10)}${['ship', 'receive', 'recall', 'verify'].map((name) => `${name} ms`.padStart(13) + 'CPU'.padStart(7)).join('')}`,
    ...sizes.map(
      ({ packs, ship, receive, recall, verify }) =>
        `${right(packs, 10)}${[ship, receive, recall, verify].map((timed) => timed.p50.toFixed(1).padStart(13) + cpuOf(timed).toFixed(0).padStart(7)).join('')}`,
    ),
    '',
    'memory after each size (MB)',
    ...sizes.map(
      ({ packs, memory }) =>
        `${right(packs, 10)}  ${['peer', 'gateway', 'chaincode', 'orderer'].map((kind) => `${kind}s ${Math.round(memoryOf(memory, kind) / mebibyte)}`).join(', ')}`,
    ),
    '',
    'verification by events of the pack (ms)',
    ...history.map(
      ({ events, verify }) => `${right(events, 10)}${verify.p50.toFixed(1).padStart(10)}  ${bar(verify.p50, slowest)}`,
    ),
    '',
    ...(inventory === undefined
      ? []
      : [
          `inventory: ${inventory.lines} lines in ${inventory.seconds.toFixed(1)} s, ${inventory.linesPerSecond.toFixed(0)} a second`,
          '',
        ]),
  ];
}

function atLeast(what: string, value: number, least: number): Ratio {
  return { what, value, target: `≥ ${least}`, reached: value >= least };
}

const right = (value: number, width: number): string => String(value).padStart(width);
const bar = (value: number, largest: number): string => '█'.repeat(Math.max(1, Math.round((value / largest) * barOf)));
/** Without the benchmark's own. */
const cpuOf = ({ cpu }: Timed): number =>
  Object.entries(cpu).reduce((sum, [kind, milliseconds]) => (kind === 'client' ? sum : sum + milliseconds), 0);

function memoryOf(memory: Readonly<Record<string, number>>, kind: string): number {
  const isOfKind = (name: string): boolean => name.split('-').includes(kind);
  return Object.entries(memory).reduce((sum, [name, bytes]) => (isOfKind(name) ? sum + bytes : sum), 0);
}
