/** Seeds a running development consortium through its gateways: `seed --seed FILE --users FILE`. */
import { parseArgs } from 'node:util';
import { readUsers } from '../auth/development/usersFile.ts';
import { seedConsortium } from '../seeding/seedConsortium.ts';
import { readSeed } from '../seeding/seedFile.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, users: { type: 'string' }, profiles: { type: 'string' } },
});
if (values.seed === undefined || values.users === undefined) {
  console.error(
    'seed --seed network/seed.yaml --users FILE\n\nThe gateways that the users file names must be running.',
  );
  process.exit(2);
}
try {
  await seedConsortium(await readSeed(values.seed), await readUsers(values.users), (line) => console.log(line));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
