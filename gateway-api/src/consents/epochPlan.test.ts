import { expect, test } from '@jest/globals';
import type { CategoryKey } from '@chain-of-care/chaincode/model';
import { planEpochs, type Holder } from './epochPlan.ts';

const lab = { category: 'lab_result', confidentiality: 'N' } as const;
const vitals = { category: 'vitals', confidentiality: 'N' } as const;
const keyOf = (pair: typeof lab | typeof vitals, epoch: number): CategoryKey => ({
  patientId: 'p',
  publicKey: '',
  epoch,
  ...pair,
});
const holder = (consentId: string, epochs: readonly number[], may: boolean, pair = lab as Holder['seeds'][number]) => ({
  consentId,
  seeds: epochs.map((epoch) => ({ ...pair, epoch })),
  mayHold: () => may,
});
const plan = (epoch: number, ...holders: readonly Holder[]) =>
  planEpochs([keyOf(lab, epoch), keyOf(vitals, 0)], holders);

test('an epoch begins where somebody has the current seed who may have it no more, and nowhere else', () => {
  expect(plan(0, holder('gone', [0], false)).begin).toEqual([{ ...lab, epoch: 1 }]);
  expect(plan(0, holder('stays', [0], true)).begin).toEqual([]);
  expect(plan(0).begin).toEqual([]);
});

test('whoever lost an earlier epoch’s seed ends no epoch that they never had', () => {
  expect(plan(2, holder('gone', [0, 1], false)).begin).toEqual([]);
});

test('those who stay are owed the epoch that begins, those who go nothing', () => {
  const { owed } = plan(0, holder('gone', [0], false), holder('stays', [0], true));
  expect([...owed]).toEqual([['stays', [{ ...lab, epoch: 1 }]]]);
});

test('what broke off before is owed still: epochs that began and were not handed over', () => {
  const { begin, owed } = plan(2, holder('stays', [0], true));
  expect(begin).toEqual([]);
  expect(owed.get('stays')).toEqual([1, 2].map((epoch) => ({ ...lab, epoch })));
});

test('a consent is owed nothing of pairs of which it gave no seed', () => {
  expect(plan(1, holder('narrow', [], true)).owed.size).toBe(0);
});

test('two who lose at once make one epoch', () => {
  expect(plan(3, holder('one', [3], false), holder('other', [0, 3], false)).begin).toEqual([{ ...lab, epoch: 4 }]);
});
