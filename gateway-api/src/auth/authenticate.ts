/** From a request's Authorization header to the caller, and whether the caller may use a route at all. */
import { Refusal } from '@chain-of-care/chaincode/model';
import { Problem } from '../http/problem.ts';
import type { Audience } from '../http/route.ts';
import type { People } from '../people/people.ts';
import type { Caller } from './caller.ts';
import type { TokenClaims, TokenVerifier } from './verifier.ts';

export type Authenticate = (authorization: string | undefined) => Promise<Caller | undefined>;

/** Whether the registry, as the own read model has it, says that the person of this id is suspended. */
export type IsSuspended = (staffId: string) => Promise<boolean>;

/** Who the claims of a token that was verified are about, now. */
export type FindCaller = (claims: Omit<TokenClaims, 'expiresAt'>) => Promise<Caller>;

/**
 * @param isSuspended so that who is suspended on the ledger reads nothing from the gateway either
 * @throws (the function) Problem 403 unknown_person; Refusal 403 staff_suspended
 */
export function callerFinder(people: People, isSuspended: IsSuspended): FindCaller {
  return async ({ issuer, subject, scopes, authTime, acr }) => {
    const person = await people.find(issuer, subject);
    if (person === undefined) throw new Problem('unknown_person');
    if (person.kind === 'staff' && (await isSuspended(person.id))) throw new Refusal('staff_suspended');
    return {
      ...person,
      scopes,
      ...(authTime === undefined ? {} : { authTime }),
      ...(acr === undefined ? {} : { acr }),
    };
  };
}

/**
 * @returns a function from the header's value to the caller; undefined without a header
 * @throws (the function) Problem 401 token_required, invalid_token; as the finder
 */
export function authenticator(verifier: TokenVerifier, findCaller: FindCaller): Authenticate {
  return async (authorization) => {
    if (authorization === undefined) return undefined;
    const token = tokenIn(authorization);
    if (token === undefined) throw tokenRequired('the Authorization header is not "Bearer TOKEN"');
    return findCaller(await verifier.verify(token));
  };
}

/** @returns a name of the person whom a header's token is about, registered here or not; undefined without a valid token */
export type HolderOf = (authorization: string | undefined) => Promise<string | undefined>;

export function holderFinder(verifier: TokenVerifier): HolderOf {
  return async (authorization) => {
    const token = tokenIn(authorization);
    const claims = token === undefined ? undefined : await verifier.verify(token).catch(() => undefined);
    return claims === undefined ? undefined : `${claims.issuer} ${claims.subject}`;
  };
}

function tokenIn(authorization: string | undefined): string | undefined {
  return /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization ?? '')?.[1];
}

/** @throws Problem 401 without a caller, 403 role_not_allowed */
export function requireAudience(caller: Caller | undefined, audience: Audience): void {
  if (audience === 'public') return;
  if (caller === undefined) throw tokenRequired();
  if (audience === 'authenticated' || audience.includes(caller.role)) return;
  throw new Problem('role_not_allowed', { detail: `needs one of: ${audience.join(', ')}` });
}

/** RFC 6750 §3: without a token the challenge has no error code. */
export function tokenRequired(detail?: string): Problem {
  return new Problem('token_required', {
    ...(detail === undefined ? {} : { detail }),
    headers: { 'www-authenticate': 'Bearer realm="chain-of-care"' },
  });
}
