import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { isIncluded, merkleLeaf } from '@chain-of-care/client';
import { gtin, plant, uuid } from '../supply/story.fixture.ts';
import { VerificationService } from './service.ts';
import { openVerificationApp, type VerificationApp } from './verificationApp.fixture.ts';

const hourMs = 3_600_000;
let opened: VerificationApp;
let world: VerificationApp['world'];
beforeAll(async () => {
  opened = await openVerificationApp();
  ({ world } = opened);
}, 120_000);
afterAll(() => opened.close());
beforeEach(() => {
  world.submitted = [];
  world.ledgerFails = false;
});

const box = { gtin, serial: 'S0', lot: 'L', expiry: '270331', context: 'inspection' };
const post = (as: string | null, body: object = box) => opened.app.request('POST', '/v1/verifications', { as, body });
const get = (path: string, as: string | null = null) => opened.app.request('GET', path, { as });

describe('the log of verifications', () => {
  test('an hour becomes a tree, its root goes to the ledger, and each answer has a proof that a client can check', async () => {
    const answers = await Promise.all(['maker', 'pharmacist', null, 'stranger', null].map((as) => post(as)));
    const ids = answers.map(({ body }) => String(body['verificationId']));
    const early = await get(`/v1/verifications/${ids[0]}/proof`);
    expect([early.status, early.body['code'], early.headers.get('retry-after')]).toEqual([409, 'not_anchored', '3600']);
    world.now += hourMs;
    await new VerificationService(opened.services).anchors.anchor();
    expect(world.submitted.map(({ type, body }) => [type, body])).toEqual([
      ['supply.anchorVerifications', expect.objectContaining({ sequence: 1, size: 5 })],
    ]);
    const { root } = world.submitted[0]!.body as { root: string };
    for (const id of ids) {
      const { body } = await get(`/v1/verifications/${id}/proof`);
      expect(JSON.parse(String(body['entry']))).toMatchObject({ verificationId: id, gtin, serial: 'S0' });
      const proof = {
        leaf: merkleLeaf(new TextEncoder().encode(String(body['entry']))),
        index: Number(body['leafIndex']),
        size: Number(body['treeSize']),
        path: (body['inclusionPath'] as string[]).map((hash) => new Uint8Array(Buffer.from(hash, 'hex'))),
        root: new Uint8Array(Buffer.from(root, 'hex')),
      };
      expect(isIncluded(proof)).toBe(true);
      const forged = merkleLeaf(new TextEncoder().encode(String(body['entry']).replace('true', 'false')));
      expect(isIncluded({ ...proof, leaf: forged })).toBe(false);
    }
    expect((await get(`/v1/verifications/${uuid(5)}/proof`)).status).toBe(404);
  });

  test('a root that did not reach the ledger is sent again, before later ones and unchanged', async () => {
    await post('maker');
    world.now += hourMs;
    world.ledgerFails = true;
    await new VerificationService(opened.services).anchors.anchor();
    expect(world.submitted).toEqual([]);
    await post('maker');
    world.now += hourMs;
    world.ledgerFails = false;
    await new VerificationService(opened.services).anchors.anchor();
    expect(world.submitted.map(({ body }) => (body as { sequence: number }).sequence)).toEqual([2, 3]);
    await new VerificationService(opened.services).anchors.anchor();
    expect(world.submitted).toHaveLength(2);
  });

  test('an entry names no patient and nothing of the public', async () => {
    await post('patient');
    const rows = await opened.model.db
      .selectFrom('verification_log')
      .selectAll()
      .where('sequence', 'is', null)
      .execute();
    expect(rows.map(({ account, msp_id: mspId }) => [account, mspId])).toEqual([[null, null]]);
    expect(rows[0]!.entry).not.toContain(uuid(77));
  });
});

describe('plans', () => {
  test('a plan’s verifications end with 429, usage is visible, recall and expiry are told all the same', async () => {
    world.now = Date.parse('2026-02-03T00:00:00Z');
    for (let used = 0; used < 3; used += 1) expect((await post('patient')).status).toBe(200);
    expect((await get('/v1/usage', 'patient')).body).toEqual({
      plan: 'free',
      month: '2026-02',
      verifications: { used: 3, limit: 3 },
    });
    expect((await post('patient')).body).toMatchObject({ status: 429, code: 'quota_exhausted', warnings: [] });
    world.now = Date.parse('2028-02-03T00:00:00Z');
    for (let used = 0; used < 3; used += 1) await post('patient');
    expect((await post('patient')).body).toMatchObject({ code: 'quota_exhausted', warnings: [{ code: 'expired' }] });
    world.now = Date.parse('2026-02-03T00:00:00Z');
  });

  test('an administrator gives an account another plan, one that is configured', async () => {
    const give = (plan: string) =>
      opened.app.request('POST', '/v1/account-plans', { as: 'administrator', body: { accountId: uuid(77), plan } });
    expect((await give('gold')).status).toBe(400);
    expect((await give('enterprise')).status).toBe(200);
    expect((await post('patient')).status).toBe(200);
    expect((await get('/v1/usage', 'patient')).body).toMatchObject({ plan: 'enterprise', verifications: { used: 4 } });
  });
});

describe('guessing', () => {
  test('a burst of unknown serials of one product is reported once; other products and true serials are not counted', async () => {
    for (let round = 0; round < 3; round += 1) await post('stranger', { ...box, serial: `G${round}` });
    for (let round = 0; round < 5; round += 1) await post('stranger', box);
    for (let round = 0; round < 5; round += 1) await post('stranger', { ...box, gtin: '00614141000012' });
    expect(world.submitted).toEqual([]);
    for (let round = 3; round < 9; round += 1) await post('stranger', { ...box, serial: `G${round}` });
    expect(world.submitted.map(({ type, body }) => [type, (body as { gtin: string }).gtin])).toEqual([
      ['supply.reportGuessing', gtin],
    ]);
  });
});

describe('the verification service by Digital Link', () => {
  const ask = (path: string, as: string | null) => get(`${path}&linkType=verificationService`, as);
  const pack = `/01/${gtin}/21/S0?17=270331&10=L&context=dscsaSaleableReturn&corrUUID=${uuid(8)}`;

  test('a partner gets the exact reason, the public the uniform one', async () => {
    const good = await ask(`${pack}&reqGLN=4260000000042`, 'stranger');
    expect(good.body).toEqual({
      verificationTimestamp: expect.any(String),
      responderGLN: plant,
      corrUUID: uuid(8),
      // The story's holder has no licence.
      data: { verified: true, additionalInfo: 'Suspect' },
    });
    const reason = async (path: string, as: string | null) =>
      ((await ask(path, as)).body['data'] as { verificationFailureReason?: string }).verificationFailureReason;
    const wrong: readonly (readonly [string, string])[] = [
      [`/01/${gtin}/21/NO?17=270331`, 'No_match_GTIN_Serial'],
      [`/01/${gtin}/10/M/21/S0?17=270331`, 'No_match_GTIN_Serial_Lot'],
      [`/01/${gtin}/21/S0?17=270300&10=L`, 'No_match_GTIN_Serial_Expiry'],
      [`/01/${gtin}/10/M/21/S0?17=270300`, 'No_match_GTIN_Serial_Lot_Expiry'],
      [`/01/${gtin}/21/S1?17=270331&context=dscsaSaleableReturn`, 'Not_for_re-distribution'],
    ];
    for (const [path, expected] of wrong) {
      expect([path, await reason(path, 'stranger')]).toEqual([path, expected]);
      expect([path, await reason(path, null)]).toEqual([path, 'No_reason_provided']);
    }
  });

  test('who scans a supplied box without saying what for is the person who holds it: it is verified', async () => {
    expect((await ask(`/01/${gtin}/21/S1?17=270331&10=L`, null)).body['data']).toMatchObject({ verified: true });
  });

  test('without linkType it leads to the default link, with another one to the linkset or to nothing', async () => {
    const path = `/01/${gtin}/21/S0`;
    const redirect = await fetch(`${opened.app.url}${path}?17=270331`, { redirect: 'manual' });
    expect([redirect.status, redirect.headers.get('location')]).toEqual([
      307,
      `${path}?17=270331&linkType=verificationService`,
    ]);
    expect((await get(`${path}?linkType=all`)).body['linkset']).toHaveLength(1);
    expect((await get(`${path}?linkType=gs1:pip`)).status).toBe(404);
    expect((await get('/.well-known/gs1resolver')).body).toMatchObject({ supportedPrimaryKeys: ['01', '00'] });
  });

  test('another’s GLN as requester, a malformed key and an unknown context are refused with their codes', async () => {
    const code = async (path: string, as: string | null = null) => (await ask(path, as)).body['code'];
    expect(await code(`${pack}&reqGLN=${plant}`, 'stranger')).toBe('actor_in_payload');
    expect(await code('/01/00300021200108/21/S0?a=b')).toBe('invalid_identifier');
    expect(await code(`/01/${gtin}/21/S0?context=curiosity`)).toBe('validation_failed');
  });
});

test('without an account an address has so many verifications, and accounts go on', async () => {
  const { publicVerifications } = opened.services.config;
  const answers: number[] = [];
  for (let round = 0; round <= publicVerifications; round += 1) answers.push((await post(null)).status);
  expect(answers[0]).toBe(200);
  const last = await post(null);
  expect([last.status, last.body['code']]).toEqual([429, 'rate_limited']);
  expect((await post('maker')).status).toBe(200);
}, 60_000);

test('the client’s own address answers with the client’s members, 100 times a quarter of an hour and address', async () => {
  const ask = (as: string | null) =>
    opened.app.request('POST', '/api/blockchain/verify-product', {
      as,
      body: { gtin, batchNumber: 'L', serialNumber: 'S0' },
    });
  const first = await ask('maker');
  expect(Object.keys(first.body).sort()).toEqual(
    ['alerts', 'chainOfCustody', 'isAuthentic', 'product', 'riskScore', 'scope', 'verificationId', 'verifiedAt'].sort(),
  );
  expect(first.body).toMatchObject({ isAuthentic: true, riskScore: 70 });
  for (let round = 1; round < 100; round += 1) await ask(round % 2 === 0 ? 'maker' : null);
  const last = await ask('maker');
  expect([last.status, last.body['code']]).toEqual([429, 'rate_limited']);
}, 60_000);

describe('what a licensed scan finds at work', () => {
  const wrongLot = { scan: `(01)${gtin}(21)S0(17)270331(10)M`, context: 'dispense' };
  const told = () => world.submitted.filter(({ type }) => type === 'supply.reportVerification');

  test('is told to the ledger once, by who scanned', async () => {
    await Promise.all([post('pharmacist', wrongLot), post('pharmacist', wrongLot)]);
    expect(told().map(({ body }) => body)).toMatchObject([
      { gtin, serial: 'S0', lot: 'M', context: 'dispense', knownLot: 'L', segment: 0 },
    ]);
  });

  test.each([
    ['typed, not scanned', 'pharmacist', { gtin, serial: 'S3', lot: 'M', context: 'dispense' }],
    ['scanned by nobody known', null, { ...wrongLot, context: 'consumer' }],
    ['a look in an inspection', 'pharmacist', { ...wrongLot, context: 'inspection' }],
    ['of a product that nobody registered', 'maker', { scan: '(01)09506000134352(21)A', context: 'receive' }],
    [
      'goods that came before their shipment was recorded',
      'stranger',
      {
        scan: `(01)${gtin}(21)S3(17)270331(10)L`,
        context: 'receive',
      },
    ],
    ['a good box', 'pharmacist', { scan: `(01)${gtin}(21)S0(17)270331(10)L`, context: 'inventory' }],
  ])('is not told when it is %s', async (_, as, body) => {
    await post(as, body);
    expect(told()).toEqual([]);
  });
});
