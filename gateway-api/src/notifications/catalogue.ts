/** Every kind of notice, and what people read of it in English, German and Arabic. Codes stay English. */
import { alertSeverities, type AlertSeverity, type AlertType } from '@chain-of-care/chaincode/model';

export const noticeLanguages = ['en', 'de', 'ar'] as const;
export type NoticeLanguage = (typeof noticeLanguages)[number];

type Texts = Readonly<Record<NoticeLanguage, readonly [title: string, text: string]>>;

/** `{name}` is replaced by that identifier of the notice; `{type}` by the alert type's name, `{endsOn}` by a day. */
export const noticeCatalogue = {
  criticalAlert: {
    en: [
      'Critical alert: {type}',
      'A critical alert was opened for {goods}. Stop handling the goods and read the alert.',
    ],
    de: [
      'Kritische Warnung: {type}',
      'Eine kritische Warnung wurde zu {goods} eröffnet. Die Ware nicht weitergeben und die Warnung lesen.',
    ],
    ar: ['تنبيه حرج: {type}', 'فُتح تنبيه حرج بشأن {goods}. أوقفوا تداول البضاعة واقرؤوا التنبيه.'],
  },
  alertOpened: {
    en: ['Alert: {type}', 'An alert was opened for {goods}.'],
    de: ['Warnung: {type}', 'Eine Warnung wurde zu {goods} eröffnet.'],
    ar: ['تنبيه: {type}', 'فُتح تنبيه بشأن {goods}.'],
  },
  alertInvestigating: {
    en: ['Alert under investigation', 'The alert for {goods} is being investigated.'],
    de: ['Warnung in Untersuchung', 'Die Warnung zu {goods} wird untersucht.'],
    ar: ['التنبيه قيد التحقيق', 'يجري التحقيق في التنبيه المتعلق بـ {goods}.'],
  },
  alertConfirmed: {
    en: ['Alert confirmed: {type}', 'The alert for {goods} was confirmed. Quarantine what you hold.'],
    de: ['Warnung bestätigt: {type}', 'Die Warnung zu {goods} wurde bestätigt. Vorhandene Ware sperren.'],
    ar: ['تأكد التنبيه: {type}', 'تأكد التنبيه المتعلق بـ {goods}. اعزلوا ما لديكم من البضاعة.'],
  },
  alertFalseAlarm: {
    en: ['False alarm', 'The alert for {goods} was a false alarm.'],
    de: ['Fehlalarm', 'Die Warnung zu {goods} war ein Fehlalarm.'],
    ar: ['إنذار كاذب', 'كان التنبيه المتعلق بـ {goods} إنذارًا كاذبًا.'],
  },
  alertResolved: {
    en: ['Alert resolved', 'The alert for {goods} is resolved.'],
    de: ['Warnung abgeschlossen', 'Die Warnung zu {goods} ist abgeschlossen.'],
    ar: ['أُغلق التنبيه', 'أُغلق التنبيه المتعلق بـ {goods}.'],
  },
  alertAssigned: {
    en: ['Alert assigned to you', 'The regulator made you responsible for the alert for {goods}.'],
    de: ['Warnung zugewiesen', 'Die Behörde hat Ihnen die Warnung zu {goods} zugewiesen.'],
    ar: ['أُسند إليكم تنبيه', 'أسندت إليكم الجهة الرقابية التنبيه المتعلق بـ {goods}.'],
  },
  alertEvidence: {
    en: ['New evidence', 'Evidence was added to the alert for {goods}.'],
    de: ['Neue Beweismittel', 'Zur Warnung zu {goods} wurden Beweismittel hinzugefügt.'],
    ar: ['أدلة جديدة', 'أُضيفت أدلة إلى التنبيه المتعلق بـ {goods}.'],
  },
  goodsQuarantined: {
    en: ['Lot quarantined', 'The lot of {goods} is quarantined: do not ship or dispense it.'],
    de: ['Charge gesperrt', 'Die Charge zu {goods} ist gesperrt: nicht versenden oder abgeben.'],
    ar: ['عُزلت التشغيلة', 'عُزلت تشغيلة {goods}: لا تشحنوها ولا تصرفوها.'],
  },
  goodsReleased: {
    en: ['Quarantine ended', 'The lot of {goods} may be handled again.'],
    de: ['Sperre aufgehoben', 'Die Charge zu {goods} ist wieder frei.'],
    ar: ['انتهى العزل', 'يمكن تداول تشغيلة {goods} من جديد.'],
  },
  recallIssued: {
    en: ['Recall, class {recallClass}', '{goods} is recalled. Stop, separate what you hold and return it.'],
    de: ['Rückruf, Klasse {recallClass}', '{goods} wird zurückgerufen. Anhalten, Bestand absondern und zurücksenden.'],
    ar: ['سحب من الفئة {recallClass}', 'سُحب {goods}. توقفوا واعزلوا ما لديكم وأعيدوه.'],
  },
  withdrawalIssued: {
    en: ['Withdrawal from the market', '{goods} is withdrawn from the market.'],
    de: ['Marktrücknahme', '{goods} wird vom Markt genommen.'],
    ar: ['سحب من السوق', 'سُحب {goods} من السوق.'],
  },
  licenceRequested: {
    en: ['Licence requested', 'Premises {gln} ask for a licence.'],
    de: ['Lizenz beantragt', 'Der Standort {gln} beantragt eine Lizenz.'],
    ar: ['طلب ترخيص', 'يطلب الموقع {gln} ترخيصًا.'],
  },
  licenceDecided: {
    en: ['Licence request decided', 'The request of premises {gln} was decided: {decision}.'],
    de: ['Lizenzantrag entschieden', 'Über den Antrag des Standorts {gln} wurde entschieden: {decision}.'],
    ar: ['بُتّ في طلب الترخيص', 'بُتّ في طلب الموقع {gln}: {decision}.'],
  },
  licenceChanged: {
    en: ['Licence changed', 'A licence of premises {gln} is now: {status}.'],
    de: ['Lizenz geändert', 'Eine Lizenz des Standorts {gln} ist jetzt: {status}.'],
    ar: ['تغيّر ترخيص', 'حالة ترخيص الموقع {gln} الآن: {status}.'],
  },
  tracingRequested: {
    en: ['Tracing request', 'Transaction information about {goods} is asked for, by {dueAt}.'],
    de: ['Rückverfolgungsanfrage', 'Transaktionsdaten zu {goods} sind bis {dueAt} zu liefern.'],
    ar: ['طلب تتبّع', 'مطلوب تقديم بيانات المعاملات الخاصة بـ {goods} قبل {dueAt}.'],
  },
  tracingAnswered: {
    en: ['Tracing request answered', 'The answer about {goods} has come.'],
    de: ['Rückverfolgungsanfrage beantwortet', 'Die Antwort zu {goods} ist da.'],
    ar: ['أُجيب عن طلب التتبّع', 'وصلت الإجابة بشأن {goods}.'],
  },
  illegitimateProduct: {
    en: ['Illegitimate product notification', 'A notification about {goods} was filed.'],
    de: ['Meldung eines illegalen Arzneimittels', 'Zu {goods} wurde eine Meldung eingereicht.'],
    ar: ['إخطار بمنتج غير مشروع', 'قُدّم إخطار بشأن {goods}.'],
  },
  recordStored: {
    en: ['New in your chart', 'Your chart has {recordCount} new entries.'],
    de: ['Neues in Ihrer Akte', 'Ihre Akte hat {recordCount} neue Einträge.'],
    ar: ['جديد في ملفك', 'في ملفك {recordCount} من الإدخالات الجديدة.'],
  },
  recordWithdrawn: {
    en: ['An entry was withdrawn', 'An entry of your chart was marked as entered in error. It counts no longer.'],
    de: [
      'Ein Eintrag wurde zurückgezogen',
      'Ein Eintrag Ihrer Akte wurde als irrtümlich gekennzeichnet. Er gilt nicht mehr.',
    ],
    ar: ['سُحب إدخال', 'وُسم أحد إدخالات ملفك بأنه أُدخل خطأً، ولم يعد معتمدًا.'],
  },
  integrityBroken: {
    en: [
      'A chart is broken',
      'A verification found entries or content that are not as recorded. Read report {reference}.',
    ],
    de: [
      'Eine Akte ist verletzt',
      'Eine Prüfung fand Einträge oder Inhalte, die nicht wie aufgezeichnet sind. Bericht {reference} lesen.',
    ],
    ar: ['ملف غير سليم', 'وجد التحقق إدخالات أو محتوى لا يطابق ما سُجّل. اقرؤوا التقرير {reference}.'],
  },
  recordsAccessed: {
    en: ['Your chart was opened', 'Somebody opened your chart. Your audit says who and why.'],
    de: ['Ihre Akte wurde geöffnet', 'Jemand hat Ihre Akte geöffnet. Das Protokoll nennt Person und Grund.'],
    ar: ['فُتح ملفك', 'فتح شخص ما ملفك. يبيّن سجل الاطلاع من ولماذا.'],
  },
  accessRefused: {
    en: ['An access was refused', 'Somebody asked for your chart and was refused.'],
    de: ['Ein Zugriff wurde verweigert', 'Jemand wollte Ihre Akte öffnen und wurde abgewiesen.'],
    ar: ['رُفض اطلاع', 'طلب شخص ما الاطلاع على ملفك ورُفض طلبه.'],
  },
  representativeConfirmed: {
    en: [
      'A representative was confirmed',
      'From now on somebody acts for a patient; both are told. It can be ended at the hospital.',
    ],
    de: [
      'Vertretung bestätigt',
      'Ab jetzt handelt jemand für eine Patientin oder einen Patienten; beide erfahren es. Das Krankenhaus kann es beenden.',
    ],
    ar: ['تأكّد ممثل', 'من الآن يتصرف شخص نيابة عن مريض، وقد أُبلغ كلاهما. يمكن إنهاء ذلك في المستشفى.'],
  },
  representativeEnded: {
    en: ['A representation ended', 'Somebody who acted for a patient does so no longer.'],
    de: ['Vertretung beendet', 'Jemand handelt nicht mehr für eine Patientin oder einen Patienten.'],
    ar: ['انتهى تمثيل', 'لم يعد شخص كان يتصرف نيابة عن مريض يفعل ذلك.'],
  },
  accessToReview: {
    en: [
      'An unusual access',
      'An access to a chart is unusual and is being looked at. Review {reference} says what and who.',
    ],
    de: [
      'Ein ungewöhnlicher Zugriff',
      'Ein Zugriff auf eine Akte ist ungewöhnlich und wird geprüft. Prüfung {reference} nennt Anlass und Person.',
    ],
    ar: [
      'اطلاع غير معتاد',
      'ثمة اطلاع غير معتاد على ملف وهو قيد المراجعة. تبيّن المراجعة {reference} السبب ومن قام به.',
    ],
  },
  accessReviewAnswered: {
    en: ['An unusual access was reviewed', 'The privacy officer says what the access was: review {reference}.'],
    de: ['Ein ungewöhnlicher Zugriff wurde geprüft', 'Der Datenschutz nennt das Ergebnis: Prüfung {reference}.'],
    ar: ['روجع اطلاع غير معتاد', 'بيّن مسؤول الخصوصية حقيقة الاطلاع: المراجعة {reference}.'],
  },
  careTeamAdded: {
    en: ['Your care team grew', 'Somebody was put on your care team. What you opened to it is open to them.'],
    de: ['Ihr Behandlungsteam ist gewachsen', 'Jemand gehört nun zu Ihrem Team und sieht, was Sie ihm geöffnet haben.'],
    ar: ['انضم شخص إلى فريق رعايتك', 'أُضيف شخص إلى فريق رعايتك، وما أتحته للفريق متاح له.'],
  },
  careTeamRemoved: {
    en: ['Your care team shrank', 'Somebody was taken off your care team.'],
    de: ['Ihr Behandlungsteam ist kleiner', 'Jemand gehört nicht mehr zu Ihrem Team.'],
    ar: ['غادر شخص فريق رعايتك', 'أُزيل شخص من فريق رعايتك.'],
  },
  consentGranted: {
    en: ['A consent was given', 'A new consent stands in your name.'],
    de: ['Einwilligung erteilt', 'In Ihrem Namen gilt eine neue Einwilligung.'],
    ar: ['مُنحت موافقة', 'توجد موافقة جديدة باسمك.'],
  },
  consentDelegated: {
    en: ['A consent was passed on', 'Whom you gave a consent has passed a part of it on. You can end it at any time.'],
    de: [
      'Einwilligung weitergegeben',
      'Wem Sie eine Einwilligung erteilt haben, hat einen Teil davon weitergegeben. Sie können das jederzeit beenden.',
    ],
    ar: ['فُوّضت موافقة', 'فوّض من منحته موافقة جزءًا منها إلى غيره. يمكنك إنهاء ذلك في أي وقت.'],
  },
  consentRevoked: {
    en: ['A consent was revoked', 'A consent in your name no longer holds.'],
    de: ['Einwilligung widerrufen', 'Eine Einwilligung in Ihrem Namen gilt nicht mehr.'],
    ar: ['سُحبت موافقة', 'لم تعد إحدى موافقاتك سارية.'],
  },
  consentExpiring: {
    en: ['A consent ends soon', 'A consent ends on {endsOn}. If it should go on, the patient renews it.'],
    de: [
      'Eine Einwilligung endet bald',
      'Eine Einwilligung endet am {endsOn}. Soll sie weiter gelten, erneuert die Patientin oder der Patient sie.',
    ],
    ar: ['موافقة توشك على الانتهاء', 'تنتهي إحدى الموافقات في {endsOn}. إن أُريد استمرارها فليجددها المريض.'],
  },
  consentLapsed: {
    en: ['A consent has ended', 'The time of a consent is over, and it no longer holds. The patient can renew it.'],
    de: [
      'Eine Einwilligung ist abgelaufen',
      'Die Zeit einer Einwilligung ist um, sie gilt nicht mehr. Die Patientin oder der Patient kann sie erneuern.',
    ],
    ar: ['انتهت موافقة', 'انقضت مدة إحدى الموافقات ولم تعد سارية. يمكن للمريض تجديدها.'],
  },
  accessRequested: {
    en: [
      'Somebody asks for access',
      'Somebody asks to see parts of your chart. You decide: the request names who and why.',
    ],
    de: [
      'Bitte um Zugriff',
      'Jemand bittet darum, Teile Ihrer Akte zu sehen. Sie entscheiden: die Anfrage nennt Person und Grund.',
    ],
    ar: ['طلب اطلاع', 'يطلب شخص ما الاطلاع على أجزاء من ملفك. القرار لك: يبيّن الطلب من ولماذا.'],
  },
  accessRequestAnswered: {
    en: ['Your request was answered', 'A patient answered your request for access: {status}.'],
    de: ['Ihre Anfrage wurde beantwortet', 'Ein Patient hat Ihre Bitte um Zugriff beantwortet: {status}.'],
    ar: ['أُجيب عن طلبك', 'أجاب مريض عن طلب الاطلاع الخاص بك: {status}.'],
  },
} as const satisfies Record<string, Texts>;

export type NoticeKind = keyof typeof noticeCatalogue;
export const noticeKinds = Object.keys(noticeCatalogue) as readonly NoticeKind[];

const alertTypeNames: Readonly<Record<AlertType, Readonly<Record<NoticeLanguage, string>>>> = {
  counterfeit: { en: 'counterfeit', de: 'Fälschung', ar: 'تزييف' },
  tampering: { en: 'tampering', de: 'Manipulation', ar: 'عبث' },
  cold_chain_break: { en: 'cold chain broken', de: 'Kühlkette unterbrochen', ar: 'انقطاع سلسلة التبريد' },
  expired: { en: 'expired', de: 'verfallen', ar: 'منتهي الصلاحية' },
  stolen: { en: 'stolen', de: 'gestohlen', ar: 'مسروق' },
  diversion: { en: 'diversion', de: 'Abzweigung', ar: 'تحويل عن المسار' },
  clone: { en: 'duplicate serial', de: 'doppelte Seriennummer', ar: 'رقم تسلسلي مكرر' },
  integrity: { en: 'broken record', de: 'verletzte Aufzeichnung', ar: 'خلل في السجل' },
  misuse: { en: 'irregular act', de: 'unzulässiger Vorgang', ar: 'إجراء غير نظامي' },
};

const goodsNames: Readonly<Record<NoticeLanguage, Readonly<Record<string, string>>>> = {
  en: { gtin: 'GTIN', lot: 'lot', serial: 'serial', sscc: 'container', shipmentId: 'shipment', none: 'the goods' },
  de: {
    gtin: 'GTIN',
    lot: 'Charge',
    serial: 'Seriennummer',
    sscc: 'Behälter',
    shipmentId: 'Sendung',
    none: 'der Ware',
  },
  ar: {
    gtin: 'GTIN',
    lot: 'التشغيلة',
    serial: 'الرقم التسلسلي',
    sscc: 'الحاوية',
    shipmentId: 'الشحنة',
    none: 'البضاعة',
  },
};

export interface NoticeText {
  readonly title: string;
  readonly text: string;
}

/** @param about the notice's identifiers */
export function textOf(
  kind: NoticeKind,
  about: Readonly<Record<string, string>>,
  language: NoticeLanguage,
): NoticeText {
  const [title, text] = noticeCatalogue[kind][language];
  const type = alertTypeNames[about['type'] as AlertType]?.[language] ?? about['type'] ?? '';
  const values: Readonly<Record<string, string>> = {
    ...about,
    type,
    goods: goodsIn(about, language),
    endsOn: about['endsAt']?.slice(0, 10) ?? '',
  };
  const fill = (template: string): string => template.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
  return { title: fill(title), text: fill(text) };
}

function goodsIn(about: Readonly<Record<string, string>>, language: NoticeLanguage): string {
  const names = goodsNames[language];
  const parts = ['gtin', 'lot', 'serial', 'sscc', 'shipmentId'].flatMap((name) =>
    about[name] === undefined ? [] : [`${names[name]} ${about[name]}`],
  );
  return parts.length === 0 ? names['none']! : parts.join(', ');
}

/**
 * The language to answer in: the first of an Accept-Language header (RFC 9110 §12.5.4) that the catalogue has.
 *
 * @param fallback when there is none
 */
export function languageOf(header: string | undefined, fallback: NoticeLanguage = 'en'): NoticeLanguage {
  const wanted = (header ?? '').split(',').map((part) => {
    const [tag = '', ...parameters] = part.trim().split(';');
    const quality = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find(Boolean);
    return { language: tag.toLowerCase().split('-')[0], quality: quality === undefined ? 1 : Number(quality) };
  });
  const ranked = wanted.filter(({ quality }) => quality > 0).toSorted((a, b) => b.quality - a.quality);
  const found = ranked.find(({ language }) => noticeLanguages.includes(language as NoticeLanguage));
  return (found?.language as NoticeLanguage | undefined) ?? fallback;
}

/** Whether one severity is at least another. */
export function isAtLeast(severity: AlertSeverity, floor: AlertSeverity): boolean {
  return alertSeverities.indexOf(severity) >= alertSeverities.indexOf(floor);
}
