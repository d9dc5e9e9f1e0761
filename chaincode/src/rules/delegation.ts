/**
 * Consents that their grantee passes on. A delegated consent says what it opens within its parent, is decided together with
 * all of its ancestors, and so ends, is denied or is used up with them; whatever it says it never opens more.
 */
import {
  Refusal,
  subjectOf,
  subjectsAround,
  type ClinicalPeriod,
  type ConsentLevel,
  type ConsentParent,
  type ConsentRule,
  type ConsentScope,
  type Grantee,
} from '../model/index.ts';
import { coversPurpose, firstDay, lastDay, levelRank, type HeldRule } from './consent.ts';

/** What a delegation says; the rest is as in the parent. */
export interface Narrowing extends ConsentScope {
  readonly level?: ConsentLevel;
  readonly expiresAt?: string;
  readonly maxAccesses?: number;
  readonly mayDelegate?: number;
}

/** How many times over a consent may be passed on. One of the level `admin` that does not say may be once. */
export function delegationDepth({ decision, level, mayDelegate }: ConsentRule): number {
  if (decision === 'deny') return 0;
  return mayDelegate ?? (level === 'admin' ? 1 : 0);
}

/**
 * The rule of a delegated consent.
 *
 * @param parent as its holder has it, with its ancestors
 * @throws Refusal delegation_not_allowed, delegation_too_wide; validation_failed for a grantee who is there already
 */
export function delegatedRule(
  parent: HeldRule,
  holder: Grantee,
  grantee: Grantee,
  wanted: Narrowing,
  made: Pick<ConsentRule, 'consentId' | 'grantedAt'>,
): ConsentRule & { readonly parents: ConsentParent[] } {
  const depth = delegationDepth(parent);
  // Whom a care team names changes at the patient's word, and what came from a member would not end with them.
  if (depth === 0 || holder.kind === 'care-team') throw new Refusal('delegation_not_allowed');
  const parents = [{ consentId: parent.consentId, grantee: holder }, ...(parent.parents ?? [])];
  if (grantee.kind === 'everyone') throw new Refusal('delegation_not_allowed', 'to everyone', '/grantee');
  if (parents.some((each) => subjectOf(each.grantee) === subjectOf(grantee)))
    throw new Refusal('validation_failed', 'holds it already', '/grantee');
  const { mayDelegate = 0, level = 'read' } = wanted;
  if (mayDelegate > depth - 1) throw new Refusal('delegation_not_allowed', undefined, '/mayDelegate');
  for (const [field, isWithin] of Object.entries(within))
    if (!isWithin(parent, { ...wanted, level })) throw new Refusal('delegation_too_wide', undefined, `/${field}`);
  const { parents: _parents, ancestors: _ancestors, ...inherited } = parent;
  return { ...inherited, ...narrowed(parent, wanted), ...made, level, mayDelegate, parents };
}

/** What is said and not undefined, with the parent's ends of the period that are not. */
function narrowed({ period: outer }: ConsentRule, wanted: Narrowing): ConsentScope {
  const { purposes, categories, confidentialities, recordIds, expiresAt, maxAccesses } = wanted;
  const start = wanted.period?.start ?? outer?.start;
  const end = wanted.period?.end ?? outer?.end;
  return {
    ...(purposes === undefined ? {} : { purposes }),
    ...(categories === undefined ? {} : { categories }),
    ...(confidentialities === undefined ? {} : { confidentialities }),
    ...(recordIds === undefined ? {} : { recordIds }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(maxAccesses === undefined ? {} : { maxAccesses }),
    ...(start === undefined && end === undefined
      ? {}
      : { period: { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) } }),
  };
}

/** Whether what a delegation says lies within the parent, by field. Not to say anything is to say what the parent does. */
const within: Readonly<Record<string, (parent: ConsentRule, wanted: Narrowing) => boolean>> = {
  purposes: (parent, { purposes }) => purposes?.every((purpose) => coversPurpose(parent, purpose)) ?? true,
  categories: (parent, { categories }) => isSubset(categories, parent.categories),
  confidentialities: (parent, { confidentialities }) => isSubset(confidentialities, parent.confidentialities),
  recordIds: (parent, { recordIds }) => isSubset(recordIds, parent.recordIds),
  period: ({ period: outer }, { period }) => isPeriodWithin(outer ?? {}, period ?? {}),
  level: (parent, { level = 'read' }) => levelRank[level] <= levelRank[parent.level],
  expiresAt: ({ expiresAt: last }, { expiresAt }) =>
    expiresAt === undefined || last === undefined || Date.parse(expiresAt) <= Date.parse(last),
  maxAccesses: ({ maxAccesses: most = Infinity }, { maxAccesses = 0 }) => maxAccesses <= most,
};

function isSubset(wanted: readonly string[] | undefined, of: readonly string[] | undefined): boolean {
  return wanted?.every((each) => of?.includes(each) ?? true) ?? true;
}

function isPeriodWithin(outer: ClinicalPeriod, { start, end }: ClinicalPeriod): boolean {
  const startsInside = start === undefined || outer.start === undefined || firstDay(start) >= firstDay(outer.start);
  return startsInside && (end === undefined || outer.end === undefined || lastDay(end) <= lastDay(outer.end));
}

/** The buckets that must be known, with their stops, to decide on these rules besides those in which they lie. */
export function ancestorSubjects(rules: readonly ConsentRule[]): readonly string[] {
  const parents = rules.flatMap((rule) => rule.parents ?? []);
  return [...new Set(parents.flatMap(({ grantee }) => subjectsAround(grantee)))];
}

/**
 * Rules with their ancestors, as decisions take them. A delegated one of which an ancestor is in force no more is left out.
 *
 * @param inForce rules of a bucket that are not stopped; of those that {@link ancestorSubjects} names
 */
export function heldRules(
  rules: readonly ConsentRule[],
  inForce: (subject: string) => readonly ConsentRule[],
): readonly HeldRule[] {
  return rules.flatMap((rule) => {
    if (rule.parents === undefined) return [rule];
    const ancestors = rule.parents.flatMap(({ consentId, grantee }) => {
      const found = inForce(subjectOf(grantee)).find((each) => each.consentId === consentId);
      return found === undefined ? [] : [{ rule: found, around: subjectsAround(grantee).flatMap(inForce) }];
    });
    return ancestors.length === rule.parents.length ? [{ ...rule, ancestors }] : [];
  });
}
