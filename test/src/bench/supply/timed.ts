/** One thing done a few times, one after the other: how long it takes, and what it costs each kind of process. */
import { quantiles } from '../measure/load.ts';
import { cpuByKind, type ProcessWatch } from '../measure/processes.ts';

export interface Timed {
  readonly times: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly slowest: number;
  /** CPU milliseconds of one, by kind of process. */
  readonly cpu: Readonly<Record<string, number>>;
}

/** @param work is told how often it was done before */
export async function timed(
  watch: ProcessWatch,
  times: number,
  work: (index: number) => Promise<unknown>,
): Promise<Timed> {
  const durations: number[] = [];
  const { processes } = await watch.during(async () => {
    for (let index = 0; index < times; index += 1) {
      const begun = performance.now();
      await work(index);
      durations.push(performance.now() - begun);
    }
  });
  const cpu = Object.entries(cpuByKind(processes)).map(([kind, seconds]) => [kind, (seconds * 1000) / times] as const);
  return { times, p50: quantiles(durations).p50, slowest: Math.max(...durations), cpu: Object.fromEntries(cpu) };
}

export interface Paced {
  readonly perSecond: number;
  readonly done: number;
  readonly failed: number;
  /** Milliseconds from when a request was due, so that a queue counts. */
  readonly p50: number;
  readonly p95: number;
}

/** Open loop: so many a second, whether or not the earlier ones have come back (no coordinated omission). */
export async function paced(perSecond: number, lastMs: number, work: () => Promise<unknown>): Promise<Paced> {
  const begun = performance.now();
  const count = Math.round((perSecond * lastMs) / 1000);
  const durations: number[] = [];
  let failed = 0;
  const one = async (index: number): Promise<void> => {
    const due = begun + (index * 1000) / perSecond;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    try {
      await work();
      durations.push(performance.now() - due);
    } catch {
      failed += 1;
    }
  };
  await Promise.all(Array.from({ length: count }, (_, index) => one(index)));
  const { p50, p95 } = quantiles(durations);
  return { perSecond, done: durations.length, failed, p50, p95 };
}
