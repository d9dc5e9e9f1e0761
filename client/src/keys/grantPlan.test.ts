import { expect, test } from '@jest/globals';
import { keyPairsAtRegistration, type ConsentRule } from '@chain-of-care/chaincode/model';
import { mayHoldSeed } from '@chain-of-care/chaincode/rules';
import { planGrants } from './grantPlan.ts';

const permit = { decision: 'permit' } as const;
const deny: ConsentRule = { consentId: 'd', decision: 'deny', level: 'read', grantedAt: '2026-01-01T00:00:00Z' };
const kindsOf = (...args: Parameters<typeof planGrants>) =>
  Object.fromEntries(planGrants(...args).map((row) => [`${row.category}/${row.confidentiality}`, row.kind]));

test('a consent to whole categories hands over their seeds at N', () => {
  expect(kindsOf({ ...permit, categories: ['diagnosis', 'allergy'] }, [])).toEqual({
    'diagnosis/N': 'seed',
    'allergy/N': 'seed',
  });
});

test('a consent to everything hands over every seed at N and none of R and V', () => {
  const kinds = kindsOf(permit, []);
  expect(Object.keys(kinds).every((key) => key.endsWith('/N'))).toBe(true);
  expect(Object.values(kinds).every((kind) => kind === 'seed')).toBe(true);
  expect(Object.keys(kinds).length).toBe(keyPairsAtRegistration.filter((pair) => pair.confidentiality === 'N').length);
});

test('R and V are handed over only where the consent names them', () => {
  expect(kindsOf({ ...permit, confidentialities: ['N', 'R'] }, [])).toMatchObject({ 'other/R': 'seed' });
  expect(kindsOf({ ...permit, confidentialities: ['N', 'R'] }, [])).not.toHaveProperty('other/V');
});

test('the pair of other at R holds every category, so one category at R gets data keys', () => {
  expect(kindsOf({ ...permit, categories: ['diagnosis'], confidentialities: ['R'] }, [])).toEqual({
    'other/R': 'dataKeys',
  });
});

test.each([
  ['a range of days', { period: { start: '2025-01-01' } }],
  ['named records of one confidentiality', { recordIds: ['r'], confidentialities: ['N' as const] }],
  ['maximum accesses', { maxAccesses: 1 }],
  ['an exception in the category', { exceptions: [{ categories: ['diagnosis' as const] }] }],
  ['an exception everywhere', { exceptions: [{ purposes: ['HRESCH' as const] }] }],
])('a consent with %s hands over data keys only', (_, narrowing) => {
  expect(kindsOf({ ...permit, categories: ['diagnosis'], ...narrowing }, [])).toEqual({ 'diagnosis/N': 'dataKeys' });
});

test('a consent that names records hands over theirs, however confidential they are', () => {
  expect(kindsOf({ ...permit, categories: ['diagnosis'], recordIds: ['r'] }, [])).toEqual({
    'diagnosis/N': 'dataKeys',
    'other/R': 'dataKeys',
    'other/V': 'dataKeys',
  });
});

test('an exception in another category, or at another confidentiality, narrows nothing', () => {
  const exceptions = [{ categories: ['allergy' as const] }, { confidentialities: ['V' as const] }];
  expect(kindsOf({ ...permit, categories: ['diagnosis'], exceptions }, [])).toEqual({ 'diagnosis/N': 'seed' });
});

test('a matching deny narrows to data keys, another does not', () => {
  const consent = { ...permit, categories: ['diagnosis' as const, 'allergy' as const] };
  const kinds = kindsOf(consent, [
    { ...deny, categories: ['diagnosis'] },
    { ...deny, decision: 'permit' },
  ]);
  expect(kinds).toEqual({ 'diagnosis/N': 'dataKeys', 'allergy/N': 'seed' });
});

test('a deny hands over nothing', () => {
  expect(planGrants({ decision: 'deny' }, [])).toEqual([]);
});

test('no seed is planned that the ledger refuses', () => {
  const consents: ConsentRule[] = [
    { ...deny, decision: 'permit', maxAccesses: 2 },
    { ...deny, decision: 'permit', exceptions: [{ categories: ['allergy'] }, { confidentialities: ['V'] }] },
    { ...deny, decision: 'permit', confidentialities: ['N', 'R'], exceptions: [{ categories: ['allergy'] }] },
    { ...deny, decision: 'permit', categories: ['diagnosis'], period: { start: '2025' } },
  ];
  for (const consent of consents)
    for (const { kind, ...pair } of planGrants(consent, []))
      if (kind === 'seed') expect({ pair, allowed: mayHoldSeed(consent, pair) }).toEqual({ pair, allowed: true });
});
