import type { TokenClaims } from '../auth/verifier.ts';

/** What a request needs to run without its connection, in this process or a later one. Sealed wherever it is kept. */
export interface KeptRequest {
  /** `operationId` of its route. */
  readonly route: string;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  /** Those of its headers that say what is asked. */
  readonly headers: Readonly<Record<string, string>>;
  /** Its Idempotency-Key: whatever is derived from it comes out the same at every try. */
  readonly key: string;
  /** Of method, address, headers and body. */
  readonly digest: string;
  readonly requestId: string;
  /** Who asked: looked up and checked again whenever it runs. Never the token. */
  readonly claims: Omit<TokenClaims, 'expiresAt'>;
  /** From where. */
  readonly address: string;
  /** Requests of one lane run in the order in which they were accepted. */
  readonly lane: string;
}
