/** Whether somebody may read records, and on which basis. */
import type { AccessBasis, PurposeOfUse, RecordCategory, RecordFact, Requester } from '../model/index.ts';
import { decideConsent, isCategoryDenied, rulesForCategory, type ConsentRequest, type HeldRule } from './consent.ts';

/** Whoever reads: the patient, or a member of staff with the consents that concern them. */
export type Reader =
  | { readonly kind: 'self' }
  | {
      readonly kind: 'staff';
      readonly requester: Requester;
      /** Rules of the requester's buckets that are not stopped. */
      readonly rules: readonly HeldRule[];
    };

export type AccessAnswer =
  | { readonly decision: 'permit'; readonly basis: readonly AccessBasis[] }
  | { readonly decision: 'deny'; readonly code: 'consent_denied' | 'consent_missing' | 'entered_in_error' };

/** A committed access counts only if its transaction is VALID by `notAfter`; content is served under it for 15 minutes. */
const commitWithinMs = 60_000;
export const servesForMs = 15 * 60_000;

/** @param timeMs transaction time */
export function accessTimes(timeMs: number): { notAfter: string; servesUntil: string } {
  return {
    notAfter: new Date(timeMs + commitWithinMs).toISOString(),
    servesUntil: new Date(timeMs + servesForMs).toISOString(),
  };
}

/** Reading for a purpose at a time. */
export function readRequest(purposeOfUse: PurposeOfUse, timeMs: number): ConsentRequest {
  return { purposeOfUse, timeMs, level: 'read' };
}

/**
 * Decides one record. The patient reads everything (`self`); the authoring department reads what it wrote (`author`);
 * everybody else needs a consent. What was withdrawn no consent opens, and what is about somebody else not the patient.
 */
export function decideRecordAccess(reader: Reader, request: ConsentRequest, record: RecordFact): AccessAnswer {
  if (reader.kind === 'self')
    return record.withdrawn === 'wrong-patient' ? withdrawnAnswer : { decision: 'permit', basis: [{ kind: 'self' }] };
  if (isAuthor(reader.requester, record)) return { decision: 'permit', basis: [{ kind: 'author' }] };
  if (record.withdrawn !== undefined) return withdrawnAnswer;
  const answer = decideConsent(reader.rules, request, record);
  if (answer.decision === 'deny') return { decision: 'deny', code: answer.code };
  return { decision: 'permit', basis: consentBasis(answer.consentIds) };
}

/** Decides whether anything of a category can be permitted by consent; each record is decided when it is served. */
export function decideCategoryAccess(reader: Reader, request: ConsentRequest, category: RecordCategory): AccessAnswer {
  if (reader.kind === 'self') return { decision: 'permit', basis: [{ kind: 'self' }] };
  if (isCategoryDenied(reader.rules, request, category)) return { decision: 'deny', code: 'consent_denied' };
  const rules = rulesForCategory(reader.rules, request, category);
  if (rules.length === 0) return { decision: 'deny', code: 'consent_missing' };
  return { decision: 'permit', basis: consentBasis(rules.map(({ consentId }) => consentId)) };
}

const withdrawnAnswer: AccessAnswer = { decision: 'deny', code: 'entered_in_error' };

function isAuthor(requester: Requester, record: RecordFact): boolean {
  return requester.mspId === record.authorOrg && requester.department === record.authorGroup;
}

function consentBasis(consentIds: readonly string[]): AccessBasis[] {
  return consentIds.map((consentId) => ({ kind: 'consent', consentId }));
}
