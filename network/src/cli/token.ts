/** `npm run -s token -- --user NAME`: an access token of a seeded user (`--secret`: the secret for the login page), nothing else. */
import { NetworkFailure } from '../failure.ts';
import { usersFile } from '../gateways/gateway.ts';
import { runProgram } from '../gateways/programs.ts';
import { existingNetwork } from '../choice.ts';
import type { Options } from './options.ts';

export async function tokenCommand(options: Options): Promise<void> {
  const { data } = await existingNetwork(options);
  const user = options.user ?? options.names[0];
  if (user === undefined) throw new NetworkFailure('whose token?', 'give -- --user NAME');
  const token = await runProgram('token', [
    '--user',
    user,
    '--users',
    usersFile(data),
    ...(options.org === undefined ? [] : ['--org', options.org]),
    ...(options.secret ? ['--secret'] : []),
  ]);
  process.stdout.write(`${token.trim()}\n`);
}
