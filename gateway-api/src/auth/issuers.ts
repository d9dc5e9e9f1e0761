/** Whose tokens this gateway takes: a configured OpenID Provider's, or those of the embedded development issuer. */
import { join } from 'node:path';
import type { RequestHandler } from 'express';
import express from 'express';
import type { Config } from '../config/config.ts';
import type { KeyStore } from '../keystore/keyStore.ts';
import type { Log } from '../log.ts';
import { createDevelopmentIssuer, developmentMetadata } from './development/issuer.ts';
import { loginRoutes } from './development/login.ts';
import { DevelopmentUsers } from './development/users.ts';
import { discoverIssuer, type IssuerMetadata } from './issuerMetadata.ts';
import { AccessTokenVerifier, type TokenVerifier } from './verifier.ts';

export interface Issuers {
  /** `iss` of the tokens taken. */
  readonly issuer: string;
  readonly verifier: TokenVerifier;
  /** What the issuer says of itself. @throws Error when it does not answer */
  readonly metadata: () => Promise<IssuerMetadata>;
  /** Of the embedded issuer only. */
  readonly development?: { readonly users: DevelopmentUsers; readonly mount: RequestHandler };
}

export async function openIssuers(
  config: Config,
  mspId: string,
  keystore: KeyStore,
  clock: () => number,
  log: Log,
): Promise<Issuers> {
  const audience = config.oidcAudience ?? config.publicUrl;
  if (config.oidcIssuer !== undefined) {
    const issuer = config.oidcIssuer;
    const verifier = new AccessTokenVerifier({ issuer, audience, clock });
    return { issuer, verifier, metadata: discoveredNowAndThen(issuer, clock) };
  }
  const issuer = `${config.publicUrl}/oidc`;
  const users = new DevelopmentUsers(
    config.developmentUsers ?? join(config.dataDirectory, 'development-users.json'),
    mspId,
  );
  const pages = [
    { clientId: 'docs', redirectUris: [`${config.publicUrl}/docs/callback`] },
    {
      clientId: 'portal',
      redirectUris: [config.publicUrl, ...(config.corsOrigins ?? [])].map((origin) => `${origin}/callback`),
    },
  ];
  const { provider, keys } = await createDevelopmentIssuer({ issuer, audience, users, pages, keystore, log });
  const mount = express.Router();
  mount.use(loginRoutes(provider, users));
  mount.use(provider.callback());
  return {
    issuer,
    verifier: new AccessTokenVerifier({ issuer, audience, clock, keys }),
    metadata: async () => developmentMetadata(issuer),
    development: { users, mount },
  };
}

/** Asked for by anybody, so the issuer is asked once in five minutes at the most while it answers. */
function discoveredNowAndThen(issuer: string, clock: () => number): () => Promise<IssuerMetadata> {
  let known: { readonly metadata: IssuerMetadata; readonly at: number } | undefined;
  return async () => {
    if (known === undefined || clock() - known.at > 5 * 60_000)
      known = { metadata: await discoverIssuer(issuer), at: clock() };
    return known.metadata;
  };
}
