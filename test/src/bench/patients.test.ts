import { expect, test } from '@jest/globals';
import { surveyBundle } from '@chain-of-care/gateway-api/imports/fhir';
import { syntheticPatient, syntheticPatients } from './patients.ts';

test('the same seed makes the same patient, another seed another', () => {
  expect(syntheticPatient(7, 50)).toEqual(syntheticPatient(7, 50));
  const ids = [...syntheticPatients(50, 3)].map(({ bundle }) => bundle.entry[0]!.fullUrl);
  expect(new Set(ids).size).toBe(50);
});

test('no resource id is used twice, and references lead to resources of the bundle', () => {
  const { entry } = syntheticPatient(1, 500).bundle;
  const urls = new Set(entry.map(({ fullUrl }) => fullUrl));
  expect(urls.size).toBe(entry.length);
  for (const [, reference] of JSON.stringify(entry).matchAll(/"reference":"([^"]+)"/g)) {
    expect(urls).toContain(reference);
  }
});

test.each([1, 20, 333])('a patient of %d records imports as that many', async (records) => {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(JSON.stringify(syntheticPatient(3, records).bundle));
  }
  const survey = await surveyBundle(bytes());
  expect(survey).toMatchObject({ records, entries: records + 3, skipped: [] });
});
