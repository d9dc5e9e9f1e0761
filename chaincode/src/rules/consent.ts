/**
 * Whether consents permit one person one record for one purpose. Default deny. Inside a consent a nested exception beats
 * its parent; between consents deny wins (DESIGN §4 Consent; IHE PCF: one nested provision level).
 */
import {
  confidentialities,
  permittedConfidentialities,
  purposesOfUse,
  type ClinicalPeriod,
  type ConsentDecision,
  type ConsentLevel,
  type ConsentRule,
  type ConsentScope,
  type PurposeOfUse,
  type RecordFact,
} from '../model/index.ts';

/** The part of a record that a consent can speak about. */
export type ConsentedRecord = Pick<RecordFact, 'recordId' | 'category' | 'confidentiality' | 'clinicalDate'>;

/** A consent from which another was delegated, with the rules that speak of its own grantee. */
export interface Ancestor {
  readonly rule: ConsentRule;
  readonly around: readonly ConsentRule[];
}

/** A rule that concerns a requester. A delegated one comes with its ancestors, and without all of them says nothing. */
export interface HeldRule extends ConsentRule {
  readonly ancestors?: readonly Ancestor[];
}

export interface ConsentRequest {
  readonly purposeOfUse: PurposeOfUse;
  readonly level: ConsentLevel;
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
}

export type ConsentAnswer =
  | { readonly decision: 'permit'; readonly consentIds: readonly string[] }
  | {
      readonly decision: 'deny';
      readonly code: 'consent_denied' | 'consent_missing';
      readonly consentIds: readonly string[];
    };

export const levelRank: Readonly<Record<ConsentLevel, number>> = { read: 0, write: 1, admin: 2 };

/**
 * @param rules of all buckets that concern the requester, without those that are stopped
 * @returns permit with the consents that permit, or deny with those that deny (none: no consent speaks of it)
 */
export function decideConsent(
  rules: readonly HeldRule[],
  request: ConsentRequest,
  record: ConsentedRecord,
): ConsentAnswer {
  const permits: string[] = [];
  const denies: string[] = [];
  for (const rule of rules) {
    const effect = effectOf(rule, request, record);
    if (effect === 'permit') permits.push(rule.consentId);
    if (effect === 'deny') denies.push(rule.consentId);
  }
  if (denies.length > 0) return { decision: 'deny', code: 'consent_denied', consentIds: denies };
  if (permits.length > 0) return { decision: 'permit', consentIds: permits };
  return { decision: 'deny', code: 'consent_missing', consentIds: [] };
}

/**
 * The rules that could permit something of a category, whichever records lie in it: the basis of an access to a whole
 * category. Each record is decided again when it is served.
 */
export function rulesForCategory(
  rules: readonly HeldRule[],
  request: ConsentRequest,
  category: RecordFact['category'],
): readonly HeldRule[] {
  const reaches = (rule: ConsentRule): boolean =>
    rule.decision === 'permit' &&
    isInForce(rule, request) &&
    coversCategory(rule, category) &&
    coversPurpose(rule, request.purposeOfUse);
  const isHeld = ({ rule, around }: Ancestor): boolean => reaches(rule) && !isCategoryDenied(around, request, category);
  return rules.filter((rule) => reaches(rule) && holdsByAncestors(rule, isHeld));
}

/** Whether a denial without any further condition covers a category: then no record in it can be permitted. */
export function isCategoryDenied(
  rules: readonly ConsentRule[],
  request: ConsentRequest,
  category: RecordFact['category'],
): boolean {
  return rules.some(
    (rule) =>
      rule.decision === 'deny' &&
      (rule.recordIds ?? rule.period ?? rule.confidentialities) === undefined &&
      (rule.exceptions ?? []).length === 0 &&
      isInForce(rule, request) &&
      coversCategory(rule, category) &&
      coversPurpose(rule, request.purposeOfUse),
  );
}

/** Whether a rule still holds at the request's time and reaches its level; a deny holds for every level. */
function isInForce(rule: ConsentRule, request: ConsentRequest): boolean {
  if (rule.expiresAt !== undefined && Date.parse(rule.expiresAt) <= request.timeMs) return false;
  return rule.decision === 'deny' || levelRank[rule.level] >= levelRank[request.level];
}

/** What a rule says; a delegated one permits what each of its ancestors does, and denies nothing. */
function effectOf(rule: HeldRule, request: ConsentRequest, record: ConsentedRecord): ConsentDecision | undefined {
  const effect = ownEffectOf(rule, request, record);
  if (rule.parents === undefined || effect === undefined) return effect;
  if (effect === 'deny') return undefined;
  const isHeld = ({ rule: ancestor, around }: Ancestor): boolean =>
    ownEffectOf(ancestor, request, record) === 'permit' &&
    !around.some((each) => each.parents === undefined && ownEffectOf(each, request, record) === 'deny');
  return holdsByAncestors(rule, isHeld) ? 'permit' : undefined;
}

function holdsByAncestors(
  { parents = [], ancestors = [] }: HeldRule,
  isHeld: (ancestor: Ancestor) => boolean,
): boolean {
  return ancestors.length === parents.length && ancestors.every(isHeld);
}

function ownEffectOf(rule: ConsentRule, request: ConsentRequest, record: ConsentedRecord): ConsentDecision | undefined {
  if (!isInForce(rule, request)) return undefined;
  const { decision, exceptions = [] } = rule;
  const opposite = decision === 'permit' ? 'deny' : 'permit';
  const isExcepted = exceptions.some((exception) => says(exception, opposite, request, record));
  const effect = isExcepted ? opposite : decision;
  return (isExcepted ? covers : says)(rule, effect, request, record) ? effect : undefined;
}

/** Whether this scope itself has the effect on the record. */
function says(scope: ConsentScope, effect: ConsentDecision, request: ConsentRequest, record: ConsentedRecord): boolean {
  const reached = effect === 'deny' ? confidentialities : permittedConfidentialities(scope);
  return reached.includes(record.confidentiality) && covers(scope, effect, request, record);
}

/** @param effect of the scope: it says how a record whose day is not known exactly is taken */
function covers(
  scope: ConsentScope,
  effect: ConsentDecision,
  request: ConsentRequest,
  record: ConsentedRecord,
): boolean {
  return (
    coversPurpose(scope, request.purposeOfUse) &&
    coversCategory(scope, record.category) &&
    (scope.confidentialities === undefined || scope.confidentialities.includes(record.confidentiality)) &&
    (scope.recordIds === undefined || scope.recordIds.includes(record.recordId)) &&
    (scope.period === undefined || isOfPeriod[effect](record.clinicalDate, scope.period))
  );
}

function coversCategory({ categories }: ConsentScope, category: RecordFact['category']): boolean {
  return categories === undefined || categories.includes(category);
}

/** A consent for a purpose covers the purposes that are part of it. Break-glass is covered only where it is named. */
export function coversPurpose({ purposes }: ConsentScope, asked: PurposeOfUse): boolean {
  if (purposes === undefined) return asked !== 'BTG';
  return purposes.some((purpose) => purpose === asked || purposesOfUse[asked] === purpose);
}

/** A partial date is the interval of its month or year: it is permitted if wholly inside, and denied if any of it is. */
const isOfPeriod: Readonly<Record<ConsentDecision, (date: string, period: ClinicalPeriod) => boolean>> = {
  permit: isInside,
  deny: overlaps,
};

function isInside(date: string, period: ClinicalPeriod): boolean {
  const startsInside = period.start === undefined || firstDay(date) >= firstDay(period.start);
  return startsInside && (period.end === undefined || lastDay(date) <= lastDay(period.end));
}

function overlaps(date: string, period: ClinicalPeriod): boolean {
  const endsAfterStart = period.start === undefined || lastDay(date) >= firstDay(period.start);
  return endsAfterStart && (period.end === undefined || firstDay(date) <= lastDay(period.end));
}

/** @param date a day, month or year */
export function firstDay(date: string): string {
  return `${date}-01-01`.slice(0, 10);
}

/** @param date a day, month or year */
export function lastDay(date: string): string {
  if (date.length === 10) return date;
  if (date.length === 4) return `${date}-12-31`;
  const [year, month] = date.split('-').map(Number) as [number, number];
  return `${date}-${new Date(Date.UTC(year, month, 0)).getUTCDate()}`;
}

/**
 * Whether a grant may hold the category's private seed, which opens everything of the category and epoch: only when the
 * consent permits the whole category without records, days, counts or exceptions that reach it, and names the
 * confidentiality if it is not normal.
 */
export function mayHoldSeed(
  consent: ConsentRule,
  { category, confidentiality }: Pick<RecordFact, 'category' | 'confidentiality'>,
): boolean {
  return (
    consent.decision === 'permit' &&
    consent.recordIds === undefined &&
    consent.period === undefined &&
    consent.maxAccesses === undefined &&
    !(consent.exceptions ?? []).some((exception) => reachesPair(exception, category, confidentiality)) &&
    coversCategory(consent, category) &&
    permittedConfidentialities(consent).includes(confidentiality)
  );
}

/** Whether a scope speaks of something under the pair: those of `other` at R and V hold records of every category. */
function reachesPair(
  scope: ConsentScope,
  category: RecordFact['category'],
  of: RecordFact['confidentiality'],
): boolean {
  return (
    (of !== 'N' || coversCategory(scope, category)) &&
    (scope.confidentialities === undefined || scope.confidentialities.includes(of))
  );
}
