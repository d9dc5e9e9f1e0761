/**
 * Verifies a proof offline: that somebody with a member's certificate sent this event, that peers of two roles endorsed
 * it, that the orderers put it into this block, and that members judged it VALID.
 */
import { createHash } from 'node:crypto';
import { common } from '@hyperledger/fabric-protos';
import { canonicalJson } from '@chain-of-care/chaincode/model';
import { blockHeaderBytes } from './blockHeader.ts';
import {
  certificateOf,
  isSignedBy,
  keysOf,
  meetsPolicy,
  openEnvelope,
  trustedSigner,
  verifiedEndorsers,
  type OpenEnvelope,
} from './envelope.ts';
import { ProofError } from './errors.ts';
import type { EventProof } from './eventProof.ts';
import type { TrustAnchors } from './trust.ts';

export interface VerifiedEvent {
  readonly event: Readonly<Record<string, unknown>>;
  readonly transactionId: string;
  /** Who sent it: the member, and SHA-256 of the certificate's public key (SPKI, DER), the ledger's name of the person. */
  readonly submitter: { readonly mspId: string; readonly deviceKey: string };
  /** Of the transaction, as the submitter claims and endorsers checked to a minute. RFC 3339. */
  readonly time: string;
  readonly endorsedBy: readonly string[];
  readonly blockNumber: number;
  /** Members whose orderers signed the block. */
  readonly orderedBy: readonly string[];
  /** Members whose peers attest that it was judged VALID. */
  readonly attestedBy: readonly string[];
}

/**
 * @throws ProofError when any part does not hold; its code says which
 */
export function verifyEventProof(proof: EventProof, trust: TrustAnchors): VerifiedEvent {
  const envelopes = proof.block.envelopes.map((text) => Buffer.from(text, 'base64'));
  const own = envelopes[proof.block.index];
  if (own === undefined) throw new ProofError('transaction_not_in_block');
  const envelope = openEnvelope(own);
  requireChannel(envelope, proof, trust);
  const submitter = verifySubmitter(envelope, proof, trust);
  verifyEvent(envelope, proof);
  const endorsedBy = verifiedEndorsers(envelope, trust);
  if (!meetsPolicy(endorsedBy, trust)) throw new ProofError('endorsement_policy', endorsedBy.join(', '));
  const orderedBy = verifyBlock(proof, envelopes, trust);
  const attestedBy = verifyAttestation(proof, trust);
  return {
    event: proof.event,
    transactionId: envelope.transactionId,
    submitter,
    time: new Date(envelope.timeMs).toISOString(),
    endorsedBy,
    blockNumber: proof.block.number,
    orderedBy,
    attestedBy,
  };
}

function requireChannel({ channel, chaincode }: OpenEnvelope, proof: EventProof, trust: TrustAnchors): void {
  if (channel !== trust.channel || proof.channel !== trust.channel) throw new ProofError('other_channel', channel);
  if (chaincode !== trust.chaincode || proof.chaincode !== trust.chaincode)
    throw new ProofError('other_channel', `chaincode ${chaincode}`);
}

function verifySubmitter(envelope: OpenEnvelope, proof: EventProof, trust: TrustAnchors): VerifiedEvent['submitter'] {
  const { nonce, creator, payload, signature, timeMs, transactionId } = envelope;
  const expected = createHash('sha256').update(nonce).update(creator).digest('hex');
  if (transactionId !== expected || proof.transactionId !== expected) throw new ProofError('transaction_id');
  const signer = trustedSigner(creator, trust, timeMs, 'submitter_untrusted');
  if (!isSignedBy(signer, payload, signature)) throw new ProofError('submitter_signature');
  const key = signer.certificate.publicKey.export({ type: 'spki', format: 'der' });
  return { mspId: signer.mspId, deviceKey: createHash('sha256').update(key).digest('hex') };
}

/** The event is what the transaction wrote under its key, and its hash is its own. */
function verifyEvent(envelope: OpenEnvelope, { event, eventId }: EventProof): void {
  const written = keysOf(envelope).writes.get(eventKey(eventId));
  if (written === undefined || event['eventId'] !== eventId) throw new ProofError('event_not_written');
  if (Buffer.from(written).toString('utf8') !== canonicalJson(event)) throw new ProofError('event_altered');
  const { t: _type, v: _version, hash, ...facts } = event;
  if (hash !== createHash('sha256').update(canonicalJson(facts)).digest('hex')) throw new ProofError('event_altered');
}

/** Fabric's composite key `event`, event id. */
export function eventKey(eventId: string): string {
  return `\u0000event\u0000${eventId}\u0000`;
}

/** The data hash is over all envelopes, the header over the data hash, and a quorum of orderers signed the header. */
function verifyBlock({ block }: EventProof, envelopes: readonly Buffer[], trust: TrustAnchors): readonly string[] {
  const dataHash = createHash('sha256').update(Buffer.concat(envelopes)).digest();
  if (dataHash.toString('hex') !== block.dataHash) throw new ProofError('block_data');
  const header = blockHeaderBytes(BigInt(block.number), Buffer.from(block.previousHash, 'hex'), dataHash);
  const signedBy = new Map<number, string>();
  for (const { id, mspId } of signaturesOf(block.signatures, header, trust)) signedBy.set(id, mspId);
  if (signedBy.size < quorumOf(trust.orderers.length))
    throw new ProofError('block_signatures', `${signedBy.size} of ${trust.orderers.length} orderers`);
  return [...new Set(signedBy.values())];
}

/** Of SmartBFT: more than two thirds of n = 3f + 1, so that two quorums share an honest orderer. */
export function quorumOf(orderers: number): number {
  const faulty = Math.floor((orderers - 1) / 3);
  return Math.ceil((orderers + faulty + 1) / 2);
}

/** Orderers whose signature holds; a SmartBFT signature names its orderer by number (`IdentifierHeader`). */
function* signaturesOf(
  text: string,
  header: Buffer,
  trust: TrustAnchors,
): Generator<{ readonly id: number; readonly mspId: string }> {
  const metadata = common.Metadata.deserializeBinary(Buffer.from(text, 'base64'));
  for (const signature of metadata.getSignaturesList()) {
    const identifier = signature.getIdentifierHeader_asU8();
    if (identifier.length === 0) continue;
    const id = common.IdentifierHeader.deserializeBinary(identifier).getIdentifier();
    const orderer = trust.orderers.find((each) => each.id === id);
    if (orderer === undefined) continue;
    const certificate = certificateOf(orderer.certificate, 'block_signatures');
    const signed = Buffer.concat([metadata.getValue_asU8(), identifier, header]);
    if (isSignedBy({ certificate }, signed, signature.getSignature_asU8())) yield { id, mspId: orderer.mspId };
  }
}

/**
 * An event's key is written once. A peer that reads it with the version (this block, this place) has judged that
 * transaction VALID; that it did is signed with its endorsement of the read.
 */
function verifyAttestation(proof: EventProof, trust: TrustAnchors): readonly string[] {
  const attestation = openEnvelope(Buffer.from(proof.attestation, 'base64'));
  requireChannel(attestation, proof, trust);
  const read = keysOf(attestation).reads.get(eventKey(proof.eventId));
  if (read === undefined || read.block !== proof.block.number || read.index !== proof.block.index)
    throw new ProofError('validity_unproven', 'the attestation is about another transaction');
  const members = verifiedEndorsers(attestation, trust);
  if (!meetsPolicy(members, trust)) throw new ProofError('validity_unproven', members.join(', '));
  return members;
}
