/** Why an envelope was refused; codes are stable. */
export const envelopeErrors = {
  envelope_malformed: 'The header is not a canonical header of a known version.',
  envelope_wrong_key: 'The key does not match the commitment, or the header is not the one that was sealed.',
  envelope_wrong_record: 'The envelope belongs to another record, version or type.',
  envelope_altered: 'A chunk was altered, swapped, dropped or put in from elsewhere.',
  envelope_truncated: 'The end of the envelope is missing.',
  envelope_trailing_data: 'Data follows the last chunk.',
  envelope_range: 'The range does not lie inside the content.',
  envelope_too_long: 'The content has more chunks than the counter can number.',
} as const;
export type EnvelopeErrorCode = keyof typeof envelopeErrors;

export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';
  readonly code: EnvelopeErrorCode;
  /** 0-based, where one chunk is to blame. */
  readonly chunk?: number;

  constructor(code: EnvelopeErrorCode, options: ErrorOptions & { readonly chunk?: number } = {}) {
    super(
      options.chunk === undefined ? envelopeErrors[code] : `${envelopeErrors[code]} (chunk ${options.chunk})`,
      options,
    );
    this.code = code;
    if (options.chunk !== undefined) this.chunk = options.chunk;
  }
}
