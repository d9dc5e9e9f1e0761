/** A statement that PGlite refused. `code` is the SQLSTATE, as on errors of the `pg` driver. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/** SQLSTATE of an error of either driver; undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

/** The data do not fit (class 22) or break a constraint (class 23): the same again would fail the same way. */
export function isDataError(error: unknown): boolean {
  const state = sqlState(error);
  return state !== undefined && (state.startsWith('22') || state.startsWith('23'));
}

/** Connection lost (class 08), server stopping or starting (57P), too many connections (53300). */
const goneStates = /^(08...|57P0.|53300)$/;
const goneCodes: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT']);
/** What the `pg` driver says without a code. */
const goneMessages = /^(Connection terminated|timeout exceeded when trying to connect)/;

/** The database does not answer: the same query succeeds once it is back. */
export function isDatabaseGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return goneCodes.has(code) || goneStates.test(sqlState(error) ?? '') || goneMessages.test(error.message);
}
