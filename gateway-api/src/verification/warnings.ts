/** What a person must be told, in words. Recall, theft and expiry are never withheld, by a quota or from the public. */
import type { Verification } from '@chain-of-care/chaincode/rules';
import type { WarningView } from './dto.ts';

const languages = ['en', 'de', 'ar'] as const;
type Language = (typeof languages)[number];

const texts = {
  recalled: {
    en: 'This lot has been recalled. Do not use it; bring it back to a pharmacy.',
    de: 'Diese Charge wurde zurückgerufen. Nicht anwenden; bringen Sie sie in eine Apotheke zurück.',
    ar: 'تم سحب هذه التشغيلة. لا تستخدمها وأعدها إلى الصيدلية.',
  },
  withdrawn: {
    en: 'This lot has been withdrawn from the market. Do not use it.',
    de: 'Diese Charge wurde vom Markt genommen. Nicht anwenden.',
    ar: 'تم سحب هذه التشغيلة من السوق. لا تستخدمها.',
  },
  expired: { en: 'Product is expired', de: 'Das Arzneimittel ist abgelaufen', ar: 'انتهت صلاحية المنتج' },
  stolen: {
    en: 'This product was reported stolen. Do not use it.',
    de: 'Dieses Arzneimittel wurde als gestohlen gemeldet. Nicht anwenden.',
    ar: 'تم الإبلاغ عن سرقة هذا المنتج. لا تستخدمه.',
  },
  product_not_found: {
    en: 'Product not found in registry',
    de: 'Das Arzneimittel ist nicht registriert',
    ar: 'المنتج غير موجود في السجل',
  },
  not_verified: {
    en: 'This box could not be verified. Ask a pharmacist before using it.',
    de: 'Diese Packung konnte nicht bestätigt werden. Fragen Sie vor der Anwendung in einer Apotheke nach.',
    ar: 'تعذر التحقق من هذه العبوة. اسأل الصيدلي قبل استخدامها.',
  },
  confirmed_counterfeit: {
    en: 'This product is a confirmed counterfeit. Do not use it.',
    de: 'Dieses Arzneimittel ist nachweislich gefälscht. Nicht anwenden.',
    ar: 'تأكد أن هذا المنتج مزيف. لا تستخدمه.',
  },
  custody_broken: {
    en: 'Supply chain integrity compromised',
    de: 'Die Lieferkette ist nicht lückenlos',
    ar: 'سلامة سلسلة التوريد منقوصة',
  },
  cold_chain_violation: {
    en: 'Cold chain violation detected',
    de: 'Die Kühlkette wurde unterbrochen',
    ar: 'تم رصد خلل في سلسلة التبريد',
  },
  lot_only: {
    en: 'Only the lot was checked. Only the serial number proves this box.',
    de: 'Nur die Charge wurde geprüft. Erst die Seriennummer bestätigt diese Packung.',
    ar: 'تم التحقق من التشغيلة فقط. الرقم التسلسلي وحده يثبت هذه العبوة.',
  },
} as const satisfies Record<string, Record<Language, string>>;

export type WarningCode = keyof typeof texts;

/** @param acceptLanguage the request's header; English without a language that is here */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '').split(',').map((part) => part.trim().slice(0, 2).toLowerCase());
  return (
    languages.find((language) => language === wanted.find((each) => languages.some((known) => known === each))) ?? 'en'
  );
}

export function warningViews(codes: readonly WarningCode[], language: Language): WarningView[] {
  return [...new Set(codes)].map((code) => ({ code, text: texts[code][language] }));
}

type Verdicts = Pick<Verification, 'status' | 'risk' | 'quality'> & { readonly custody: { readonly verdict: string } };

/** Warnings that nothing withholds. */
export function gravestWarnings({ status, risk }: Pick<Verdicts, 'status' | 'risk'>): WarningCode[] {
  const found = new Set<string>([...status.findings, ...risk.factors].map(({ code }) => code));
  return (['recalled', 'withdrawn', 'stolen', 'expired', 'confirmed_counterfeit'] as const).filter((code) =>
    found.has(code),
  );
}

export function warningsOf(verdicts: Verdicts): WarningCode[] {
  const { custody, quality } = verdicts;
  return [
    ...gravestWarnings(verdicts),
    ...(custody.verdict === 'BROKEN' ? (['custody_broken'] as const) : []),
    ...(quality.verdict === 'suspect' ? (['cold_chain_violation'] as const) : []),
  ];
}
