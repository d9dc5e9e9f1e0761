import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { configure, readConsortiumFile, type ConsortiumFile } from './consortium.ts';
import { consortiumFile } from './paths.ts';
import { collectionsConfig, signaturePolicy } from './policies.ts';

const file = readConsortiumFile(consortiumFile);

const allPorts = (choice: Parameters<typeof configure>[1]): number[] =>
  configure(file, choice).members.flatMap(({ ports }) => Object.values(ports));

interface RenderedCollection {
  readonly name: string;
  readonly policy: string;
  readonly memberOnlyRead: boolean;
  readonly memberOnlyWrite: boolean;
  readonly requiredPeerCount: number;
  readonly maxPeerCount: number;
  readonly endorsementPolicy?: { readonly signaturePolicy: string };
}

const rendered = (choice: Parameters<typeof configure>[1], from: ConsortiumFile = file) =>
  new Map(
    (collectionsConfig(configure(from, choice).consortium.collections) as readonly RenderedCollection[]).map(
      (collection) => [collection.name, collection],
    ),
  );

/** The consortium with five more members of its own, as a sixth to tenth slot. */
const larger: ConsortiumFile = {
  ...file,
  members: {
    ...file.members,
    hospital3: { mspId: 'Hospital3MSP', role: 'hospital', slot: 6, name: 'North', orderer: false },
    hospital4: { mspId: 'Hospital4MSP', role: 'hospital', slot: 7, name: 'South', orderer: false },
    pharma2: { mspId: 'Pharma2MSP', role: 'pharma', slot: 8, name: 'Second Maker', orderer: true },
    pharma3: { mspId: 'Pharma3MSP', role: 'pharma', slot: 9, name: 'Third Maker', orderer: true },
    hospital5: { mspId: 'Hospital5MSP', role: 'hospital', slot: 10, name: 'West', orderer: true },
  },
  profiles: {
    ...file.profiles,
    larger: [...file.profiles['default']!, 'hospital3', 'hospital4', 'pharma2', 'pharma3', 'hospital5'],
  },
};

describe('ports', () => {
  test('the gateways of the default consortium listen on 8081, 8082 and 8083, the further ones on 8084 and 8085', () => {
    const { members } = configure(file, { profile: 'two-hospitals' });
    const gateways = members.filter(({ hasPeer }) => hasPeer).map(({ key, ports }) => [key, ports.gateway]);
    expect(Object.fromEntries(gateways)).toEqual({
      hospital: 8081,
      pharma: 8082,
      regulator: 8083,
      hospital2: 8084,
      distributor: 8085,
    });
  });

  test.each(['default', 'two-hospitals'])('no two processes of profile %s share a port', (profile) => {
    const ports = allPorts({ profile });
    expect(new Set(ports).size).toBe(ports.length);
  });

  test('another base port shifts every port by the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1024, max: 60_000 }), (basePort) => {
        const shifted = allPorts({ basePort });
        expect(shifted).toEqual(allPorts({}).map((port) => port + basePort - file.basePort));
      }),
    );
  });

  test('a base port that would leave the range is refused', () => {
    expect(() => configure(file, { basePort: 65_500 })).toThrow('out of range');
    expect(() => configure(file, { basePort: 80 })).toThrow('out of range');
  });
});

describe('consortium.yaml', () => {
  test('an unknown profile, member or role is refused', () => {
    expect(() => configure(file, { profile: 'three' })).toThrow('no profile "three"');
    expect(() => configure({ ...file, profiles: { default: ['nobody'] } })).toThrow('names "nobody"');
    const odd = { ...file.members, hospital: { ...file.members['hospital']!, role: 'insurer' as 'hospital' } };
    expect(() => configure({ ...file, members: odd })).toThrow('role "insurer"');
  });

  test('a name that could leave its folder is refused', () => {
    for (const name of ['../other', 'A', '', 'a/b', '-a']) expect(() => configure(file, { name })).toThrow('no name');
  });

  test('two members on one slot are refused', () => {
    const members = { ...file.members, pharma: { ...file.members['pharma']!, slot: 1 } };
    expect(() => configure({ ...file, members })).toThrow('share a slot');
  });

  test('fewer than four orderers are refused, since three tolerate no faulty one', () => {
    const members = { ...file.members, consortium: { ...file.members['consortium']!, orderer: false } };
    expect(() => configure({ ...file, members })).toThrow('fewer than 4 orderers');
  });

  test('the operator orders but has no peer', () => {
    const operator = configure(file).members.find(({ role }) => role === 'operator');
    expect(operator).toMatchObject({ mspId: 'ConsortiumMSP', orderer: true, hasPeer: false });
  });
});

describe('dissemination of private values', () => {
  const { collections } = configure(file, {}).consortium;
  const counts = (name: string, peersEach: number) =>
    (collectionsConfig(collections, () => peersEach) as readonly RenderedCollection[])
      .filter((collection) => collection.name === name)
      .map(({ requiredPeerCount, maxPeerCount }) => [requiredPeerCount, maxPeerCount]);

  test('where all peers of a collection endorse, none is handed what it has', () => {
    expect(counts('care_HospitalMSP', 1)).toEqual([[0, 0]]);
  });

  test('where one endorses, the others are handed the value; where there are second peers, one of them must have it', () => {
    expect(counts('access_HospitalMSP', 1)).toEqual([[0, 1]]);
    expect(counts('care_HospitalMSP', 2)).toEqual([[1, 2]]);
  });
});

describe('policies and collections of the default consortium', () => {
  const collections = rendered({});

  test('records of a hospital need the hospital and the regulator, accesses one of them', () => {
    expect(collections.get('care_HospitalMSP')?.endorsementPolicy?.signaturePolicy).toBe(
      "AND('HospitalMSP.peer', 'RegulatorMSP.peer')",
    );
    expect(collections.get('access_HospitalMSP')?.endorsementPolicy?.signaturePolicy).toBe(
      "OR('HospitalMSP.peer', 'RegulatorMSP.peer')",
    );
  });

  test('only members read a collection, and others write only into commerce', () => {
    for (const { name, memberOnlyRead, memberOnlyWrite } of collections.values()) {
      expect(memberOnlyRead).toBe(true);
      expect(memberOnlyWrite).toBe(!name.startsWith('trade_'));
    }
  });

  test('a single principal is an expression that Fabric parses', () => {
    expect(signaturePolicy({ signedBy: 'AMSP' })).toBe("OR('AMSP.peer')");
  });
});

describe('a consortium of five more members', () => {
  const choice = { profile: 'larger', basePort: 20_000 };
  const collections = rendered(choice, larger);
  const { consortium, members } = configure(larger, choice);

  test('every hospital gets its three collections, every member with a peer its commerce', () => {
    const hospitals = ['HospitalMSP', 'Hospital3MSP', 'Hospital4MSP', 'Hospital5MSP'];
    for (const mspId of hospitals) {
      for (const kind of ['care', 'access', 'exchange']) expect(collections.has(`${kind}_${mspId}`)).toBe(true);
    }
    for (const mspId of consortium.withPeers) expect(collections.has(`trade_${mspId}`)).toBe(true);
    expect(collections.size).toBe(3 + 3 * hospitals.length + consortium.withPeers.length);
    expect(consortium.withPeers).not.toContain('ConsortiumMSP');
  });

  test('a hospital is no member of another hospital’s records, but of its exchange', () => {
    expect(collections.get('care_Hospital3MSP')?.policy).toBe("OR('Hospital3MSP.member', 'RegulatorMSP.member')");
    expect(collections.get('exchange_Hospital3MSP')?.policy).toContain("'Hospital4MSP.member'");
    expect(collections.get('exchange_Hospital3MSP')?.policy).not.toContain('PharmaMSP');
  });

  test('the exchange needs the home hospital and another of its members', () => {
    expect(collections.get('exchange_Hospital4MSP')?.endorsementPolicy?.signaturePolicy).toBe(
      "AND('Hospital4MSP.peer', OR('HospitalMSP.peer', 'Hospital3MSP.peer', 'Hospital5MSP.peer', 'RegulatorMSP.peer'))",
    );
  });

  test('public state needs two of the three roles, whichever members hold them', () => {
    expect(signaturePolicy(consortium.chaincodePolicy)).toBe(
      "OutOf(2, OR('HospitalMSP.peer', 'Hospital3MSP.peer', 'Hospital4MSP.peer', 'Hospital5MSP.peer'), " +
        "OR('PharmaMSP.peer', 'Pharma2MSP.peer', 'Pharma3MSP.peer'), 'RegulatorMSP.peer')",
    );
  });

  test('no two of its processes share a port', () => {
    const ports = members.flatMap((member) => Object.values(member.ports));
    expect(new Set(ports).size).toBe(ports.length);
  });
});
