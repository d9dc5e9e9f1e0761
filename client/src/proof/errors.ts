export const proofErrorCodes = [
  'malformed',
  'other_channel',
  'event_altered',
  'event_not_written',
  'transaction_id',
  'submitter_untrusted',
  'submitter_signature',
  'endorser_untrusted',
  'endorsement_signature',
  'endorsement_policy',
  'proposal_altered',
  'transaction_not_in_block',
  'block_data',
  'block_signatures',
  'validity_unproven',
] as const;
export type ProofErrorCode = (typeof proofErrorCodes)[number];

/** The proof does not prove it; the code says which part. */
export class ProofError extends Error {
  override readonly name = 'ProofError';
  readonly code: ProofErrorCode;

  constructor(code: ProofErrorCode, detail?: string, options?: ErrorOptions) {
    super(detail === undefined ? code : `${code}: ${detail}`, options);
    this.code = code;
  }
}
