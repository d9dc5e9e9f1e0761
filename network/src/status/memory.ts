/** Resident memory of a process. */
import { readFile } from 'node:fs/promises';
import { run } from '../processes/run.ts';

const kibibyte = 1024;

/** @returns bytes: the proportional share (PSS) on Linux, where programs share pages; resident size elsewhere */
export async function memoryOf(pid: number): Promise<number> {
  if (process.platform !== 'linux') return Number(await run('ps', ['-o', 'rss=', '-p', String(pid)])) * kibibyte;
  try {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * kibibyte;
  } catch {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * kibibyte;
  }
}
