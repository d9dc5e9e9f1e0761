/** Closed-loop load: so many workers, each with one piece of work at a time, counted between warm-up and end. */
import type { ProcessUse, ProcessWatch } from './processes.ts';

export interface LoadPlan {
  readonly name: string;
  /** Pieces of work under way at the same time. */
  readonly workers: number;
  /** Does one piece of work; `worker` counts from 0. */
  readonly work: (worker: number) => Promise<unknown>;
}

export interface LoadTimes {
  readonly warmUpMs: number;
  readonly measuredMs: number;
}

export interface Figures {
  readonly name: string;
  readonly workers: number;
  /** Pieces of work finished in the measured time. */
  readonly done: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Pieces that failed, by what they said. */
  readonly errors: Readonly<Record<string, number>>;
  readonly processes: readonly ProcessUse[];
}

/** Runs one plan. Failed work counts as an error and not as done. */
export async function measured(
  { name, workers, work }: LoadPlan,
  { warmUpMs, measuredMs }: LoadTimes,
  watch: ProcessWatch,
): Promise<Figures> {
  const begin = performance.now() + warmUpMs;
  const end = begin + measuredMs;
  const durations: number[] = [];
  const errors: Record<string, number> = {};
  const worker = async (index: number): Promise<void> => {
    for (let started = performance.now(); started < end; started = performance.now()) {
      try {
        await work(index);
        const finished = performance.now();
        if (finished >= begin && finished < end) durations.push(finished - started);
      } catch (error) {
        const said = error instanceof Error ? error.message.slice(0, 160) : String(error);
        errors[said] = (errors[said] ?? 0) + 1;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  const use = watch.between(warmUpMs, measuredMs);
  await Promise.all(Array.from({ length: workers }, (_, index) => worker(index)));
  return {
    name,
    workers,
    done: durations.length,
    perSecond: durations.length / (measuredMs / 1000),
    ...quantiles(durations),
    errors,
    processes: await use,
  };
}

/** @returns the median, the 95th and the 99th percentile by nearest rank; 0 of nothing */
export function quantiles(values: readonly number[]): Pick<Figures, 'p50' | 'p95' | 'p99'> {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
