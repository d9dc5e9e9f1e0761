/**
 * The embedded issuer for development: client credentials for seeded users, authorization code with PKCE for pages. It is
 * an OpenID Provider like any other: the gateway trusts its tokens by its keys only.
 */
import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair, type JSONWebKeySet, type JWK } from 'jose';
import { Provider, type Configuration } from 'oidc-provider';
import type { KeyStore } from '../../keystore/keyStore.ts';
import type { Log } from '../../log.ts';
import type { IssuerMetadata } from '../issuerMetadata.ts';
import { developmentAdapter, type PublicClient } from './adapter.ts';
import type { DevelopmentUsers } from './users.ts';

export interface DevelopmentIssuer {
  readonly issuer: string;
  readonly provider: Provider;
  /** Public keys, for verifying in this process. */
  readonly keys: JSONWebKeySet;
}

const keysName = 'development-issuer/jwks';
const tokenSeconds = 8 * 3600;

/**
 * @param options.audience what the access tokens are for: the gateway's PUBLIC_URL
 * @param options.pages browser clients, public, PKCE required
 */
export async function createDevelopmentIssuer(options: {
  readonly issuer: string;
  readonly audience: string;
  readonly users: DevelopmentUsers;
  readonly pages: readonly PublicClient[];
  readonly keystore: KeyStore;
  readonly log: Log;
}): Promise<DevelopmentIssuer> {
  const { issuer, audience, users, pages, keystore, log } = options;
  const privateKeys = await signingKeys(keystore);
  const resourceServer = {
    scope: 'api',
    audience,
    accessTokenFormat: 'jwt',
    accessTokenTTL: tokenSeconds,
    jwt: { sign: { alg: 'ES256' } },
  } as const;
  const configuration: Configuration = {
    adapter: developmentAdapter(users, pages),
    jwks: { keys: privateKeys },
    scopes: ['openid', 'api'],
    claims: { openid: ['sub'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    cookies: { keys: [Buffer.from(keystore.derived('development-issuer/cookies')).toString('base64')] },
    findAccount: async (_context, accountId) =>
      (await users.secretOf(accountId)) === undefined
        ? undefined
        : { accountId, claims: async () => ({ sub: accountId }) },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => {
          if (resource !== audience) throw new Error('unknown resource');
          return resourceServer;
        },
      },
      rpInitiatedLogout: { enabled: false },
    },
    pkce: { required: () => true },
    interactions: { url: (_context, interaction) => `/oidc/interaction/${interaction.uid}` },
    loadExistingGrant: async (context) => {
      const { client, session } = context.oidc;
      const grant = new context.oidc.provider.Grant({
        clientId: client!.clientId,
        ...(session?.accountId === undefined ? {} : { accountId: session.accountId }),
      });
      grant.addOIDCScope('openid api');
      grant.addResourceScope(audience, 'api');
      await grant.save();
      return grant;
    },
    ttl: {
      AccessToken: tokenSeconds,
      ClientCredentials: tokenSeconds,
      Interaction: 600,
      Session: 8 * 3600,
      Grant: 8 * 3600,
      IdToken: 600,
      AuthorizationCode: 60,
    },
    renderError: (context, out) => {
      context.type = 'json';
      context.body = out;
    },
  };
  const provider = new Provider(issuer, configuration);
  provider.on('server_error', (_context, error) => log.error({ err: error }, 'development issuer failed'));
  return { issuer, provider, keys: { keys: privateKeys.map(publicPart) } };
}

/** What {@link createDevelopmentIssuer}'s own discovery says, without asking it by HTTP. */
export function developmentMetadata(issuer: string): IssuerMetadata {
  return {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    grant_types_supported: ['authorization_code', 'client_credentials'],
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'api'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'none'],
  };
}

async function signingKeys(keystore: KeyStore): Promise<JWK[]> {
  const kept = await keystore.get(keysName);
  if (kept !== undefined) return (JSON.parse(Buffer.from(kept).toString('utf8')) as { keys: JWK[] }).keys;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk: JWK = {
    ...(await exportJWK(privateKey)),
    kid: randomBytes(8).toString('hex'),
    alg: 'ES256',
    use: 'sig',
  };
  await keystore.put(keysName, Buffer.from(JSON.stringify({ keys: [jwk] })));
  return [jwk];
}

function publicPart(jwk: JWK): JWK {
  const { d: _private, ...rest } = jwk;
  return rest;
}
