/** `.env.demo`: addresses, a token for each seeded user, the seeded patients' ids and packs, to `source` and call the API. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { endorsing, type ConfiguredMember, type ConsortiumConfig } from '../config/consortium.ts';
import { projectRoot, type DataFolder } from '../config/paths.ts';
import { NetworkFailure } from '../failure.ts';
import { readIfThere, secretMode, writeWhole } from '../files.ts';
import { usersFile } from './gateway.ts';
import { gatewayUrl } from './profile.ts';
import { seedFile } from './programs.ts';

interface UsersFile {
  readonly users: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface Seed {
  readonly members: Readonly<
    Record<
      string,
      | {
          readonly staff?: readonly { readonly name: string; readonly role: string }[];
          readonly patients?: readonly {
            readonly identifiers?: readonly { readonly system: string; readonly value: string }[];
            readonly account?: { readonly subject: string };
          }[];
          readonly posts?: readonly { readonly body?: { readonly type?: string } & Partial<SeedPacks> }[];
        }
      | undefined
    >
  >;
}

/** Packs that the seed commissions. */
interface SeedPacks {
  readonly gtin: string;
  readonly lot: string;
  readonly serials: readonly string[];
}

type Variables = Readonly<Record<string, string>>;

/** The consortium whose file lies in the project's root, where a stranger looks; others keep theirs with their data. */
const rootName = 'development';

const variable = (...words: readonly string[]): string =>
  words
    .join('_')
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '_');

/** Where the file of a consortium lies. */
export const demoEnvironmentFile = ({ name }: ConsortiumConfig, data: DataFolder): string =>
  name === rootName ? join(projectRoot, '.env.demo') : data.at('.env.demo');

/**
 * Writes the file anew, readable by its owner only: tokens are secrets while they last.
 *
 * @returns its path, undefined when there are no seeded users
 * @throws NetworkFailure when an issuer or a gateway refuses
 */
export async function writeDemoEnvironment(config: ConsortiumConfig, data: DataFolder): Promise<string | undefined> {
  const text = await readIfThere(usersFile(data));
  if (text === undefined) return undefined;
  const { users } = JSON.parse(text) as UsersFile;
  const seed = parse(await readFile(seedFile, 'utf8')) as Seed;
  const parts = await Promise.all(
    endorsing(config).map((member) => memberVariables(config, member, users[member.mspId] ?? {}, seed)),
  );
  const lines = parts.flatMap((part) => Object.entries(part)).map(([name, value]) => `${name}='${value}'`);
  const path = demoEnvironmentFile(config, data);
  await writeWhole(path, `${lines.join('\n')}\n`, secretMode);
  return path;
}

async function memberVariables(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  secrets: Readonly<Record<string, string>>,
  seed: Seed,
): Promise<Variables> {
  const api = gatewayUrl(config, member);
  const names = Object.keys(secrets);
  const tokens = await Promise.all(names.map((name) => tokenOf(api, name, secrets[name]!)));
  const variables: Record<string, string> = { [variable(member.key, 'api')]: api };
  for (const [index, name] of names.entries()) variables[variable(member.key, name, 'token')] = tokens[index]!;
  const { staff = [], patients = [], posts = [] } = seed.members[member.mspId] ?? {};
  const registrar = staff.find(({ role }) => role === 'registrar')?.name;
  const token = registrar === undefined ? undefined : variables[variable(member.key, registrar, 'token')];
  for (const { account, identifiers = [] } of patients) {
    const identifier = identifiers[0];
    if (token === undefined || account === undefined || identifier === undefined) continue;
    const id = await patientId(api, token, `${identifier.system}|${identifier.value}`);
    if (id !== undefined) variables[variable(member.key, account.subject, 'id')] = id;
  }
  for (const { body } of posts) {
    if (body?.type !== 'commission') continue;
    variables[variable(member.key, 'pack', 'gtin')] = body.gtin ?? '';
    variables[variable(member.key, 'pack', 'lot')] = body.lot ?? '';
    variables[variable(member.key, 'pack', 'serials')] = (body.serials ?? []).join(' ');
  }
  return variables;
}

async function tokenOf(api: string, name: string, secret: string): Promise<string> {
  const basic = Buffer.from(`${encodeURIComponent(name)}:${secret}`).toString('base64');
  const response = await fetch(`${api}/oidc/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'api' }),
  });
  const answer = (await response.json()) as { readonly access_token?: string };
  if (answer.access_token === undefined) throw new NetworkFailure(`the issuer at ${api} has no token for ${name}`);
  return answer.access_token;
}

async function patientId(api: string, token: string, identifier: string): Promise<string | undefined> {
  const response = await fetch(`${api}/v1/patients?identifier=${encodeURIComponent(identifier)}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new NetworkFailure(`${api} does not find the seeded patient (${response.status})`);
  const { items } = (await response.json()) as { readonly items: readonly { readonly id: string }[] };
  return items[0]?.id;
}
