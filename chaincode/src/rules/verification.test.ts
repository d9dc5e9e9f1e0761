import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { riskFloors, riskOf, riskWeights, type RiskCode } from './risk.ts';
import { isImpossibleTravel } from './travel.ts';
import { verify, type VerificationFacts, type VerificationRequest } from './index.ts';

const here = '9506000134352';
const elsewhere = '9506000134369';
const pack = { state: 'active', holder: here, holderLicensed: true, eventId: 'e2', commissionedBy: 'e1' } as const;
const honest: VerificationFacts = {
  productKnown: true,
  lot: { lot: 'L', expiry: '270331', expiresOn: '2027-03-31' },
  pack,
  cloneEventIds: [],
  events: [],
  alerts: [],
};
const request: VerificationRequest = {
  lot: 'L',
  expiry: '270331',
  context: 'dispense',
  gln: here,
  timeMs: Date.parse('2026-03-01T09:00:00Z'),
};
const codes = (facts: Partial<VerificationFacts>, asked: Partial<VerificationRequest> = {}) => {
  const { risk, ...verdicts } = verify({ ...honest, ...facts }, { ...request, ...asked });
  return { score: risk.score, band: risk.band, factors: risk.factors.map(({ code }) => code), ...verdicts };
};

describe('risk', () => {
  test('factors multiply what is left; integers only', () => {
    const score = (...list: RiskCode[]) => riskOf(list.map((code) => ({ code, eventIds: [] }))).score;
    expect(score()).toBe(0);
    expect(score('public_report')).toBe(10);
    expect(score('lot_mismatch')).toBe(85);
    expect(score('licensed_report', 'overdue_receipt')).toBe(40);
    expect(score('lot_mismatch', 'expiry_mismatch')).toBe(94);
    expect(score('public_report', 'expired')).toBe(95);
    expect(score('expired', 'stolen')).toBe(100);
  });

  test('the order of findings and repeats do not matter; more findings never lower the score', () => {
    const all = [...Object.keys(riskWeights), ...Object.keys(riskFloors)] as RiskCode[];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...all)), fc.constantFrom(...all), (list, more) => {
        const findings = list.map((code) => ({ code, eventIds: [code] }));
        const risk = riskOf(findings);
        expect(riskOf([...findings, ...findings].toReversed())).toEqual(risk);
        expect(Number.isInteger(risk.score) && risk.score >= 0 && risk.score <= 100).toBe(true);
        expect(riskOf([...findings, { code: more, eventIds: [] }]).score).toBeGreaterThanOrEqual(risk.score);
      }),
    );
  });
});

describe('verification', () => {
  test('an honest pack in its custodian’s hand: authentic, consistent, usable, score 0', () => {
    expect(codes({})).toMatchObject({
      isAuthentic: true,
      identity: { verdict: 'verified' },
      custody: { verdict: 'CONSISTENT' },
      status: { verdict: 'usable', state: 'active' },
      score: 0,
      band: 'accept',
    });
  });

  test('an unknown serial is 100, whatever else', () => {
    const { pack: _, ...unknown } = honest;
    const answer = verify(unknown, request);
    expect(answer).toMatchObject({
      isAuthentic: false,
      identity: { verdict: 'unknown' },
      status: { state: 'unknown' },
    });
    expect(answer.risk.score).toBe(100);
  });

  test('lot and expiry are compared as printed: 270331 is not 270300', () => {
    expect(codes({}, { lot: 'M' })).toMatchObject({ identity: { verdict: 'mismatch' }, factors: ['lot_mismatch'] });
    expect(codes({}, { expiry: '270300' })).toMatchObject({ isAuthentic: false, factors: ['expiry_mismatch'] });
  });

  test('a recalled pack is still authentic', () => {
    expect(codes({ recall: { kind: 'recall', eventId: 'r' } })).toMatchObject({
      isAuthentic: true,
      status: { verdict: 'not_usable', findings: [{ code: 'recalled', eventIds: ['r'] }] },
      score: 95,
      band: 'reject',
    });
  });

  test('supplied is the good state for the person who holds the box, and 95 for who wants to supply it', () => {
    const supplied = { pack: { ...pack, state: 'supplied' as const, suppliedBy: { gln: here, eventId: 'd' } } };
    expect(codes(supplied, { context: 'consumer' })).toMatchObject({ score: 0, status: { verdict: 'usable' } });
    for (const context of ['receive', 'dispense', 'return', 'inventory'] as const)
      expect(codes(supplied, { context })).toMatchObject({ score: 95, factors: ['supplied_already'] });
    expect(codes(supplied, { context: 'inspection' }).score).toBe(0);
  });

  test('a box never supplied in the hand of a consumer, or scanned away from its custodian, is outside custody', () => {
    expect(codes({}, { context: 'consumer' })).toMatchObject({ score: 40, custody: { verdict: 'QUESTIONABLE' } });
    expect(codes({}, { gln: elsewhere })).toMatchObject({ factors: ['scan_outside_custody'] });
    const moving = { pack: { ...pack, state: 'in_transit' as const, recipient: elsewhere } };
    expect(codes(moving, { context: 'receive', gln: elsewhere }).score).toBe(0);
    expect(codes(moving, { context: 'receive', gln: here }).score).toBe(40);
    expect(codes({}, { context: 'receive', gln: elsewhere }).score).toBe(40);
  });

  test.each([
    ['stolen', 100],
    ['destroyed', 100],
  ] as const)('%s is %i', (state, score) => {
    expect(codes({ pack: { ...pack, state } }).score).toBe(score);
  });

  test('a pack is good until the printed day ends, UTC', () => {
    expect(codes({}, { timeMs: Date.parse('2027-03-31T23:59:59.999Z') }).score).toBe(0);
    expect(codes({}, { timeMs: Date.parse('2027-04-01T00:00:00Z') }).score).toBe(95);
  });

  test('refused attempts, clones and impossible journeys break or question the custody, with their events', () => {
    const attempt = (refused: string) => ({
      events: [{ eventId: 'x', kind: 'refusal', eventTime: '2026-02-01T00:00:00Z', refused } as const],
    });
    expect(codes(attempt('already_supplied')).custody).toEqual({
      verdict: 'BROKEN',
      findings: [{ code: 'dispensed_twice', eventIds: ['x'] }],
    });
    expect(codes(attempt('wrong_recipient'))).toMatchObject({ custody: { verdict: 'BROKEN' }, score: 55 });
    expect(codes(attempt('licence_expired'))).toMatchObject({ custody: { verdict: 'QUESTIONABLE' }, score: 50 });
    expect(codes({ cloneEventIds: ['a', 'b'] })).toMatchObject({ isAuthentic: false, score: 100 });
    const scan = (eventId: string, eventTime: string, longitudeE6: number) => ({
      eventId,
      kind: 'observe' as const,
      eventTime,
      place: { latitudeE6: 48_000_000, longitudeE6 },
    });
    const journey = (hour: string) =>
      codes({
        events: [scan('a', '2026-02-01T00:00:00Z', 16_000_000), scan('b', `2026-02-01T${hour}:00:00Z`, 116_000_000)],
      });
    expect(journey('01').custody.findings).toEqual([{ code: 'impossible_travel', eventIds: ['a', 'b'] }]);
    expect(journey('12').custody.findings).toEqual([]);
  });

  test('open reports count, closed ones do not; a confirmed counterfeit is 100; overdue receipts are noted', () => {
    const alert = (status: 'open' | 'false_alarm' | 'confirmed') => ({
      alerts: [{ eventId: 'r', type: 'counterfeit' as const, status, source: 'report' as const }],
    });
    expect(codes(alert('open')).score).toBe(25);
    expect(codes(alert('false_alarm')).score).toBe(0);
    expect(codes(alert('confirmed')).score).toBe(100);
    expect(
      codes({ pack: { ...pack, state: 'in_transit', recipient: here, shippedAt: '2026-02-01T00:00:00Z' } }).factors,
    ).toEqual(['overdue_receipt']);
  });

  test('a short hop is never impossible', () => {
    const vienna = { latitudeE6: 48_208_000, longitudeE6: 16_373_000 };
    expect(isImpossibleTravel(vienna, { latitudeE6: 48_300_000, longitudeE6: 16_373_000 }, 0)).toBe(false);
    expect(isImpossibleTravel(vienna, { latitudeE6: 49_300_000, longitudeE6: 16_373_000 }, -1)).toBe(true);
  });
});
