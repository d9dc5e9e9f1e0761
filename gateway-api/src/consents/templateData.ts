/** Consents that patients give often, by name: what a grant says without having to say it. Data; a request may say more. */
import type { ConsentLevel, GranteeKind, PurposeOfUse, RecordCategory } from '@chain-of-care/chaincode/model';
import type { NoticeLanguage } from '../notifications/catalogue.ts';

export interface ConsentTemplate {
  /** Whom it is for. */
  readonly granteeKinds: readonly GranteeKind[];
  readonly purposes: readonly PurposeOfUse[];
  readonly level: ConsentLevel;
  /** Absent: all. */
  readonly categories?: readonly RecordCategory[];
  /** From the grant. */
  readonly days: number;
  readonly maxAccesses?: number;
  readonly mayDelegate?: number;
  readonly title: Readonly<Record<NoticeLanguage, string>>;
}

export const consentTemplates = {
  referral: {
    granteeKinds: ['department'],
    purposes: ['TREAT'],
    level: 'read',
    days: 30,
    title: { en: 'Referral to a department', de: 'Überweisung an eine Abteilung', ar: 'إحالة إلى قسم' },
  },
  'second-opinion': {
    granteeKinds: ['person'],
    purposes: ['TREAT'],
    level: 'read',
    days: 14,
    maxAccesses: 10,
    title: { en: 'Second opinion', de: 'Zweitmeinung', ar: 'رأي ثانٍ' },
  },
  'treatment-at-hospital': {
    granteeKinds: ['organization'],
    purposes: ['TREAT'],
    level: 'write',
    days: 365,
    title: { en: 'Treatment at a hospital', de: 'Behandlung in einem Krankenhaus', ar: 'العلاج في مستشفى' },
  },
  'attending-physician': {
    granteeKinds: ['person'],
    purposes: ['TREAT'],
    level: 'write',
    days: 365,
    mayDelegate: 1,
    title: { en: 'Attending physician', de: 'Behandelnde Ärztin, behandelnder Arzt', ar: 'الطبيب المعالج' },
  },
  'emergency-care': {
    granteeKinds: ['department', 'organization'],
    purposes: ['ETREAT', 'BTG'],
    level: 'read',
    categories: ['allergy', 'prescription', 'diagnosis', 'immunization'],
    days: 365,
    title: { en: 'Emergency care', de: 'Notfallversorgung', ar: 'رعاية الطوارئ' },
  },
  billing: {
    granteeKinds: ['department', 'organization'],
    purposes: ['HPAYMT'],
    level: 'read',
    categories: ['bill', 'encounter'],
    days: 90,
    title: { en: 'Billing', de: 'Abrechnung', ar: 'الفوترة' },
  },
} as const satisfies Readonly<Record<string, ConsentTemplate>>;

export type ConsentTemplateName = keyof typeof consentTemplates;
export const consentTemplateNames = Object.keys(consentTemplates) as ConsentTemplateName[];
