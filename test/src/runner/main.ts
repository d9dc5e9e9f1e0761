/** `npm test`: every part one after the other, a summary, and as the last line how many passed and failed. */
import { relative } from 'node:path';
import { readOptions, type RunOptions } from './options.ts';
import { parts, type Part } from './parts.ts';
import { TestNetwork } from '../system/network.ts';
import { projectRoot } from '../system/project.ts';
import { sum, type Tally } from './tally.ts';

const help = `npm test -- [--only PART[,PART]] [--long] [--keep]

  --only   ${parts.map(({ name }) => name).join(', ')}
  --long   faults last as long as specified: minutes instead of seconds
  --keep   leave the networks of the run running
`;

/** The run's own networks: nobody else's name or ports. */
const runName = 'ci';
const basePort = 30_000;

interface Finished {
  readonly part: Part;
  readonly tally: Tally;
  readonly seconds: number;
}

/** Ends and removes the networks that this run, or one that was killed, has left. */
async function discardNetworks(): Promise<void> {
  for (const name of [runName, `${runName}-two-hospitals`]) await new TestNetwork({ name, basePort }).discard();
}

async function runPart(part: Part, environment: Readonly<Record<string, string>>): Promise<Finished> {
  process.stdout.write(`\n── ${part.name}: ${part.about}\n`);
  const begun = Date.now();
  const tally = await part.run(environment);
  return { part, tally, seconds: (Date.now() - begun) / 1000 };
}

function line(name: string, { passed, failed, skipped }: Tally, seconds: number): string {
  const left = skipped > 0 ? `, ${skipped} skipped` : '';
  return `${failed === 0 ? '✓' : '✗'} ${name.padEnd(12)} ${passed} passed, ${failed} failed${left} (${seconds.toFixed(1)} s)\n`;
}

/** What stops the run before it begins: the text says what there is. */
class Unknown extends Error {}

function askedFor(): RunOptions {
  try {
    return readOptions(
      process.argv.slice(2),
      parts.map(({ name }) => name),
    );
  } catch (error) {
    const wrong = error instanceof Error ? error.message.replace(/\. To specify .*$/s, '') : String(error);
    throw new Unknown(`${wrong}\n\n${help.trimEnd()}`);
  }
}

async function main(): Promise<void> {
  const options = askedFor();
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  const chosen = parts.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  const environment = {
    TEST_NETWORK: runName,
    TEST_BASE_PORT: String(basePort),
    ...(options.long ? { TEST_LONG: '1' } : {}),
  };
  const finished: Finished[] = [];
  if (!options.keep) await discardNetworks();
  try {
    for (const part of chosen) finished.push(await runPart(part, environment));
  } finally {
    if (!options.keep) await discardNetworks();
  }
  process.stdout.write('\n');
  for (const { part, tally, seconds } of finished) process.stdout.write(line(part.name, tally, seconds));
  const { passed, failed, unsteady } = sum(finished.map(({ tally }) => tally));
  for (const path of unsteady)
    process.stdout.write(`! unsteady: ${relative(projectRoot, path)} failed first and passed when run again\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  const text = error instanceof Unknown ? error.message : error instanceof Error ? error.stack : undefined;
  process.stderr.write(`${text ?? String(error)}\n`);
  process.stdout.write('0 passed, 1 failed\n');
  process.exitCode = 1;
}
