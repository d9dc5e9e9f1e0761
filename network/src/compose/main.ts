/** The commands behind `npm run compose:prepare` and the containers `channel` and `seed`. */
import { readOptions, type Options } from '../cli/options.ts';
import { configure, readConsortiumFile, type ConsortiumConfig } from '../config/consortium.ts';
import { consortiumFile, DataFolder } from '../config/paths.ts';
import { NetworkFailure } from '../failure.ts';
import { terminalReport } from '../steps/step.ts';
import { bringUpChannel } from './channel.ts';
import { composeName } from './layout.ts';
import { prepare } from './prepare.ts';
import { readPreparation, type Preparation } from './preparation.ts';
import { seedContainers } from './seed.ts';

const report = terminalReport((text) => process.stdout.write(text), process.stdout.isTTY);

const commands: Readonly<Record<string, (options: Options, data: DataFolder) => Promise<void>>> = {
  prepare: async (options, data) => {
    const { profile, basePort } = options;
    const config = configure(readConsortiumFile(consortiumFile), { name: nameOf(options), profile, basePort });
    const path = await prepare(config, data, report, options.gateways);
    report.note(`now: docker compose -f ${path} up --build --detach`);
  },
  channel: async (options, data) => {
    const preparation = await readPreparation(data);
    await bringUpChannel(insideConfig(options, preparation), data, report, preparation.digest);
  },
  seed: async (options, data) => {
    await seedContainers(insideConfig(options, await readPreparation(data)), data, report);
  },
};

const help = `npm run compose:prepare -- [options]
  makes the material and build contexts of a consortium in containers: see docs/docker.md

  --base-port PORT  the first of its ports (8080)
  --profile NAME    which members, such as two-hospitals (default)
  --no-gateways     the ledger only
  --name NAME       the consortium (${composeName})`;

const nameOf = (options: Options): string => options.name ?? composeName;

function insideConfig(options: Options, { profile, basePort }: Preparation): ConsortiumConfig {
  const choice = { name: nameOf(options), profile, basePort, hostPerNode: true };
  return configure(readConsortiumFile(consortiumFile), choice);
}

try {
  const options = readOptions(process.argv.slice(2));
  const command = commands[options.command];
  if (command === undefined)
    throw new NetworkFailure(`no command "${options.command}"`, `choose one of ${Object.keys(commands).join(', ')}`);
  if (options.help) report.note(help);
  else await command(options, new DataFolder(nameOf(options)));
} catch (error) {
  if (!(error instanceof NetworkFailure)) throw error;
  process.stderr.write(`${error.line}\n`);
  process.exitCode = 1;
}
