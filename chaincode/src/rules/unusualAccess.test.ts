import { expect, test } from '@jest/globals';
import { bulkAbove, unusualIn } from './unusualAccess.ts';

const usual = { records: 3, recentRecords: 3, isNamed: true, hasWritten: false, isOwnChart: false };

test('an access by somebody whom the patient named, or whose department wrote in the chart, is usual', () => {
  expect(unusualIn(usual)).toEqual([]);
  expect(unusualIn({ ...usual, isNamed: false, hasWritten: true })).toEqual([]);
});

test('more than a hundred records at once are reviewed, a hundred are not', () => {
  expect(unusualIn({ ...usual, records: bulkAbove })).toEqual([]);
  expect(unusualIn({ ...usual, records: bulkAbove + 1 })).toEqual(['bulk']);
});

test('small accesses add up: more than a hundred records within the window are reviewed, a hundred are not', () => {
  expect(unusualIn({ ...usual, recentRecords: bulkAbove })).toEqual([]);
  expect(unusualIn({ ...usual, recentRecords: bulkAbove + 1 })).toEqual(['bulk']);
});

test('a patient who is not under the person’s care is reviewed, whatever the consent to everybody says', () => {
  expect(unusualIn({ ...usual, isNamed: false })).toEqual(['not-in-care']);
});

test('one’s own chart is reviewed although one is named in it, and every reason is told', () => {
  expect(unusualIn({ ...usual, isOwnChart: true })).toEqual(['own-chart']);
  expect(unusualIn({ records: 500, recentRecords: 0, isNamed: false, hasWritten: false, isOwnChart: true })).toEqual([
    'bulk',
    'not-in-care',
    'own-chart',
  ]);
});
