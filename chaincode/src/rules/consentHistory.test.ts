/**
 * The decision over buckets, stops and counters, against an evaluator that was written from the prose and shares nothing
 * with it: it keeps the whole history as a list and looks through it. CONSENT_CASES sets how many questions are compared.
 */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  confidentialities,
  consentDecisions,
  purposeCodes,
  purposesOfUse,
  recordCategories,
  Refusal,
  subjectOf,
  subjectsOf,
  type ClosingKind,
  type ConsentBucket,
  type ConsentRule,
  type ConsentScope,
  type ConsentStops,
  type Grantee,
  type PurposeOfUse,
  type RecordFact,
  type Requester,
} from '../model/index.ts';
import { decideRecordAccess, readRequest } from './access.ts';
import type { HeldRule } from './consent.ts';
import { emptyBucket, rulesInForce, withRule } from './consentBucket.ts';
import { countedConsents, payFor } from './counting.ts';
import { ancestorSubjects, delegatedRule, heldRules, type Narrowing } from './delegation.ts';

const cases = Number(process.env['CONSENT_CASES'] ?? 100_000);
const day = 86_400_000;
const start = Date.parse('2026-01-01T00:00:00Z');

interface Asked {
  readonly requester: Requester;
  readonly purposeOfUse: PurposeOfUse;
  readonly record: RecordFact;
}
type Step =
  | { readonly kind: 'grant'; readonly grantee: Grantee; readonly rule: Omit<ConsentRule, 'consentId' | 'grantedAt'> }
  | { readonly kind: 'delegate'; readonly which: number; readonly grantee: Grantee; readonly wanted: Narrowing }
  | { readonly kind: 'revoke'; readonly which: number }
  | { readonly kind: 'join' | 'leave'; readonly who: Pick<Requester, 'mspId' | 'staffId'> }
  | { readonly kind: 'ask'; readonly asked: readonly Asked[] };
type Answer = 'permit' | 'deny';

/** What the ledger does: a bucket and a stop list a subject, counters, the pure rules. */
class OnTheLedger {
  readonly #buckets = new Map<string, Pick<ConsentBucket, 'rules' | 'closing'>>();
  readonly #stops = new Map<string, ConsentStops['stops']>();
  readonly #used = new Map<string, number>();
  readonly #team = new Set<string>();
  readonly #granted: { readonly grantee: Grantee; readonly rule: ConsentRule; readonly closes?: ClosingKind }[] = [];

  grant(grantee: Grantee, rule: ConsentRule, timeMs: number): void {
    const subject = subjectOf(grantee);
    const stops = this.#stops.get(subject) ?? [];
    const { bucket, closes } = withRule(this.#buckets.get(subject) ?? emptyBucket, rule, stops, timeMs);
    this.#buckets.set(subject, bucket);
    this.#granted.push({ grantee, rule, ...(closes === undefined ? {} : { closes }) });
  }

  /** @returns whether the ledger takes it */
  delegate(which: number, grantee: Grantee, wanted: Narrowing, consentId: string, timeMs: number): boolean {
    const { rule: parent, grantee: holder } = this.#granted[which]!;
    const [held] = this.#held(this.#inForce(subjectOf(holder)).filter((each) => each.consentId === parent.consentId));
    if (held === undefined) return false;
    const grantedAt = new Date(timeMs).toISOString();
    try {
      this.grant(grantee, delegatedRule(held, holder, grantee, wanted, { consentId, grantedAt }), timeMs);
      return true;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }

  revoke(which: number): void {
    const { grantee, rule, closes } = this.#granted[which]!;
    const [subject, { consentId }] = [subjectOf(grantee), rule];
    const stop = { consentId, revokedAt: '', revokedBy: '', ...(closes === undefined ? {} : { closes }) };
    this.#stops.set(subject, [...(this.#stops.get(subject) ?? []), stop]);
  }

  join({ mspId, staffId }: Pick<Requester, 'mspId' | 'staffId'>): void {
    this.#team.add(`${mspId}/${staffId}`);
  }

  leave({ mspId, staffId }: Pick<Requester, 'mspId' | 'staffId'>): void {
    this.#team.delete(`${mspId}/${staffId}`);
  }

  /** One access for one record. */
  ask({ requester, purposeOfUse, record }: Asked, timeMs: number): Answer {
    const isOnCareTeam = this.#team.has(`${requester.mspId}/${requester.staffId}`);
    const subjects = subjectsOf({ ...requester, isOnCareTeam });
    const rules = this.#held(subjects.flatMap((subject) => this.#inForce(subject)));
    const reader = { kind: 'staff', requester, rules } as const;
    const answers = [decideRecordAccess(reader, readRequest(purposeOfUse, timeMs), record)];
    const used = new Map(countedConsents(answers, rules).map((id) => [id, this.#used.get(id) ?? 0]));
    const { answers: paid, spent } = payFor(answers, rules, used);
    for (const id of spent) this.#used.set(id, used.get(id)! + 1);
    return paid[0]!.decision;
  }

  #inForce(subject: string): readonly ConsentRule[] {
    return rulesInForce(this.#buckets.get(subject) ?? emptyBucket, this.#stops.get(subject) ?? []);
  }

  /** Knows no more buckets than the ledger reads. */
  #held(rules: readonly ConsentRule[]): readonly HeldRule[] {
    const known = new Set(ancestorSubjects(rules));
    return heldRules(rules, (subject) => (known.has(subject) ? this.#inForce(subject) : []));
  }
}

/** A consent as the prose tells of it: what was said when it was given, and the one it was passed on from. */
interface Told {
  readonly grantee: Grantee;
  readonly said: Said;
  readonly from?: Told;
  revoked: boolean;
  left: number;
}
type Said = Omit<ConsentRule, 'level' | 'grantedAt' | 'decision'> & { readonly decision?: ConsentRule['decision'] };

/** What the prose says, looked up in a list of everything that ever happened. */
class ByTheBook {
  readonly #comings: (Pick<Requester, 'mspId' | 'staffId'> & { readonly comes: boolean })[] = [];
  readonly #all: Told[] = [];

  grant(grantee: Grantee, said: Said, from?: Told): void {
    const told = { grantee, said, revoked: false, left: said.maxAccesses ?? Infinity };
    this.#all.push(from === undefined ? told : { ...told, from });
  }

  /** The book believes that it was allowed; what it then opens it works out from what was said, and by whom. */
  delegate(which: number, grantee: Grantee, wanted: Narrowing, consentId: string): void {
    this.grant(grantee, { ...wanted, consentId }, this.#all[which]!);
  }

  revoke(which: number): void {
    this.#all[which]!.revoked = true;
  }

  join(who: Pick<Requester, 'mspId' | 'staffId'>): void {
    this.#comings.push({ ...who, comes: true });
  }

  leave(who: Pick<Requester, 'mspId' | 'staffId'>): void {
    this.#comings.push({ ...who, comes: false });
  }

  #names(grantee: Grantee, requester: Requester): boolean {
    if (grantee.kind !== 'care-team') return names(grantee, requester);
    return grantee.mspId === requester.mspId && this.#isTreating(requester);
  }

  /** Whether the last that happened to them was that they came. */
  #isTreating({ mspId, staffId }: Requester): boolean {
    return this.#comings.findLast((each) => each.mspId === mspId && each.staffId === staffId)?.comes === true;
  }

  ask({ requester, purposeOfUse, record }: Asked, timeMs: number): Answer {
    if (record.authorOrg === requester.mspId && record.authorGroup === requester.department) return 'permit';
    const stands = ({ revoked, said }: Told): boolean =>
      !revoked && !(said.expiresAt && timeMs >= Date.parse(said.expiresAt));
    const word = (told: Told) => (stands(told) ? says(told, purposeOfUse, record) : 'nothing');
    const denies = (told: Told): boolean => told.from === undefined && word(told) === 'no';
    // Somebody keeps a consent while nothing denies them what it opens, and passes on only what they keep.
    const isKept = (told: Told): boolean =>
      word(told) === 'yes' &&
      !this.#all.some((other) => denies(other) && isAbout(other.grantee, told.grantee)) &&
      (told.from === undefined || isKept(told.from));
    const named = this.#all.filter(({ grantee }) => this.#names(grantee, requester));
    if (named.some(denies)) return 'deny';
    const yes = named.filter((told) => word(told) === 'yes' && (told.from === undefined || isKept(told.from)));
    if (yes.some((told) => line(told).every(({ left }) => left === Infinity))) return 'permit';
    // Of several counted consents the ledger takes the first of its buckets' order: person … everyone, then by id.
    const ranked = yes
      .filter((told) => line(told).every(({ left }) => left > 0))
      .sort((a, b) => rank(a.grantee) - rank(b.grantee) || (a.said.consentId < b.said.consentId ? -1 : 1));
    if (ranked[0] === undefined) return 'deny';
    for (const told of line(ranked[0])) told.left -= 1;
    return 'permit';
  }
}

/** A consent, the one it was passed on from, and so on up to the patient's. */
const line = (told: Told): readonly Told[] => (told.from === undefined ? [told] : [told, ...line(told.from)]);

/** Whether everybody whom one grantee names is named by the other. */
function isAbout(rule: Grantee, grantee: Grantee): boolean {
  if (rule.kind === 'everyone') return true;
  if (rule.mspId !== grantee.mspId) return false;
  return rule.kind === 'organization' || (rule.kind === grantee.kind && rule.id === grantee.id);
}

const rank = ({ kind }: Grantee): number =>
  ['person', 'organization', 'department', 'role', 'care-team', 'everyone'].indexOf(kind);

function names({ kind, mspId, id }: Grantee, requester: Requester): boolean {
  if (kind === 'everyone') return true;
  if (mspId !== requester.mspId) return false;
  if (kind === 'organization') return true;
  if (kind === 'person') return id === requester.staffId;
  return id === (kind === 'department' ? requester.department : requester.role);
}

function says({ said: rule, from }: Told, purpose: PurposeOfUse, record: RecordFact): 'yes' | 'no' | 'nothing' {
  const means = rule.decision !== 'deny';
  const turned = (rule.exceptions ?? []).some(
    (exception) => within(exception, purpose, record, !means) && (means || opens(exception, record)),
  );
  const word = turned ? !means : means;
  if (!within(rule, purpose, record, word) || (means && !turned && from === undefined && !opens(rule, record)))
    return 'nothing';
  return word ? 'yes' : 'no';
}

/** What is restricted is opened by name only: its confidentiality's, or its own. Who passes a consent on need not repeat it. */
function opens({ confidentialities: named, recordIds }: ConsentScope, { confidentiality }: RecordFact): boolean {
  return confidentiality === 'N' || (named ?? recordIds) !== undefined;
}

/** Days are compared as numbers; a month or year must lie inside to be permitted, and only touch to be denied. */
function within(scope: ConsentScope, purpose: PurposeOfUse, record: RecordFact, toPermit: boolean): boolean {
  const lists: [readonly string[] | undefined, readonly string[]][] = [
    [scope.categories, [record.category]],
    [scope.confidentialities, [record.confidentiality]],
    [scope.recordIds, [record.recordId]],
  ];
  if (scope.purposes === undefined && purpose === 'BTG') return false;
  if (scope.purposes !== undefined) lists.push([scope.purposes, [purpose, purposesOfUse[purpose] ?? purpose]]);
  if (lists.some(([list, any]) => list !== undefined && !any.some((each) => list.includes(each)))) return false;
  const [from, until] = interval(record.clinicalDate);
  const opens = scope.period?.start === undefined ? -Infinity : interval(scope.period.start)[0];
  const closes = scope.period?.end === undefined ? Infinity : interval(scope.period.end)[1];
  return toPermit ? opens <= from && until <= closes : from < closes && opens < until;
}

function interval(date: string): [from: number, until: number] {
  const [year, month, on] = date.split('-').map(Number) as [number, number?, number?];
  if (month === undefined) return [Date.UTC(year, 0), Date.UTC(year + 1, 0)];
  if (on === undefined) return [Date.UTC(year, month - 1), Date.UTC(year, month)];
  return [Date.UTC(year, month - 1, on), Date.UTC(year, month - 1, on + 1)];
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const few = <T>(values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 });
const dates = fc.constantFrom(
  '2024',
  '2025',
  '2025-02',
  '2025-06',
  '2025-02-28',
  '2025-06-15',
  '2025-12-31',
  '2026-01',
);
const categories = recordCategories.slice(0, 3);
const scopes = fc.record({
  purposes: maybe(few(purposeCodes)),
  categories: maybe(few(categories)),
  confidentialities: maybe(few(confidentialities)),
  recordIds: maybe(few(['r1', 'r2'])),
  period: maybe(fc.record({ start: maybe(dates), end: maybe(dates) })),
});
const organizations = fc.constantFrom('HospitalMSP', 'Hospital2MSP');
const grantees: fc.Arbitrary<Grantee> = fc.oneof(
  fc.record({ kind: fc.constant('person' as const), mspId: organizations, id: fc.constantFrom('ada', 'ben') }),
  fc.record({ kind: fc.constant('organization' as const), mspId: organizations }),
  fc.record({ kind: fc.constant('department' as const), mspId: organizations, id: fc.constantFrom('icu', 'lab') }),
  fc.record({ kind: fc.constant('role' as const), mspId: organizations, id: fc.constantFrom('clinician', 'nurse') }),
  fc.record({ kind: fc.constant('care-team' as const), mspId: organizations }),
  fc.record({ kind: fc.constant('everyone' as const) }),
);
const rules = fc
  .record({
    scope: fc.oneof(fc.constant({}), scopes),
    decision: fc.constantFrom('permit' as const, ...consentDecisions),
    level: fc.constantFrom('read' as const, 'write' as const),
    expiresAt: maybe(fc.integer({ min: 0, max: 12 }).map((days) => new Date(start + days * day).toISOString())),
    maxAccesses: maybe(fc.integer({ min: 1, max: 3 })),
    exceptions: maybe(fc.array(scopes, { maxLength: 2 })),
    mayDelegate: maybe(fc.integer({ min: 0, max: 3 })),
  })
  .map(({ scope, ...rest }) => ({ ...scope, ...rest }) as Omit<ConsentRule, 'consentId' | 'grantedAt'>);
/** Wider than the parent as often as not: the ledger refuses those. */
const narrowings = fc
  .record({
    scope: fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: scopes }),
    expiresAt: maybe(fc.integer({ min: 0, max: 12 }).map((days) => new Date(start + days * day).toISOString())),
    maxAccesses: maybe(fc.integer({ min: 1, max: 3 })),
    mayDelegate: maybe(fc.integer({ min: 0, max: 2 })),
  })
  .map(({ scope, ...rest }) => ({ ...scope, ...rest }) as Narrowing);
const requesters = fc.record({
  mspId: organizations,
  staffId: fc.constantFrom('ada', 'ben'),
  role: fc.constantFrom('clinician', 'nurse'),
  department: fc.constantFrom('icu', 'lab', 'er'),
});
const records = fc.record({
  recordId: fc.constantFrom('r1', 'r2'),
  category: fc.constantFrom(...categories),
  confidentiality: fc.constantFrom(...confidentialities),
  clinicalDate: dates,
  authorOrg: fc.constant('HospitalMSP'),
  authorGroup: fc.constant('er'),
}) as unknown as fc.Arbitrary<RecordFact>;
const questionsAtOnce = 12;
const asks = fc.array(
  fc.record({
    requester: requesters,
    purposeOfUse: fc.oneof(fc.constant('TREAT' as const), fc.constantFrom(...purposeCodes)),
    record: records,
  }),
  { minLength: questionsAtOnce, maxLength: questionsAtOnce },
);
const people = fc.record({ mspId: organizations, staffId: fc.constantFrom('ada', 'ben') });
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('grant' as const), grantee: grantees, rule: rules }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('delegate' as const),
      which: fc.nat({ max: 9 }),
      grantee: grantees,
      wanted: narrowings,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), which: fc.nat({ max: 9 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('join' as const, 'leave' as const), who: people }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('ask' as const), asked: asks }) },
);

describe('consent over any history', () => {
  test(`every answer is that of an independent evaluator (${cases} questions)`, () => {
    const counts = { permit: 0, deny: 0 };
    let delegated = 0;
    const history = fc.array(steps, { minLength: 8, maxLength: 20 });
    const wanted = () => counts.permit + counts.deny < cases;
    const property = fc.property(history, (all) => {
      const [ledger, book] = [new OnTheLedger(), new ByTheBook()];
      const revoked = new Set<number>();
      let granted = 0;
      for (const [index, step] of all.entries()) {
        const timeMs = start + (index * day) / 2;
        if (step.kind === 'grant') {
          const consentId = `c${String(granted).padStart(2, '0')}`;
          const rule = { ...step.rule, consentId, grantedAt: new Date(timeMs).toISOString() };
          ledger.grant(step.grantee, rule, timeMs);
          book.grant(step.grantee, rule);
          granted += 1;
        } else if (step.kind === 'delegate') {
          const { which, grantee, wanted } = step;
          const consentId = `c${String(granted).padStart(2, '0')}`;
          if (which >= granted || !ledger.delegate(which, grantee, wanted, consentId, timeMs)) continue;
          book.delegate(which, grantee, wanted, consentId);
          granted += 1;
          delegated += 1;
        } else if (step.kind === 'revoke') {
          if (step.which >= granted || revoked.has(step.which)) continue;
          for (const each of [ledger, book]) each.revoke(step.which);
          revoked.add(step.which);
        } else if (step.kind !== 'ask') {
          for (const each of [ledger, book]) each[step.kind](step.who);
        } else
          for (const asked of step.asked) {
            const answer = ledger.ask(asked, timeMs);
            if (answer !== book.ask(asked, timeMs)) throw new Error(`${answer}: ${JSON.stringify(asked)}`);
            counts[answer] += 1;
          }
      }
    });
    while (wanted()) fc.assert(property, { numRuns: 500 });
    expect(delegated).toBeGreaterThan(cases / 400);
    expect(counts.permit).toBeGreaterThan(cases / 20);
    expect(counts.deny).toBeGreaterThan(cases / 20);
  });
});
