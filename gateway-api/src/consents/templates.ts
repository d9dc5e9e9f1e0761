/** Grants by a template. */
import { Problem } from '../http/problem.ts';
import { noticeLanguages } from '../notifications/catalogue.ts';
import type { ConsentTemplateView, NewConsent } from './dto.ts';
import { consentTemplateNames, consentTemplates, type ConsentTemplate } from './templateData.ts';

const dayMs = 24 * 3600_000;

/**
 * A grant with what its template says where it says nothing itself.
 *
 * @param nowMs from when the template's days run
 * @throws Problem validation_failed for a grantee whom the template is not for
 */
export function withTemplate({ template, ...wanted }: NewConsent, nowMs: number): NewConsent {
  if (template === undefined) return wanted;
  const { granteeKinds, days, title: _title, purposes, ...rest }: ConsentTemplate = consentTemplates[template];
  if (!granteeKinds.includes(wanted.grantee.kind))
    throw new Problem('validation_failed', {
      errors: [
        {
          pointer: '/grantee/kind',
          code: 'validation_failed',
          detail: `${template} is for: ${granteeKinds.join(', ')}`,
        },
      ],
    });
  const { categories, ...more } = rest;
  const said = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  return {
    ...more,
    purposes: [...purposes],
    ...(categories === undefined ? {} : { categories: [...categories] }),
    expiresAt: new Date(nowMs + days * dayMs).toISOString(),
    ...(said as unknown as NewConsent),
  };
}

/** The templates as the API shows them. */
export function templateViews(): readonly ConsentTemplateView[] {
  return consentTemplateNames.map((name) => {
    const { granteeKinds, purposes, categories, title, ...rest }: ConsentTemplate = consentTemplates[name];
    return {
      name,
      titles: noticeLanguages.map((language) => ({ language, text: title[language] })),
      granteeKinds: [...granteeKinds],
      purposes: [...purposes],
      ...(categories === undefined ? {} : { categories: [...categories] }),
      ...rest,
    };
  });
}
