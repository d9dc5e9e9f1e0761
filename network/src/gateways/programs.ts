/** The gateway's own programs that a start and the command line run: users, seed, token, rebuild. */
import { join } from 'node:path';
import { endorsing, type ConfiguredMember, type ConsortiumConfig } from '../config/consortium.ts';
import { projectRoot, type DataFolder } from '../config/paths.ts';
import { NetworkFailure } from '../failure.ts';
import { exists, writeWhole } from '../files.ts';
import { run, type RunOptions } from '../processes/run.ts';
import { gatewayEnvironment, usersFile } from './gateway.ts';
import { gatewayUrl } from './profile.ts';

export type GatewayProgram = 'users' | 'seed' | 'token' | 'rebuild';

/** The first facts of a development consortium. */
export const seedFile = join(projectRoot, 'network/seed.yaml');
const seedMinutes = 5;

const pathOf = (program: GatewayProgram): string => join(projectRoot, 'gateway-api/dist/cli', `${program}.js`);

/** @returns whether the program is built and the seed is there */
async function isThere(program: GatewayProgram): Promise<boolean> {
  return (await exists(pathOf(program))) && (await exists(seedFile));
}

/**
 * Runs one of the gateway's programs with the project's Node.
 *
 * @returns its standard output
 * @throws NetworkFailure when it is not built or fails
 */
export async function runProgram(
  program: GatewayProgram,
  parameters: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  if (!(await exists(pathOf(program))))
    throw new NetworkFailure(`the gateway's program ${program} is not built`, 'run npm run build');
  return run(process.execPath, [pathOf(program), ...parameters], { title: program, ...options });
}

/** Makes the file of the development issuer's users; the secrets of those that are there stay. */
export async function provideUsers(
  config: ConsortiumConfig,
  data: DataFolder,
  users: string = usersFile(data),
): Promise<void> {
  const members = endorsing(config).map((member) => ({
    mspId: member.mspId,
    role: member.role,
    name: member.name,
    gateway: gatewayUrl(config, member),
  }));
  const file = data.at('gateways.json');
  await writeWhole(file, JSON.stringify(members, null, 2));
  if (!(await isThere('users'))) return;
  await runProgram('users', ['--seed', seedFile, '--members', file, '--out', users]);
}

/**
 * Writes the first facts through the running gateways: administrators, premises, licences, staff, products.
 *
 * @param progress told the lines that the program says
 * @returns whether there was anything to run
 */
export async function seedConsortium(
  config: ConsortiumConfig,
  data: DataFolder,
  progress: (what: string) => void,
): Promise<boolean> {
  if (!(await isThere('seed'))) return false;
  const first = endorsing(config)[0]!;
  await runProgram('seed', ['--seed', seedFile, '--users', usersFile(data), '--profiles', data.at('connections')], {
    environment: gatewayEnvironment(config, first, data),
    milliseconds: seedMinutes * 60_000,
    onLine: progress,
  });
  return true;
}

/**
 * Makes a member's read model anew from block 0; its gateway must not run.
 *
 * @returns rows and digest of every table, and whether they are those that were there
 */
export async function rebuildReadModel(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  data: DataFolder,
  progress: (what: string) => void,
): Promise<string> {
  return runProgram('rebuild', [], {
    environment: gatewayEnvironment(config, member, data),
    milliseconds: 60 * 60_000,
    onLine: progress,
  });
}
