import { describe, expect, it } from '@jest/globals';
import { surveyBundle } from './fhir/index.ts';
import { subjectDifferences } from './subjectMatch.ts';

const system = 'urn:oid:2.16.840.1.113883.3.1';
const zoe = {
  name: { family: 'Lindqvist', given: ['Noor'] },
  birthDate: '1984-02-29',
  identifiers: [
    { system, value: 'Z-1' },
    { system: 'urn:other', value: 'Z-2' },
  ],
};

async function differences(patient: object, chart: typeof zoe | undefined = zoe) {
  const bundle = {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [{ resource: { resourceType: 'Patient', id: 'p', ...patient } }],
  };
  const { patient: demographics } = await surveyBundle(bytesOf(bundle));
  return subjectDifferences(chart, demographics);
}

async function* bytesOf(bundle: object): AsyncGenerator<Uint8Array> {
  yield Buffer.from(JSON.stringify(bundle));
}

describe("a bundle's Patient", () => {
  const same = { name: [{ family: 'Lindqvist', given: ['Noor'] }], birthDate: '1984-02-29' };
  const cases: readonly [rule: string, patient: object, differs: readonly string[]][] = [
    ['is the patient who has one of the identifiers', { identifier: [{ system, value: 'Z-1' }] }, []],
    ['is not by name and birth date alone', same, ['identifier']],
    ['is not by a value of another system', { identifier: [{ system: 'urn:x', value: 'Z-1' }] }, ['identifier']],
    ['is not by a value without a system', { identifier: [{ value: 'Z-1' }] }, ['identifier']],
    ['is not by an identifier of somebody else', { identifier: [{ system, value: 'Z-9' }] }, ['identifier']],
    [
      'is not when the birth date contradicts the identifier',
      { identifier: [{ system, value: 'Z-1' }], birthDate: '1990-01-01' },
      ['birthDate'],
    ],
    ['may know less of the birth date', { identifier: [{ system, value: 'Z-1' }], birthDate: '1984' }, []],
    [
      'is who it links to as the same person',
      { link: [{ type: 'replaces', other: { identifier: { system, value: 'Z-1' } } }] },
      [],
    ],
  ];
  it.each(cases)('%s', async (_rule, patient, differs) => {
    expect(await differences(patient)).toEqual(differs);
  });

  it('is nobody of whom no demographics are known', async () => {
    const patient = { identifier: [{ system, value: 'Z-1' }] };
    expect(await differences(patient, { ...zoe, identifiers: [] })).toEqual(['identifier']);
  });
});
