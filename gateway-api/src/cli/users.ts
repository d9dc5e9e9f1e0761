/** Makes the users of the development issuers from the seed: `users --seed FILE --members FILE --out FILE`. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { addUsers } from '../auth/development/usersFile.ts';
import { readSeed, usersOf } from '../seeding/seedFile.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, members: { type: 'string' }, out: { type: 'string' } },
});
if (values.seed === undefined || values.members === undefined || values.out === undefined) {
  console.error('users --seed network/seed.yaml --members FILE --out FILE\n\nMEMBERS is JSON: [{"mspId", "gateway"}]');
  process.exit(2);
}
const seed = await readSeed(values.seed);
const members = JSON.parse(await readFile(values.members, 'utf8')) as { mspId: string; gateway: string }[];
for (const { mspId, gateway } of members)
  await addUsers(values.out, mspId, gateway, usersOf(seed.members[mspId] ?? {}));
