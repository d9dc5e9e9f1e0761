/** Access tokens that a gateway must refuse, some of them signed with its own issuer's key. */
import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateKeyPair, importJWK, SignJWT, type JWK, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SealedKeyStore } from '../../../../gateway-api/src/keystore/keyStore.ts';
import { network } from '../../system/networks.ts';
import { RestSession } from '../../system/rest.ts';
import { expectProblem } from './problem.fixture.ts';
import { home, World, type RegisteredPatient } from './world.fixture.ts';

const world = new World(network);
type SigningKey = Awaited<ReturnType<typeof importJWK>>;
let base: string;
let patient: RegisteredPatient;
let ownKey: SigningKey;
let kid: string;
let before: number;

beforeAll(async () => {
  await network.start();
  base = await world.people.gateway(home);
  patient = await world.patient();
  const folder = join(network.data, 'organisations/hospital/gateway');
  const master = Buffer.from((await readFile(join(folder, 'keystore.key'), 'utf8')).trim(), 'base64');
  const kept = await new SealedKeyStore(join(folder, 'data/keys'), master).get('development-issuer/jwks');
  const { keys } = JSON.parse(Buffer.from(kept!).toString('utf8')) as { keys: JWK[] };
  kid = keys[0]!.kid!;
  ownKey = await importJWK(keys[0]!);
  before = await network.height(home);
}, 300_000);

afterAll(() => expect(network.height(home)).resolves.toBe(before));

interface Made {
  readonly claims?: JWTPayload;
  readonly type?: string;
  readonly key?: SigningKey;
  /** Seconds from now. */
  readonly issued?: number;
  readonly expires?: number;
}

/** A token of Dr. Ada's as the gateway's own issuer makes it, but for what is given. */
function token({ claims = {}, type = 'at+jwt', key = ownKey, issued = 0, expires = 600 }: Made = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const good = { iss: `${base}/oidc`, aud: base, sub: 'dr-ada', client_id: 'dr-ada', scope: 'api', jti: randomUUID() };
  return new SignJWT({ ...good, iat: now + issued, exp: now + expires, ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: type, kid })
    .sign(key);
}

/** A write with the token, which its bearer may make. */
const written = (bearer: string) =>
  new RestSession(base, bearer).post(`${patient.chart}/accesses`, {
    purposeOfUse: 'TREAT',
    reason: 'ward round',
    categories: ['lab_result'],
  });

describe('an access token', () => {
  test('made here as the issuer makes it is good: what follows is refused for its one difference', async () => {
    expect((await new RestSession(base, await token()).get(`/v1/patients/${patient.id}`)).status).toBe(200);
  });

  test.each<[string, () => Promise<Made>]>([
    ['that has expired', async () => ({ issued: -3600, expires: -60 })],
    ['for another audience', async () => ({ claims: { aud: 'https://other.example' } })],
    ['of another issuer', async () => ({ claims: { iss: 'https://issuer.example' } })],
    [
      'of this issuer’s name, signed with another key',
      async () => ({ key: (await generateKeyPair('ES256')).privateKey }),
    ],
    ['that is an ID token', async () => ({ type: 'JWT' })],
    ['that does not hold yet', async () => ({ claims: { nbf: Math.floor(Date.now() / 1000) + 600 } })],
  ])('%s: 401 invalid_token with a challenge', async (_what, made) => {
    const answer = await written(await token(await made()));
    expectProblem(answer, 401, 'invalid_token');
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  test('of another member’s gateway, good there: 401 invalid_token', async () => {
    const foreign = await world.people.token('PharmaMSP', 'maker');
    const pharma = new RestSession(await world.people.gateway('PharmaMSP'), foreign);
    expect((await pharma.get('/v1/products')).status).toBe(200);
    expectProblem(await written(foreign), 401, 'invalid_token');
  });

  test('that is malformed: 401 invalid_token, whatever is wrong with it', async () => {
    const [header, claims, signature] = (await token()).split('.') as [string, string, string];
    const flipped = createHash('sha512').update(signature).digest('base64url');
    const wrong = [
      `${header}.${claims}`,
      `${header}.${claims}.`,
      `${header}..${signature}`,
      `${claims}.${header}.${signature}`,
      `${header}.${claims}.${flipped}`,
      `${header}.${claims}.${signature}.${signature}`,
      'e30.e30.e30',
      'a'.repeat(5_000),
    ];
    for (const bearer of wrong) expectProblem(await written(bearer), 401, 'invalid_token');
  });

  test('of somebody nobody registered: 403 unknown_person', async () => {
    expectProblem(await written(await token({ claims: { sub: 'nobody' } })), 403, 'unknown_person');
  });
});
