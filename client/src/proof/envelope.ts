/** A transaction's envelope taken apart, as far as its signatures go. */
import { createHash, verify, X509Certificate } from 'node:crypto';
import { common, ledger, msp, peer } from '@hyperledger/fabric-protos';
import { ProofError, type ProofErrorCode } from './errors.ts';
import { isIssuedBy, type TrustAnchors } from './trust.ts';

export interface Signer {
  readonly mspId: string;
  readonly certificate: X509Certificate;
}

export interface OpenEnvelope {
  readonly channel: string;
  readonly transactionId: string;
  /** Of the channel header, milliseconds. */
  readonly timeMs: number;
  readonly nonce: Uint8Array;
  readonly creator: Uint8Array;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  readonly chaincode: string;
  /** What the endorsers signed. */
  readonly endorsed: Uint8Array;
  readonly proposalHash: Uint8Array;
  readonly expectedProposalHash: Uint8Array;
  readonly endorsements: readonly { readonly endorser: Uint8Array; readonly signature: Uint8Array }[];
  readonly results: Uint8Array;
}

/** @throws ProofError malformed */
export function openEnvelope(bytes: Uint8Array): OpenEnvelope {
  try {
    const envelope = common.Envelope.deserializeBinary(bytes);
    const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
    const channelHeaderBytes = payload.getHeader()!.getChannelHeader_asU8();
    const signatureHeaderBytes = payload.getHeader()!.getSignatureHeader_asU8();
    const channelHeader = common.ChannelHeader.deserializeBinary(channelHeaderBytes);
    const signatureHeader = common.SignatureHeader.deserializeBinary(signatureHeaderBytes);
    const actions = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList();
    if (actions.length !== 1) throw new RangeError('a transaction has one action');
    const action = peer.ChaincodeActionPayload.deserializeBinary(actions[0]!.getPayload_asU8());
    const endorsedAction = action.getAction()!;
    const endorsed = endorsedAction.getProposalResponsePayload_asU8();
    const response = peer.ProposalResponsePayload.deserializeBinary(endorsed);
    const result = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
    const expectedProposalHash = createHash('sha256')
      .update(channelHeaderBytes)
      .update(signatureHeaderBytes)
      .update(action.getChaincodeProposalPayload_asU8())
      .digest();
    return {
      channel: channelHeader.getChannelId(),
      transactionId: channelHeader.getTxId(),
      timeMs: channelHeader.getTimestamp()?.toDate().getTime() ?? 0,
      nonce: signatureHeader.getNonce_asU8(),
      creator: signatureHeader.getCreator_asU8(),
      payload: envelope.getPayload_asU8(),
      signature: envelope.getSignature_asU8(),
      chaincode: result.getChaincodeId()?.getName() ?? '',
      endorsed,
      proposalHash: response.getProposalHash_asU8(),
      expectedProposalHash,
      endorsements: endorsedAction.getEndorsementsList().map((each) => ({
        endorser: each.getEndorser_asU8(),
        signature: each.getSignature_asU8(),
      })),
      results: result.getResults_asU8(),
    };
  } catch (cause) {
    throw new ProofError('malformed', 'no endorsed transaction', { cause });
  }
}

/** @throws ProofError with the code, unless the identity stands under its member's roots at the time */
export function trustedSigner(serialized: Uint8Array, trust: TrustAnchors, atMs: number, code: ProofErrorCode): Signer {
  const identity = msp.SerializedIdentity.deserializeBinary(serialized);
  const mspId = identity.getMspid();
  const certificate = certificateOf(Buffer.from(identity.getIdBytes_asU8()).toString('utf8'), code);
  const member = trust.members.find((each) => each.mspId === mspId);
  if (!isIssuedBy(member, certificate, atMs)) throw new ProofError(code, mspId);
  return { mspId, certificate };
}

export function certificateOf(pem: string, code: ProofErrorCode): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new ProofError(code, 'no certificate', { cause });
  }
}

/** ECDSA over SHA-256, DER, as Fabric signs. */
export function isSignedBy(
  { certificate }: Pick<Signer, 'certificate'>,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  try {
    return verify('sha256', data, certificate.publicKey, signature);
  } catch {
    return false;
  }
}

/**
 * Checks the endorsements of a transaction.
 *
 * @returns members whose peers endorsed it
 * @throws ProofError proposal_altered, endorser_untrusted, endorsement_signature
 */
export function verifiedEndorsers(envelope: OpenEnvelope, trust: TrustAnchors): readonly string[] {
  if (!Buffer.from(envelope.proposalHash).equals(envelope.expectedProposalHash))
    throw new ProofError('proposal_altered');
  const members = envelope.endorsements.map(({ endorser, signature }) => {
    const signer = trustedSigner(endorser, trust, envelope.timeMs, 'endorser_untrusted');
    if (!signer.certificate.subject.split('\n').includes('OU=peer'))
      throw new ProofError('endorser_untrusted', `${signer.mspId}: not a peer`);
    if (!isSignedBy(signer, Buffer.concat([envelope.endorsed, endorser]), signature))
      throw new ProofError('endorsement_signature', signer.mspId);
    return signer.mspId;
  });
  return [...new Set(members)];
}

/** The channel's policy for public state: two of the roles hospital, pharma, regulator. */
export function meetsPolicy(members: readonly string[], trust: TrustAnchors): boolean {
  const roleOf = new Map(trust.members.map(({ mspId, role }) => [mspId, role]));
  const endorsing = new Set(['hospital', 'pharma', 'regulator']);
  const inUse = new Set(trust.members.map(({ role }) => role).filter((role) => endorsing.has(role)));
  const roles = new Set(
    members.map((mspId) => roleOf.get(mspId)).filter((role) => role !== undefined && endorsing.has(role)),
  );
  return roles.size >= Math.min(2, inUse.size);
}

interface KeyAccess {
  readonly writes: ReadonlyMap<string, Uint8Array>;
  /** By key: block and place of the transaction that wrote what was read. */
  readonly reads: ReadonlyMap<string, { readonly block: number; readonly index: number }>;
}

/** Public keys that the chaincode read and wrote. @throws ProofError malformed */
export function keysOf({ results, chaincode }: OpenEnvelope): KeyAccess {
  try {
    const set = ledger.rwset.TxReadWriteSet.deserializeBinary(results)
      .getNsRwsetList()
      .find((each) => each.getNamespace() === chaincode);
    const rwset = ledger.rwset.kvrwset.KVRWSet.deserializeBinary(set?.getRwset_asU8() ?? new Uint8Array(0));
    return {
      writes: new Map(rwset.getWritesList().map((write) => [write.getKey(), write.getValue_asU8()])),
      reads: new Map(
        rwset.getReadsList().flatMap((read) => {
          const version = read.getVersion();
          if (version === undefined) return [];
          return [[read.getKey(), { block: version.getBlockNum(), index: version.getTxNum() }] as const];
        }),
      ),
    };
  } catch (cause) {
    throw new ProofError('malformed', 'no read and write sets', { cause });
  }
}
