/** CPU seconds and memory of every process of the consortium, and of the client itself, from Linux's /proc. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Network } from '@chain-of-care/network';

export interface ProcessUse {
  /** As status calls it; `client` is the benchmark itself. */
  readonly name: string;
  readonly cpuSeconds: number;
  /** Bytes resident at the end. */
  readonly memory: number;
}

interface Sample {
  readonly cpuSeconds: number;
  readonly memory: number;
  readonly peak: number;
}

/** Linux counts CPU in ticks of 10 ms for every program (USER_HZ). */
const ticksPerSecond = 100;
const kibibyte = 1024;

export class ProcessWatch {
  readonly #processes: ReadonlyMap<string, number>;

  private constructor(processes: ReadonlyMap<string, number>) {
    this.#processes = processes;
  }

  /** Watches what runs now. */
  static async of(network: Network): Promise<ProcessWatch> {
    const processes = new Map([['client', process.pid]]);
    for (const name of await network.processes.names()) {
      const found = await network.processes.find(name);
      if (found !== undefined) processes.set(name, found.pid);
    }
    return new ProcessWatch(processes);
  }

  /** What each uses in `lastMs`, which begin after `afterMs`. */
  async between(afterMs: number, lastMs: number): Promise<readonly ProcessUse[]> {
    await delay(afterMs);
    const before = await this.#samples();
    await delay(lastMs);
    return this.#since(before);
  }

  /** What each uses while some work is done. */
  async during<Value>(work: () => Promise<Value>): Promise<{ value: Value; processes: readonly ProcessUse[] }> {
    const before = await this.#samples();
    const value = await work();
    return { value, processes: await this.#since(before) };
  }

  /** Bytes resident of one process now. */
  async memoryOf(name: string): Promise<number> {
    const pid = this.#processes.get(name);
    return pid === undefined ? 0 : (await sampleOf(pid)).memory;
  }

  /** Bytes resident at the most since each process began, but the benchmark's own. */
  async peaks(): Promise<Readonly<Record<string, number>>> {
    const consortium = [...this.#processes].filter(([name]) => name !== 'client');
    return Object.fromEntries(
      await Promise.all(consortium.map(async ([name, pid]) => [name, (await sampleOf(pid)).peak] as const)),
    );
  }

  async #since(before: ReadonlyMap<string, Sample>): Promise<readonly ProcessUse[]> {
    return [...(await this.#samples())].map(([name, { cpuSeconds, memory }]) => ({
      name,
      cpuSeconds: cpuSeconds - (before.get(name)?.cpuSeconds ?? 0),
      memory,
    }));
  }

  async #samples(): Promise<ReadonlyMap<string, Sample>> {
    const samples = [...this.#processes].map(async ([name, pid]) => [name, await sampleOf(pid)] as const);
    return new Map(await Promise.all(samples));
  }
}

/** CPU seconds by kind of process, as `peers`. */
export function cpuByKind(processes: readonly ProcessUse[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const { name, cpuSeconds } of processes) {
    const kind = /-(peer|orderer|chaincode|gateway|ca)\b/.exec(name)?.[1] ?? name;
    sums[kind] = (sums[kind] ?? 0) + cpuSeconds;
  }
  return sums;
}

/** proc(5): fields 14 and 15 of `stat` are user and system time; the name before may hold spaces. */
async function sampleOf(pid: number): Promise<Sample> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ]);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
  const bytes = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * kibibyte;
  return { cpuSeconds, memory: bytes('VmRSS'), peak: bytes('VmHWM') };
}
