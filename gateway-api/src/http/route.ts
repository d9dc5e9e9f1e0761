/**
 * One table drives everything about an endpoint: its registration in Express, the validation of what comes in, who may
 * call it and its entry in the OpenAPI document. A capability exports a function `routes(services): Route[]`.
 */
import type { Readable } from 'node:stream';
import type { Request } from 'express';
import type { Described } from '@chain-of-care/chaincode/model';
import type { Caller, CallerRole } from '../auth/caller.ts';
import type { Derivation } from '../idempotency/derivation.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Who may call: anybody, anybody with a valid token, or callers with one of these roles. The ledger decides again. */
export type Audience = 'public' | 'authenticated' | readonly CallerRole[];

/** A body that is not JSON: handed on as a stream, never held in memory. */
export interface StreamBody {
  readonly stream: readonly string[];
  readonly maxBytes: number;
}

/** A JSON body of any shape (FHIR, EPCIS, a GS1 document): parsed, limited in size, validated by the capability. */
export interface OpenJsonBody {
  readonly json: readonly string[];
  readonly maxBytes: number;
}

export type BodySpec<Body> = Described<Body & object> | StreamBody | OpenJsonBody;

export interface ResponseSpec {
  readonly description: string;
  /** Class of the JSON body; `list` wraps it as `{items, nextCursor}`. */
  readonly body?: Described;
  readonly list?: Described;
  /** Media type when it is not JSON. */
  readonly contentType?: string;
  /** Further media types that a caller may ask for (Accept). */
  readonly alternatives?: readonly string[];
}

/** What a handler gets. */
export interface Exchange<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  /** The validated JSON body; for a {@link StreamBody} use `stream`. */
  readonly body: Body;
  /** @throws Problem 401 on a public route without a token */
  readonly caller: Caller;
  readonly optionalCaller: Caller | undefined;
  /** Names, ids and keys that come out the same when the caller repeats the request with its Idempotency-Key. */
  readonly idempotency: Derivation;
  readonly requestId: string;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  /** The raw body, not yet read. */
  readonly stream: Readable;
  readonly header: (name: string) => string | undefined;
  /** `Prefer: respond-async` (RFC 7240) was sent. */
  readonly prefersAsync: boolean;
  /** Express's own request, for what is not covered here. */
  readonly raw: Request;
}

export interface Reply {
  readonly status: number;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is; `content-type` must be among the headers. */
  readonly stream?: Readable;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RateLimit {
  readonly windowMs: number;
  /** 0 for none. */
  readonly limit: number;
  /** Counted by caller, or by address without one (default); by address always; or by address for who has no token. */
  readonly of?: 'caller' | 'address' | 'public';
}

export interface Route<Params = unknown, Query = unknown, Body = unknown> {
  readonly method: Method;
  /** Express's path with `:name` parameters, such as `/v1/patients/:patientId`. */
  readonly path: string;
  /** Stable name in the OpenAPI document, camelCase verb and noun. */
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly audience: Audience;
  readonly params?: Described<Params & object>;
  readonly query?: Described<Query & object>;
  readonly body?: BodySpec<Body>;
  readonly responses: Readonly<Record<number, ResponseSpec>>;
  /** A POST that changes nothing (a preview, a verification) sets false; the others need `Idempotency-Key`. */
  readonly idempotent?: boolean;
  /** Answered at once even with `Prefer: respond-async`; so are routes that start an operation themselves (202). */
  readonly isImmediate?: true;
  /** Requests in a window, by caller, or by address on public routes; the general limit applies besides. */
  readonly rateLimit?: RateLimit;
  /** Takes any query parameters (protocol faces with parameters of their own); otherwise unknown ones are refused. */
  readonly anyQuery?: boolean;
  /** false: answers without the read model (health, metrics, pages), so never waits for it. */
  readonly readsState?: boolean;
  /** The handler itself decides by the Authorization header, which is no access token. */
  readonly ownAuthorization?: boolean;
  /** Absent from the OpenAPI document. */
  readonly hidden?: boolean;
  handler(exchange: Exchange<Params, Query, Body>): Promise<Reply>;
}

/** Declares a route: its handler's types are those of the classes named; in the table they are erased. */
export function route<Params, Query, Body>(definition: Route<Params, Query, Body>): Route {
  return definition;
}
