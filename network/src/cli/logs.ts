/** `npm run logs -- hospital-peer`: the end of a log; with `--foreground` what follows too. */
import { open, readdir, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataFolder } from '../config/paths.ts';
import { NetworkFailure } from '../failure.ts';
import { exists } from '../files.ts';
import { lastLines } from '../processes/logs.ts';

const shownLines = 60;
const pollMilliseconds = 400;

/** @returns names of the processes that have a log */
export async function logNames(data: DataFolder): Promise<readonly string[]> {
  if (!(await exists(data.at('logs')))) return [];
  return (await readdir(data.at('logs'))).filter((file) => file.endsWith('.log')).map((file) => file.slice(0, -4));
}

/**
 * @param until what is added is shown until this is aborted; absent: only what is there
 * @throws NetworkFailure that lists the names when one is unknown or none is given
 */
export async function showLogs(data: DataFolder, names: readonly string[], until?: AbortSignal): Promise<void> {
  const known = await logNames(data);
  const unknown = names.find((name) => !known.includes(name));
  if (names.length === 0 || unknown !== undefined)
    throw new NetworkFailure(
      unknown === undefined ? 'whose log?' : `no log of "${unknown}"`,
      known.length === 0 ? 'nothing was started yet' : `choose one of ${known.join(', ')}`,
    );
  for (const name of names) process.stdout.write(`${await lastLines(data.log(name), shownLines)}\n`);
  if (until !== undefined) await followLogs(data, names, until);
}

/** Prints what is added to these logs until the signal is aborted. */
export async function followLogs(data: DataFolder, names: readonly string[], signal: AbortSignal): Promise<void> {
  const offsets = new Map<string, number>();
  for (const name of names) offsets.set(name, (await stat(data.log(name))).size);
  while (!signal.aborted) {
    for (const name of names) offsets.set(name, await printFrom(data.log(name), name, offsets.get(name) ?? 0));
    await delay(pollMilliseconds, undefined, { signal }).catch(() => undefined);
  }
}

async function printFrom(path: string, name: string, offset: number): Promise<number> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size <= offset) return size;
    const { buffer } = await file.read(Buffer.alloc(size - offset), 0, size - offset, offset);
    const end = buffer.lastIndexOf('\n') + 1;
    const lines = buffer.subarray(0, end).toString('utf8').split('\n').filter(Boolean);
    for (const text of lines) process.stdout.write(`${name}  ${text}\n`);
    return offset + end;
  } finally {
    await file.close();
  }
}
