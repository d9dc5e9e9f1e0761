import { common, msp } from '@hyperledger/fabric-protos';
import { signersNamed, type Policy } from '../model/core/policy.ts';

/**
 * Fabric's serialized form of a policy for a key-level endorsement (common.SignaturePolicyEnvelope). The shim's own
 * helper builds only AND of organisations.
 */
export function signaturePolicyEnvelope(policy: Policy): Uint8Array {
  const signers = [...signersNamed(policy)].sort();
  const envelope = new common.SignaturePolicyEnvelope();
  envelope.setVersion(0);
  envelope.setRule(rule(policy, signers));
  envelope.setIdentitiesList(signers.map(peerOf));
  return envelope.serializeBinary();
}

function rule(policy: Policy, signers: readonly string[]): common.SignaturePolicy {
  const result = new common.SignaturePolicy();
  if ('signedBy' in policy) {
    result.setSignedBy(signers.indexOf(policy.signedBy));
    return result;
  }
  const nOutOf = new common.SignaturePolicy.NOutOf();
  nOutOf.setN(policy.n);
  nOutOf.setRulesList(policy.of.map((part) => rule(part, signers)));
  result.setNOutOf(nOutOf);
  return result;
}

function peerOf(mspId: string): msp.MSPPrincipal {
  const role = new msp.MSPRole();
  role.setMspIdentifier(mspId);
  role.setRole(msp.MSPRole.MSPRoleType.PEER);
  const principal = new msp.MSPPrincipal();
  principal.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
  principal.setPrincipal(role.serializeBinary());
  return principal;
}
