import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runIssuer, type RunningIssuer } from '../auth/development/issuer.fixture.ts';
import { developmentMetadata } from '../auth/development/issuer.ts';
import { discoverIssuer } from '../auth/issuerMetadata.ts';
import { runApp } from '../http/app.fixture.ts';
import { discoveryRoutes, resourceMetadataUrl } from './routes.ts';
import { smartConfiguration } from './smartConfiguration.ts';

const publicUrl = 'https://hospital.example';
let issuer: RunningIssuer;
beforeAll(async () => {
  issuer = await runIssuer();
}, 30_000);
afterAll(() => issuer.close());

describe('a client that knows the address of the gateway only', () => {
  it('is led from a 401 to the issuer', async () => {
    const metadata = () => discoverIssuer(issuer.issuer);
    const routes = discoveryRoutes({ publicUrl, issuer: issuer.issuer, metadata });
    const app = await runApp(routes, { resourceMetadata: resourceMetadataUrl(publicUrl) });
    const refused = await app.request('GET', '/v1/operations/00000000-0000-4000-8000-000000000001', { as: null });
    expect(refused.headers.get('www-authenticate')).toBe(
      `Bearer realm="chain-of-care", resource_metadata="${publicUrl}/.well-known/oauth-protected-resource"`,
    );
    const resource = await app.request('GET', '/.well-known/oauth-protected-resource', { as: null });
    expect(resource.body).toMatchObject({
      resource: publicUrl,
      authorization_servers: [issuer.issuer],
      bearer_methods_supported: ['header'],
    });
    const smart = await app.request('GET', '/.well-known/smart-configuration', { as: null });
    expect(smart.body).toMatchObject({
      issuer: issuer.issuer,
      token_endpoint: `${issuer.issuer}/token`,
      capabilities: expect.arrayContaining(['client-public', 'client-confidential-symmetric', 'sso-openid-connect']),
    });
    await app.close();
  });

  it('is told when the issuer does not answer', async () => {
    const metadata = () => Promise.reject(new Error('away'));
    const app = await runApp(discoveryRoutes({ publicUrl, issuer: 'https://issuer.example', metadata }));
    const answer = await app.request('GET', '/.well-known/smart-configuration', { as: null });
    expect([answer.status, answer.body['code']]).toEqual([503, 'unavailable']);
    await app.close();
  });
});

describe('the embedded issuer', () => {
  it('is described as its own discovery describes it', async () => {
    const told = await discoverIssuer(issuer.issuer);
    for (const [name, value] of Object.entries(developmentMetadata(issuer.issuer))) {
      const discovered = told[name as keyof typeof told];
      expect([name, discovered]).toEqual([name, Array.isArray(value) ? expect.arrayContaining(value) : value]);
    }
  });

  it('offers no capability that it does not say it has', () => {
    const bare = { issuer: 'https://i', jwks_uri: 'https://i/jwks', token_endpoint: 'https://i/token' };
    expect(smartConfiguration({ ...bare, token_endpoint_auth_methods_supported: ['private_key_jwt'] })).toEqual({
      ...bare,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      grant_types_supported: ['authorization_code'],
      code_challenge_methods_supported: ['S256'],
      capabilities: ['client-confidential-asymmetric'],
    });
  });
});
