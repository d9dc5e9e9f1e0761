/**
 * Consents with maximum accesses count an access once, however many records. What an uncounted basis permits costs nothing
 * and rests on that basis alone; the rest is paid for with one of its counted consents, or denied when all are used up.
 */
import type { AccessBasis, ConsentRule } from '../model/index.ts';
import type { AccessAnswer } from './access.ts';

export interface Payment {
  /** The answers, each with the bases that the access may rest on. */
  readonly answers: readonly AccessAnswer[];
  /** Consents that count one access more. */
  readonly spent: readonly string[];
}

/** Consents that count, of answers that nothing uncounted permits: the counters that {@link payFor} must know. */
export function countedConsents(answers: readonly AccessAnswer[], rules: readonly ConsentRule[]): readonly string[] {
  return [...new Set(answers.filter((answer) => isCounted(answer, rules)).flatMap(consentsOf))];
}

/** @param used accesses counted so far, by consent */
export function payFor(
  answers: readonly AccessAnswer[],
  rules: readonly ConsentRule[],
  used: ReadonlyMap<string, number>,
): Payment {
  const spent = new Set<string>();
  const pay = (answer: AccessAnswer): AccessAnswer => {
    if (answer.decision === 'deny') return answer;
    if (!isCounted(answer, rules))
      return { decision: 'permit', basis: answer.basis.filter((basis) => maximumOf(rules, basis) === undefined) };
    const consents = consentsOf(answer);
    const consentId =
      consents.find((each) => spent.has(each)) ??
      consents.find((each) => (used.get(each) ?? 0) < maximumOf(rules, { kind: 'consent', consentId: each })!);
    if (consentId === undefined) return { decision: 'deny', code: 'consent_missing' };
    spent.add(consentId);
    return { decision: 'permit', basis: [{ kind: 'consent', consentId }] };
  };
  return { answers: answers.map(pay), spent: [...spent] };
}

/** Maximum accesses of the consent that is the basis. @returns undefined when the basis counts nothing */
export function maximumOf(rules: readonly ConsentRule[], basis: AccessBasis): number | undefined {
  if (basis.kind !== 'consent') return undefined;
  return rules.find(({ consentId }) => consentId === basis.consentId)?.maxAccesses;
}

function isCounted(answer: AccessAnswer, rules: readonly ConsentRule[]): boolean {
  return answer.decision === 'permit' && answer.basis.every((basis) => maximumOf(rules, basis) !== undefined);
}

function consentsOf(answer: AccessAnswer): readonly string[] {
  if (answer.decision === 'deny') return [];
  return answer.basis.flatMap((basis) => (basis.kind === 'consent' ? [basis.consentId] : []));
}
