/** `npm run demo`: both chains on the running network, through REST alone, as an outside client would. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openNetwork, outliveReader } from '@chain-of-care/network';
import { smallBundle } from '../fixtures/smallBundle.ts';
import { TestNetwork } from '../system/network.ts';
import { People } from '../system/people.ts';
import { readBundle, type StoryBundle } from './bundle.ts';
import { tellCareStory, type CareSummary, type Counts } from './careStory.ts';
import { tellContainerStory } from './containerStory.ts';
import { tellLotStory, type LotSummary } from './lotStory.ts';
import { tellSupplyStory, type SupplySummary } from './supplyStory.ts';
import { StoryBroken, Teller } from './teller.ts';

const help = `npm run demo -- [--bundle FILE] [--lot PACKS | --container PACKS] [--json] [--name NAME]

  --bundle  a FHIR R4 bundle about one patient, instead of the small one of ours
  --lot     instead of both stories, a whole lot of so many packs (100000): factory, distributor, pharmacies,
            patients, attacks on the way, a recall
  --container  instead of both stories, a lot of so many packs (1000000) in one container: what custody of it writes, and
            how much memory it takes
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
        container: { type: 'string' },
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
  const { lot, container } = values;
  if (lot !== undefined) {
    const packs = packsOf('--lot', lot);
    return tellOne(teller, values.json, 'lot', () => tellLotStory(teller, people, packs), saidOfLot);
  }
  if (container !== undefined) {
    const packs = packsOf('--container', container);
    const processes = await openNetwork({ name: values.name });
    const tell = () => tellContainerStory(teller, people, processes, packs);
    return tellOne(teller, values.json, 'container', tell, ({ sscc }) => `${packs} packs in container ${sscc}`);
  }
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
function packsOf(option: string, text: string): number {
  const packs = Number(text);
  if (Number.isInteger(packs) && packs >= fewestPacks && packs <= mostPacks) return packs;
  throw new Hindrance(`${option} takes a number of packs, ${fewestPacks} to ${mostPacks}`);
}

/** One story by itself, with the time that each step took. */
async function tellOne<Summary>(
  teller: Teller,
  isJson: boolean,
  name: string,
  tell: () => Promise<Summary>,
  say: (summary: Summary) => string,
): Promise<void> {
  const summary = await unlessBroken(tell);
  const asExpected = teller.allAsExpected && summary !== undefined;
  process.exitCode = asExpected ? 0 : 1;
  const { told } = teller;
  if (isJson)
    return void process.stdout.write(`${JSON.stringify({ asExpected, [name]: summary, steps: told }, null, 2)}\n`);
  const times = told.map(({ step, milliseconds }) => `${(milliseconds / 1000).toFixed(1).padStart(8)} s  ${step}`);
  const lines = [...times, ...(summary === undefined ? [] : [say(summary)]), `${verdictOf(asExpected)}.`];
  process.stdout.write(`\n${lines.join('\n')}\n`);
}

function saidOfLot({ packs, lot, dispensed, alerts, seconds }: LotSummary): string {
  return `${packs} packs of lot ${lot}: ${dispensed} in patients' hands, ${alerts} alerts, ${seconds.toFixed(0)} s`;
}

const verdictOf = (asExpected: boolean): string =>
  asExpected ? 'Everything was as it should be' : 'Something was not as it should be: see ✗ above';

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
  return `\n${[...lines, `${verdictOf(asExpected)} (${seconds.toFixed(1)} s).`].join('\n')}\n`;
}

try {
  await main();
} catch (error) {
  const text =
    error instanceof Error && !(error instanceof Hindrance) ? (error.stack ?? error.message) : messageOf(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}
