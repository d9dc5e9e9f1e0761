import type { IssuerMetadata } from '../auth/issuerMetadata.ts';
import type { SmartConfiguration } from './dto.ts';

/**
 * The issuer's metadata in the words of SMART App Launch 2.2.0, "Conformance": what a client needs to come by an access
 * token. Capabilities name what the issuer offers; the launch context and scopes of SMART are not among them.
 */
export function smartConfiguration(metadata: IssuerMetadata): SmartConfiguration {
  const authentication = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  const optional = {
    authorization_endpoint: metadata.authorization_endpoint,
    registration_endpoint: metadata.registration_endpoint,
    introspection_endpoint: metadata.introspection_endpoint,
    revocation_endpoint: metadata.revocation_endpoint,
    scopes_supported: metadata.scopes_supported,
    response_types_supported: metadata.response_types_supported,
  };
  return {
    issuer: metadata.issuer,
    jwks_uri: metadata.jwks_uri,
    token_endpoint: metadata.token_endpoint,
    token_endpoint_auth_methods_supported: [...authentication],
    grant_types_supported: [...(metadata.grant_types_supported ?? ['authorization_code'])],
    code_challenge_methods_supported: [...(metadata.code_challenge_methods_supported ?? ['S256'])],
    capabilities: [
      ...clientKinds
        .filter(([, methods]) => methods.some((method) => authentication.includes(method)))
        .map(([kind]) => kind),
      ...(metadata.scopes_supported?.includes('openid') === true ? ['sso-openid-connect'] : []),
    ],
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined),
    ) as Partial<SmartConfiguration>),
  };
}

const clientKinds: readonly [capability: string, methods: readonly string[]][] = [
  ['client-public', ['none']],
  ['client-confidential-symmetric', ['client_secret_basic', 'client_secret_post']],
  ['client-confidential-asymmetric', ['private_key_jwt']],
];
