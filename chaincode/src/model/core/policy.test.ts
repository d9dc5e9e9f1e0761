import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Consortium } from './consortium.ts';
import { allOf, anyOf, outOf, policyText, satisfies, signedBy, smallestEndorsers, type Policy } from './policy.ts';

const consortium = new Consortium([
  { mspId: 'HospitalMSP', role: 'hospital', name: 'H' },
  { mspId: 'PharmaMSP', role: 'pharma', name: 'P' },
  { mspId: 'RegulatorMSP', role: 'regulator', name: 'R' },
  { mspId: 'ConsortiumMSP', role: 'operator', name: 'O' },
]);
const members = ['A', 'B', 'C', 'D'];
const policies: fc.Arbitrary<Policy> = fc.letrec<{ policy: Policy }>((tie) => ({
  policy: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...members).map(signedBy),
    fc
      .array(tie('policy'), { minLength: 1, maxLength: 3 })
      .chain((of) => fc.integer({ min: 1, max: of.length }).map((n) => outOf(n, of))),
  ),
})).policy;

describe('endorsement policies', () => {
  test('the endorsers chosen satisfy every policy, and no smaller set does', () => {
    fc.assert(
      fc.property(fc.array(policies, { minLength: 1, maxLength: 3 }), (all) => {
        const chosen = smallestEndorsers(all, members)!;
        expect(all.every((policy) => satisfies(policy, new Set(chosen)))).toBe(true);
        for (let mask = 0; mask < 2 ** members.length; mask += 1) {
          const set = members.filter((_, index) => (mask >> index) % 2 === 1);
          if (set.length < chosen.length) expect(all.every((policy) => satisfies(policy, new Set(set)))).toBe(false);
        }
      }),
    );
  });

  test('among equals the preferred members are asked; who may not be asked is not', () => {
    const any = anyOf(signedBy('A'), signedBy('B'));
    expect(smallestEndorsers([any], ['B', 'A'])).toEqual(['B']);
    expect(smallestEndorsers([any, signedBy('A')], ['B'])).toBeUndefined();
  });

  test('their text is Fabric’s', () => {
    expect(policyText(allOf(signedBy('A'), anyOf(signedBy('B'), signedBy('C'))))).toBe(
      "AND('A.peer', OR('B.peer', 'C.peer'))",
    );
    expect(policyText(outOf(2, members.slice(0, 3).map(signedBy)))).toBe("OutOf(2, 'A.peer', 'B.peer', 'C.peer')");
  });
});

describe("the consortium's policies", () => {
  const satisfied = (policy: Policy, ...endorsers: string[]) =>
    satisfies(policy, new Set(endorsers.map((name) => `${name}MSP`)));

  test('public state needs two roles', () => {
    const policy = consortium.chaincodePolicy;
    expect(satisfied(policy, 'Hospital', 'Pharma')).toBe(true);
    expect(satisfied(policy, 'Pharma')).toBe(false);
    expect(satisfied(policy, 'Hospital', 'Consortium')).toBe(false);
  });

  test('care needs hospital and regulator; an access or a stop only one of them', () => {
    expect(satisfied(consortium.policyOf('care_HospitalMSP'), 'Hospital')).toBe(false);
    expect(satisfied(consortium.policyOf('care_HospitalMSP'), 'Hospital', 'Regulator')).toBe(true);
    expect(satisfied(consortium.policyOf('access_HospitalMSP'), 'Hospital')).toBe(true);
    expect(satisfied(consortium.policyOf('access_HospitalMSP'), 'Pharma')).toBe(false);
  });

  test('a root needs its holder and another role; in transit shipper or recipient', () => {
    const held = consortium.rootPolicy(['PharmaMSP']);
    expect(satisfied(held, 'Pharma')).toBe(false);
    expect(satisfied(held, 'Hospital', 'Regulator')).toBe(false);
    expect(satisfied(held, 'Pharma', 'Regulator')).toBe(true);
    const transit = consortium.rootPolicy(['PharmaMSP', 'HospitalMSP']);
    expect(satisfied(transit, 'Hospital', 'Regulator')).toBe(true);
    expect(satisfied(transit, 'Regulator')).toBe(false);
  });

  test('the operator holds no collection and endorses nothing', () => {
    expect(JSON.stringify(consortium.collections)).not.toContain('ConsortiumMSP');
  });

  test('a consortium without hospital, with two regulators or a member twice is refused', () => {
    const [hospital, pharma, regulator] = consortium.members as [never, never, never];
    expect(() => new Consortium([pharma, regulator])).toThrow(RangeError);
    expect(() => new Consortium([hospital, regulator, regulator])).toThrow(RangeError);
    expect(() => new Consortium([hospital, pharma])).toThrow(RangeError);
  });
});
