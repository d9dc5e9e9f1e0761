import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DirectoryInUse, lockDirectory } from './directoryLock.ts';

let directory: string;
let lock: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lock-'));
  lock = join(directory, 'lock');
});
afterEach(() => rm(directory, { recursive: true }));

test('a lock is taken over from a process that ends a moment later', async () => {
  const holder = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  await writeFile(lock, `${holder.pid} ${await startOf(holder.pid!)}`);
  const taken = lockDirectory(lock);
  setTimeout(() => holder.kill('SIGKILL'), 200);
  (await taken).release();
});

test('a lock is taken over from a process that has ended and is not reaped yet', async () => {
  // The shell becomes `sleep`, which never reaps its child; the child ends only after that.
  const child = 'until grep -q sleep /proc/$PPID/comm; do sleep 0.02; done';
  const parent = spawn('sh', ['-c', `sh -c '${child}' & echo $!; exec sleep 60`]);
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  await writeFile(lock, `${line.toString().trim()} ${await startOf(Number(line))}`);
  (await lockDirectory(lock)).release();
  parent.kill('SIGKILL');
});

test('a lock whose process goes on running is not taken over', async () => {
  (await lockDirectory(lock)).release();
  const held = await lockDirectory(lock);
  await expect(lockDirectory(lock)).rejects.toThrow(DirectoryInUse);
  held.release();
});

async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
}
