import { describe, expect, test } from '@jest/globals';
import { consentByRule, type StandingRule } from './consentByRule.ts';

const nowMs = Date.parse('2026-03-01T09:00:00Z');
const rule: StandingRule = {
  ruleId: 'r',
  patientId: 'p',
  createdAt: '2026-02-01T00:00:00.000Z',
  effect: 'automatic',
  template: 'referral',
  grantee: { kind: 'department', mspId: 'HospitalMSP', id: 'cardiology' },
};
const request = {
  requesterId: 'ada',
  requesterOrg: 'HospitalMSP',
  purposeOfUse: 'TREAT',
  categories: ['lab_result', 'vitals'],
  days: 90,
  requestedAt: '2026-03-01T08:59:59.000Z',
} as const;
const given = (differs: Partial<StandingRule> = {}, asks: object = {}, department = 'cardiology') =>
  consentByRule(
    { ...rule, ...differs },
    { ...request, categories: [...request.categories], ...asks },
    department,
    nowMs,
  );

describe('a standing rule gives', () => {
  test('what was asked for, to the department of who asks, for as long as the template says', () => {
    expect(given()).toEqual({
      grantee: rule.grantee,
      purposes: ['TREAT'],
      categories: ['lab_result', 'vitals'],
      expiresAt: '2026-03-31T09:00:00.000Z',
    });
  });

  test('never more than was asked for, nor than it says', () => {
    expect(given({}, { days: 3 })).toMatchObject({ expiresAt: '2026-03-04T09:00:00.000Z' });
    expect(given({ days: 5, categories: ['vitals', 'imaging'] })).toMatchObject({
      categories: ['vitals'],
      expiresAt: '2026-03-06T09:00:00.000Z',
    });
    expect(
      given({ template: 'attending-physician', grantee: { kind: 'person', mspId: 'HospitalMSP', id: 'ada' } }),
    ).not.toMatchObject({ level: 'write' });
  });

  test('to the receiving department of a referral, for thirty days, whoever refers; a rule for a person says nothing', () => {
    const referred = { receivingDepartment: 'cardiology' };
    expect(given({}, referred, 'emergency')).toMatchObject({
      grantee: rule.grantee,
      expiresAt: '2026-03-31T09:00:00.000Z',
    });
    expect(given({}, { receivingDepartment: 'oncology' })).toBeUndefined();
    const toAda = { kind: 'person', mspId: 'HospitalMSP', id: 'ada' } as const;
    expect(given({ template: 'second-opinion', grantee: toAda })).toMatchObject({ grantee: toAda });
    expect(given({ template: 'second-opinion', grantee: toAda }, referred)).toBeUndefined();
  });

  test('to whichever department of a hospital it is, where it names the hospital, and never to all of it', () => {
    const hospital = { kind: 'organization', mspId: 'HospitalMSP' } as const;
    for (const department of ['oncology', 'cardiology'])
      expect(given({ grantee: hospital }, {}, department)).toMatchObject({
        grantee: { kind: 'department', mspId: 'HospitalMSP', id: department },
      });
    expect(given({ grantee: hospital }, { requesterOrg: 'OtherHospitalMSP' })).toBeUndefined();
    expect(
      consentByRule({ ...rule, grantee: hospital }, { ...request, categories: ['vitals'] }, undefined, nowMs),
    ).toBeUndefined();
  });

  test.each([
    ['another department asks', {}, {}, 'oncology'],
    ['the department of that name at another hospital', {}, { requesterOrg: 'OtherHospitalMSP' }, 'cardiology'],
    ['another person asks', { grantee: { kind: 'person', mspId: 'HospitalMSP', id: 'ben' } }, {}, 'cardiology'],
    ['for another purpose', {}, { purposeOfUse: 'HRESCH' }, 'cardiology'],
    ['for other categories only', { categories: ['imaging'] }, {}, 'cardiology'],
    ['before the rule was made', { createdAt: '2026-03-01T09:00:00.000Z' }, {}, 'cardiology'],
    ['after its end', { endsAt: '2026-03-01T09:00:00.000Z' }, {}, 'cardiology'],
    ['after it was ended', { endedAt: '2026-02-15T09:00:00.000Z' }, {}, 'cardiology'],
  ] as const)('nothing when %s', (_when, differs, asks, department) => {
    expect(given(differs as Partial<StandingRule>, asks, department)).toBeUndefined();
  });
});
