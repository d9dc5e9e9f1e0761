/** Endorsement policies as data: the signature policies of Fabric ("SignedBy" and "NOutOf" of common.SignaturePolicy). */
export type Policy = { readonly signedBy: string } | { readonly n: number; readonly of: readonly Policy[] };

/** A peer of this member. */
export const signedBy = (mspId: string): Policy => ({ signedBy: mspId });
export const outOf = (n: number, of: readonly Policy[]): Policy => ({ n, of });
export const allOf = (...of: readonly Policy[]): Policy => outOf(of.length, of);
export const anyOf = (...of: readonly Policy[]): Policy => outOf(1, of);

/** MSP ids a policy names, each once, in order of appearance. */
export function signersNamed(policy: Policy): readonly string[] {
  const all = 'signedBy' in policy ? [policy.signedBy] : policy.of.flatMap(signersNamed);
  return [...new Set(all)];
}

/** Whether endorsements by one peer of each of these members satisfy the policy. */
export function satisfies(policy: Policy, endorsers: ReadonlySet<string>): boolean {
  if ('signedBy' in policy) return endorsers.has(policy.signedBy);
  return policy.of.filter((part) => satisfies(part, endorsers)).length >= policy.n;
}

/** Fabric's text form, for `--signature-policy` and collection files: `OutOf(2, 'A.peer', AND(...))`. */
export function policyText(policy: Policy): string {
  if ('signedBy' in policy) return `'${policy.signedBy}.peer'`;
  if (policy.of.length === 1) return policyText(policy.of[0]!);
  const parts = policy.of.map(policyText).join(', ');
  if (policy.n === policy.of.length) return `AND(${parts})`;
  if (policy.n === 1) return `OR(${parts})`;
  return `OutOf(${policy.n}, ${parts})`;
}

/**
 * The smallest set of members that satisfies all policies; among equals the one whose members come first in
 * `preference`, which is also the list of members that may be asked.
 *
 * @returns MSP ids, or undefined when no set of the members in `preference` satisfies all policies
 */
export function smallestEndorsers(
  policies: readonly Policy[],
  preference: readonly string[],
): readonly string[] | undefined {
  const named = new Set(policies.flatMap(signersNamed));
  const candidates = preference.filter((mspId) => named.has(mspId));
  for (let size = 1; size <= candidates.length; size += 1) {
    for (const chosen of combinations(candidates, size)) {
      const endorsers = new Set(chosen);
      if (policies.every((policy) => satisfies(policy, endorsers))) return chosen;
    }
  }
  return undefined;
}

function* combinations(items: readonly string[], size: number): Generator<string[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (const [index, first] of items.entries()) {
    for (const rest of combinations(items.slice(index + 1), size - 1)) yield [first, ...rest];
  }
}
