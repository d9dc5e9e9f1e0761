/** What an OpenID Provider says of itself (OpenID Connect Discovery 1.0 §3, RFC 8414 §2), as far as it is used here. */
export interface IssuerMetadata {
  readonly issuer: string;
  readonly jwks_uri: string;
  readonly token_endpoint: string;
  readonly authorization_endpoint?: string;
  readonly registration_endpoint?: string;
  readonly introspection_endpoint?: string;
  readonly revocation_endpoint?: string;
  readonly grant_types_supported?: readonly string[];
  readonly response_types_supported?: readonly string[];
  readonly scopes_supported?: readonly string[];
  readonly code_challenge_methods_supported?: readonly string[];
  readonly token_endpoint_auth_methods_supported?: readonly string[];
}

/** @throws Error when the issuer does not answer, or names itself otherwise (OpenID Connect Discovery 1.0 §4.3) */
export async function discoverIssuer(issuer: string): Promise<IssuerMetadata> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(5000) });
  if (!response.ok) throw new Error(`discovery answered ${response.status}`);
  const metadata = (await response.json()) as IssuerMetadata;
  if (metadata.issuer !== issuer || typeof metadata.jwks_uri !== 'string')
    throw new Error('discovery names another issuer or no keys');
  return metadata;
}
