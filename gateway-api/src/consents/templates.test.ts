import { describe, expect, test } from '@jest/globals';
import { noticeLanguages } from '../notifications/catalogue.ts';
import type { NewConsent } from './dto.ts';
import { consentTemplateNames, consentTemplates } from './templateData.ts';
import { withTemplate } from './templates.ts';

const now = Date.parse('2026-06-01T00:00:00Z');
const icu = { kind: 'department', mspId: 'HospitalMSP', id: 'icu' } as const;

describe('a template of consents', () => {
  test('says what the grant does not: a referral permits the department to read for treatment, for 30 days', () => {
    expect(withTemplate({ template: 'referral', grantee: icu }, now)).toEqual({
      grantee: icu,
      purposes: ['TREAT'],
      level: 'read',
      expiresAt: '2026-07-01T00:00:00.000Z',
    });
  });

  test('gives way to what the grant says', () => {
    const said: NewConsent = { grantee: icu, categories: ['vitals'], expiresAt: '2026-06-03T00:00:00Z' };
    expect(withTemplate({ template: 'referral', ...said }, now)).toMatchObject(said);
  });

  test('is for whom it is for', () => {
    const everyone = { kind: 'everyone' } as const;
    expect(() => withTemplate({ template: 'referral', grantee: everyone }, now)).toThrow(
      expect.objectContaining({ code: 'validation_failed' }),
    );
  });

  test('leaves a grant without one as it is', () => {
    expect(withTemplate({ grantee: icu }, now)).toEqual({ grantee: icu });
  });

  test('never opens more than 365 days, nor research, and has a title in every language', () => {
    for (const name of consentTemplateNames) {
      const { days, purposes, title } = consentTemplates[name];
      expect(days).toBeLessThanOrEqual(365);
      expect(purposes).not.toContain('HRESCH');
      expect(Object.keys(title).toSorted()).toEqual(noticeLanguages.toSorted());
    }
  });
});
