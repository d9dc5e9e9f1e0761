/** The public Synthea bundles (Apache-2.0), read from beside the project: all of it is mapped, all of it comes back. */
import { createReadStream, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { bundleItems, surveyBundle, type BundleItem } from '@chain-of-care/gateway-api/imports/fhir';
import { conformanceFolder } from '../data.ts';

const data = path.join(conformanceFolder(), 'fhir/synthea');

interface Expected {
  readonly entries: number;
  readonly directory: number;
  readonly vitals: number;
}

/** Entries by name of the file: counted in the files by hand, not with the code under test. */
const files: Readonly<Record<string, Expected>> = {
  'Britany_Reynolds.json': { entries: 282, directory: 4, vitals: 50 },
  'Buster_Hoeger.json': { entries: 66, directory: 2, vitals: 15 },
  'Clemente_Kreiger.json': { entries: 70, directory: 2, vitals: 15 },
  'Floyd_Connelly.json': { entries: 145, directory: 2, vitals: 20 },
};

async function itemsOf(file: string, highWaterMark: number): Promise<BundleItem[]> {
  const { confidentialityFloor, asOf } = await surveyBundle(createReadStream(file));
  const items: BundleItem[] = [];
  const reading = { confidentialityFloor, asOf: asOf ?? '1900' };
  for await (const item of bundleItems(createReadStream(file, { highWaterMark }), reading)) items.push(item);
  return items;
}

describe('every resource of a Synthea bundle is accounted for', () => {
  test.each(Object.entries(files))('%s', async (name, expected) => {
    const file = path.join(data, name);
    const { entry } = JSON.parse(readFileSync(file, 'utf8')) as { entry: { fullUrl: string; resource: unknown }[] };
    const survey = await surveyBundle(createReadStream(file));
    const items = await itemsOf(file, 1021);

    expect(items).toHaveLength(expected.entries);
    expect(entry).toHaveLength(expected.entries);
    expect(survey).toMatchObject({ type: 'transaction', entries: expected.entries, skipped: [] });
    const dispositions = Object.values(survey.counts).flatMap((counts) => Object.values(counts));
    expect(dispositions.reduce((sum, count) => sum + count, 0)).toBe(expected.entries);
    expect(survey.records).toBe(expected.entries - expected.directory - 1);
    expect(Object.values(survey.counts).reduce((sum, { vitals }) => sum + (vitals ?? 0), 0)).toBe(expected.vitals);

    for (const item of items) {
      const { fullUrl, resource } = entry[item.index]!;
      expect(item.sourceId).toBe(fullUrl);
      if (item.kind === 'skipped') throw new Error(`skipped: ${item.reason}`);
      expect(JSON.parse(Buffer.from(item.content).toString('utf8'))).toEqual(resource);
    }
  });
});

describe('what a record says of itself is found in the resource', () => {
  test('every clinical record but Goals has a date, a title and a code', async () => {
    for (const name of Object.keys(files)) {
      for (const item of await itemsOf(path.join(data, name), 65_536)) {
        if (item.kind !== 'record') continue;
        expect([item.resourceType, item.undated === true]).toEqual([item.resourceType, item.resourceType === 'Goal']);
        expect(item.title).not.toBe(item.resourceType);
        if (item.resourceType !== 'Goal') expect(item.coding).not.toHaveLength(0);
      }
    }
  });
});
