import { describe, expect, test } from '@jest/globals';
import { Problem } from '../../http/problem.ts';
import { bundleItems, surveyBundle } from './bundle.ts';
import { chunksOf, collected } from './chunks.fixture.ts';
import type { BundleItem, BundleSummary, MappedRecord } from './mapped.ts';

const patientUrl = 'urn:uuid:5f0d7a2e-46a1-4d3e-9d0a-0d1f6f3a7c11';
const subject = { reference: patientUrl };
const patient = {
  resourceType: 'Patient',
  id: '5f0d7a2e-46a1-4d3e-9d0a-0d1f6f3a7c11',
  identifier: [{ system: 'urn:oid:1.2.3', value: '4711' }, { system: 'no-value' }],
  name: [{ use: 'official', family: 'Okonkwo', given: ['Zoe', 'Ada'] }],
  birthDate: '1980-02',
  gender: 'female',
  address: [{ line: ['Hafenstr. 7'], city: 'Kiel', country: 'DE' }],
  telecom: [{ system: 'phone', value: '+49 431 1' }],
};

type Resource = Record<string, unknown>;
const bundle = (resources: readonly Resource[], members: Resource = {}): Resource => ({
  resourceType: 'Bundle',
  type: 'collection',
  ...members,
  entry: [{ fullUrl: patientUrl, resource: patient }, ...resources.map((resource) => ({ resource }))],
});

async function survey(value: unknown): Promise<BundleSummary> {
  return await surveyBundle(chunksOf(JSON.stringify(value), 100));
}

async function items(value: unknown, reading = { confidentialityFloor: 'N' as const, asOf: '2026-05-01' }) {
  return await collected(bundleItems(chunksOf(JSON.stringify(value, undefined, 2), 100), reading));
}

async function recordOf(resource: Resource): Promise<MappedRecord> {
  const item = (await items(bundle([resource])))[1] as BundleItem;
  if (item.kind !== 'record') throw new Error(item.kind);
  return item;
}

async function problem(value: unknown): Promise<Problem> {
  return await survey(value).then(
    () => Promise.reject(new Error('accepted')),
    (error: unknown) => (error instanceof Problem ? error : Promise.reject(error as Error)),
  );
}

const observation = (category: string): Resource => ({
  resourceType: 'Observation',
  subject,
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category }] }],
});

describe('a resource becomes a record of its category', () => {
  test.each([
    [observation('vital-signs'), 'vitals'],
    [observation('laboratory'), 'lab_result'],
    [observation('survey'), 'other'],
    [{ resourceType: 'Observation', subject }, 'other'],
    [{ resourceType: 'Condition', subject }, 'diagnosis'],
    [{ resourceType: 'MedicationRequest', subject }, 'prescription'],
    [{ resourceType: 'MedicationStatement', subject }, 'prescription'],
    [{ resourceType: 'Immunization', patient: subject }, 'immunization'],
    [{ resourceType: 'AllergyIntolerance', patient: subject }, 'allergy'],
    [{ resourceType: 'Procedure', subject }, 'procedure'],
    [{ resourceType: 'ImagingStudy', subject }, 'imaging'],
    [{ resourceType: 'DiagnosticReport', subject }, 'lab_result'],
    [{ resourceType: 'DiagnosticReport', subject, category: [{ coding: [{ code: 'RAD' }] }] }, 'imaging'],
    [{ resourceType: 'DocumentReference', subject }, 'document'],
    [{ resourceType: 'Claim', patient: subject }, 'bill'],
    [{ resourceType: 'ExplanationOfBenefit', patient: subject }, 'bill'],
    [{ resourceType: 'Coverage', beneficiary: subject }, 'bill'],
    [{ resourceType: 'MolecularSequence', patient: subject }, 'genomics'],
    [{ resourceType: 'Encounter', subject }, 'encounter'],
    [{ resourceType: 'CarePlan', subject }, 'care_plan'],
    [{ resourceType: 'CareTeam', subject }, 'care_plan'],
    [{ resourceType: 'Goal', subject }, 'care_plan'],
    [{ resourceType: 'Provenance' }, 'other'],
    [{ resourceType: 'Basic' }, 'other'],
  ])('%j → %s', async (resource, category) => {
    expect((await recordOf(resource)).category).toBe(category);
  });

  test('with title and coding of its code, where and when, and the resource as it came', async () => {
    const resource = {
      resourceType: 'Observation',
      id: 'o1',
      subject,
      code: { coding: [{ system: 'http://loinc.org', code: '8302-2', display: 'Body Height' }], text: 'Height' },
      effectiveDateTime: '2019-12-31T23:30:00-05:00',
      performer: [{ display: 'Harbour Clinic' }],
    };
    const { content, ...rest } = await recordOf(resource);
    expect(rest).toEqual({
      kind: 'record',
      category: 'other',
      confidentiality: 'N',
      clinicalDate: '2019-12-31',
      exactTime: '2019-12-31T23:30:00-05:00',
      title: 'Height',
      coding: [{ system: 'http://loinc.org', code: '8302-2', display: 'Body Height' }],
      mediaType: 'application/fhir+json',
      facility: 'Harbour Clinic',
      resourceType: 'Observation',
      sourceId: 'Observation/o1',
      index: 1,
    });
    expect(JSON.parse(Buffer.from(content).toString())).toEqual(resource);
  });

  test('decimals keep their digits', async () => {
    const text = JSON.stringify(bundle([{ resourceType: 'Observation', valueQuantity: { value: 'X' } }]));
    const source = chunksOf(text.replace('"X"', '1.50'));
    const [, item] = await collected(bundleItems(source, { confidentialityFloor: 'N', asOf: '2026' }));
    expect(Buffer.from((item as MappedRecord).content).toString()).toContain('"value":1.50}');
  });

  test('a partial date stays partial, a nonsense date is none', async () => {
    const condition = { resourceType: 'Condition', subject, recordedDate: '2020-01-02' };
    expect((await recordOf({ ...condition, onsetDateTime: '2011-03' })).clinicalDate).toBe('2011-03');
    expect((await recordOf({ ...condition, onsetDateTime: '2011-13-40' })).clinicalDate).toBe('2020-01-02');
  });

  test("a resource without a date has the bundle's, and says so", async () => {
    expect(await recordOf({ resourceType: 'Goal', subject })).toMatchObject({
      clinicalDate: '2026-05-01',
      undated: true,
    });
  });

  test('a title longer than the index takes is cut between characters', async () => {
    const { title } = await recordOf({ resourceType: 'Goal', description: { text: '😀'.repeat(300) } });
    expect([...title]).toHaveLength(256);
  });
});

describe('confidentiality comes from the security labels', () => {
  const labelled = (system: string, ...codes: string[]): Resource => ({
    resourceType: 'Condition',
    meta: { security: codes.map((code) => ({ system: `http://terminology.hl7.org/CodeSystem/${system}`, code })) },
  });
  test.each([
    [labelled('v3-Confidentiality', 'R'), 'R'],
    [labelled('v3-Confidentiality', 'L', 'V', 'R'), 'V'],
    [labelled('v3-Confidentiality', 'M'), 'N'],
    [labelled('v3-ActCode', 'PSY'), 'R'],
    [labelled('v3-ActReason', 'R'), 'N'],
    [{ resourceType: 'Condition' }, 'N'],
  ])('%j → %s', async (resource, expected) => {
    expect((await recordOf(resource)).confidentiality).toBe(expected);
  });

  test("no entry is less confidential than the bundle's own label", async () => {
    const whole = bundle([{ resourceType: 'Condition' }], { meta: labelled('v3-Confidentiality', 'R')['meta'] });
    const { confidentialityFloor } = await survey(whole);
    const [, item] = await collected(
      bundleItems(chunksOf(JSON.stringify(whole)), { confidentialityFloor, asOf: '2026' }),
    );
    expect(item).toMatchObject({ confidentiality: 'R' });
  });
});

describe('what is no record', () => {
  test('the patient becomes demographics', async () => {
    const [item] = await items(bundle([]));
    expect(item).toMatchObject({
      kind: 'demographics',
      sourceId: patientUrl,
      names: [{ use: 'official', family: 'Okonkwo', given: ['Zoe', 'Ada'] }],
      birthDate: '1980-02',
      gender: 'female',
      identifiers: [{ system: 'urn:oid:1.2.3', value: '4711' }],
      addresses: [{ lines: ['Hafenstr. 7'], city: 'Kiel', country: 'DE' }],
      telecom: [{ system: 'phone', value: '+49 431 1' }],
      deceased: false,
    });
  });

  test.each([
    [{ resourceType: 'Organization', name: 'Harbour Clinic' }, 'Harbour Clinic'],
    [{ resourceType: 'Practitioner', name: [{ family: 'Lovelace' }] }, 'Lovelace'],
    [{ resourceType: 'PractitionerRole', code: [{ text: 'Cardiologist' }] }, 'Cardiologist'],
    [{ resourceType: 'Location', name: 'Ward 7' }, 'Ward 7'],
  ])('%j goes to the directory', async (resource, name) => {
    expect((await items(bundle([resource])))[1]).toMatchObject({ kind: 'directory', name });
  });

  test('an entry that brings nothing is listed with its reason', async () => {
    const whole = {
      resourceType: 'Bundle',
      type: 'searchset',
      entry: [
        { resource: patient },
        { fullUrl: 'urn:uuid:x', response: { status: '204' } },
        { resource: { id: 'x' } },
        { resource: { resourceType: '__proto__' } },
        { resource: { resourceType: 'Binary' }, request: { method: 'PATCH', url: 'Patient/1' } },
        { resource: { resourceType: 'OperationOutcome' }, search: { mode: 'outcome' } },
        null,
      ],
    };
    const { skipped, counts, entries, records } = await survey(whole);
    expect(skipped.map(({ index, reason }) => [index, reason])).toEqual([
      [1, 'no_resource'],
      [2, 'no_resource_type'],
      [3, 'no_resource_type'],
      [4, 'not_an_upsert'],
      [5, 'search_outcome'],
      [6, 'no_resource'],
    ]);
    expect(counts).toEqual({
      Patient: { demographics: 1 },
      '-': { skipped: 4 },
      Binary: { skipped: 1 },
      OperationOutcome: { skipped: 1 },
    });
    expect({ entries, records }).toEqual({ entries: 7, records: 0 });
  });
});

describe('a bundle that cannot be imported is refused before anything is written', () => {
  test.each([
    ['another resource', { resourceType: 'Patient' }, '/resourceType'],
    ['no resource type', { type: 'collection', entry: [] }, '/resourceType'],
    ['a history', { ...bundle([]), type: 'history' }, '/type'],
    ['no type', { resourceType: 'Bundle', entry: [] }, '/type'],
    ['no entries', { resourceType: 'Bundle', type: 'collection' }, '/entry'],
    ['no patient', { resourceType: 'Bundle', type: 'collection', entry: [{ resource: observation('x') }] }, '/entry'],
    ['two patients', bundle([observation('x'), { resourceType: 'Patient', id: 'other' }]), '/entry/2/resource'],
    [
      'a resource about another patient',
      bundle([observation('x'), { resourceType: 'Condition', subject: { reference: 'Patient/other' } }]),
      '/entry/2/resource/subject',
    ],
    [
      'a claim for another patient',
      bundle([{ resourceType: 'Claim', patient: { reference: 'urn:uuid:aaaaaaaa-46a1-4d3e-9d0a-0d1f6f3a7c11' } }]),
      '/entry/1/resource/patient',
    ],
  ])('%s', async (_name, value, pointer) => {
    expect(await problem(value)).toMatchObject({ code: 'validation_failed', status: 400, errors: [{ pointer }] });
  });

  test.each([
    { reference: `Patient/${patient.id}` },
    { reference: `https://ehr.example/fhir/Patient/${patient.id}/_history/3` },
    { reference: 'Group/9' },
    { reference: '#contained' },
    { reference: 'Patient?identifier=urn:oid:1.2.3|4711' },
    { reference: 'urn:uuid:bbbbbbbb-46a1-4d3e-9d0a-0d1f6f3a7c11', type: 'Device' },
    { display: 'somebody' },
  ])('but %j is no other patient', async (reference) => {
    expect((await survey(bundle([{ resourceType: 'Observation', subject: reference }]))).records).toBe(1);
  });

  test('the survey tells who the bundle is about', async () => {
    expect((await survey(bundle([]))).patient.identifiers).toEqual([{ system: 'urn:oid:1.2.3', value: '4711' }]);
  });

  test('the order of members does not matter', async () => {
    const { entry, ...members } = bundle([{ resourceType: 'Condition' }]);
    expect((await survey({ entry, ...members })).records).toBe(1);
  });
});

test("undated resources take the bundle's timestamp, otherwise its latest date of care", async () => {
  const resources = [
    { resourceType: 'Condition', onsetDateTime: '2011-03-04' },
    { resourceType: 'Condition', onsetDateTime: '2014' },
    { resourceType: 'Goal' },
  ];
  expect((await survey(bundle(resources))).asOf).toBe('2014');
  expect((await survey(bundle(resources, { timestamp: '2020-06-01T10:00:00Z' }))).asOf).toBe('2020-06-01');
  expect((await survey(bundle([{ resourceType: 'Goal' }]))).asOf).toBeUndefined();
});
