import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  limits,
  type ConsentBucket,
  type ConsentRule,
  type ConsentStops,
  type RecordCategory,
} from '../model/index.ts';
import { decideConsent, type ConsentedRecord, type ConsentRequest } from './consent.ts';
import { emptyBucket, rulesInForce, withRule } from './consentBucket.ts';

type Rules = Pick<ConsentBucket, 'rules' | 'closing'>;
type Stops = ConsentStops['stops'];

const now = Date.parse('2026-03-01T00:00:00Z');
const request: ConsentRequest = { purposeOfUse: 'TREAT', level: 'read', timeMs: now };
const breakGlass: ConsentRequest = { ...request, purposeOfUse: 'BTG' };
const record: ConsentedRecord = {
  recordId: 'r1',
  category: 'lab_result',
  confidentiality: 'N',
  clinicalDate: '2025-06-15',
};
const rule = (consentId: string, more: Partial<ConsentRule> = {}): ConsentRule => ({
  consentId,
  decision: 'permit',
  level: 'read',
  grantedAt: '2026-01-01T00:00:00Z',
  ...more,
});
const full = (more: Partial<ConsentRule> = {}): Rules => ({
  rules: Array.from({ length: limits.rulesPerBucket }, (_, index) => rule(`c${1000 + index}`, more)),
});
const stop = (consentId: string, closes?: 'care' | 'breakGlass'): Stops[number] => ({
  consentId,
  revokedAt: '',
  revokedBy: '',
  ...(closes === undefined ? {} : { closes }),
});
const decide = (bucket: Rules, stops: Stops, asked = request) =>
  decideConsent(rulesInForce(bucket, stops), asked, record).decision;

describe('a full bucket', () => {
  test('makes room by dropping what ended, and otherwise refuses a permit', () => {
    expect(() => withRule(full(), rule('new'), [], now)).toThrow('bucket_full');
    const revoked = withRule(full(), rule('new'), [stop('c1000'), stop('c1001')], now).bucket;
    expect(revoked.rules.map(({ consentId }) => consentId)).not.toContain('c1000');
    expect(revoked.rules).toHaveLength(limits.rulesPerBucket - 1);
    const expired = withRule(full({ expiresAt: '2026-03-01T00:00:00Z' }), rule('new'), [], now).bucket;
    expect(expired.rules).toEqual([rule('new')]);
  });

  test('is closed by a denial until every one that closed it is revoked', () => {
    const narrow: Partial<ConsentRule> = { decision: 'deny', categories: ['allergy'] };
    const first = withRule(full(), rule('d1', narrow), [], now);
    expect(first.closes).toBe('care');
    expect(decide(first.bucket, [])).toBe('deny');
    const second = withRule(first.bucket, rule('d2', narrow), [], now);
    expect(decide(second.bucket, [stop('d1', 'care')])).toBe('deny');
    expect(decide(second.bucket, [stop('d1', 'care'), stop('d2', 'care')])).toBe('permit');
  });

  test('leaves break-glass open unless a denial names it', () => {
    const bucket = full({ purposes: ['TREAT', 'BTG'] });
    const care = withRule(bucket, rule('d1', { decision: 'deny' }), [], now).bucket;
    expect([decide(care, []), decide(care, [], breakGlass)]).toEqual(['deny', 'permit']);
    const all = withRule(care, rule('d2', { decision: 'deny', purposes: ['BTG'] }), [], now).bucket;
    expect(decide(all, [], breakGlass)).toBe('deny');
    expect(decide(all, [stop('d2', 'breakGlass')], breakGlass)).toBe('permit');
  });
});

describe('any bucket', () => {
  const categories = fc.option(fc.constantFrom<RecordCategory[]>(['lab_result'], ['allergy']), { nil: undefined });
  const decision = fc.constantFrom('permit' as const, 'deny' as const);
  const rules = fc.record({ decision, categories, ended: fc.boolean() });

  test('takes every denial, stays bounded, and what the denial speaks of is denied from then on', () => {
    fc.assert(
      fc.property(fc.array(rules, { maxLength: 12 }), fc.boolean(), categories, (many, startsFull, denied) => {
        const stops: Stops = [];
        let bucket: Rules = startsFull ? full() : emptyBucket;
        for (const [index, { ended, decision: taken, categories: of }] of many.entries()) {
          const added = rule(`x${index}`, { decision: taken, ...(of === undefined ? {} : { categories: of }) });
          try {
            const { bucket: next, closes } = withRule(bucket, added, stops, now);
            bucket = next;
            if (ended) stops.push(stop(added.consentId, closes));
          } catch (error) {
            expect([taken, (error as Error).message]).toEqual(['permit', 'bucket_full']);
          }
        }
        const before = decide(bucket, stops);
        const denial = rule('denial', { decision: 'deny', ...(denied === undefined ? {} : { categories: denied }) });
        const after = withRule(bucket, denial, stops, now).bucket;
        expect(after.rules.length).toBeLessThanOrEqual(limits.rulesPerBucket);
        const isMeant = denied === undefined || denied.includes('lab_result');
        if (isMeant || before === 'deny') expect(decide(after, stops)).toBe('deny');
      }),
      { numRuns: 500 },
    );
  });
});
