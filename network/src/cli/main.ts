/** The commands behind `npm start`, `npm stop`, `npm run status`, `logs`, `reset`, `token` and `rebuild`. */
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { failureOf, NetworkFailure } from '../failure.ts';
import { exists } from '../files.ts';
import { demoEnvironmentFile } from '../gateways/demoEnvironment.ts';
import { withLock } from '../processes/lock.ts';
import { networkStatus } from '../status/status.ts';
import { statusTable } from '../status/table.ts';
import { terminalReport } from '../steps/step.ts';
import { reset, stop } from '../stop.ts';
import { outliveReader } from './closedPipe.ts';
import { helpOf, takesWords } from './help.ts';
import { showLogs } from './logs.ts';
import { chosenNetwork, existingNetwork } from '../choice.ts';
import { readOptions, type Options } from './options.ts';
import { benchStartup, startupTable } from '../benchStartup.ts';
import { rebuildCommand } from './rebuild.ts';
import { startCommand } from './start.ts';
import { tokenCommand } from './token.ts';

const readerLeft = outliveReader();
const report = terminalReport((text) => process.stdout.write(text), process.stdout.isTTY);

const waiting = (pid: number): void => report.note(`another start or stop (pid ${pid}) is at work; waiting for it`);

const commands: Readonly<Record<string, (options: Options) => Promise<void>>> = {
  start: (options) => startCommand(options, report, waiting),
  stop: async (options) => {
    const chosen = await chosenNetwork(options);
    // Also of a start that was killed before it had anything to keep, its processes are ended.
    const { data, config } = (await exists(chosen.data.root)) ? chosen : await existingNetwork(options);
    const ended = await withLock(data.lock, waiting, () => stop(data, report));
    report.note(ended === 0 ? `${config.name} was not running` : `${config.name} stopped; its state is kept`);
  },
  status: async (options) => {
    const { config, data } = await existingNetwork(options);
    const status = await networkStatus(config, data);
    report.note(options.json ? JSON.stringify(status, null, 2) : statusTable(status));
    if (!status.running) process.exitCode = 1;
  },
  logs: async (options) => {
    const { data } = await existingNetwork(options);
    await showLogs(data, options.names, options.foreground ? readerLeft : undefined);
  },
  reset: async (options) => {
    const { config, data } = await chosenNetwork(options);
    if (!(await exists(data.root))) {
      report.note(`${config.name} does not exist; nothing to remove`);
      return;
    }
    if (
      !options.yes &&
      !(await agrees(`Remove "${config.name}" with its ledgers, keys and users (${data.root})? [y/N] `))
    )
      throw new NetworkFailure('nothing was removed', 'answer y or give -- --yes');
    await withLock(data.lock, waiting, () => reset(data, report));
    await rm(demoEnvironmentFile(config, data), { force: true });
  },
  token: tokenCommand,
  'bench-startup': async (options) => {
    const figures = await benchStartup({ gateways: options.gateways, cold: options.cold }, report);
    report.note(options.json ? JSON.stringify(figures) : startupTable(figures));
  },
  rebuild: (options) => rebuildCommand(options, report, waiting),
};

async function agrees(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}

try {
  const options = readOptions(process.argv.slice(2));
  const command = commands[options.command];
  if (command === undefined)
    throw new NetworkFailure(`no command "${options.command}"`, `choose one of ${Object.keys(commands).join(', ')}`);
  const [word] = options.names;
  if (options.help) report.note(helpOf(options.command) ?? `${options.command} has no help`);
  else if (word !== undefined && !takesWords(options.command))
    throw new NetworkFailure(`${options.command} does not take "${word}"`, '--help says what there is');
  else await command(options);
} catch (error) {
  const failure = failureOf(error);
  if (failure === undefined) throw error;
  process.stderr.write(`${failure.line}\n`);
  process.exitCode = 1;
}
