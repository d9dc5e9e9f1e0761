/**
 * Consents with maximum accesses count an access once, however many records. What an uncounted basis permits costs nothing
 * and rests on that basis alone; the rest is paid for with one of its counted consents, or denied when all are used up. A
 * delegated consent counts on its ancestors too.
 */
import type { AccessBasis } from '../model/index.ts';
import type { AccessAnswer } from './access.ts';
import type { HeldRule } from './consent.ts';

export interface Payment {
  /** The answers, each with the bases that the access may rest on. */
  readonly answers: readonly AccessAnswer[];
  /** Consents that count one access more. */
  readonly spent: readonly string[];
}

/** Consents that count, of answers that nothing uncounted permits: the counters that {@link payFor} must know. */
export function countedConsents(answers: readonly AccessAnswer[], rules: readonly HeldRule[]): readonly string[] {
  const needed = answers.filter((answer) => isCounted(answer, rules)).flatMap(basesOf);
  return [...new Set(needed.flatMap((basis) => countersOf(rules, basis)).map(({ consentId }) => consentId))];
}

/** @param used accesses counted so far, by consent */
export function payFor(
  answers: readonly AccessAnswer[],
  rules: readonly HeldRule[],
  used: ReadonlyMap<string, number>,
): Payment {
  const spent = new Set<string>();
  const unpaid = (basis: AccessBasis): readonly Counter[] =>
    countersOf(rules, basis).filter(({ consentId }) => !spent.has(consentId));
  const hasRoom = ({ consentId, maxAccesses }: Counter): boolean => (used.get(consentId) ?? 0) < maxAccesses;
  const pay = (answer: AccessAnswer): AccessAnswer => {
    if (answer.decision === 'deny') return answer;
    if (!isCounted(answer, rules))
      return { decision: 'permit', basis: answer.basis.filter((basis) => countersOf(rules, basis).length === 0) };
    const basis =
      answer.basis.find((each) => unpaid(each).length === 0) ??
      answer.basis.find((each) => unpaid(each).every(hasRoom));
    if (basis === undefined) return { decision: 'deny', code: 'consent_missing' };
    for (const { consentId } of unpaid(basis)) spent.add(consentId);
    return { decision: 'permit', basis: [basis] };
  };
  return { answers: answers.map(pay), spent: [...spent] };
}

/** A consent with maximum accesses. */
interface Counter {
  readonly consentId: string;
  readonly maxAccesses: number;
}

/** What an access on this basis counts: the consent and, of a delegated one, its ancestors, where they have a maximum. */
export function countersOf(rules: readonly HeldRule[], basis: AccessBasis): readonly Counter[] {
  if (basis.kind !== 'consent') return [];
  const found = rules.find(({ consentId }) => consentId === basis.consentId);
  if (found === undefined) return [];
  const all = [found, ...(found.ancestors ?? []).map(({ rule }) => rule)];
  return all.flatMap(({ consentId, maxAccesses }) => (maxAccesses === undefined ? [] : [{ consentId, maxAccesses }]));
}

function isCounted(answer: AccessAnswer, rules: readonly HeldRule[]): boolean {
  return answer.decision === 'permit' && answer.basis.every((basis) => countersOf(rules, basis).length > 0);
}

function basesOf(answer: AccessAnswer): readonly AccessBasis[] {
  return answer.decision === 'permit' ? answer.basis : [];
}
