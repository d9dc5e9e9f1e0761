/** Rate limits: by caller where there is one, else by address. The standard's headers say how much is left. */
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { Refusal } from '@chain-of-care/chaincode/model';
import type { HolderOf } from '../auth/authenticate.ts';
import { sendProblem } from './answer.ts';
import { problemOf } from './problem.ts';

type KeyOf = (request: Request) => string | Promise<string>;

/** @param limit requests in a window; 0 for none */
export function limitRate(windowMs: number, limit: number, keyOf: KeyOf): RequestHandler {
  if (limit === 0) return (_request, _response, next) => next();
  return rateLimit({
    windowMs,
    limit,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: keyOf,
    handler: (_request, response) => sendProblem(response, problemOf(new Refusal('rate_limited'))),
  });
}

export function addressOf(request: Request): string {
  return ipKeyGenerator(request.ip ?? '');
}

/**
 * Whoever the token is about, however many tokens they have and however the header is written; the address of who has no
 * valid one.
 *
 * @param holderOf the holder of an Authorization header's valid token
 */
export function callerOrAddress(holderOf: HolderOf): KeyOf {
  return async (request) => (await holderOf(request.get('authorization'))) ?? addressOf(request);
}
