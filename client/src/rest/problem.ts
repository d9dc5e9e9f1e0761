/** What a gateway answers when it refuses: a problem document (RFC 9457) with a stable code. */

/** One wrong member of the request: RFC 6901 pointer into the body, or into `query`, `path`, `header`. */
export interface ProblemItem {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly instance?: string;
  readonly errors?: readonly ProblemItem[];
  readonly [member: string]: unknown;
}

export class GatewayProblem extends Error {
  override readonly name = 'GatewayProblem';
  readonly code: string;
  readonly status: number;
  readonly document: ProblemDocument;
  /** From Retry-After, in milliseconds. */
  readonly retryAfterMs?: number;

  constructor(document: ProblemDocument, retryAfterMs?: number) {
    super(document.detail ?? document.title);
    this.code = document.code;
    this.status = document.status;
    this.document = document;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}

/** No answer came: the address is wrong, the connection broke, or the time was up. */
export class GatewayUnreachable extends Error {
  override readonly name = 'GatewayUnreachable';
  readonly code = 'gateway_unreachable';
}

/** The problem an answer stands for; something that is no problem document (a proxy's page) becomes `unexpected_answer`. */
export async function problemOf(response: Response): Promise<GatewayProblem> {
  const retryAfterMs = retryAfter(response.headers.get('retry-after'));
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  const document = isProblem ? ((await response.json()) as ProblemDocument) : undefined;
  if (!isProblem) await response.body?.cancel();
  const { status } = response;
  const fallback = { type: 'about:blank', title: `The answer was ${status}.`, status, code: 'unexpected_answer' };
  return new GatewayProblem({ ...fallback, ...document }, retryAfterMs);
}

/** Seconds, or a date (RFC 9110 §10.2.3). */
function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const milliseconds = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}
