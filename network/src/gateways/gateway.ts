/** The gateway of one member as a process, with its environment. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ConfiguredMember, ConsortiumConfig } from '../config/consortium.ts';
import { compileCache, projectRoot, type DataFolder } from '../config/paths.ts';
import { exists, secretMode, writeWhole } from '../files.ts';
import { answersOk } from '../processes/ports.ts';
import type { ProcessPlan } from '../processes/processes.ts';
import { gatewayUrl } from './profile.ts';

export const gatewayMain = join(projectRoot, 'gateway-api/dist/main.js');

/**
 * A start makes much that is soon dead (keys, blocks, a database's files); with Node's own limit each of a gateway's two
 * threads keeps its pages for good, 120 MB more at rest.
 */
const youngHeap = '--max-semi-space-size=16';

/** The development issuer's users with their secrets, 0600, one file a consortium. */
export const usersFile = (data: DataFolder): string => data.at('users.json');

const gatewayFolder = (data: DataFolder, member: ConfiguredMember): string =>
  data.member(member.key).at('gateway/data');
const keyFile = (data: DataFolder, member: ConfiguredMember): string =>
  data.member(member.key).at('gateway/keystore.key');

/** Variables of the operator's own environment that reach a gateway. */
const passedOn = [
  'NODE_ENV',
  'OIDC_ISSUER',
  'LOG_LEVEL',
  'COALESCE_WINDOW_MS',
  'CONTENT_TIMEOUT_MS',
  'CORS_ORIGINS',
  'NODE_EXTRA_CA_CERTS',
  'PUBLIC_VERIFICATIONS',
] as const;
const passedOnPrefixes = ['RATE_LIMIT_', 'VERIFICATION_'] as const;
/** Variables that are a member's own: `DATABASE_URL_HOSPITAL` is the hospital's DATABASE_URL. */
const ofMember = [
  'DATABASE_URL',
  'CONTENT_STORE',
  'CONTENT_STORE_TOKEN',
  'CONTENT_REPLICA',
  'CONTENT_REPLICA_TOKEN',
] as const;

/** Makes the key of a member's custodial key store (32 random bytes, base64) unless it is there. */
export async function provideKeystoreKey(data: DataFolder, member: ConfiguredMember): Promise<void> {
  const file = keyFile(data, member);
  if (!(await exists(file))) await writeWhole(file, `${randomBytes(32).toString('base64')}\n`, secretMode);
}

/** The environment of a member's gateway, and of its seeding. */
export function gatewayEnvironment(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  data: DataFolder,
): Readonly<Record<string, string>> {
  const handed = Object.entries(process.env).filter(
    (pair): pair is [string, string] =>
      pair[1] !== undefined &&
      (passedOn.some((name) => name === pair[0]) || passedOnPrefixes.some((prefix) => pair[0].startsWith(prefix))),
  );
  const own = ofMember.flatMap((name): [string, string][] => {
    const value = process.env[`${name}_${member.key.toUpperCase()}`];
    return value === undefined ? [] : [[name, value]];
  });
  const hasReplica = own.some(([name]) => name === 'CONTENT_REPLICA');
  return {
    ...Object.fromEntries([...handed, ...own]),
    CONNECTION_PROFILE: data.connection(member.mspId),
    DATA_DIR: gatewayFolder(data, member),
    ...(hasReplica ? {} : { CONTENT_REPLICA_DIR: join(gatewayFolder(data, member), 'replica') }),
    HOST: config.host,
    PORT: String(member.ports.gateway),
    INTERNAL_PORT: String(member.ports.internal),
    PUBLIC_URL: gatewayUrl(config, member),
    KEYSTORE_KEY_FILE: keyFile(data, member),
    DEV_USERS: usersFile(data),
  };
}

export function gatewayPlan(config: ConsortiumConfig, member: ConfiguredMember, data: DataFolder): ProcessPlan {
  return {
    name: `${member.key}-gateway`,
    command: [process.execPath, '--enable-source-maps', youngHeap, gatewayMain],
    environment: { ...gatewayEnvironment(config, member, data), NODE_COMPILE_CACHE: compileCache() },
    folder: data.member(member.key).at('gateway'),
    ports: [member.ports.gateway, member.ports.internal],
    ready: () => answersOk(`${gatewayUrl(config, member)}/health/ready`),
  };
}
