/** Figures against targets, as a table for people. */
import { cpuByKind } from './measure/processes.ts';
import type { Figures } from './measure/load.ts';
import type { ContentFigures } from './parts/content.ts';
import { careTable } from './care/report.ts';
import type { CareFigures } from './parts/care.ts';
import type { SupplyFigures } from './parts/supply.ts';
import type { Ratio } from './ratio.ts';
import { supplyTables } from './supply/report.ts';

export interface BenchReport {
  readonly date: string;
  readonly machine: string;
  readonly clients: number;
  readonly measuredSeconds: number;
  readonly loadAverageBefore: number;
  readonly loads: readonly Figures[];
  readonly content?: ContentFigures;
  readonly supply?: SupplyFigures;
  readonly care?: CareFigures;
  readonly ratios: readonly Ratio[];
  /** Resident bytes of all processes at the end. */
  readonly memory: Readonly<Record<string, number>>;
}

interface Target {
  readonly what: string;
  readonly of: string;
  readonly to: string;
  readonly least: number;
}

/** What each load is called in the table. */
const titles: Readonly<Record<string, string>> = {
  plainSubmit: '(a)  plain contract, 2 of 3, stock SDK',
  privateSubmit: "(a') the same on private data, 2 endorsers, our signer",
  plainEvaluate: 'plain evaluate, stock SDK',
  plainEvaluateNativeSigner: 'plain evaluate, our signer',
  ownEvaluate: 'evaluate of our chaincode, one key, sealed',
  recordAppend: 'REST: a record each, many clinicians',
  recordAppendFeed: 'REST: a record each, one integration identity',
  consent: 'REST: a consent each, many patients',
  access: 'REST: an access each, many clinicians',
  readContent: 'REST: content read (evaluates on the peer)',
  verifyOnLedger: 'REST: verification with proof=ledger',
  supplyEvent: 'REST: a pack commissioned each, one maker',
  import: 'REST: import of generated patients (records)',
  verify: 'REST: verification of a pack',
  plainSubmitAlone: 'plain contract, one caller',
  accessAlone: 'REST: a consented access each, one caller',
  consentAlone: 'REST: a consent each, one caller',
  readersAtOnce: 'REST: content read, 200 readers',
  verifyProof: 'REST: verification of a pack with proof=ledger',
};

const targets: readonly Target[] = [
  { what: "single writes, many identities ÷ (a')", of: 'recordAppend', to: 'privateSubmit', least: 0.8 },
  { what: 'accesses ÷ (a)', of: 'access', to: 'plainSubmit', least: 0.8 },
  { what: 'one integration identity ÷ (a)', of: 'recordAppendFeed', to: 'plainSubmit', least: 5 },
  { what: 'imported records ÷ (a)', of: 'import', to: 'plainSubmit', least: 10 },
  { what: 'content read through REST ÷ plain evaluate', of: 'readContent', to: 'plainEvaluate', least: 0.5 },
  { what: 'verification of a pack ÷ plain evaluate', of: 'verify', to: 'plainEvaluate', least: 0.8 },
  { what: 'the same with proof=ledger ÷ plain evaluate', of: 'verifyProof', to: 'plainEvaluate', least: 0.5 },
  { what: 'verification on the ledger ÷ plain evaluate', of: 'verifyOnLedger', to: 'plainEvaluate', least: 0.5 },
];
const mostEvaluateCost = 1.5;
const mostContentGrowth = 200 * 1_048_576;

/** Ratios of what was measured; those whose parts were not run are left out. */
export function ratiosOf(loads: readonly Figures[], content: ContentFigures | undefined): readonly Ratio[] {
  const find = (name: string): Figures | undefined => loads.find((load) => load.name === name);
  const ratios = targets.flatMap(({ what, of, to, least }): Ratio[] => {
    const [measured, base] = [find(of), find(to)];
    if (measured === undefined || base === undefined || base.perSecond === 0) return [];
    const value = measured.perSecond / base.perSecond;
    return [{ what, value, target: `≥ ${least}`, reached: value >= least }];
  });
  const [own, plain] = [chaincodeCost(find('ownEvaluate')), chaincodeCost(find('plainEvaluateNativeSigner'))];
  if (own !== undefined && plain !== undefined) {
    const value = own / plain;
    const what = 'chaincode CPU of an evaluate ÷ of a plain one';
    ratios.push({ what, value, target: `≤ ${mostEvaluateCost}`, reached: value <= mostEvaluateCost });
  }
  if (content !== undefined) {
    const value = Math.max(content.uploadGrowth, content.downloadGrowth);
    const what = `${content.bytes / 1_048_576} MB up and down: growth of the gateway, MB`;
    const reached = value < mostContentGrowth && content.equal;
    ratios.push({ what, value: value / 1_048_576, target: '< 200', reached });
  }
  return ratios;
}

/** CPU seconds of the chaincode's servers for one piece of work. */
function chaincodeCost(load: Figures | undefined): number | undefined {
  if (load === undefined || load.done === 0) return undefined;
  return (cpuByKind(load.processes)['chaincode'] ?? 0) / load.done;
}

export function reportTable({ loads, ratios, content, supply, care, memory, ...about }: BenchReport): string {
  const kinds = ['client', 'gateway', 'peer', 'orderer', 'chaincode'] as const;
  const cost = (load: Figures): string => {
    const cpu = cpuByKind(load.processes);
    return kinds.map((kind) => milliseconds(((cpu[kind] ?? 0) * 1000) / Math.max(1, load.done))).join('');
  };
  const failed = (load: Figures): number => Object.values(load.errors).reduce((sum, times) => sum + times, 0);
  const head = `${''.padEnd(56)}${right('/s', 8)}${right('p50 ms', 9)}${right('p99 ms', 9)}${right('failed', 8)}`;
  const rows = loads.map(
    (load) =>
      `${(titles[load.name] ?? load.name).padEnd(56)}${right(load.perSecond.toFixed(0), 8)}` +
      `${right(load.p50.toFixed(0), 9)}${right(load.p99.toFixed(0), 9)}${right(String(failed(load)), 8)}${cost(load)}`,
  );
  const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MB`;
  return [
    `${about.machine}; load average before ${about.loadAverageBefore.toFixed(1)}; ${about.clients} clients; ${about.measuredSeconds} s each`,
    `${head}${kinds.map((kind) => right(kind, 11)).join('')}   (CPU ms of each piece of work)`,
    ...rows,
    '',
    ...(content === undefined
      ? []
      : [
          `${megabytes(content.bytes)} up ${content.uploadSeconds.toFixed(1)} s (+${megabytes(content.uploadGrowth)}), ` +
            `down ${content.downloadSeconds.toFixed(1)} s (+${megabytes(content.downloadGrowth)}), ` +
            (content.equal ? 'equal' : 'NOT EQUAL'),
        ]),
    ...(supply === undefined ? [] : supplyTables(supply)),
    ...(care === undefined ? [] : careTable(care)),
    ...ratios.map(
      ({ what, value, target, reached }) =>
        `${reached ? '✓' : '✗'} ${what.padEnd(54)}${right(value.toFixed(2), 8)}   ${target}`,
    ),
    `memory: ${Object.entries(memory)
      .map(([kind, bytes]) => `${kind} ${megabytes(bytes)}`)
      .join(', ')}`,
  ].join('\n');
}

const right = (text: string, width: number): string => text.padStart(width);
const milliseconds = (value: number): string => right(value.toFixed(2), 11);
