/** Rate limits: by caller where there is one, else by address. The standard's headers say how much is left. */
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { Refusal } from '@chain-of-care/chaincode/model';
import { createHash } from 'node:crypto';
import { sendProblem } from './answer.ts';
import { problemOf } from './problem.ts';

/** @param limit requests in a window; 0 for none */
export function limitRate(windowMs: number, limit: number, keyOf: (request: Request) => string): RequestHandler {
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

/** The token's hash, or the address without one: counted before anything is verified. */
export function callerOrAddress(request: Request): string {
  const authorization = request.get('authorization');
  return authorization === undefined ? addressOf(request) : createHash('sha256').update(authorization).digest('base64');
}
