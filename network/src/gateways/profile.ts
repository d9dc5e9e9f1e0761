/** The connection profile: all that a member's gateway must know of the network, as one file of paths and addresses. */
import { endorsing, hostOf, peersOf, type ConfiguredMember, type ConsortiumConfig } from '../config/consortium.ts';
import type { DataFolder } from '../config/paths.ts';
import { writeWhole } from '../files.ts';

interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Version 1 of the file; all certificates, keys and authorities are paths of PEM files. */
export interface ConnectionProfile {
  readonly version: 1;
  readonly mspId: string;
  readonly role: string;
  readonly channel: string;
  readonly chaincode: string;
  readonly members: readonly {
    readonly mspId: string;
    readonly role: string;
    readonly name: string;
    /** Public and gateway-to-gateway addresses; the operator has none. */
    readonly gateway?: string;
    readonly internal?: string;
    readonly tlsCa: string;
  }[];
  readonly peers: readonly {
    readonly name: string;
    readonly endpoint: string;
    readonly hostname: string;
    readonly tlsCa: string;
    readonly mspId: string;
  }[];
  readonly ca: { readonly url: string; readonly name: string; readonly tlsCa: string; readonly registrar: string };
  readonly admin: KeyPair;
  readonly service: KeyPair;
  readonly tls: KeyPair & { readonly ca: string };
}

/** @returns the profile of one member's gateway; its own peers stand first */
export function connectionProfile(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  data: DataFolder,
): ConnectionProfile {
  const own = data.member(member.key);
  const others = endorsing(config).filter(({ key }) => key !== member.key);
  return {
    version: 1,
    mspId: member.mspId,
    role: member.role,
    channel: config.channel,
    chaincode: config.chaincode,
    members: config.members.map((each) => ({
      mspId: each.mspId,
      role: each.role,
      name: each.name,
      ...(each.hasPeer
        ? {
            gateway: gatewayUrl(config, each),
            internal: `https://${hostOf(config, each, 'gateway')}:${each.ports.internal}`,
          }
        : {}),
      tlsCa: data.member(each.key).tlsCa,
    })),
    peers: [member, ...others].flatMap((each) =>
      peersOf(each).map(({ holder, name, ports }) => ({
        name,
        endpoint: `${hostOf(config, each, holder)}:${ports.peer}`,
        hostname: name,
        tlsCa: data.member(each.key).tlsCa,
        mspId: each.mspId,
      })),
    ),
    ca: {
      url: `https://${hostOf(config, member, 'ca')}:${member.ports.ca}`,
      name: `${member.key}-ca`,
      tlsCa: own.tlsCa,
      registrar: own.registrar,
    },
    admin: { certificate: own.certificateOf('admin'), privateKey: own.keyOf('admin') },
    service: { certificate: own.certificateOf('service'), privateKey: own.keyOf('service') },
    tls: own.tlsOf('gateway'),
  };
}

export const gatewayUrl = ({ host }: ConsortiumConfig, { ports }: ConfiguredMember): string =>
  `http://${host}:${ports.gateway}`;

/** Writes every gateway's profile. */
export async function writeConnectionProfiles(config: ConsortiumConfig, data: DataFolder): Promise<void> {
  await Promise.all(
    endorsing(config).map((member) =>
      writeWhole(data.connection(member.mspId), JSON.stringify(connectionProfile(config, member, data), null, 2)),
    ),
  );
}
