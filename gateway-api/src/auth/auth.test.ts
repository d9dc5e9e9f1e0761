import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { SealedPeople } from '../people/people.ts';
import { tokenOf } from '../seeding/restSession.ts';
import { authenticator, callerFinder, holderFinder, requireAudience, type Authenticate } from './authenticate.ts';
import { runIssuer, type RunningIssuer } from './development/issuer.fixture.ts';
import { AccessTokenVerifier } from './verifier.ts';

let running: RunningIssuer;
let directory: string;
let authenticate: Authenticate;
let people: SealedPeople;
const suspended = new Set<string>();

beforeAll(async () => {
  running = await runIssuer();
  directory = await mkdtemp(join(tmpdir(), 'people-'));
  people = new SealedPeople(directory, new Uint8Array(32));
  await people.put({
    issuer: running.issuer,
    subject: 'dr-ada',
    kind: 'staff',
    id: '00000000-0000-4000-8000-000000000001',
    role: 'clinician',
    identity: { mspId: 'HospitalMSP', certificate: '', deviceKey: 'a'.repeat(64), keyName: 'k' },
  });
  authenticate = authenticator(
    remoteVerifier(),
    callerFinder(people, async (staffId) => suspended.has(staffId)),
  );
});
afterAll(async () => {
  await running.close();
  await rm(directory, { recursive: true, force: true });
});

/** Discovers the issuer's keys over HTTP, as with any issuer. */
function remoteVerifier(clock: () => number = Date.now, audience: string = running.gateway): AccessTokenVerifier {
  return new AccessTokenVerifier({ issuer: running.issuer, audience, clock });
}

const seededToken = async (): Promise<string> =>
  tokenOf(running.gateway, 'dr-ada', (await running.users.secretOf('dr-ada'))!);

async function codeOf(error: Promise<unknown>): Promise<unknown> {
  return error.then(
    () => 'no error',
    (thrown: unknown) => (thrown as { code?: unknown }).code ?? thrown,
  );
}

describe('an access token', () => {
  it('counts for its holder, however the header is written; what is no valid token for nobody', async () => {
    const holderOf = holderFinder(remoteVerifier());
    const token = await seededToken();
    const holder = await holderOf(`Bearer ${token}`);
    expect(holder).toContain('dr-ada');
    for (const header of [`bearer ${token}`, `BEARER ${token}`, `Bearer ${await seededToken()}`])
      expect(await holderOf(header)).toBe(holder);
    for (const header of [undefined, `Bearer ${token}x`, `Basic ${token}`, 'Bearer made-up'])
      expect(await holderOf(header)).toBeUndefined();
  });

  it('of a seeded user by client credentials names the caller', async () => {
    const caller = await authenticate(`Bearer ${await seededToken()}`);
    expect(caller).toMatchObject({ subject: 'dr-ada', role: 'clinician', scopes: ['api'] });
  });

  it('of somebody who is suspended on the ledger is refused, until they are reinstated', async () => {
    const token = `Bearer ${await seededToken()}`;
    suspended.add('00000000-0000-4000-8000-000000000001');
    expect(await codeOf(authenticate(token))).toBe('staff_suspended');
    suspended.clear();
    expect(await codeOf(authenticate(token))).toBe('no error');
  });

  it('is refused for another audience, from another issuer, after its time, and when a bit is changed', async () => {
    const token = await seededToken();
    const flipped = `${token.slice(0, -6)}${token.at(-6) === 'A' ? 'B' : 'A'}${token.slice(-5)}`;
    const elsewhere = new AccessTokenVerifier({
      issuer: `${running.issuer}x`,
      audience: running.gateway,
      clock: Date.now,
      keys: running.keys,
    });
    expect(await codeOf(remoteVerifier(Date.now, 'https://other.example').verify(token))).toBe('invalid_token');
    expect(await codeOf(elsewhere.verify(token))).toBe('invalid_token');
    expect(await codeOf(remoteVerifier(() => Date.now() + 9 * 3600_000).verify(token))).toBe('invalid_token');
    expect(await codeOf(remoteVerifier().verify(flipped))).toBe('invalid_token');
  });

  it('is refused once it has expired, although it was verified before', async () => {
    let now = Date.now();
    const verifier = remoteVerifier(() => now);
    const token = await seededToken();
    await verifier.verify(token);
    now += 9 * 3600_000;
    expect(await codeOf(verifier.verify(token))).toBe('invalid_token');
  });

  it('is refused when it is not of the type at+jwt, unsigned, or signed by a stranger', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const keys = { keys: [{ ...(await exportJWK(publicKey)), alg: 'ES256', kid: '1' }] };
    const verifier = new AccessTokenVerifier({
      issuer: running.issuer,
      audience: running.gateway,
      clock: Date.now,
      keys,
    });
    const sign = (typ: string): Promise<string> =>
      new SignJWT({ client_id: 'x' })
        .setProtectedHeader({ alg: 'ES256', typ, kid: '1' })
        .setIssuer(running.issuer)
        .setAudience(running.gateway)
        .setSubject('dr-ada')
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey);
    expect(await verifier.verify(await sign('at+jwt'))).toMatchObject({ subject: 'dr-ada' });
    expect(await codeOf(verifier.verify(await sign('JWT')))).toBe('invalid_token');
    expect(await codeOf(remoteVerifier().verify(await sign('at+jwt')))).toBe('invalid_token');
    const payload = (await sign('at+jwt')).split('.')[1]!;
    const none = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`;
    expect(await codeOf(verifier.verify(none))).toBe('invalid_token');
  });

  it('of a person nobody registered is known but not allowed', async () => {
    await running.users.add('stranger');
    const token = await tokenOf(running.gateway, 'stranger', (await running.users.secretOf('stranger'))!);
    expect(await codeOf(authenticate(`Bearer ${token}`))).toBe('unknown_person');
  });

  it('must come as a bearer token', async () => {
    expect(await codeOf(authenticate('Basic eDp5'))).toBe('token_required');
    expect(await authenticate(undefined)).toBeUndefined();
  });
});

describe('the issuer', () => {
  it('refuses a wrong secret', async () => {
    await expect(tokenOf(running.gateway, 'dr-ada', 'wrong')).rejects.toThrow('invalid_client');
  });

  it('gives a page a token by authorization code with PKCE, after the login page', async () => {
    const token = await loginInBrowser('dr-ada', (await running.users.secretOf('dr-ada'))!);
    expect(await authenticate(`Bearer ${token!}`)).toMatchObject({ subject: 'dr-ada' });
  });

  it('does not let the login page through with a wrong secret, nor a page without PKCE', async () => {
    expect(await loginInBrowser('dr-ada', 'wrong')).toBeUndefined();
    const query = new URLSearchParams({
      client_id: 'docs',
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${running.gateway}/docs/callback`,
    });
    const refused = await fetch(`${running.issuer}/auth?${query}`, { redirect: 'manual' });
    expect(refused.headers.get('location')).toContain('error=invalid_request');
  });
});

describe('who may call a route', () => {
  it('is decided by the role, deny by default', async () => {
    const caller = await authenticate(`Bearer ${await seededToken()}`);
    expect(() => requireAudience(undefined, 'public')).not.toThrow();
    expect(() => requireAudience(undefined, 'authenticated')).toThrow('token_required');
    expect(() => requireAudience(caller, 'authenticated')).not.toThrow();
    expect(() => requireAudience(caller, ['clinician'])).not.toThrow();
    expect(() => requireAudience(caller, ['administrator'])).toThrow('administrator');
    expect(() => requireAudience(caller, [])).toThrow();
  });
});

/** What a browser does: authorization request, login form, redirects, code for token. @returns the access token */
async function loginInBrowser(name: string, secret: string): Promise<string | undefined> {
  const verifier = randomBytes(32).toString('base64url');
  const redirectUri = `${running.gateway}/docs/callback`;
  const query = new URLSearchParams({
    client_id: 'docs',
    response_type: 'code',
    scope: 'openid api',
    redirect_uri: redirectUri,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const cookies = new Map<string, string>();
  const visit = async (address: string, init: RequestInit = {}): Promise<Response> => {
    const cookie = [...cookies].map(([key, value]) => `${key}=${value}`).join('; ');
    const response = await fetch(new URL(address, running.gateway), {
      ...init,
      redirect: 'manual',
      headers: { cookie },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(';', 1);
      const at = pair!.indexOf('=');
      cookies.set(pair!.slice(0, at), pair!.slice(at + 1));
    }
    return response;
  };
  let response = await visit(`${running.issuer}/auth?${query}`);
  const form = response.headers.get('location')!;
  expect(await (await visit(form)).text()).toContain('<form method="post">');
  response = await visit(form, { method: 'POST', body: new URLSearchParams({ name, secret }) });
  for (let step = 0; step < 5; step += 1) {
    const location = response.headers.get('location');
    if (location === null) return undefined;
    if (location.startsWith(redirectUri)) {
      const code = new URL(location).searchParams.get('code')!;
      const body = new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: 'docs',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      });
      const tokens = (await (await fetch(`${running.issuer}/token`, { method: 'POST', body })).json()) as {
        access_token?: string;
      };
      return tokens.access_token;
    }
    response = await visit(location);
  }
  return undefined;
}
