/** What a verifier must know beforehand: the roots of the members' MSPs and the orderers' certificates. */
import { X509Certificate } from 'node:crypto';
import { common, msp } from '@hyperledger/fabric-protos';
import type { MemberRole } from '@chain-of-care/chaincode/model';
import { ProofError } from './errors.ts';

export interface TrustedMember {
  readonly mspId: string;
  readonly role: MemberRole;
  /** PEM. */
  readonly roots: readonly string[];
  readonly intermediates: readonly string[];
}

export interface TrustedOrderer {
  /** SmartBFT's number of the consenter. */
  readonly id: number;
  readonly mspId: string;
  /** PEM. */
  readonly certificate: string;
}

export interface TrustAnchors {
  readonly v: 1;
  readonly channel: string;
  readonly chaincode: string;
  readonly members: readonly TrustedMember[];
  readonly orderers: readonly TrustedOrderer[];
}

/**
 * The anchors out of a configuration block of the channel (`peer channel fetch config`), which must come from somebody
 * the verifier trusts: its own copy, or several members.
 *
 * @param roles of the members, which the channel's configuration does not know
 * @throws ProofError malformed
 */
export function trustFromConfigBlock(
  block: Uint8Array,
  chaincode: string,
  roles: ReadonlyMap<string, MemberRole>,
): TrustAnchors {
  try {
    const [data] = common.Block.deserializeBinary(block).getData()?.getDataList_asU8() ?? [];
    const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(data!).getPayload_asU8());
    const header = common.ChannelHeader.deserializeBinary(payload.getHeader()!.getChannelHeader_asU8());
    const config = common.ConfigEnvelope.deserializeBinary(payload.getData_asU8()).getConfig()!;
    const groups = config.getChannelGroup()!.getGroupsMap();
    const members = new Map<string, TrustedMember>();
    for (const name of ['Application', 'Orderer'])
      groups
        .get(name)
        ?.getGroupsMap()
        .forEach((group: InstanceType<typeof common.ConfigGroup>) => {
          const value = group.getValuesMap().get('MSP')?.getValue_asU8();
          if (value === undefined) return;
          const found = memberOf(value, roles);
          members.set(found.mspId, found);
        });
    const orderers = groups.get('Orderer')!.getValuesMap().get('Orderers')!.getValue_asU8();
    return {
      v: 1,
      channel: header.getChannelId(),
      chaincode,
      members: [...members.values()].sort((a, b) => (a.mspId < b.mspId ? -1 : 1)),
      orderers: common.Orderers.deserializeBinary(orderers)
        .getConsenterMappingList()
        .map((consenter) => ({
          id: consenter.getId(),
          mspId: consenter.getMspId(),
          certificate: Buffer.from(consenter.getIdentity_asU8()).toString('utf8'),
        })),
    };
  } catch (cause) {
    throw new ProofError('malformed', 'no configuration block', { cause });
  }
}

function memberOf(value: Uint8Array, roles: ReadonlyMap<string, MemberRole>): TrustedMember {
  const config = msp.FabricMSPConfig.deserializeBinary(msp.MSPConfig.deserializeBinary(value).getConfig_asU8());
  const pem = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
  const mspId = config.getName();
  return {
    mspId,
    role: roles.get(mspId) ?? 'operator',
    roots: config.getRootCertsList_asU8().map(pem),
    intermediates: config.getIntermediateCertsList_asU8().map(pem),
  };
}

/**
 * The member under whose roots a certificate stands at a time.
 *
 * @returns undefined when the member is unknown or the chain does not hold
 */
export function isIssuedBy(member: TrustedMember | undefined, certificate: X509Certificate, atMs: number): boolean {
  if (member === undefined) return false;
  const roots = member.roots.map((pem) => new X509Certificate(pem));
  const intermediates = member.intermediates.map((pem) => new X509Certificate(pem));
  let current = certificate;
  for (let depth = 0; depth < 8; depth += 1) {
    if (!isCurrent(current, atMs)) return false;
    const issued = (issuer: X509Certificate): boolean =>
      current.checkIssued(issuer) && current.verify(issuer.publicKey);
    const root = roots.find(issued);
    if (root !== undefined) return root.ca && isCurrent(root, atMs);
    const next = intermediates.find(issued);
    if (next === undefined || !next.ca) return false;
    current = next;
  }
  return false;
}

function isCurrent(certificate: X509Certificate, atMs: number): boolean {
  return Date.parse(certificate.validFrom) <= atMs && atMs <= Date.parse(certificate.validTo);
}
