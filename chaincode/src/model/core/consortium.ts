/**
 * Who is in the consortium, and what follows from it: collections, their members and who must endorse a write.
 * One source for the chaincode, the gateway (which endorsers to ask) and the network (lifecycle definition).
 */
import { allOf, anyOf, outOf, signedBy, type Policy } from './policy.ts';

export const memberRoles = ['hospital', 'pharma', 'regulator', 'operator'] as const;
export type MemberRole = (typeof memberRoles)[number];

export interface Member {
  readonly mspId: string;
  readonly role: MemberRole;
  readonly name: string;
}

/** A private data collection as the Fabric lifecycle defines it. `policy` absent means the chaincode's policy. */
export interface Collection {
  readonly name: string;
  readonly members: readonly string[];
  readonly policy?: Policy;
  readonly memberOnlyRead: boolean;
  readonly memberOnlyWrite: boolean;
  /** Peers besides the endorsers that must hold a value before it is endorsed, where there are such peers. */
  readonly furtherHolders: number;
  readonly blockToLive: number;
}

/** Names of the collections; those of a member end in its MSP id. */
export const collectionName = {
  registry: 'registry',
  clinical: 'clinical',
  dispensing: 'dispensing',
  care: (hospital: string) => `care_${hospital}`,
  access: (hospital: string) => `access_${hospital}`,
  exchange: (hospital: string) => `exchange_${hospital}`,
  trade: (member: string) => `trade_${member}`,
} as const;

export class Consortium {
  readonly members: readonly Member[];

  /**
   * @param members every organisation of the channel
   * @throws RangeError when an MSP id stands twice, or there is no hospital, or not exactly one regulator
   */
  constructor(members: readonly Member[]) {
    if (new Set(members.map((member) => member.mspId)).size !== members.length)
      throw new RangeError('an MSP id stands twice in the list of members');
    this.members = members;
    if (this.withRole('hospital').length === 0) throw new RangeError('a consortium needs a hospital');
    if (this.withRole('regulator').length !== 1) throw new RangeError('a consortium needs exactly one regulator');
  }

  /** MSP ids of the members with this role. */
  withRole(role: MemberRole): readonly string[] {
    return this.members.filter((member) => member.role === role).map((member) => member.mspId);
  }

  roleOf(mspId: string): MemberRole | undefined {
    return this.members.find((member) => member.mspId === mspId)?.role;
  }

  get regulator(): string {
    return this.withRole('regulator')[0]!;
  }

  /** MSP ids of the members that run peers: everyone but the operator, who only orders. */
  get withPeers(): readonly string[] {
    return this.members.filter((member) => member.role !== 'operator').map((member) => member.mspId);
  }

  /** Endorsement of public state: any two of the roles hospital, pharma, regulator. */
  get chaincodePolicy(): Policy {
    const byRole = (['hospital', 'pharma', 'regulator'] as const)
      .map((role) => this.withRole(role))
      .filter((ids) => ids.length > 0)
      .map((ids) => anyOf(...ids.map(signedBy)));
    return outOf(Math.min(2, byRole.length), byRole);
  }

  /**
   * Endorsement of a root held by `holders` (one member; shipper and recipient while in transit): one of them AND a
   * member of another role, so that custody moves neither without its holder nor by its holder alone.
   */
  rootPolicy(holders: readonly string[]): Policy {
    return anyOf(
      ...holders.map((holder) => {
        const others = this.withPeers.filter((id) => this.roleOf(id) !== this.roleOf(holder));
        return allOf(signedBy(holder), anyOf(...others.map(signedBy)));
      }),
    );
  }

  /** Every private data collection of the channel. */
  get collections(): readonly Collection[] {
    const hospitals = this.withRole('hospital');
    const regulator = this.regulator;
    const clinicalMembers = [...hospitals, regulator];
    const others = this.withPeers.filter((id) => id !== regulator);
    const anyHospital = anyOf(...hospitals.map(signedBy));
    return [
      collection(collectionName.registry, this.withPeers, allOf(signedBy(regulator), anyOf(...others.map(signedBy)))),
      collection(collectionName.clinical, clinicalMembers, allOf(signedBy(regulator), anyHospital)),
      collection(collectionName.dispensing, clinicalMembers, outOf(2, clinicalMembers.map(signedBy))),
      ...hospitals.flatMap((hospital) => [
        collection(
          collectionName.care(hospital),
          [hospital, regulator],
          allOf(signedBy(hospital), signedBy(regulator)),
          { furtherHolders: 1 },
        ),
        collection(
          collectionName.access(hospital),
          [hospital, regulator],
          anyOf(signedBy(hospital), signedBy(regulator)),
        ),
        collection(
          collectionName.exchange(hospital),
          clinicalMembers,
          allOf(signedBy(hospital), anyOf(...clinicalMembers.filter((id) => id !== hospital).map(signedBy))),
        ),
      ]),
      ...this.withPeers.map((member) =>
        collection(collectionName.trade(member), [...new Set([member, regulator])], undefined, {
          memberOnlyWrite: false,
        }),
      ),
    ];
  }

  /**
   * @param name of a collection, or undefined for public state
   * @throws RangeError for a collection that the consortium does not have
   */
  policyOf(name: string | undefined): Policy {
    if (name === undefined) return this.chaincodePolicy;
    const found = this.collections.find((candidate) => candidate.name === name);
    if (found === undefined) throw new RangeError(`no collection ${name}`);
    return found.policy ?? this.chaincodePolicy;
  }
}

function collection(
  name: string,
  members: readonly string[],
  policy: Policy | undefined,
  differs: Partial<Collection> = {},
): Collection {
  return {
    name,
    members,
    ...(policy === undefined ? {} : { policy }),
    memberOnlyRead: true,
    memberOnlyWrite: true,
    furtherHolders: 0,
    blockToLive: 0,
    ...differs,
  };
}
