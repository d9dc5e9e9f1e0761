import type { IssuerMetadata } from '../auth/issuerMetadata.ts';
import { Problem } from '../http/problem.ts';
import { route, type Route } from '../http/route.ts';
import { ProtectedResource, SmartConfiguration } from './dto.ts';
import { smartConfiguration } from './smartConfiguration.ts';

export interface DiscoveryOptions {
  /** Address under which clients reach this gateway. */
  readonly publicUrl: string;
  readonly issuer: string;
  /** @throws Error when the issuer does not answer */
  readonly metadata: () => Promise<IssuerMetadata>;
}

const protectedResourcePath = '/.well-known/oauth-protected-resource';
const common = {
  method: 'get',
  tag: 'service',
  audience: 'public',
  readsState: false,
} as const;
const headers = { 'cache-control': 'public, max-age=300' };

/** Where a client that was told 401 reads on (RFC 9728 §5.1). */
export const resourceMetadataUrl = (publicUrl: string): string => `${publicUrl}${protectedResourcePath}`;

/** How clients find the issuer of access tokens: from the gateway's address alone. */
export function discoveryRoutes({ publicUrl, issuer, metadata }: DiscoveryOptions): Route[] {
  return [
    route({
      ...common,
      path: protectedResourcePath,
      operationId: 'readProtectedResource',
      summary: 'Whose access tokens this API takes (RFC 9728)',
      responses: { 200: { description: 'the metadata', body: ProtectedResource } },
      handler: async () => ({
        status: 200,
        headers,
        body: {
          resource: publicUrl,
          authorization_servers: [issuer],
          bearer_methods_supported: ['header'],
          resource_name: 'Chain of Care',
          resource_documentation: `${publicUrl}/docs`,
        },
      }),
    }),
    route({
      ...common,
      path: '/.well-known/smart-configuration',
      operationId: 'readSmartConfiguration',
      summary: 'How an app comes by an access token (SMART App Launch)',
      responses: {
        200: { description: 'the configuration', body: SmartConfiguration },
        503: { description: 'the issuer does not answer', contentType: 'application/problem+json' },
      },
      handler: async () => ({ status: 200, headers, body: smartConfiguration(await metadata().catch(issuerAway)) }),
    }),
  ];
}

function issuerAway(cause: unknown): never {
  const detail = 'the issuer of access tokens does not answer';
  throw new Problem('unavailable', { detail, cause, headers: { 'retry-after': '5' } });
}
