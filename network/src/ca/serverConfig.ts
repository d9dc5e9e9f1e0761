/** Configuration of one member's Fabric CA server: the TLS authority is its default, the identities' its second. */
import { randomBytes } from 'node:crypto';
import { stringify } from 'yaml';
import type { ConfiguredMember, ConsortiumConfig } from '../config/consortium.ts';
import type { MemberFolder } from '../config/paths.ts';
import { exists, readIfThere, secretMode, writeWhole } from '../files.ts';
import { authorityName, enrollmentId, registrations, type Authority } from './registrations.ts';

/** Enrolment secrets by `authority/holder`. */
export type Secrets = Readonly<Record<string, string>>;

const secretBytes = 24;

/** @returns the member's enrolment secrets, made once and kept in a file only its owner reads */
export async function secretsOf(member: ConfiguredMember, folder: MemberFolder): Promise<Secrets> {
  const kept = await readIfThere(folder.secrets);
  if (kept !== undefined) return JSON.parse(kept) as Secrets;
  const secrets = Object.fromEntries(
    registrations(member).map(({ authority, holder }) => [
      `${authority}/${holder}`,
      randomBytes(secretBytes).toString('base64url'),
    ]),
  );
  await writeWhole(folder.secrets, JSON.stringify(secrets, null, 2), secretMode);
  return secrets;
}

/** Writes the server's two configuration files unless they are there. */
export async function writeServerConfig(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  folder: MemberFolder,
): Promise<void> {
  const secrets = await secretsOf(member, folder);
  const main = folder.at('ca/fabric-ca-server-config.yaml');
  if (await exists(main)) return;
  const second = folder.at('ca/identity/fabric-ca-server-config.yaml');
  await writeWhole(second, stringify(authorityConfig(config, member, 'identity', secrets)), secretMode);
  const server = {
    ...authorityConfig(config, member, 'tls', secrets),
    port: member.ports.ca,
    address: config.host,
    cafiles: ['identity/fabric-ca-server-config.yaml'],
    operations: { listenAddress: `${config.host}:${member.ports.caOperations}`, tls: { enabled: false } },
    metrics: { provider: 'prometheus' },
    tls: { enabled: true, clientauth: { type: 'noclientcert' } },
  };
  await writeWhole(main, stringify(server), secretMode);
}

function authorityConfig(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  authority: Authority,
  secrets: Secrets,
): Record<string, unknown> {
  const name = authorityName(member, authority);
  return {
    version: '1.5.21',
    debug: false,
    crlsizelimit: 512_000,
    ca: { name },
    registry: {
      maxenrollments: -1,
      identities: registrations(member)
        .filter((registration) => registration.authority === authority)
        .map((registration) => ({
          name: enrollmentId(member, registration),
          pass: secrets[`${authority}/${registration.holder}`],
          type: registration.type,
          affiliation: '',
          ...(registration.attributes === undefined ? {} : { attrs: registration.attributes }),
        })),
    },
    db: { type: 'sqlite3', datasource: 'fabric-ca-server.db', tls: { enabled: false } },
    ldap: { enabled: false },
    affiliations: {},
    signing: signingProfiles,
    csr: {
      cn: name,
      keyrequest: { algo: 'ecdsa', size: 256 },
      names: [{ O: member.name }],
      hosts: [name, `${member.key}-ca`, 'localhost', config.host],
      ca: { expiry: '131400h', pathlength: 0 },
    },
    bccsp: { default: 'SW', sw: { hash: 'SHA2', security: 256, filekeystore: { keystore: 'msp/keystore' } } },
    cfg: { identities: { passwordattempts: 10 } },
    crl: { expiry: '24h' },
  };
}

/** Certificates live a year; the profile `tls` is for servers and clients of TLS. */
const signingProfiles = {
  default: { usage: ['digital signature'], expiry: '8760h' },
  profiles: {
    tls: {
      usage: ['signing', 'key encipherment', 'server auth', 'client auth', 'key agreement'],
      expiry: '8760h',
    },
  },
};
