/** Who a member's CA knows from its first start: nodes, administrator, gateway, registrar. People come later. */
import { peersOf, type ConfiguredMember } from '../config/consortium.ts';

/** The two certificate authorities of a member's one CA server: identities, and TLS. */
export type Authority = 'identity' | 'tls';

export interface Registration {
  /** Folder of the member that receives the material; the enrolment id is `<member>-<holder>`. */
  readonly holder: string;
  readonly authority: Authority;
  /** Node OU of the certificate. */
  readonly type: 'client' | 'peer' | 'orderer' | 'admin';
  readonly attributes?: Readonly<Record<string, string | boolean>>;
  /** A registrar for others enrols itself; everybody else is enrolled by the network. */
  readonly enrolsItself?: true;
}

/** May register everything: for the network's own later registrations, never given to a process. */
const bootstrapAttributes = {
  'hf.Registrar.Roles': '*',
  'hf.Registrar.DelegateRoles': '*',
  'hf.Registrar.Attributes': '*',
  'hf.Revoker': true,
  'hf.GenCRL': true,
};

/** The registrations of a member, in a fixed order. */
export function registrations(member: ConfiguredMember): readonly Registration[] {
  return [
    { holder: 'bootstrap', authority: 'identity', type: 'client', attributes: bootstrapAttributes, enrolsItself: true },
    { holder: 'bootstrap', authority: 'tls', type: 'client', attributes: bootstrapAttributes, enrolsItself: true },
    { holder: 'admin', authority: 'identity', type: 'admin' },
    { holder: 'admin', authority: 'tls', type: 'client' },
    ...(member.orderer
      ? ([
          { holder: 'orderer', authority: 'identity', type: 'orderer' },
          { holder: 'orderer', authority: 'tls', type: 'orderer' },
        ] as const)
      : []),
    ...(member.hasPeer
      ? ([
          ...peersOf(member).flatMap(({ holder }) => [
            { holder, authority: 'identity', type: 'peer' } as const,
            { holder, authority: 'tls', type: 'peer' } as const,
          ]),
          { holder: 'chaincode', authority: 'tls', type: 'client' },
          { holder: 'service', authority: 'identity', type: 'client' },
          { holder: 'gateway', authority: 'tls', type: 'client' },
          {
            holder: 'registrar',
            authority: 'identity',
            type: 'client',
            attributes: { 'hf.Registrar.Roles': 'client' },
            enrolsItself: true,
          },
        ] as const)
      : []),
  ];
}

export const enrollmentId = (member: ConfiguredMember, { holder }: Registration): string => `${member.key}-${holder}`;

/** Names of a member's two authorities on its CA server. */
export const authorityName = (member: ConfiguredMember, authority: Authority): string =>
  authority === 'identity' ? `${member.key}-ca` : `${member.key}-tlsca`;

/** Host names and addresses a holder's TLS certificate is good for. */
export function tlsHosts(member: ConfiguredMember, holder: string, host: string): readonly string[] {
  return [`${member.key}-${holder}`, 'localhost', host];
}
