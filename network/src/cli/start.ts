/** `npm start`. */
import { rmdir } from 'node:fs/promises';
import { endorsing, readConsortiumFile, type ConsortiumConfig } from '../config/consortium.ts';
import { consortiumFile } from '../config/paths.ts';
import { NetworkFailure } from '../failure.ts';
import { writeDemoEnvironment } from '../gateways/demoEnvironment.ts';
import { gatewayUrl } from '../gateways/profile.ts';
import { withLock } from '../processes/lock.ts';
import { isUpToDate, start } from '../start.ts';
import type { Report } from '../steps/step.ts';
import { stop } from '../stop.ts';
import { followLogs, logNames } from './logs.ts';
import { chosenNetwork } from '../choice.ts';
import type { Options } from './options.ts';

/** As a shell tells of SIGINT. */
const interruptedStatus = 130;

export async function startCommand(options: Options, report: Report, waiting: (pid: number) => void): Promise<void> {
  const begun = performance.now();
  const { config, data } = await chosenNetwork(options);
  if (await isUpToDate(config, data, options)) {
    // Tokens last for hours only; who starts again wants fresh ones.
    if (options.gateways) await writeDemoEnvironment(config, data);
    const renewed = options.gateways ? '; the tokens in .env.demo are new' : '';
    report.note(
      `${config.name} runs already${renewed}; see ${run('status', config)}, end it with ${npm('stop', config)}`,
    );
  } else {
    const interrupted = (): void => {
      report.note(
        `interrupted: what has begun runs on; ${npm('start', config)} goes on with it, ${npm('stop', config)} ends it`,
      );
      process.exit(interruptedStatus);
    };
    process.once('SIGINT', interrupted);
    await withLock(data.lock, waiting, () => start(config, data, report, options)).catch(async (error: unknown) => {
      // Of a start that was refused before it began nothing stays.
      await rmdir(data.root).catch(() => undefined);
      throw error;
    });
    process.off('SIGINT', interrupted);
    report.note(`${config.name} is up after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    if (options.gateways) report.note(addresses(config));
  }
  if (!options.foreground) return;
  report.note('following the logs; Ctrl-C stops the consortium');
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  await followLogs(data, await logNames(data), interrupted.signal);
  await withLock(data.lock, waiting, () => stop(data, report));
}

function addresses(config: ConsortiumConfig): string {
  const members = endorsing(config);
  if (members.length === 0) throw new NetworkFailure('no member has a gateway');
  const lines = members.map((member) => `  ${member.name.padEnd(24)} ${gatewayUrl(config, member)}/docs`);
  const logs = `${run('logs', config)} ${config.name === defaultName() ? '-- ' : ''}${members[0]!.key}-gateway`;
  const next = [run('demo', config), run('status', config), logs, npm('stop', config)];
  return ['', ...lines, '', 'Next:', ...next.map((command) => `  ${command}`)].join('\n');
}

const defaultName = (): string => readConsortiumFile(consortiumFile).name;

/** A command as it is typed for this consortium. */
const npm = (command: string, { name }: ConsortiumConfig): string =>
  `npm ${command}${name === defaultName() ? '' : ` -- --name ${name}`}`;

const run = (command: string, config: ConsortiumConfig): string => npm(`run ${command}`, config);
