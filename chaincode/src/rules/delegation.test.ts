import { describe, expect, test } from '@jest/globals';
import { limits, type ConsentRule, type Grantee } from '../model/index.ts';
import type { HeldRule } from './consent.ts';
import { withRule, type Rules } from './consentBucket.ts';
import { delegatedRule, delegationDepth, heldRules, type Narrowing } from './delegation.ts';

const made = { consentId: 'child', grantedAt: '2026-01-02T00:00:00.000Z' };
const ada: Grantee = { kind: 'person', mspId: 'HospitalMSP', id: 'ada' };
const ben: Grantee = { kind: 'person', mspId: 'HospitalMSP', id: 'ben' };
const parent: HeldRule = {
  consentId: 'parent',
  decision: 'permit',
  level: 'write',
  grantedAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-03-01T00:00:00.000Z',
  maxAccesses: 5,
  mayDelegate: 2,
  purposes: ['TREAT'],
  categories: ['lab_result', 'vitals'],
  confidentialities: ['N'],
  recordIds: ['r1', 'r2'],
  period: { start: '2025', end: '2025-06' },
  exceptions: [{ recordIds: ['r2'] }],
};
const delegate = (wanted: Narrowing, from: HeldRule = parent, grantee = ben) =>
  delegatedRule(from, ada, grantee, wanted, made);

describe('a delegated consent', () => {
  test('has of its parent what it does not say, reads, and may not be passed on', () => {
    const rest = { ...parent, ...made, level: 'read', mayDelegate: 0 };
    expect(delegate({})).toEqual({ ...rest, parents: [{ consentId: 'parent', grantee: ada }] });
  });

  test('names its ancestors, the nearest first', () => {
    const child = delegate({ mayDelegate: 1 });
    const cleo: Grantee = { kind: 'department', mspId: 'HospitalMSP', id: 'icu' };
    const grandchild = delegatedRule(child, ben, cleo, {}, { ...made, consentId: 'grandchild' });
    expect(grandchild.parents).toEqual([{ consentId: 'child', grantee: ben }, ...child.parents]);
  });

  test.each<[string, Narrowing]>([
    ['purposes', { purposes: ['ETREAT', 'COC'] }],
    ['categories', { categories: ['vitals'] }],
    ['confidentialities', { confidentialities: ['N'] }],
    ['recordIds', { recordIds: ['r2'] }],
    ['expiresAt', { expiresAt: '2026-03-01T01:00:00.000+01:00' }],
    ['maxAccesses', { maxAccesses: 5 }],
  ])('says %s within the parent', (field, wanted) => {
    expect(delegate(wanted)).toHaveProperty(field, wanted[field as keyof Narrowing]);
  });

  test('narrows either end of the days', () => {
    expect(delegate({ period: { start: '2025-02' } }).period).toEqual({ start: '2025-02', end: '2025-06' });
    expect(delegate({ period: { end: '2025-05-31' } }).period).toEqual({ start: '2025', end: '2025-05-31' });
  });

  test.each<[string, Narrowing]>([
    ['purposes', { purposes: ['HRESCH'] }],
    ['purposes', { purposes: ['BTG'] }],
    ['categories', { categories: ['vitals', 'bill'] }],
    ['confidentialities', { confidentialities: ['R'] }],
    ['recordIds', { recordIds: ['r3'] }],
    ['period', { period: { start: '2024-12-31' } }],
    ['period', { period: { end: '2025-07' } }],
    ['level', { level: 'admin' }],
    ['expiresAt', { expiresAt: '2026-03-01T00:00:00.001Z' }],
    ['maxAccesses', { maxAccesses: 6 }],
  ])('never says more than the parent: %s', (field, wanted) => {
    expect(() => delegate(wanted)).toThrow(
      expect.objectContaining({ code: 'delegation_too_wide', pointer: `/${field}` }),
    );
  });

  test('a consent that does not say so is not passed on, nor more often than it says', () => {
    const { mayDelegate: _, ...silent } = parent;
    const refused = expect.objectContaining({ code: 'delegation_not_allowed' });
    for (const from of [silent, { ...parent, mayDelegate: 0 }]) expect(() => delegate({}, from)).toThrow(refused);
    expect(() => delegate({ mayDelegate: 2 })).toThrow(refused);
    expect(delegate({ mayDelegate: 1 }).mayDelegate).toBe(1);
  });

  test('the level admin lets pass on once, and a denial is not passed on', () => {
    const { mayDelegate: _, ...silent } = parent;
    expect(delegationDepth({ ...silent, level: 'admin' })).toBe(1);
    expect(delegationDepth({ ...silent, level: 'admin', decision: 'deny' })).toBe(0);
  });

  test('is for nobody who holds it, and not for everyone', () => {
    expect(() => delegate({}, parent, ada)).toThrow(expect.objectContaining({ code: 'validation_failed' }));
    expect(() => delegate({}, parent, { kind: 'everyone' })).toThrow(
      expect.objectContaining({ code: 'delegation_not_allowed' }),
    );
  });

  test('is held only with all of its ancestors', () => {
    const child = delegate({});
    expect(heldRules([child], () => [])).toEqual([]);
    const bucketOf = (subject: string): readonly ConsentRule[] =>
      subject === 'person/HospitalMSP/ada' ? [parent] : [];
    expect(heldRules([child], bucketOf)).toEqual([{ ...child, ancestors: [{ rule: parent, around: [parent] }] }]);
  });

  test('finds no room where its kind has as many rules as it may, and leaves the rest to the patient', () => {
    const delegated = (_: unknown, index: number) => ({ ...delegate({}), consentId: `c${index}` });
    const bucket: Rules = { rules: Array.from({ length: limits.delegatedPerBucket }, delegated) };
    const january = Date.parse('2026-01-03T00:00:00Z');
    expect(() => withRule(bucket, delegate({}), [], january)).toThrow(expect.objectContaining({ code: 'bucket_full' }));
    const { rules } = withRule(bucket, parent, [], january).bucket;
    expect(rules).toHaveLength(limits.delegatedPerBucket + 1);
    const stops = [{ consentId: 'c0', revokedAt: '', revokedBy: '' }];
    expect(withRule(bucket, delegate({}), stops, january).bucket.rules).toHaveLength(limits.delegatedPerBucket);
  });
});
