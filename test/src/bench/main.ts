/** `npm run bench [-- WHAT]`: how fast it is on this machine, against a plain contract on the same network. */
import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { openNetwork, terminalReport, type Network } from '@chain-of-care/network';
import { projectRoot } from '../system/project.ts';
import { People } from '../system/people.ts';
import { TestNetwork } from '../system/network.ts';
import type { ProcessUse } from './measure/processes.ts';
import { help, readOptions, type Options } from './options.ts';
import { benchCare, type CareFigures } from './parts/care.ts';
import { benchContent, type ContentFigures } from './parts/content.ts';
import { benchImport } from './parts/import.ts';
import { benchBaseline, benchCommitAlone, benchLedger } from './parts/ledger.ts';
import { benchRest } from './parts/rest.ts';
import { benchSupply, type SupplyFigures } from './parts/supply.ts';
import { ratiosOf, reportTable, type BenchReport } from './report.ts';
import { judgeAttacks } from './attacks.ts';
import { careRatios } from './care/report.ts';
import { supplyRatios } from './supply/report.ts';
import { Stage } from './stage.ts';

const warmUpMs = 4_000;
const gibibyte = 1024 ** 3;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function bench(options: Options): Promise<BenchReport> {
  // One caller sends more than a person would: the limit is the operator's to set.
  process.env['RATE_LIMIT_PER_MINUTE'] ??= '0';
  const report = terminalReport((text) => process.stdout.write(text), process.stdout.isTTY);
  const network = await openNetwork({ name: options.name, basePort: options.basePort, report });
  const loadAverageBefore = loadavg()[0]!;
  if (!options.keep) await network.reset();
  try {
    await network.start();
    return await run(network, options, loadAverageBefore);
  } finally {
    if (!options.keep) await network.reset();
  }
}

async function run(network: Network, options: Options, loadAverageBefore: number): Promise<BenchReport> {
  const { clients, seconds, parts, loads } = options;
  const people = new People(new TestNetwork({ name: options.name, basePort: options.basePort }));
  const only = loads.length === 0 ? {} : { only: new Set(loads) };
  const times = { warmUpMs, measuredMs: seconds * 1000 };
  const stage = new Stage(network, people, { clients, ...times, ...only }, say);
  let content: ContentFigures | undefined;
  let supply: SupplyFigures | undefined;
  let care: CareFigures | undefined;
  if (parts.has('ledger')) await benchLedger(stage);
  if (parts.has('rest')) await benchRest(stage);
  if (parts.has('import')) await benchImport(stage);
  if (parts.has('content')) content = await benchContent(stage, options.mebibytes);
  if (parts.has('supply')) {
    await benchBaseline(stage);
    supply = await benchSupply(stage, options.packs);
  }
  if (parts.has('care')) {
    await benchBaseline(stage);
    await benchCommitAlone(stage);
    care = await benchCare(stage, options);
  }
  const [processor] = cpus();
  return {
    date: new Date().toISOString(),
    machine: `${cpus().length} × ${processor?.model ?? 'CPU'}, ${(totalmem() / gibibyte).toFixed(0)} GiB`,
    clients,
    measuredSeconds: seconds,
    loadAverageBefore,
    loads: stage.figures,
    ...(content === undefined ? {} : { content }),
    ...(supply === undefined ? {} : { supply }),
    ...(care === undefined ? {} : { care }),
    ratios: [
      ...ratiosOf(stage.figures, content),
      ...supplyRatios(stage.figures, supply),
      ...careRatios(stage.figures, care),
    ],
    memory: memoryByProcess(await (await stage.watch()).between(0, 0)),
  };
}

function memoryByProcess(processes: readonly ProcessUse[]): Readonly<Record<string, number>> {
  return Object.fromEntries(processes.map(({ name, memory }) => [name, memory]));
}

/** Starting is the network's own business. @returns the exit status */
function benchStartup(words: readonly string[]): Promise<number> {
  const program = join(projectRoot, 'network/dist/cli/main.js');
  const child = spawn(process.execPath, [program, 'bench-startup', ...words], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 1));
  });
}

async function main(words: readonly string[]): Promise<void> {
  if (words[0] === 'startup') {
    process.exitCode = await benchStartup(words.slice(1));
    return;
  }
  if (words[0] === 'attacks') {
    process.exitCode = await judgeAttacks(words.slice(1));
    return;
  }
  const options = readOptions(words);
  if (options.help) return say(help);
  const report = await bench(options);
  say(`\n${reportTable(report)}`);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}
