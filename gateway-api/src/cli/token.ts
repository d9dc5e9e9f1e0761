/** Prints an access token of a development user, and nothing else: `token --user NAME [--org MSPID] --users FILE`. */
import { parseArgs } from 'node:util';
import { readUsers, type UsersFile } from '../auth/development/usersFile.ts';
import { tokenOf } from '../seeding/restSession.ts';

const { values } = parseArgs({
  options: {
    user: { type: 'string' },
    org: { type: 'string' },
    users: { type: 'string' },
    secret: { type: 'boolean', default: false },
  },
});
if (values.user === undefined || values.users === undefined) {
  console.error(
    'token --user NAME [--org MSPID] [--secret] --users FILE\n\n' +
      'NAME may also be MSPID/NAME, where several members have a user of that name.\n' +
      '--secret prints the secret for the login page instead of a token.',
  );
  process.exit(2);
}
try {
  const users = await readUsers(values.users);
  const { mspId, name } = whoIs(users, values.user, values.org);
  const secret = users.users[mspId]![name]!;
  const gateway = users.gateways[mspId] ?? '';
  console.log(values.secret ? secret : await tokenFrom(gateway, name, secret));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

/** @throws Error when nobody has the name, or several and no organisation is named */
function whoIs(users: UsersFile, user: string, org: string | undefined): { mspId: string; name: string } {
  const slash = user.indexOf('/');
  const name = user.slice(slash + 1);
  const wanted = org ?? (slash < 0 ? undefined : user.slice(0, slash));
  const found = Object.entries(users.users)
    .filter(([mspId, names]) => Object.hasOwn(names, name) && (wanted === undefined || mspId === wanted))
    .map(([mspId]) => mspId);
  if (found.length > 1)
    throw new Error(
      `${found.length} members have a user ${name}: name one of ${found.map((mspId) => `${mspId}/${name}`).join(', ')}`,
    );
  if (found[0] === undefined) {
    const all = Object.entries(users.users).flatMap(([mspId, names]) =>
      Object.keys(names).map((each) => `${mspId}/${each}`),
    );
    throw new Error(`there is no user ${user}; there are: ${all.slice(0, 40).join(', ')}`);
  }
  return { mspId: found[0], name };
}

/** @throws Error that says so when nobody answers at the gateway's address */
async function tokenFrom(gateway: string, name: string, secret: string): Promise<string> {
  try {
    return await tokenOf(gateway, name, secret);
  } catch (error) {
    if (!(error instanceof Error) || error.message !== 'fetch failed') throw error;
    throw new Error(`the gateway at ${gateway} does not answer — npm start first`, { cause: error });
  }
}
