/** The material of one member: every node, administrator and gateway identity, enrolled from the member's own CA. */
import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import type { ConfiguredMember, ConsortiumConfig } from '../config/consortium.ts';
import type { MemberFolder } from '../config/paths.ts';
import { NetworkFailure } from '../failure.ts';
import { exists, secretMode, writeWhole } from '../files.ts';
import { enroll, type CaEndpoint } from './enroll.ts';
import { authorityName, enrollmentId, registrations, tlsHosts, type Registration } from './registrations.ts';
import { secretsOf, type Secrets } from './serverConfig.ts';

/** Node OUs: an identity's kind is the OU its CA wrote into the certificate. */
const nodeOus = (caFile: string): string => {
  const ou = (name: string) => ({ Certificate: caFile, OrganizationalUnitIdentifier: name });
  return stringify({
    NodeOUs: {
      Enable: true,
      ClientOUIdentifier: ou('client'),
      PeerOUIdentifier: ou('peer'),
      AdminOUIdentifier: ou('admin'),
      OrdererOUIdentifier: ou('orderer'),
    },
  });
};

/**
 * Enrols what the member does not hold yet and writes its MSP; the member's CA server must answer.
 *
 * @param onEnrolled called after each enrolment
 */
export async function enrollMember(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  folder: MemberFolder,
  onEnrolled: () => void,
): Promise<void> {
  const secrets = await secretsOf(member, folder);
  const tlsCa = await readFile(folder.at('ca/ca-cert.pem'), 'utf8');
  const identityCa = await readFile(folder.at('ca/identity/ca-cert.pem'), 'utf8');
  await writeMsp(folder.msp, identityCa, tlsCa);
  const endpoint = { host: config.host, port: member.ports.ca, tlsCa };
  const missing = registrations(member).filter((registration) => registration.enrolsItself === undefined);
  await Promise.all(
    missing.map(async (registration) => {
      await enrollHolder(config, member, folder, { endpoint, secrets, identityCa, tlsCa }, registration);
      onEnrolled();
    }),
  );
  if (!member.hasPeer) return;
  const registrar = { enrollmentId: `${member.key}-registrar`, enrollmentSecret: secrets['identity/registrar'] };
  await writeWhole(folder.registrar, JSON.stringify(registrar, null, 2), secretMode);
}

/** How many enrolments a member needs. */
export function enrollmentCount(member: ConfiguredMember): number {
  return registrations(member).filter((registration) => registration.enrolsItself === undefined).length;
}

interface Authorities {
  readonly endpoint: CaEndpoint;
  readonly secrets: Secrets;
  readonly identityCa: string;
  readonly tlsCa: string;
}

async function enrollHolder(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  folder: MemberFolder,
  authorities: Authorities,
  registration: Registration,
): Promise<void> {
  const { authority, holder } = registration;
  const isTls = authority === 'tls';
  const tls = folder.tlsOf(holder);
  const certificate = isTls ? tls.certificate : folder.certificateOf(holder);
  if (await exists(certificate)) return;
  const secret = authorities.secrets[`${authority}/${holder}`];
  if (secret === undefined)
    throw new NetworkFailure(
      `${config.name} was set up when ${member.key} had no ${holder}`,
      'run npm run reset, or give another --name',
    );
  const enrolled = await enroll(authorities.endpoint, {
    caName: authorityName(member, authority),
    id: enrollmentId(member, registration),
    secret,
    ...(isTls ? { profile: 'tls' as const, hosts: tlsHosts(member, holder, config.host) } : {}),
  });
  if (!isTls) await writeMsp(folder.mspOf(holder), authorities.identityCa, authorities.tlsCa);
  await writeWhole(isTls ? tls.privateKey : folder.keyOf(holder), enrolled.privateKey, secretMode);
  await writeWhole(certificate, enrolled.certificate);
}

async function writeMsp(msp: string, identityCa: string, tlsCa: string): Promise<void> {
  await Promise.all([
    writeWhole(`${msp}/cacerts/ca.pem`, identityCa),
    writeWhole(`${msp}/tlscacerts/tlsca.pem`, tlsCa),
    writeWhole(`${msp}/config.yaml`, nodeOus('cacerts/ca.pem')),
  ]);
}
