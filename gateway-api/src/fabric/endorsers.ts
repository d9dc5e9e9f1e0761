/** Which organisations to name as endorsers of a transaction, from the consortium's policies and who answers now. */
import { canonicalJson, smallestEndorsers, type Consortium, type Policy } from '@chain-of-care/chaincode/model';
import type { Touches } from './act.ts';

/** How long a member whose peers did not answer is avoided where others can endorse in its place. */
const avoidedMs = 5_000;

export class Endorsers {
  readonly #consortium: Consortium;
  readonly #own: string;
  readonly #clock: () => number;
  readonly #unreachableSince = new Map<string, number>();

  constructor(consortium: Consortium, own: string, clock: () => number) {
    this.#consortium = consortium;
    this.#own = own;
    this.#clock = clock;
  }

  /**
   * The smallest set of members that satisfies every policy touched, preferring the own organisation, then those that
   * answered lately; members that did not come last, so that they are asked only where the policy leaves no choice.
   *
   * @returns undefined when no set of members can satisfy the policies (a mistake in the touches)
   */
  choose(touches: Touches): readonly string[] | undefined {
    const policies = policiesOf(this.#consortium, touches);
    const candidates = this.#candidates(touches);
    return (
      smallestEndorsers(
        policies,
        candidates.filter((mspId) => !this.#isAvoided(mspId)),
      ) ?? smallestEndorsers(policies, candidates)
    );
  }

  /** A member's peers did not answer. */
  unreachable(mspId: string): void {
    this.#unreachableSince.set(mspId, this.#clock());
  }

  reachable(mspIds: readonly string[]): void {
    for (const mspId of mspIds) this.#unreachableSince.delete(mspId);
  }

  #isAvoided(mspId: string): boolean {
    const since = this.#unreachableSince.get(mspId);
    return since !== undefined && this.#clock() - since < avoidedMs;
  }

  /** Members whose peers hold every collection that the transaction reads or writes, the own organisation first. */
  #candidates({ writes, reads = [], among }: Touches): readonly string[] {
    const { collections, withPeers, regulator } = this.#consortium;
    const touched = new Set([...writes, ...reads]);
    const needed = collections.filter(({ name, memberOnlyWrite }) => touched.has(name) && memberOnlyWrite);
    const able = withPeers.filter(
      (mspId) => (among?.includes(mspId) ?? true) && needed.every(({ members }) => members.includes(mspId)),
    );
    const rank = (mspId: string): number => (mspId === this.#own ? 0 : mspId === regulator ? 1 : 2);
    return [...able].sort((a, b) => rank(a) - rank(b));
  }
}

function policiesOf(consortium: Consortium, { writes, policies = [] }: Touches): readonly Policy[] {
  return [...new Set(writes)].map((name) => consortium.policyOf(name)).concat(policies);
}

/** Equal for touches with the same policies: acts of one lane need the same endorsers. */
export function touchesId({ writes, reads = [], policies = [], among = [] }: Touches): string {
  return canonicalJson([
    [...new Set(writes.map((name) => name ?? ''))].sort(),
    [...new Set(reads)].sort(),
    policies.map((policy) => canonicalJson(policy)).sort(),
    [...among].sort(),
  ]);
}
