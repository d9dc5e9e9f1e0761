import { describe, expect, test } from '@jest/globals';
import {
  nmvsCodeOf,
  serviceAnswerOf,
  verify,
  type VerificationFacts,
  type VerificationRequest,
  type VerifiedEvent,
} from './index.ts';

const here = '9506000134352';
const there = '9506000134369';
const pack = { state: 'active', holder: here, holderLicensed: true, eventId: 'e2', commissionedBy: 'e1' } as const;
const honest: VerificationFacts = {
  productKnown: true,
  makerMspId: 'PharmaMSP',
  markets: ['AT', 'DE'],
  lot: { lot: 'L', expiry: '270331', expiresOn: '2027-03-31', declaredUnits: 10, commissionedUnits: 10 },
  pack: { ...pack, country: 'AT', containers: ['case', 'pallet'] },
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
const supplied = {
  pack: { ...honest.pack!, state: 'supplied' as const, suppliedBy: { gln: here, eventId: 'd', country: 'AT' } },
};
const answerOf = (facts: Partial<VerificationFacts>, asked: Partial<VerificationRequest> = {}) =>
  verify({ ...honest, ...facts }, { ...request, ...asked });
const custodyCodes = (...parameters: Parameters<typeof answerOf>) =>
  answerOf(...parameters).custody.findings.map(({ code }) => code);
const scoreOf = (...parameters: Parameters<typeof answerOf>) => answerOf(...parameters).risk.score;
const attempt = (fields: Partial<VerifiedEvent>): VerifiedEvent => ({
  eventId: 'x',
  kind: 'refusal',
  eventTime: '2026-02-01T00:00:00Z',
  ...fields,
});

describe('custody findings', () => {
  test('a receipt of what was not on its way speaks against the pack, unless its holder scans it again', () => {
    const events = (gln: string) => [attempt({ refused: 'wrong_state', attempted: 'receive', gln })];
    expect(custodyCodes({ events: events(there) })).toEqual(['receive_without_ship']);
    expect(scoreOf({ events: events(there) })).toBe(45);
    expect(custodyCodes({ events: events(here) })).toEqual([]);
  });

  test('an attempt whose alert was closed does not count any more', () => {
    const events = [attempt({ refused: 'wrong_recipient', attempted: 'receive', gln: there })];
    const alert = (status: 'open' | 'false_alarm' | 'resolved') =>
      scoreOf({ events, alerts: [{ eventId: 'x', type: 'diversion', status, source: 'automatic' }] });
    expect([alert('open'), alert('false_alarm'), alert('resolved')]).toEqual([55, 0, 0]);
  });

  test('more units commissioned than declared is broken and 80', () => {
    const lot = { ...honest.lot!, commissionedUnits: 11 };
    expect(answerOf({ lot })).toMatchObject({ custody: { verdict: 'BROKEN' }, risk: { score: 80, band: 'reject' } });
  });

  test('nothing happens before a pack is commissioned or after it was destroyed', () => {
    const event = (eventId: string, kind: VerifiedEvent['kind'], eventTime: string) => ({ eventId, kind, eventTime });
    const events = [
      event('e1', 'commission', '2026-02-01T00:00:00Z'),
      event('e0', 'ship', '2026-01-31T00:00:00Z'),
      event('e3', 'destroy', '2026-02-02T00:00:00Z'),
      event('e4', 'inspect', '2026-02-03T00:00:00Z'),
      event('e5', 'ship', '2026-02-04T00:00:00Z'),
    ];
    expect(answerOf({ events }).custody.findings).toEqual([
      { code: 'event_before_commission', eventIds: ['e0'] },
      { code: 'event_after_end', eventIds: ['e3', 'e5'] },
    ]);
  });

  test('a pack found in a container that it is not in is an aggregation mismatch', () => {
    expect(scoreOf({}, { foundIn: 'pallet' })).toBe(0);
    expect(scoreOf({}, { foundIn: 'other' })).toBe(25);
  });

  test('a consumer in another country, or scans far apart, are factors; the same place again is none', () => {
    const consumer = { context: 'consumer', country: 'AT' } as const;
    expect(scoreOf(supplied, consumer)).toBe(0);
    expect(scoreOf(supplied, { ...consumer, country: 'DE' })).toBe(40);
    const vienna = { latitudeE6: 48_200_000, longitudeE6: 16_400_000 };
    const scans = [{ scannedAt: '2026-03-01T08:30:00Z', place: vienna }];
    expect(scoreOf({ ...supplied, scans }, { ...consumer, place: vienna })).toBe(0);
    const lisbon = { latitudeE6: 38_700_000, longitudeE6: -9_100_000 };
    expect(custodyCodes({ ...supplied, scans }, { ...consumer, place: lisbon })).toEqual(['scanned_far_apart']);
  });

  test('a pack for other countries is outside its markets where it is dispensed', () => {
    expect(scoreOf({ pack: { ...honest.pack!, country: 'BR' } })).toBe(40);
    expect(scoreOf({ markets: [], pack: { ...honest.pack!, country: 'BR' } })).toBe(0);
  });
});

describe('quality and reports', () => {
  test('each finding of the cold chain has its weight; data without findings leave quality unaffected', () => {
    const quality = { exceededEventIds: [], pendingEventIds: [], gapEventIds: [] };
    expect(answerOf({ quality }).quality.verdict).toBe('unaffected');
    expect(answerOf({}).quality.verdict).toBe('no_data');
    expect(scoreOf({ quality: { ...quality, exceededEventIds: ['t'] } })).toBe(60);
    expect(scoreOf({ quality: { ...quality, pendingEventIds: ['t'] } })).toBe(30);
    expect(scoreOf({ quality: { ...quality, gapEventIds: ['t'] } })).toBe(15);
  });

  test('reports of the public weigh 10 however many there are', () => {
    const report = (eventId: string) => ({ eventId, type: 'counterfeit', status: 'open', source: 'public' }) as const;
    expect(scoreOf({ alerts: [report('a'), report('b')] })).toBe(10);
  });
});

describe('answers in the words of other systems', () => {
  const nmvs = (facts: Partial<VerificationFacts>, asked: Partial<VerificationRequest> = {}) => {
    const all = { ...honest, ...facts };
    const question = { ...request, ...asked };
    return nmvsCodeOf(all, question, verify(all, question));
  };
  const service = (facts: Partial<VerificationFacts>, asked: Partial<VerificationRequest> = {}) => {
    const all = { ...honest, ...facts };
    return serviceAnswerOf(all, verify(all, { ...request, ...asked }));
  };
  const nothing = (({ pack: _pack, lot: _lot, ...rest }) => rest)(honest);

  test('return codes of the national medicines verification systems', () => {
    expect(nmvs({})).toBeUndefined();
    expect(nmvs({}, { lot: 'M' })).toBe('NMVS_FE_LOT_13');
    expect(nmvs({ namedLotKnown: false }, { lot: 'M' })).toBe('NMVS_FE_LOT_03');
    expect(nmvs({}, { expiry: '270300' })).toBe('NMVS_FE_LOT_12');
    expect(nmvs(supplied)).toBe('NMVS_NC_PCK_22');
    expect(nmvs(supplied, { context: 'consumer' })).toBeUndefined();
    const unknown = verify(nothing, request);
    expect(nmvsCodeOf(nothing, request, unknown)).toBe('NMVS_NC_PC_02');
    expect(nmvsCodeOf({ ...nothing, namedLotKnown: false }, request, unknown)).toBe('NMVS_FE_LOT_03');
  });

  test('failure reasons of the verification service', () => {
    expect(service({})).toEqual({ verified: true });
    expect(service({}, { lot: 'M' }).verificationFailureReason).toBe('No_match_GTIN_Serial_Lot');
    expect(service({}, { expiry: '270300' }).verificationFailureReason).toBe('No_match_GTIN_Serial_Expiry');
    expect(service({}, { lot: 'M', expiry: '270300' })).toEqual({
      verified: false,
      verificationFailureReason: 'No_match_GTIN_Serial_Lot_Expiry',
      additionalInfo: 'Suspect',
    });
    expect(serviceAnswerOf(nothing, verify(nothing, request))).toEqual({
      verified: false,
      verificationFailureReason: 'No_match_GTIN_Serial',
    });
    expect(service(supplied).verificationFailureReason).toBe('Not_for_re-distribution');
    const locked = (mspId: string) => ({ pack: { ...honest.pack!, state: 'locked' as const, lockedBy: { mspId } } });
    expect(service(locked('PharmaMSP')).verificationFailureReason).toBe('Manufacturer_policy');
    expect(service(locked('HospitalMSP')).verificationFailureReason).toBe('No_reason_provided');
  });

  test('a supplied pack is verified for the person who holds it, and is nothing for who would sell it again', () => {
    expect(service(supplied, { context: 'consumer' })).toEqual({ verified: true });
    expect(service(supplied, { context: 'return' }).verificationFailureReason).toBe('Not_for_re-distribution');
    const destroyed = { pack: { ...supplied.pack, state: 'destroyed' as const } };
    expect(service(destroyed, { context: 'consumer' }).verified).toBe(false);
  });

  test('additional information beside either answer', () => {
    expect(service({ recall: { kind: 'recall', eventId: 'r' } })).toEqual({
      verified: true,
      additionalInfo: 'Recalled',
    });
    expect(service({}, { timeMs: Date.parse('2028-01-01T00:00:00Z') }).additionalInfo).toBe('Expired');
    expect(service({ lot: { ...honest.lot!, isExtended: true } }).additionalInfo).toBe('ExpirationExtended');
    expect(service({ pack: { ...honest.pack!, state: 'stolen' } })).toEqual({
      verified: false,
      verificationFailureReason: 'Not_for_re-distribution',
      additionalInfo: 'Illegitimate',
    });
    expect(service({ alerts: [{ eventId: 'r', type: 'counterfeit', status: 'open', source: 'report' }] })).toEqual({
      verified: true,
      additionalInfo: 'Suspect',
    });
  });
});
