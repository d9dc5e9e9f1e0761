/** The model's policies and collections in the words of Fabric's lifecycle. */
import { policyText, smallestEndorsers, type Collection, type Policy } from '@chain-of-care/chaincode/model';

/** @returns an expression that Fabric parses at the top level, where a bare principal is not allowed */
export function signaturePolicy(policy: Policy): string {
  const text = policyText(policy);
  return text.startsWith("'") ? `OR(${text})` : text;
}

/**
 * An endorser holds what it endorsed. So a value is handed to other peers (`maxPeerCount`) only where a collection has more
 * peers than must endorse; where the policy asks all of them, handing on would only copy to each what it has.
 *
 * @param peersOf how many peers a member runs
 * @returns the objects of the file that `--collections-config` names
 */
export function collectionsConfig(
  collections: readonly Collection[],
  peersOf: (mspId: string) => number = () => 1,
): readonly object[] {
  return collections.map((collection) => ({
    name: collection.name,
    policy: `OR(${collection.members.map((mspId) => `'${mspId}.member'`).join(', ')})`,
    ...dissemination(collection, peersOf),
    blockToLive: collection.blockToLive,
    memberOnlyRead: collection.memberOnlyRead,
    memberOnlyWrite: collection.memberOnlyWrite,
    ...(collection.policy === undefined
      ? {}
      : { endorsementPolicy: { signaturePolicy: signaturePolicy(collection.policy) } }),
  }));
}

function dissemination({ members, policy, furtherHolders }: Collection, peersOf: (mspId: string) => number) {
  const peers = members.reduce((sum, mspId) => sum + peersOf(mspId), 0);
  // Under the chaincode's policy the endorsers need not be members of the collection.
  const endorsers = policy === undefined ? 0 : smallestEndorsers([policy], members)!.length;
  const others = peers - endorsers;
  return { requiredPeerCount: Math.min(furtherHolders, others), maxPeerCount: others };
}
