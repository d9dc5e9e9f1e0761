/** Access tokens as RFC 9068 (JWT profile) has them, of one issuer. */
import { createHash } from 'node:crypto';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  jwtVerify,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import { Problem } from '../http/problem.ts';
import { discoverIssuer } from './issuerMetadata.ts';

export interface TokenClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly scopes: readonly string[];
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  readonly authTime?: number;
  readonly acr?: string;
}

export interface TokenVerifier {
  /** @throws Problem 401 invalid_token, 503 when the issuer's keys cannot be had */
  verify(token: string): Promise<TokenClaims>;
}

export interface VerifierOptions {
  readonly issuer: string;
  readonly audience: string;
  readonly clock: () => number;
  /** Signing keys of an issuer in this process; others are discovered from the issuer. */
  readonly keys?: JSONWebKeySet;
}

/** Asymmetric only: a shared secret or `none` would let anybody who knows the public key forge. */
const algorithms = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA'];
const clockToleranceSeconds = 5;
const cacheSize = 10_000;

export class AccessTokenVerifier implements TokenVerifier {
  readonly #options: VerifierOptions;
  readonly #verified = new Map<string, TokenClaims>();
  #keys: Promise<JWTVerifyGetKey> | undefined;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  async verify(token: string): Promise<TokenClaims> {
    const digest = createHash('sha256').update(token).digest('base64');
    const known = this.#verified.get(digest);
    if (known !== undefined && known.expiresAt * 1000 > this.#options.clock()) return known;
    const claims = await this.#verify(token);
    if (this.#verified.size >= cacheSize) this.#verified.clear();
    this.#verified.set(digest, claims);
    return claims;
  }

  async #verify(token: string): Promise<TokenClaims> {
    const { issuer, audience, clock } = this.#options;
    const keys = await this.#keySet();
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms,
        typ: 'at+jwt',
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(clock()),
        requiredClaims: ['sub', 'exp', 'iat', 'client_id'],
      });
      const { sub, exp, scope, auth_time: authTime, acr } = payload;
      return {
        issuer,
        subject: sub!,
        expiresAt: exp!,
        scopes: typeof scope === 'string' ? scope.split(' ') : [],
        ...(typeof authTime === 'number' ? { authTime } : {}),
        ...(typeof acr === 'string' ? { acr } : {}),
      };
    } catch (error) {
      throw problemOfToken(error);
    }
  }

  #keySet(): Promise<JWTVerifyGetKey> {
    this.#keys ??= this.#discover().catch((error: unknown) => {
      this.#keys = undefined;
      throw new Problem('unavailable', {
        detail: 'the issuer of access tokens does not answer',
        cause: error,
        headers: { 'retry-after': '5' },
      });
    });
    return this.#keys;
  }

  async #discover(): Promise<JWTVerifyGetKey> {
    const { keys, issuer } = this.#options;
    if (keys !== undefined) return createLocalJWKSet(keys);
    return createRemoteJWKSet(new URL((await discoverIssuer(issuer)).jwks_uri));
  }
}

/** RFC 6750 §3.1. What exactly is wrong with a token is said, never the token. */
function problemOfToken(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const detail =
    error instanceof errors.JWTExpired
      ? 'the token has expired'
      : error instanceof errors.JWTClaimValidationFailed
        ? `the token's ${error.claim} is not the one needed here`
        : 'the token is not one of the issuer';
  if (error instanceof errors.JWKSTimeout)
    return new Problem('unavailable', { cause: error, headers: { 'retry-after': '5' } });
  return new Problem('invalid_token', {
    detail,
    headers: { 'www-authenticate': `Bearer error="invalid_token", error_description="${detail}"` },
  });
}
