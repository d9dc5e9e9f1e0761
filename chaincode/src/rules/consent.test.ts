import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  confidentialities,
  consentDecisions,
  consentLevels,
  purposeCodes,
  purposesOfUse,
  recordCategories,
  type ConsentRule,
  type ConsentScope,
} from '../model/index.ts';
import {
  decideConsent,
  isCategoryDenied,
  mayHoldSeed,
  rulesForCategory,
  type ConsentedRecord,
  type ConsentRequest,
} from './consent.ts';

const now = Date.parse('2026-03-01T00:00:00Z');
const record: ConsentedRecord = {
  recordId: 'r1',
  category: 'lab_result',
  confidentiality: 'N',
  clinicalDate: '2025-06-15',
};
const request: ConsentRequest = { purposeOfUse: 'TREAT', level: 'read', timeMs: now };
const permit = (scope: Partial<ConsentRule> = {}): ConsentRule => ({
  consentId: 'c1',
  decision: 'permit',
  level: 'read',
  grantedAt: '2026-01-01T00:00:00Z',
  ...scope,
});
const deny = (scope: Partial<ConsentRule> = {}): ConsentRule => permit({ consentId: 'c2', decision: 'deny', ...scope });

describe('consent', () => {
  test('without a consent nothing is permitted', () => {
    expect(decideConsent([], request, record)).toMatchObject({ decision: 'deny', code: 'consent_missing' });
  });

  test('between consents deny wins', () => {
    expect(decideConsent([permit(), deny()], request, record)).toEqual({
      decision: 'deny',
      code: 'consent_denied',
      consentIds: ['c2'],
    });
  });

  test('a nested exception beats its parent', () => {
    const rule = permit({ exceptions: [{ recordIds: ['r1'] }] });
    expect(decideConsent([rule], request, record).decision).toBe('deny');
    expect(decideConsent([rule], request, { ...record, recordId: 'r2' }).decision).toBe('permit');
  });

  test('expiry is exclusive', () => {
    const rule = permit({ expiresAt: '2026-03-01T00:00:00Z' });
    expect(decideConsent([rule], request, record).decision).toBe('deny');
    expect(decideConsent([rule], { ...request, timeMs: now - 1 }, record).decision).toBe('permit');
  });

  test('a purpose covers the purposes that are part of it, and break-glass only itself', () => {
    const treat = permit({ purposes: ['TREAT'] });
    expect(decideConsent([treat], { ...request, purposeOfUse: 'ETREAT' }, record).decision).toBe('permit');
    expect(decideConsent([treat], { ...request, purposeOfUse: 'HPAYMT' }, record).decision).toBe('deny');
    expect(decideConsent([permit()], { ...request, purposeOfUse: 'BTG' }, record).decision).toBe('deny');
    expect(decideConsent([permit({ purposes: ['BTG'] })], { ...request, purposeOfUse: 'BTG' }, record).decision).toBe(
      'permit',
    );
  });

  test('a partial date is inside a period only if wholly inside', () => {
    const rule = permit({ period: { start: '2025-06-10', end: '2025-12' } });
    const on = (clinicalDate: string) => decideConsent([rule], request, { ...record, clinicalDate }).decision;
    expect([on('2025-06-10'), on('2025-12-31'), on('2025-06'), on('2025'), on('2025-07')]).toEqual([
      'permit',
      'permit',
      'deny',
      'deny',
      'permit',
    ]);
  });

  test('a denial with days reaches every record that may lie in them', () => {
    const rules = [permit(), deny({ period: { start: '2025-06-10', end: '2025-12' } })];
    const on = (clinicalDate: string) => decideConsent(rules, request, { ...record, clinicalDate }).decision;
    expect(['2025', '2025-06', '2025-06-09', '2025-12-31', '2026', '2024'].map(on)).toEqual([
      'deny',
      'deny',
      'permit',
      'deny',
      'permit',
      'permit',
    ]);
  });

  test('an exception with days takes away what may lie in them, and gives back only what surely does', () => {
    const exceptions = [{ period: { start: '2025-06-10' } }];
    const month = { ...record, clinicalDate: '2025-06' };
    expect(decideConsent([permit({ exceptions })], request, month).decision).toBe('deny');
    expect(decideConsent([deny({ exceptions })], request, month)).toMatchObject({ code: 'consent_denied' });
    expect(decideConsent([deny({ exceptions })], request, record).decision).toBe('permit');
  });

  test('a seed is granted only for a whole category without range, exception or count', () => {
    const of = { category: 'lab_result', confidentiality: 'N' } as const;
    expect(mayHoldSeed(permit({ categories: ['lab_result'] }), of)).toBe(true);
    expect(mayHoldSeed(permit({ period: { start: '2025' } }), of)).toBe(false);
    expect(mayHoldSeed(permit({ recordIds: ['r1'] }), of)).toBe(false);
    expect(mayHoldSeed(permit({ exceptions: [{ recordIds: ['r1'] }] }), of)).toBe(false);
    expect(mayHoldSeed(permit({ exceptions: [{ categories: ['lab_result'] }] }), of)).toBe(false);
    expect(mayHoldSeed(permit({ maxAccesses: 3 }), of)).toBe(false);
    expect(mayHoldSeed(permit(), { category: 'other', confidentiality: 'V' })).toBe(false);
  });

  test('an exception of another category or confidentiality takes no seed away, but any category lies under other at R', () => {
    const exceptions = [{ categories: ['allergy' as const] }];
    expect(mayHoldSeed(permit({ exceptions }), { category: 'lab_result', confidentiality: 'N' })).toBe(true);
    expect(mayHoldSeed(permit({ exceptions }), { category: 'allergy', confidentiality: 'N' })).toBe(false);
    const named = permit({ confidentialities: ['N', 'R'], exceptions });
    expect(mayHoldSeed(named, { category: 'other', confidentiality: 'R' })).toBe(false);
    const restricted = permit({ exceptions: [{ confidentialities: ['V'] }] });
    expect(mayHoldSeed(restricted, { category: 'lab_result', confidentiality: 'N' })).toBe(true);
  });
});

describe('a restricted record', () => {
  const restricted = { ...record, confidentiality: 'R' as const };
  const decided = (rule: ConsentRule) => decideConsent([rule], request, restricted).decision;

  test('is permitted by a consent that names its confidentiality, or the record itself, and by no other', () => {
    expect(decided(permit())).toBe('deny');
    expect(decided(permit({ categories: [restricted.category] }))).toBe('deny');
    expect(decided(permit({ confidentialities: ['V'] }))).toBe('deny');
    expect(decided(permit({ confidentialities: ['R'] }))).toBe('permit');
    expect(decided(permit({ recordIds: [restricted.recordId] }))).toBe('permit');
  });

  test('is denied by a denial that names no confidentiality', () => {
    const rules = [permit({ confidentialities: ['R'] }), { ...permit(), decision: 'deny' as const }];
    expect(decideConsent(rules, request, restricted)).toMatchObject({ decision: 'deny', code: 'consent_denied' });
  });
});

/** A second evaluator, written from the prose and knowing nothing of the first: intervals as day numbers, sets, no sharing. */
function naively(rules: readonly ConsentRule[], asked: ConsentRequest, of: ConsentedRecord): 'permit' | 'deny' {
  const days = (date: string): [number, number] => {
    const [y, m, d] = date.split('-').map(Number) as [number, number?, number?];
    const from = Date.UTC(y, (m ?? 1) - 1, d ?? 1);
    const until = d === undefined ? (m === undefined ? Date.UTC(y + 1, 0, 1) : Date.UTC(y, m, 1)) : from + 86_400_000;
    return [from, until];
  };
  const ancestors = new Set<string>([asked.purposeOfUse, purposesOfUse[asked.purposeOfUse] ?? asked.purposeOfUse]);
  const speaksOf = (scope: ConsentScope, isPermit: boolean): boolean => {
    if (scope.purposes === undefined ? asked.purposeOfUse === 'BTG' : !scope.purposes.some((p) => ancestors.has(p)))
      return false;
    if (scope.categories && !new Set(scope.categories).has(of.category)) return false;
    if (scope.confidentialities && !new Set(scope.confidentialities).has(of.confidentiality)) return false;
    if (scope.recordIds && !new Set(scope.recordIds).has(of.recordId)) return false;
    const [from, until] = days(of.clinicalDate);
    const start = scope.period?.start ? days(scope.period.start)[0] : -Infinity;
    const end = scope.period?.end ? days(scope.period.end)[1] : Infinity;
    return isPermit ? from >= start && until <= end : from < end && until > start;
  };
  const namesIt = (scope: ConsentScope): boolean =>
    of.confidentiality === 'N' || scope.confidentialities !== undefined || scope.recordIds !== undefined;
  const order = ['read', 'write', 'admin'];
  let permitted = false;
  for (const rule of rules) {
    if (rule.expiresAt && asked.timeMs >= Date.parse(rule.expiresAt)) continue;
    if (rule.decision === 'permit' && order.indexOf(rule.level) < order.indexOf(asked.level)) continue;
    const permits = rule.decision === 'permit';
    const turns = (exception: ConsentScope): boolean =>
      speaksOf(exception, !permits) && (permits || namesIt(exception));
    const flipped = rule.exceptions?.some(turns) ?? false;
    const isPermit = permits !== flipped;
    if (!speaksOf(rule, isPermit) || (isPermit && !flipped && !namesIt(rule))) continue;
    if (!isPermit) return 'deny';
    permitted = true;
  }
  return permitted ? 'permit' : 'deny';
}

function daysOf(partial: string): string[] {
  const days: string[] = [];
  const day = new Date(`${`${partial}-01-01`.slice(0, 10)}T00:00:00Z`);
  for (; day.toISOString().startsWith(partial); day.setUTCDate(day.getUTCDate() + 1))
    days.push(day.toISOString().slice(0, 10));
  return days;
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const dates = fc.constantFrom(
  '2024',
  '2025',
  '2025-02',
  '2025-06',
  '2025-02-28',
  '2025-06-15',
  '2025-12-31',
  '2026-01',
);
const few = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });
const scope = fc.record({
  purposes: maybe(few(purposeCodes)),
  categories: maybe(few(recordCategories.slice(0, 3))),
  confidentialities: maybe(few(confidentialities)),
  recordIds: maybe(few(['r1', 'r2'])),
  period: maybe(fc.record({ start: maybe(dates), end: maybe(dates) })),
});
const rule = fc
  .record({
    scope,
    consentId: fc.uuid(),
    decision: fc.constantFrom(...consentDecisions),
    level: fc.constantFrom(...consentLevels),
    expiresAt: maybe(fc.constantFrom('2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z')),
    exceptions: maybe(fc.array(scope, { maxLength: 2 })),
  })
  .map(({ scope: own, ...rest }) => ({ ...own, ...rest, grantedAt: '2026-01-01T00:00:00Z' }) as ConsentRule);
const requests = fc.record({
  purposeOfUse: fc.constantFrom(...purposeCodes),
  level: fc.constantFrom(...consentLevels),
  timeMs: fc.constant(now),
});
const records = fc.record({
  recordId: fc.constantFrom('r1', 'r2'),
  category: fc.constantFrom(...recordCategories.slice(0, 3)),
  confidentiality: fc.constantFrom(...confidentialities),
  clinicalDate: dates,
});

describe('consent, for any rules', () => {
  test('the decision is that of an independent evaluator', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), requests, records, (rules, asked, of) => {
        expect(decideConsent(rules, asked, of).decision).toBe(naively(rules, asked, of));
      }),
      { numRuns: 20_000 },
    );
  });

  test('adding a deny never permits more, and order does not matter', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), rule, requests, records, (rules, added, asked, of) => {
        const before = decideConsent(rules, asked, of).decision;
        expect(decideConsent([...rules].reverse(), asked, of).decision).toBe(before);
        const denied = { ...added, decision: 'deny' as const, exceptions: [] };
        if (before === 'deny') expect(decideConsent([...rules, denied], asked, of).decision).toBe('deny');
      }),
      { numRuns: 5_000 },
    );
  });

  test('what is known more exactly is never permitted less: a partial date is permitted only if each of its days is', () => {
    const partial = fc.constantFrom('2024', '2025', '2025-02', '2025-06', '2025-12');
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), requests, records, partial, (rules, asked, of, clinicalDate) => {
        if (decideConsent(rules, asked, { ...of, clinicalDate }).decision === 'deny') return;
        const on = (day: string) => decideConsent(rules, asked, { ...of, clinicalDate: day }).decision;
        expect(daysOf(clinicalDate).filter((day) => on(day) === 'deny')).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a category that is denied as a whole has no record that is permitted', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), requests, records, (rules, asked, of) => {
        if (isCategoryDenied(rules, asked, of.category)) expect(decideConsent(rules, asked, of).decision).toBe('deny');
      }),
      { numRuns: 5_000 },
    );
  });

  test('a category of which some record is permitted can be opened', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 5 }), requests, records, (rules, asked, of) => {
        const permits = decideConsent(rules, asked, of);
        const byPermit =
          permits.decision === 'permit' &&
          rules.some((r) => permits.consentIds.includes(r.consentId) && r.decision === 'permit');
        if (byPermit) expect(rulesForCategory(rules, asked, of.category).length).toBeGreaterThan(0);
      }),
      { numRuns: 5_000 },
    );
  });
});
