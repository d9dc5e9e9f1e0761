import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ProofError, type ProofErrorCode } from './errors.ts';
import type { EventProof } from './eventProof.ts';
import type { TrustAnchors } from './trust.ts';
import { quorumOf, verifyEventProof } from './verify.ts';

/** Exported by the gateway of a development consortium; `other` is about another event of the same channel. */
const { proof, other, trust } = JSON.parse(readFileSync(new URL('proof.fixture.json', import.meta.url), 'utf8')) as {
  readonly proof: EventProof;
  readonly other: EventProof;
  readonly trust: TrustAnchors;
};

const codeOf = (changed: EventProof, anchors: TrustAnchors = trust): ProofErrorCode | 'proven' => {
  try {
    verifyEventProof(changed, anchors);
    return 'proven';
  } catch (error) {
    if (error instanceof ProofError) return error.code;
    throw error;
  }
};

/** One bit of what is written in base64, from the start or (negative) from the end. */
const flipped = (text: string, at: number): string => {
  const bytes = Buffer.from(text, 'base64');
  bytes[at < 0 ? bytes.length + at : at]! ^= 1;
  return bytes.toString('base64');
};
const withBlock = (block: Partial<EventProof['block']>): EventProof => ({
  ...proof,
  block: { ...proof.block, ...block },
});
const own = proof.block.envelopes[proof.block.index]!;
/** Where the bytes of `needle` begin in the own envelope. */
const offsetOf = (needle: string, from = 0): number => Buffer.from(own, 'base64').indexOf(needle, from);
const withOwn = (at: number): EventProof => withBlock({ envelopes: [flipped(own, at)] });
const without = (mspId: string): TrustAnchors => ({
  ...trust,
  members: trust.members.filter((member) => member.mspId !== mspId),
});

describe('a proof of an event', () => {
  test('tells who sent it, who endorsed, ordered and attests it', () => {
    expect(verifyEventProof(proof, trust)).toMatchObject({
      submitter: { mspId: 'PharmaMSP' },
      event: { kind: 'commission', hash: proof.event['hash'] },
      transactionId: proof.transactionId,
      endorsedBy: ['RegulatorMSP', 'PharmaMSP'],
      orderedBy: ['ConsortiumMSP', 'PharmaMSP', 'RegulatorMSP'],
      attestedBy: ['HospitalMSP', 'RegulatorMSP'],
    });
  });

  const tampered: readonly (readonly [string, ProofErrorCode, EventProof])[] = [
    ['a field of the event', 'event_altered', { ...proof, event: { ...proof.event, role: 'inspector' } }],
    ['the event for another', 'event_not_written', { ...proof, event: other.event, eventId: other.eventId }],
    ['the transaction id', 'transaction_id', { ...proof, transactionId: other.transactionId }],
    ['the submitter’s signature', 'submitter_signature', withOwn(-1)],
    ['a written value in the transaction', 'submitter_signature', withOwn(offsetOf('"commission"') + 3)],
    ['the submitter’s certificate', 'transaction_id', withOwn(offsetOf('BEGIN CERTIFICATE') + 200)],
    ['the index', 'transaction_not_in_block', withBlock({ index: 1 })],
    ['another envelope in the block', 'block_data', withBlock({ envelopes: [own, other.block.envelopes[0]!] })],
    ['the data hash', 'block_data', withBlock({ dataHash: other.block.dataHash })],
    ['the previous hash', 'block_signatures', withBlock({ previousHash: other.block.previousHash })],
    ['the block number', 'block_signatures', withBlock({ number: proof.block.number + 1 })],
    ['the orderers’ signatures', 'block_signatures', withBlock({ signatures: other.block.signatures })],
    [
      'one bit of the orderers’ signatures',
      'block_signatures',
      withBlock({ signatures: flipped(proof.block.signatures, -1) }),
    ],
    ['the attestation', 'validity_unproven', { ...proof, attestation: other.attestation }],
    [
      'the attestation’s last endorsement',
      'endorsement_signature',
      { ...proof, attestation: flipped(proof.attestation, -1) },
    ],
    ['the channel', 'other_channel', { ...proof, channel: 'other' }],
    ['the chaincode', 'other_channel', { ...proof, chaincode: 'other' }],
    ['bytes that are no envelope', 'malformed', withBlock({ envelopes: ['AAAA'] })],
  ];

  test.each(tampered)('with %s changed is refused: %s', (_part, code, changed) => {
    expect(codeOf(changed)).toBe(code);
  });

  test('an endorsement in the transaction cannot be changed: neither its signature nor its peer', () => {
    const peers = [
      ...Buffer.from(own, 'base64')
        .toString('latin1')
        .matchAll(/BEGIN CERTIFICATE/g),
    ].slice(-2);
    for (const { index } of peers) expect(codeOf(withOwn(index + 300))).not.toBe('proven');
  });

  const distrusted: readonly (readonly [string, ProofErrorCode, TrustAnchors])[] = [
    ['the submitter’s member is unknown', 'submitter_untrusted', without('PharmaMSP')],
    ['an endorser’s member is unknown', 'endorser_untrusted', without('RegulatorMSP')],
    [
      'another root stands for the submitter’s member',
      'submitter_untrusted',
      {
        ...trust,
        members: trust.members.map((member) =>
          member.mspId === 'PharmaMSP' ? { ...member, roots: trust.members[0]!.roots } : member,
        ),
      },
    ],
    [
      'two of four orderers are unknown',
      'block_signatures',
      { ...trust, orderers: trust.orderers.map((orderer) => (orderer.id <= 2 ? orderer : { ...orderer, id: 90 })) },
    ],
    [
      'all endorsers have one role',
      'endorsement_policy',
      {
        ...trust,
        members: trust.members.map((member) =>
          member.mspId === 'HospitalMSP' ? member : { ...member, role: 'pharma' as const },
        ),
      },
    ],
  ];

  test.each(distrusted)('is refused where %s: %s', (_reason, code, anchors) => {
    expect(codeOf(proof, anchors)).toBe(code);
  });

  test('a quorum is three of four orderers, five of seven, two of three', () => {
    expect([4, 7, 3, 1].map(quorumOf)).toEqual([3, 5, 2, 1]);
  });
});
