/** `npm run bench -- startup`: seconds of a cold start, a warm start and a start with state, on this machine. */
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { obtainBinaries } from './binaries/obtain.ts';
import { openNetwork } from './network.ts';
import type { Report } from './steps/step.ts';

export interface StartupFigures {
  /** Binaries from nothing, with Go's module and build caches empty; only when asked for. */
  readonly coldSeconds?: number;
  /** Binaries and dependencies there, no state. */
  readonly warmSeconds: number;
  readonly withStateSeconds: number;
  /** A start on what runs already. */
  readonly runningSeconds: number;
  /** Bytes of all processes at rest. */
  readonly memory: number;
}

export interface StartupBench {
  readonly name?: string;
  readonly basePort?: number;
  readonly profile?: string;
  readonly gateways?: boolean;
  /** Whether the binaries are made from nothing too: minutes, and a download. */
  readonly cold?: boolean;
}

const settleMilliseconds = 5000;

/** Measures on a consortium of its own, which is removed at the end. */
export async function benchStartup(options: StartupBench, report: Report): Promise<StartupFigures> {
  const choice = { name: 'bench-startup', basePort: 14_000, report, ...options };
  const network = await openNetwork(choice);
  await network.reset();
  try {
    const cold = options.cold === true ? await seconds(() => coldBinaries(report)) : undefined;
    const warm = await seconds(() => network.start());
    const running = await seconds(() => network.start());
    await new Promise((resolve) => setTimeout(resolve, settleMilliseconds));
    const { memory } = await network.status();
    await network.stop();
    const withState = await seconds(() => network.start());
    return {
      ...(cold === undefined ? {} : { coldSeconds: cold + warm }),
      warmSeconds: warm,
      withStateSeconds: withState,
      runningSeconds: running,
      memory,
    };
  } finally {
    await network.reset();
  }
}

/** Builds into a cache of its own, without what Go has kept. */
async function coldBinaries(report: Report): Promise<void> {
  const folder = join(tmpdir(), `chain-of-care-cold-${process.pid}`);
  const before = { ...process.env };
  Object.assign(process.env, {
    CHAIN_OF_CARE_CACHE: join(folder, 'cache'),
    GOMODCACHE: join(folder, 'modules'),
    GOCACHE: join(folder, 'build'),
    GOFLAGS: '-modcacherw',
  });
  try {
    await report.step('Fabric binaries from nothing', (progress) => obtainBinaries(progress));
  } finally {
    for (const name of ['CHAIN_OF_CARE_CACHE', 'GOMODCACHE', 'GOCACHE', 'GOFLAGS']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    await rm(folder, { recursive: true, force: true });
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

/** The figures as lines for people. */
export function startupTable(figures: StartupFigures): string {
  const rows: readonly (readonly [string, number | undefined, string])[] = [
    ['cold start (binaries built from nothing)', figures.coldSeconds, '≤ 300 s'],
    ['warm start (no state)', figures.warmSeconds, '≤ 20 s'],
    ['start with state', figures.withStateSeconds, '≤ 12 s'],
    ['start on a running network', figures.runningSeconds, '≤ 1 s'],
  ];
  const lines = rows.flatMap(([name, value, goal]) =>
    value === undefined ? [] : [`${name.padEnd(42)} ${value.toFixed(1).padStart(7)} s   ${goal}`],
  );
  return [
    ...lines,
    `${'memory at rest'.padEnd(42)} ${(figures.memory / 1_048_576).toFixed(0).padStart(6)} MB   ≤ 2048 MB`,
  ].join('\n');
}
