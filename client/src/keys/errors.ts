/** Why a key could not be used or opened; codes are stable. */
export const keyErrors = {
  key_malformed: 'The key does not have the length or form of its kind.',
  seal_refused: 'The seal was made for another key or another purpose, or was altered.',
  wrap_refused: 'The wrapped key was altered or belongs to another wrapping key.',
  binding_malformed: 'A part of what the seal is bound to holds a separator or is empty.',
  note_not_for_recipient: 'The note is not sealed to this recipient.',
} as const;
export type KeyErrorCode = keyof typeof keyErrors;

export class KeyError extends Error {
  override readonly name = 'KeyError';
  readonly code: KeyErrorCode;

  constructor(code: KeyErrorCode, options?: ErrorOptions) {
    super(keyErrors[code], options);
    this.code = code;
  }
}
