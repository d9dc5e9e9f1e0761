/** `Prefer: respond-async` (RFC 7240): the request becomes an operation, whose result is the answer. */
import { Readable } from 'node:stream';
import type { Request } from 'express';
import { requireAudience, type FindCaller } from '../auth/authenticate.ts';
import type { Caller } from '../auth/caller.ts';
import type { FirstAnswers } from '../idempotency/answers.ts';
import { Derivation } from '../idempotency/derivation.ts';
import type { KeptRequest } from '../operations/keptRequest.ts';
import type { Perform } from '../operations/requestQueue.ts';
import { withOriginKept, type KeepOrigin } from './originKept.ts';
import { Problem } from './problem.ts';
import type { Exchange, Route } from './route.ts';

export interface LaterContext {
  readonly findCaller: FindCaller;
  /** Waits until what is read shows every write that was acknowledged to anybody, by earlier processes too. */
  readonly seeAcknowledgedWrites: () => Promise<void>;
  readonly answers: FirstAnswers;
  readonly keepOrigin: KeepOrigin;
  /** 32 bytes: idempotency keys and ids are derived from it. */
  readonly idempotencySecret: Uint8Array;
}

/** Headers that handlers of such requests read. */
const keptHeaders = ['if-match', 'record-description', 'accept-language', 'content-type'];

/** @param digest of the request, whose body is no stream */
export function keptRequestOf(route: Route, exchange: Exchange, key: string, digest: string): KeptRequest {
  const { params, query, body, caller, requestId, header } = exchange;
  const { issuer, subject, scopes, authTime, acr } = caller;
  const headers = keptHeaders.flatMap((name) => {
    const value = header(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    route: route.operationId,
    params,
    query,
    body,
    headers: Object.fromEntries(headers),
    key,
    digest,
    requestId,
    claims: {
      issuer,
      subject,
      scopes,
      ...(authTime === undefined ? {} : { authTime }),
      ...(acr === undefined ? {} : { acr }),
    },
    address: caller.origin?.address ?? '',
    lane: laneOf(params, caller),
  };
}

/** Acts on one patient's chain keep their order, and acts of one person that name no patient. */
function laneOf(params: unknown, caller: Caller): string {
  const { patientId } = (params ?? {}) as { patientId?: unknown };
  return typeof patientId === 'string' ? `patient|${patientId}` : `person|${caller.id}`;
}

/** Whether a request of a route can run without its connection. */
export function mayRunLater({ method, idempotent, isImmediate, responses }: Route): boolean {
  return method === 'post' && idempotent !== false && isImmediate !== true && responses[202] === undefined;
}

/** @returns runs a kept request for who asked it, whose right is checked again now */
export function laterRequests(routes: readonly Route[], context: LaterContext): Perform {
  const byName = new Map(routes.filter(mayRunLater).map((route) => [route.operationId, route]));
  return async (kept) => {
    const route = byName.get(kept.route);
    if (route === undefined) throw new Problem('not_found');
    await context.seeAcknowledgedWrites();
    const caller = { ...(await context.findCaller(kept.claims)), origin: { address: kept.address } };
    requireAudience(caller, route.audience);
    const submitter = caller.identity.deviceKey;
    const exchange = exchangeOf(
      kept,
      caller,
      new Derivation(context.idempotencySecret, submitter, kept.key, kept.digest),
    );
    const { reply } = await context.answers.once(submitter, kept.key, kept.digest, () =>
      withOriginKept(context.keepOrigin, caller, () => route.handler(exchange)),
    );
    const { status, headers, body } = reply;
    return { status, ...(headers?.['location'] === undefined ? {} : { location: headers['location'] }), body };
  };
}

function exchangeOf(kept: KeptRequest, caller: Caller, idempotency: Derivation): Exchange {
  return {
    params: kept.params,
    query: kept.query,
    body: kept.body,
    caller,
    optionalCaller: caller,
    idempotency,
    requestId: kept.requestId,
    signal: new AbortController().signal,
    stream: Readable.from([]),
    header: (name) => kept.headers[name.toLowerCase()],
    prefersAsync: true,
    get raw(): Request {
      throw new Error(`${kept.route} runs without a connection`);
    },
  };
}
