/**
 * What a bucket does when it is full. A bucket holds a bounded list of rules; room is made by dropping those that ended. A
 * permit that still finds none is refused. A denial never is: it closes the grantee's bucket to everything, which is at
 * least what it denies, until it is revoked. Closing denials are only counted, so their number needs no room either.
 */
import {
  limits,
  purposeCodes,
  Refusal,
  type ClosingKind,
  type ConsentBucket,
  type ConsentRule,
  type ConsentStops,
} from '../model/index.ts';

export type Rules = Pick<ConsentBucket, 'rules' | 'closing'>;
type Stops = ConsentStops['stops'];

export const emptyBucket: Rules = { rules: [] };

/** Whether a grant must make room, and so know the stops. */
export function isFull({ rules }: Rules, { parents }: Pick<ConsentRule, 'parents'>): boolean {
  const delegated = rules.filter((each) => each.parents !== undefined);
  return (
    rules.length >= limits.rulesPerBucket || (parents !== undefined && delegated.length >= limits.delegatedPerBucket)
  );
}

/**
 * The bucket with one rule more, sorted by consent id.
 *
 * @param stops of the bucket; needed only when it is full, or the rule is a delegated one
 * @param timeMs transaction time
 * @returns with `closes` when the rule is a denial that closed the bucket instead
 * @throws Refusal bucket_full for a permit without room, or a delegated one beside many revocations
 */
export function withRule(
  bucket: Rules,
  rule: ConsentRule,
  stops: Stops,
  timeMs: number,
): { readonly bucket: Rules; readonly closes?: ClosingKind } {
  // Stops stay, and every decision reads them: who passes on and takes back again does not make them many.
  if (rule.parents !== undefined && stops.length >= limits.stopsBesideDelegated) throw new Refusal('bucket_full');
  const rules = isFull(bucket, rule) ? bucket.rules.filter((each) => !hasEnded(each, stops, timeMs)) : bucket.rules;
  if (!isFull({ rules }, rule)) {
    const sorted = [...rules, rule].sort((a, b) => (a.consentId < b.consentId ? -1 : 1));
    return { bucket: { ...bucket, rules: sorted } };
  }
  if (rule.decision === 'permit') throw new Refusal('bucket_full');
  const closes = rule.purposes?.includes('BTG') === true ? 'breakGlass' : 'care';
  const before = bucket.closing ?? { care: 0, breakGlass: 0 };
  return { bucket: { rules, closing: { ...before, [closes]: before[closes] + 1 } }, closes };
}

/** The rules that speak now: those not stopped, and that of closing denials not revoked. */
export function rulesInForce({ rules, closing }: Rules, stops: Stops): readonly ConsentRule[] {
  const stopped = new Set(stops.map(({ consentId }) => consentId));
  const live = rules.filter(({ consentId }) => !stopped.has(consentId));
  if (closing === undefined) return live;
  const open = (kind: ClosingKind): number => closing[kind] - stops.filter(({ closes }) => closes === kind).length;
  if (open('care') + open('breakGlass') <= 0) return live;
  const purposes = open('breakGlass') > 0 ? purposeCodes : purposeCodes.filter((code) => code !== 'BTG');
  return [...live, { consentId: 'closed', decision: 'deny', level: 'read', grantedAt: '', purposes }];
}

function hasEnded({ consentId, expiresAt }: ConsentRule, stops: Stops, timeMs: number): boolean {
  const hasExpired = expiresAt !== undefined && Date.parse(expiresAt) <= timeMs;
  return hasExpired || stops.some((stop) => stop.consentId === consentId);
}
