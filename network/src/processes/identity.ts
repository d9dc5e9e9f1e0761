/** A process is a pid and the moment it started: a pid alone is given to somebody else after a while. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot with the boot's id on Linux, the start's date elsewhere. */
  readonly start: string;
}

/** Shell command that prints the start mark of `$$`; the shell then becomes the process itself. */
export const startMarkCommand =
  process.platform === 'linux'
    ? `sed -e 's/^.*) //' /proc/$$/stat | cut -d ' ' -f 20`
    : `LC_ALL=C ps -o lstart= -p $$ | sed -e 's/^ *//' -e 's/ *$//'`;

const bootId = ((): string => {
  if (process.platform !== 'linux') return '';
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
})();

/**
 * The first thread of a process may be gone while others still end: until the last one has, its ports are in use.
 *
 * @returns when this pid's process started, or undefined when there is none or only its corpse
 */
export function startOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { env: { ...process.env, LC_ALL: 'C' } })
        .toString()
        .trim();
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    const [state, threads, start] = [fields[0], Number(fields[17]), fields[19]];
    return (state === 'Z' || state === 'X') && threads <= 1 ? undefined : start;
  } catch {
    return undefined;
  }
}

/** The calling process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, start: startOf(process.pid) ?? '' };
}

/** Whether exactly this process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  const start = startOf(identity.pid);
  return start !== undefined && start === identity.start;
}

/** One line for a file: pid, boot and start. */
export function formatIdentity({ pid, start }: ProcessIdentity): string {
  return `${pid} ${bootId}\n${start}\n`;
}

/** Shell words that write {@link formatIdentity} of the shell itself. */
export const writeIdentityCommand = `printf '%s %s\\n%s\\n' $$ '${bootId}' "$(${startMarkCommand})"`;

/** @returns the process, or undefined when the text is none or of an earlier boot */
export function parseIdentity(text: string): ProcessIdentity | undefined {
  const match = /^(\d+) (\S*)\n(.+)\n$/.exec(text);
  if (match === null || match[2] !== bootId) return undefined;
  return { pid: Number(match[1]), start: match[3]! };
}
