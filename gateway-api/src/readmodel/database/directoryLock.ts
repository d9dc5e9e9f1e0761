import { readFileSync, rmSync } from 'node:fs';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Another running process has the directory. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse';
}

/** PGlite does not guard its directory: two processes in it would destroy each other's data. */
export interface DirectoryLock {
  release(): void;
}

/** A process that was killed a moment ago may take this long to be gone. */
const patienceMs = 5000;

/**
 * Takes the lock file, also over from a process that has ended without giving it back.
 *
 * @param path of the lock file
 * @throws DirectoryInUse when a running process holds it
 */
export async function lockDirectory(path: string): Promise<DirectoryLock> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const mine = `${process.pid} ${startTimeOf(process.pid) ?? ''}`;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      const file = await open(path, 'wx', 0o600);
      await file.writeFile(mine);
      await file.close();
      return { release: () => rmSync(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = await readFile(path, 'utf8').catch(() => '');
      if (!(await hasEnded(holder))) throw new DirectoryInUse(`process ${holder.split(' ')[0]} uses ${dirname(path)}`);
      await rm(path, { force: true });
    }
  }
  throw new DirectoryInUse(`another process is taking ${dirname(path)}`);
}

async function hasEnded(holder: string): Promise<boolean> {
  const deadline = Date.now() + (holder.startsWith(`${process.pid} `) ? 0 : patienceMs);
  while (isRunning(holder)) {
    if (Date.now() >= deadline) return false;
    await delay(50);
  }
  return true;
}

function isRunning(holder: string): boolean {
  const [pid, started] = holder.split(' ');
  if (pid === undefined || !/^\d+$/.test(pid)) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startTimeOf(Number(pid));
  return now === undefined || started === '' || now === started;
}

/**
 * Start of a process in clock ticks since boot (proc(5), field 22), so that a reused pid is told apart; `ended` for one
 * that only waits to be reaped; undefined where there is no /proc.
 */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return /^[ZX]/.test(fields[0]!) ? 'ended' : fields[19];
  } catch {
    return undefined;
  }
}
