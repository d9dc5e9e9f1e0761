/** The ends of log files. */
import { open } from 'node:fs/promises';

/** Fabric's logs without terminal colours. */
export const logFormat = '%{time:2006-01-02T15:04:05.000Z07:00} %{level:.4s} [%{module}] %{message}';

const tailBytes = 64 * 1024;

/**
 * @param path of a log
 * @param count of lines
 * @returns the last lines that are not empty, joined by newlines; empty when there is no log
 */
export async function lastLines(path: string, count: number): Promise<string> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - tailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, tailBytes)), 0, undefined, from);
    const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n');
    return lines
      .filter((line) => line.trim() !== '')
      .slice(-count)
      .join('\n');
  } finally {
    await file.close();
  }
}

/**
 * @returns the line that says why a program ended: the last one that names a failure, else the last one
 */
export async function causeIn(path: string): Promise<string> {
  const lines = (await lastLines(path, 40)).split('\n');
  return (lines.findLast((line) => /\b(panic|fatal|pani|fata|error)\b/i.test(line)) ?? lines.at(-1) ?? '').trim();
}
