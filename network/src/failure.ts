/** What stops a command: one line that says what is wrong and what helps. */
export class NetworkFailure extends Error {
  readonly remedy: string | undefined;

  /**
   * @param message what is wrong
   * @param remedy what the reader can do about it
   */
  constructor(message: string, remedy?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NetworkFailure';
    this.remedy = remedy;
  }

  /** The one line for the terminal. */
  get line(): string {
    return this.remedy === undefined ? this.message : `${this.message} — ${this.remedy}`;
  }
}

/** @returns what stops a command as one line, undefined for a defect of ours */
export function failureOf(thrown: unknown): NetworkFailure | undefined {
  if (thrown instanceof NetworkFailure) return thrown;
  const { code, path = 'the data' } = thrown as NodeJS.ErrnoException;
  if (code !== 'ENOSPC') return undefined;
  return new NetworkFailure(`no space left on the disk of ${path}`, 'free some and start again', { cause: thrown });
}

/** @returns the text of whatever was thrown */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
