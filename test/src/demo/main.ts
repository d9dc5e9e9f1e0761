/** `npm run demo`: both chains on the running network, through REST alone, as an outside client would. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { outliveReader } from '@chain-of-care/network';
import { smallBundle } from '../fixtures/smallBundle.ts';
import { TestNetwork } from '../system/network.ts';
import { People } from '../system/people.ts';
import { readBundle, type StoryBundle } from './bundle.ts';
import { tellCareStory, type CareSummary, type Counts } from './careStory.ts';
import { tellLotStory } from './lotStory.ts';
import { tellSupplyStory, type SupplySummary } from './supplyStory.ts';
import { StoryBroken, Teller } from './teller.ts';

const help = `npm run demo -- [--bundle FILE] [--lot PACKS] [--json] [--name NAME]

  --bundle  a FHIR R4 bundle about one patient, instead of the small one of ours
  --lot     instead of both stories, a whole lot of so many packs (100000): factory, distributor, pharmacies,
            patients, attacks on the way, a recall
  --json    one JSON document instead of the story
  --name    the consortium, when it is not the default one (development)
`;

/** What stops the demo before it begins: one line that says what is wrong and what helps. */
class Hindrance extends Error {}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        bundle: { type: 'string' },
        lot: { type: 'string' },
        json: { type: 'boolean', default: false },
        name: { type: 'string', default: 'development' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    throw new Hindrance(`${messageOf(error).replace(/\. To specify .*$/s, '')}\n\n${help.trimEnd()}`);
  }
}

async function bundleOf(path: string | undefined): Promise<StoryBundle> {
  if (path === undefined) return readBundle(JSON.stringify(smallBundle));
  try {
    return readBundle(await readFile(path, 'utf8'));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : messageOf(error);
    throw new Hindrance(`${path}: ${why} — give a JSON file with a FHIR R4 bundle about one patient`);
  }
}

/** @throws Hindrance when the consortium does not exist or its gateways do not answer */
async function demandRunning(network: TestNetwork): Promise<void> {
  const start = network.name === 'development' ? 'npm start' : `npm start -- --name ${network.name}`;
  if (!existsSync(network.data)) throw new Hindrance(`there is no consortium "${network.name}" — ${start} makes it`);
  try {
    const { gateways } = JSON.parse(await readFile(join(network.data, 'users.json'), 'utf8')) as {
      readonly gateways: Readonly<Record<string, string>>;
    };
    await Promise.all(Object.values(gateways).map((address) => fetch(`${address}/health/live`)));
  } catch {
    throw new Hindrance(`not every gateway of "${network.name}" answers — ${start}`);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function main(): Promise<void> {
  outliveReader();
  const values = readOptions();
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const bundle = await bundleOf(values.bundle);
  const network = new TestNetwork({ name: values.name, basePort: 0 });
  await demandRunning(network);
  const teller = new Teller(values.json ? () => undefined : (text) => process.stdout.write(text));
  const people = new People(network);
  if (values.lot !== undefined) return tellLot(teller, people, packsOf(values.lot), values.json);
  const begun = performance.now();
  const care = await unlessBroken(() => tellCareStory(teller, people, bundle));
  const supply = await unlessBroken(() => tellSupplyStory(teller, people));
  const seconds = (performance.now() - begun) / 1000;
  const asExpected = teller.allAsExpected && care !== undefined && supply !== undefined;
  if (values.json)
    process.stdout.write(`${JSON.stringify({ asExpected, seconds, care, supply, steps: teller.told }, null, 2)}\n`);
  else process.stdout.write(summary(care, supply, asExpected, seconds));
  process.exitCode = asExpected ? 0 : 1;
}

const fewestPacks = 2_048;
const mostPacks = 10_000_000;

/** @throws Hindrance */
function packsOf(text: string): number {
  const packs = Number(text);
  if (Number.isInteger(packs) && packs >= fewestPacks && packs <= mostPacks) return packs;
  throw new Hindrance(`--lot takes a number of packs, ${fewestPacks} to ${mostPacks}`);
}

async function tellLot(teller: Teller, people: People, packs: number, isJson: boolean): Promise<void> {
  const lot = await unlessBroken(() => tellLotStory(teller, people, packs));
  const asExpected = teller.allAsExpected && lot !== undefined;
  process.exitCode = asExpected ? 0 : 1;
  if (isJson) return void process.stdout.write(`${JSON.stringify({ asExpected, lot, steps: teller.told }, null, 2)}\n`);
  const verdict = asExpected ? 'Everything was as it should be' : 'Something was not as it should be: see ✗ above';
  const times = teller.told.map(
    ({ step, milliseconds }) => `${(milliseconds / 1000).toFixed(1).padStart(8)} s  ${step}`,
  );
  const told =
    lot === undefined
      ? []
      : [
          `${lot.packs} packs of lot ${lot.lot}: ${lot.dispensed} in patients' hands, ${lot.alerts} alerts, ${lot.seconds.toFixed(0)} s`,
        ];
  process.stdout.write(`\n${[...times, ...told, `${verdict}.`].join('\n')}\n`);
}

/** A broken story does not keep the other one from being told. */
async function unlessBroken<Value>(tell: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await tell();
  } catch (error) {
    if (error instanceof StoryBroken) return undefined;
    throw error;
  }
}

/** @returns such as `9 lab_result, 3 directory, 1 demographics` */
function whereTheyWent(counts: Counts): string {
  const sums = new Map<string, number>();
  for (const [disposition, count] of Object.values(counts).flatMap((each) => Object.entries(each)))
    sums.set(disposition, (sums.get(disposition) ?? 0) + count);
  return [...sums].map(([disposition, count]) => `${count} ${disposition}`).join(', ');
}

function summary(
  care: CareSummary | undefined,
  supply: SupplySummary | undefined,
  asExpected: boolean,
  seconds: number,
): string {
  const lines =
    care === undefined
      ? []
      : [
          `went in         ${care.entries} entries, ${care.records} of them records: ${whereTheyWent(care.counts)}`,
          `came back equal ${care.equal} of ${care.records}`,
          `skipped         ${care.skipped.length}${care.skipped.length > 0 ? `: ${JSON.stringify(care.skipped.slice(0, 5))}` : ''}`,
        ];
  if (supply !== undefined)
    lines.push(`packs           ${supply.packs} of lot ${supply.lot}, GTIN ${supply.gtin}; alert ${supply.alertId}`);
  const verdict = asExpected ? 'Everything was as it should be' : 'Something was not as it should be: see ✗ above';
  return `\n${[...lines, `${verdict} (${seconds.toFixed(1)} s).`].join('\n')}\n`;
}

try {
  await main();
} catch (error) {
  const text =
    error instanceof Error && !(error instanceof Hindrance) ? (error.stack ?? error.message) : messageOf(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
