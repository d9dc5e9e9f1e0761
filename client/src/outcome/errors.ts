export const outcomeErrors = {
  outcome_unsealing_failed: 'The response was not sealed with the key of this request.',
  outcome_malformed: 'The response is not the JSON of an outcome.',
} as const;
export type OutcomeErrorCode = keyof typeof outcomeErrors;

/** The answer of a transaction or query could not be read; says nothing about whether it was committed. */
export class OutcomeError extends Error {
  override readonly name = 'OutcomeError';
  readonly code: OutcomeErrorCode;

  constructor(code: OutcomeErrorCode, options?: ErrorOptions) {
    super(outcomeErrors[code], options);
    this.code = code;
  }
}
