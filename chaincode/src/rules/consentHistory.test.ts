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
import { emptyBucket, rulesInForce, withRule } from './consentBucket.ts';
import { countedConsents, payFor } from './counting.ts';

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
  | { readonly kind: 'revoke'; readonly which: number }
  | { readonly kind: 'ask'; readonly asked: readonly Asked[] };
type Answer = 'permit' | 'deny';

/** What the ledger does: a bucket and a stop list a subject, counters, the pure rules. */
class OnTheLedger {
  readonly #buckets = new Map<string, Pick<ConsentBucket, 'rules' | 'closing'>>();
  readonly #stops = new Map<string, ConsentStops['stops']>();
  readonly #used = new Map<string, number>();
  readonly #granted: { readonly subject: string; readonly consentId: string; readonly closes?: ClosingKind }[] = [];

  grant(grantee: Grantee, rule: ConsentRule, timeMs: number): void {
    const subject = subjectOf(grantee);
    const stops = this.#stops.get(subject) ?? [];
    const { bucket, closes } = withRule(this.#buckets.get(subject) ?? emptyBucket, rule, stops, timeMs);
    this.#buckets.set(subject, bucket);
    const { consentId } = rule;
    this.#granted.push({ subject, consentId, ...(closes === undefined ? {} : { closes }) });
  }

  revoke(which: number): void {
    const { subject, consentId, closes } = this.#granted[which]!;
    const stop = { consentId, revokedAt: '', revokedBy: '', ...(closes === undefined ? {} : { closes }) };
    this.#stops.set(subject, [...(this.#stops.get(subject) ?? []), stop]);
  }

  /** One access for one record. */
  ask({ requester, purposeOfUse, record }: Asked, timeMs: number): Answer {
    const rules = subjectsOf(requester).flatMap((subject) =>
      rulesInForce(this.#buckets.get(subject) ?? emptyBucket, this.#stops.get(subject) ?? []),
    );
    const reader = { kind: 'staff', requester, rules } as const;
    const answers = [decideRecordAccess(reader, readRequest(purposeOfUse, timeMs), record)];
    const used = new Map(countedConsents(answers, rules).map((id) => [id, this.#used.get(id) ?? 0]));
    const { answers: paid, spent } = payFor(answers, rules, used);
    for (const id of spent) this.#used.set(id, used.get(id)! + 1);
    return paid[0]!.decision;
  }
}

/** What the prose says, looked up in a list of everything that ever happened. */
class ByTheBook {
  readonly #all: { grantee: Grantee; rule: ConsentRule; revoked: boolean; left: number }[] = [];

  grant(grantee: Grantee, rule: ConsentRule): void {
    this.#all.push({ grantee, rule, revoked: false, left: rule.maxAccesses ?? Infinity });
  }

  revoke(which: number): void {
    this.#all[which]!.revoked = true;
  }

  ask({ requester, purposeOfUse, record }: Asked, timeMs: number): Answer {
    if (record.authorOrg === requester.mspId && record.authorGroup === requester.department) return 'permit';
    const live = this.#all.filter(
      ({ grantee, rule, revoked }) =>
        !revoked && names(grantee, requester) && !(rule.expiresAt && timeMs >= Date.parse(rule.expiresAt)),
    );
    const spoken = live.map((consent) => ({ consent, says: says(consent.rule, purposeOfUse, record) }));
    if (spoken.some(({ says: word }) => word === 'no')) return 'deny';
    const yes = spoken.filter(({ says: word }) => word === 'yes').map(({ consent }) => consent);
    if (yes.some(({ left }) => left === Infinity)) return 'permit';
    // Of several counted consents the ledger takes the first of its buckets' order: person … everyone, then by id.
    const ranked = yes
      .filter(({ left }) => left > 0)
      .sort((a, b) => rank(a.grantee) - rank(b.grantee) || (a.rule.consentId < b.rule.consentId ? -1 : 1));
    if (ranked[0] === undefined) return 'deny';
    ranked[0].left -= 1;
    return 'permit';
  }
}

const rank = ({ kind }: Grantee): number => ['person', 'organization', 'department', 'role', 'everyone'].indexOf(kind);

function names({ kind, mspId, id }: Grantee, requester: Requester): boolean {
  if (kind === 'everyone') return true;
  if (mspId !== requester.mspId) return false;
  if (kind === 'organization') return true;
  return id === { person: requester.staffId, department: requester.department, role: requester.role }[kind];
}

function says(rule: ConsentRule, purpose: PurposeOfUse, record: RecordFact): 'yes' | 'no' | 'nothing' {
  const means = rule.decision === 'permit';
  const turned = (rule.exceptions ?? []).some((exception) => within(exception, purpose, record, !means));
  const word = turned ? !means : means;
  if (!within(rule, purpose, record, word)) return 'nothing';
  return word ? 'yes' : 'no';
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
  })
  .map(({ scope, ...rest }) => ({ ...scope, ...rest }) as Omit<ConsentRule, 'consentId' | 'grantedAt'>);
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
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('grant' as const), grantee: grantees, rule: rules }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), which: fc.nat({ max: 9 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('ask' as const), asked: asks }) },
);

describe('consent over any history', () => {
  test(`every answer is that of an independent evaluator (${cases} questions)`, () => {
    const counts = { permit: 0, deny: 0 };
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
          for (const each of [ledger, book]) each.grant(step.grantee, rule, timeMs);
          granted += 1;
        } else if (step.kind === 'revoke') {
          if (step.which >= granted || revoked.has(step.which)) continue;
          for (const each of [ledger, book]) each.revoke(step.which);
          revoked.add(step.which);
        } else
          for (const asked of step.asked) {
            const answer = ledger.ask(asked, timeMs);
            if (answer !== book.ask(asked, timeMs)) throw new Error(`${answer}: ${JSON.stringify(asked)}`);
            counts[answer] += 1;
          }
      }
    });
    while (wanted()) fc.assert(property, { numRuns: 500 });
    expect(counts.permit).toBeGreaterThan(cases / 20);
    expect(counts.deny).toBeGreaterThan(cases / 20);
  });
});
