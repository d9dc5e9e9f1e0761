/** Problem documents (RFC 9457). Refusals of the ledger carry the model's codes; the transport's own codes are here. */
import { errorCatalogue, statusOf, titleOf, type ErrorCode, type Refusal } from '@chain-of-care/chaincode/model';

/** What only a gateway can say: HTTP itself, authentication, and the fate of a transaction. */
export const gatewayCatalogue = {
  malformed_json: [400, 'The body is not valid JSON.'],
  idempotency_key_required: [400, 'A POST needs an Idempotency-Key.'],
  wallet_not_used: [400, 'Keys come from the key hierarchy, not from a wallet: the field means nothing here.'],
  invalid_cursor: [400, 'The cursor is not one of this list.'],
  token_required: [401, 'An access token is needed.'],
  invalid_token: [401, 'The access token is malformed, expired, or not for this gateway.'],
  step_up_required: [401, 'This act needs a fresh or stronger authentication.'],
  insufficient_scope: [403, 'The access token lacks the scope for this.'],
  unknown_person: [403, 'The token is valid, but its subject is not registered at this organisation.'],
  method_not_allowed: [405, 'The resource does not have this method.'],
  not_acceptable: [406, 'The resource has no representation of the types asked for.'],
  request_timeout: [408, 'The request did not arrive in time.'],
  payload_too_large: [413, 'The body is larger than this resource takes.'],
  unsupported_media_type: [415, 'The resource does not take this media type.'],
  uri_too_long: [414, 'The address is too long.'],
  range_not_satisfiable: [416, 'The range lies outside the content.'],
  subject_not_matched: [
    409,
    "The bundle's Patient is not shown to be the patient of the chart. If it is, repeat with `?subject=confirmed` and a new Idempotency-Key.",
  ],
  precondition_failed: [412, 'The ETag in If-Match is not the current one.'],
  precondition_required: [428, 'If-Match with the current ETag is needed.'],
  headers_too_large: [431, 'The headers are too large.'],
  not_anchored: [409, 'The verification is in no anchored tree yet; ask again after the hour.'],
  operation_cancelled: [409, 'The operation was cancelled before it was done.'],
  operation_irrevocable: [409, 'The operation runs, has ended or may have been committed: it cannot be taken back.'],
  queue_full: [429, 'The caller has as many queued operations as may be; wait until some have ended.'],
  quota_exhausted: [429, 'The plan has no verifications left this month.'],
  internal_error: [500, 'The gateway failed; the request id finds it in the log.'],
  wrong_key: [500, 'A key that is kept here is not the one it should be: nothing was opened or signed with it.'],
  integrity_violation: [500, 'Stored content does not have its recorded hash.'],
  not_implemented: [501, 'The gateway does not do this.'],
  upstream_failed: [502, 'Another gateway or service answered wrongly.'],
  unavailable: [503, 'The ledger or one of its members cannot be reached now; nothing was written. Retry later.'],
  database_unavailable: [
    503,
    'The database does not answer now. Retry later with the same Idempotency-Key: nothing is applied twice.',
  ],
  storage_unavailable: [
    503,
    'The store of content is full, too slow or away now. Retry later with the same Idempotency-Key: nothing is applied twice.',
  ],
  interrupted: [
    503,
    'The gateway restarted before the operation ended. Repeat the request with the same Idempotency-Key: nothing is applied twice.',
  ],
  draining: [503, 'The gateway is shutting down. Retry elsewhere or later.'],
  commit_unknown: [
    504,
    'The transaction was sent but its fate is not known yet. Retry with the same Idempotency-Key: it is applied once.',
  ],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type GatewayCode = keyof typeof gatewayCatalogue;
export type ProblemCode = ErrorCode | GatewayCode;

/** One wrong member of the request: RFC 6901 pointer into the body, or `query/name`, `path/name`, `header/name`. */
export interface ProblemItem {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export interface ProblemOptions {
  readonly detail?: string;
  readonly errors?: readonly ProblemItem[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the document. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Thrown anywhere below a handler; becomes the answer in one place. `detail` never carries health information. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly title: string;
  readonly detail?: string;
  readonly errors?: readonly ProblemItem[];
  readonly headers: Readonly<Record<string, string>>;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(options.detail ?? code, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    const known = Object.hasOwn(gatewayCatalogue, code);
    this.status = known ? gatewayCatalogue[code as GatewayCode][0] : statusOf(code as ErrorCode);
    this.title = known ? gatewayCatalogue[code as GatewayCode][1] : titleOf(code as ErrorCode);
    if (options.detail !== undefined) this.detail = options.detail;
    if (options.errors !== undefined) this.errors = options.errors;
    this.headers = options.headers ?? {};
    this.members = options.members ?? {};
  }

  /** @param instance the request's id, as a URN */
  document(instance: string): Record<string, unknown> {
    return {
      type: `urn:chain-of-care:problem:${this.code}`,
      title: this.title,
      status: this.status,
      code: this.code,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      instance,
      ...(this.errors === undefined ? {} : { errors: this.errors }),
      ...this.members,
    };
  }
}

/** The problem that a refusal of the ledger's rules becomes. */
export function problemOf(refusal: Refusal): Problem {
  const { code, detail, pointer } = refusal;
  return new Problem(code, {
    ...(detail === undefined ? {} : { detail }),
    ...(pointer === undefined ? {} : { errors: [{ pointer, code, detail: detail ?? titleOf(code) }] }),
  });
}

/** Every code an answer can carry, with its status: part of the API, listed in the OpenAPI document. */
export const problemCodes: Readonly<Record<ProblemCode, readonly [status: number, title: string]>> = {
  ...errorCatalogue,
  ...gatewayCatalogue,
};
