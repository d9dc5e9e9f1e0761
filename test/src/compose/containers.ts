/** The containers of one compose project, as Docker tells them. */
import { setTimeout as delay } from 'node:timers/promises';
import { command } from './command.ts';

export interface Container {
  readonly name: string;
  readonly service: string;
  /** `Up 5 seconds (healthy)`, `Exited (0) 3 seconds ago`. */
  readonly status: string;
}

const pollMilliseconds = 1000;

export async function containers(project: string): Promise<readonly Container[]> {
  const lines = await command('docker', [
    'ps',
    '--all',
    '--filter',
    `label=com.docker.compose.project=${project}`,
    '--format',
    '{{.Names}}\t{{.Label "com.docker.compose.service"}}\t{{.Status}}',
  ]);
  return lines
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [name = '', service = '', status = ''] = line.split('\t');
      return { name, service, status };
    });
}

/** Healthy, or at its end without an error. */
export const isSettled = ({ status }: Container): boolean =>
  status.includes('(healthy)') || status.startsWith('Exited (0)');

const hasFailed = ({ status }: Container): boolean => /unhealthy|^Exited \((?!0\))/.test(status);

/**
 * Waits until every container of a project is healthy or has done what it was for.
 *
 * @param expected how many containers there are
 * @throws Error that names those that are not, with the end of their logs
 */
export async function awaitSettled(project: string, expected: number, seconds: number): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const all = await containers(project);
    if (all.length === expected && all.every(isSettled)) return;
    if (all.some(hasFailed) || Date.now() > deadline) throw new Error(await complaint(all));
    await delay(pollMilliseconds);
  }
}

/** What containers say that are neither healthy nor done. */
export async function complaint(all: readonly Container[]): Promise<string> {
  const told = all
    .filter((container) => !isSettled(container))
    .map(async ({ name, status }) => `${name}: ${status}\n${await command('docker', ['logs', '--tail', '12', name])}`);
  return `${all.length} containers\n${(await Promise.all(told)).join('\n')}`;
}
