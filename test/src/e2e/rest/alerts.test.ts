/** Alerts as cases, notifications and proofs, on the real network. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ProofError, verifyEventProof, type EventProof, type TrustAnchors } from '@chain-of-care/client/proof';
import { madeUpGoods } from '../../demo/goods.ts';
import { network } from '../../system/networks.ts';
import type { Json, Page, RestSession } from '../../system/rest.ts';
import { until } from '../../system/until.ts';
import { World } from './world.fixture.ts';

const world = new World(network);
const pharmacyGln = '4260000000028';
let maker: RestSession;
let pharmacist: RestSession;
let inspector: RestSession;
let goods: ReturnType<typeof madeUpGoods>;
let commissioned: string;

beforeAll(async () => {
  await network.start();
  maker = await world.people.as('PharmaMSP', 'maker');
  pharmacist = await world.people.as('HospitalMSP', 'pharmacist');
  inspector = await world.people.as('RegulatorMSP', 'inspector');
  goods = madeUpGoods(3);
  const { gtin, lot, expiry, serials } = goods;
  await maker.create('/v1/products', { gtin, name: 'Cardiozine', dosageForm: 'tablet', strength: '5 mg' });
  await maker.create(`/v1/products/${gtin}/lots`, { lot, expiry, manufacturedOn: '2026-01-15', declaredQuantity: 3 });
  const event = await maker.create('/v1/supply-events', { type: 'commission', gtin, lot, serials });
  commissioned = String(event['eventId']);
  const packs = [{ gtin, lot, serials: [serials[0]!] }];
  const shipped = await maker.create('/v1/supply-events', { type: 'ship', recipient: pharmacyGln, packs });
  await pharmacist.create('/v1/supply-events', { type: 'receive', shipmentId: shipped['shipmentId'], packs });
}, 600_000);

const noticesAbout = (session: RestSession, alertId: string, kind: string) =>
  until<Page>(session, `/v1/notifications?kind=${kind}&limit=50`, ({ items }) =>
    items.some(({ about }) => (about as Json)['alertId'] === alertId),
  );

describe('a report becomes a case', () => {
  let alertId: string;
  const file = Buffer.from(`\u00ff\u00d8 a photograph ${randomUUID()}`);

  test('with a sealed photograph; maker, holder and regulator are told in their own inboxes', async () => {
    const { gtin, lot, serials } = goods;
    const upload = await pharmacist.send('POST', `/v1/evidence-files?gtin=${gtin}`, file, {
      headers: { 'content-type': 'image/jpeg' },
    });
    expect(upload.status).toBe(201);
    expect(upload.body['sealedTo']).toEqual(expect.arrayContaining(['HospitalMSP', 'PharmaMSP', 'RegulatorMSP']));
    const report = {
      ...{ type: 'counterfeit', gtin, lot, serial: serials[0]! },
      ...{ description: 'The seal is broken.', evidence: [upload.body['cid']] },
    };
    const opened = await pharmacist.create('/v1/alerts', report);
    alertId = String(opened['alertId']);
    await Promise.all([maker, pharmacist, inspector].map((who) => noticesAbout(who, alertId, 'criticalAlert')));
    const audience = await inspector.read<Page>(`/v1/alerts/${alertId}/audience`);
    expect(audience.items.map(({ mspId, relation }) => `${String(mspId)} ${String(relation)}`)).toEqual(
      expect.arrayContaining([
        'RegulatorMSP regulator',
        'PharmaMSP maker',
        'HospitalMSP reporter',
        'HospitalMSP dispenser',
      ]),
    );
  });

  test('the regulator opens the photograph and the description from the reporter’s store', async () => {
    const alert = await until(inspector, `/v1/alerts/${alertId}`, () => true);
    const [photograph, description] = alert['evidence'] as string[];
    const opened = await inspector.get(`/v1/alerts/${alertId}/evidence/${photograph!}`);
    expect(Buffer.from(opened.bytes).equals(file)).toBe(true);
    expect(opened.headers.get('content-type')).toBe('image/jpeg');
    const text = await maker.get(`/v1/alerts/${alertId}/evidence/${description!}`);
    expect(Buffer.from(text.bytes).toString('utf8')).toBe('The seal is broken.');
  });

  test('is investigated, quarantined as a lot at once, released, dismissed and resolved; each step says who and why', async () => {
    const { gtin, lot, serials } = goods;
    const steps = `/v1/alerts/${alertId}/transitions`;
    expect((await pharmacist.post(steps, { act: 'investigate', reason: 'triage' })).body).toMatchObject({
      status: 403,
      code: 'not_responsible',
    });
    await inspector.create(steps, { act: 'investigate', reason: 'triage', note: 'Laboratory is asked.' });
    await inspector.create(`/v1/alerts/${alertId}/quarantine`, { scope: 'lot' });
    const dispense = { type: 'dispense', packs: [{ gtin, lot, serials: [serials[0]!] }] };
    expect((await pharmacist.post('/v1/supply-events', dispense)).body).toMatchObject({ status: 409, code: 'locked' });
    await inspector.create(`/v1/alerts/${alertId}/release`, { scope: 'lot' });
    await inspector.create(steps, { act: 'dismiss', reason: 'no_finding' });
    await inspector.create(steps, { act: 'resolve', reason: 'goods_released' });
    const { items } = await inspector.read<Page>(`/v1/alerts/${alertId}/history`);
    expect(items.map(({ change }) => change)).toEqual([
      'report',
      'investigate',
      'quarantine',
      'release',
      'dismiss',
      'resolve',
    ]);
    await noticesAbout(pharmacist, alertId, 'alertResolved');
    await pharmacist.create('/v1/supply-events', dispense);
  });

  test('statistics have the report in its product, region and month', async () => {
    const { gtin } = goods;
    const counts = await inspector.read(`/v1/alert-statistics?gtin=${gtin}&country=DE&interval=month&type=counterfeit`);
    expect(counts).toMatchObject({ totalAlerts: 1, bySeverity: { critical: 1, low: 0 }, byStatus: { resolved: 1 } });
    expect(counts['series']).toHaveLength(1);
    expect(await inspector.read(`/v1/alert-statistics?gtin=${gtin}&country=AT`)).toMatchObject({ totalAlerts: 0 });
  });

  test('anybody may report without an account: one step less grave, and nobody is named', async () => {
    const { gtin, lot } = goods;
    const nobody = await world.people.nobody('HospitalMSP');
    const { alertId: id } = await nobody.create('/v1/public-reports', { type: 'counterfeit', gtin, lot });
    const alert = await until(inspector, `/v1/alerts/${String(id)}`, () => true);
    expect(alert).toMatchObject({ source: 'public', severity: 'high', role: 'unproven' });
    expect(alert).not.toHaveProperty('gln');
  });
});

describe('a stream of events', () => {
  test('gives what comes, with ids to go on from', async () => {
    const { gtin, lot } = goods;
    const token = await world.people.token('RegulatorMSP', 'inspector');
    const stop = new AbortController();
    const response = await fetch(`${await world.people.gateway('RegulatorMSP')}/v1/event-stream`, {
      headers: { authorization: `Bearer ${token}` },
      signal: stop.signal,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const { alertId } = await pharmacist.create('/v1/alerts', { type: 'tampering', gtin, lot });
    let text = '';
    for await (const chunk of response.body!) {
      text += Buffer.from(chunk).toString('utf8');
      if (text.includes(String(alertId))) break;
    }
    stop.abort();
    expect(text).toMatch(/id: \d+\nevent: criticalAlert\ndata: /);
  });
});

describe('a proof of an event', () => {
  let proof: EventProof;
  let trust: TrustAnchors;
  beforeAll(async () => {
    proof = (await inspector.read(`/v1/supply-events/${commissioned}/proof`)) as unknown as EventProof;
    trust = (await maker.read('/v1/trust-anchors')) as unknown as TrustAnchors;
  });

  test('is verified with the anchors of another member alone', () => {
    const verified = verifyEventProof(proof, trust);
    expect(verified).toMatchObject({ submitter: { mspId: 'PharmaMSP' }, blockNumber: proof.block.number });
    expect(verified.event).toMatchObject({ kind: 'commission', mspId: 'PharmaMSP' });
    expect(verified.orderedBy.length).toBeGreaterThanOrEqual(3);
    expect(verified.attestedBy.length).toBeGreaterThanOrEqual(2);
    expect(verified.endorsedBy.length).toBeGreaterThanOrEqual(2);
  });

  test('is refused when any part is changed', async () => {
    const other = (await inspector.read<Page>('/v1/supply-events?limit=5')).items.find(
      ({ blockNumber }) => blockNumber !== proof.block.number,
    )!;
    const foreign = (await inspector.read(
      `/v1/supply-events/${String(other['eventId'])}/proof`,
    )) as unknown as EventProof;
    const flipped = (text: string, at: number): string => {
      const bytes = Buffer.from(text, 'base64');
      bytes[at < 0 ? bytes.length + at : at]! ^= 1;
      return bytes.toString('base64');
    };
    const own = proof.block.envelopes[proof.block.index]!;
    const withOwn = (envelope: string): EventProof => {
      const envelopes = proof.block.envelopes.map((text) => (text === own ? envelope : text));
      return { ...proof, block: { ...proof.block, envelopes } };
    };
    const withBlock = (block: Partial<EventProof['block']>): EventProof => ({
      ...proof,
      block: { ...proof.block, ...block },
    });
    const tampered: readonly (readonly [string, EventProof, TrustAnchors?])[] = [
      ['event', { ...proof, event: { ...proof.event, eventTime: '2020-01-01T00:00:00Z' } }],
      ['event id', { ...proof, eventId: randomUUID() }],
      ['transaction id', { ...proof, transactionId: '0'.repeat(64) }],
      ['submitter’s signature', withOwn(flipped(own, -1))],
      ['payload', withOwn(flipped(own, Math.floor(Buffer.from(own, 'base64').length / 2)))],
      ['previous hash', withBlock({ previousHash: '0'.repeat(64) })],
      ['data hash', withBlock({ dataHash: '0'.repeat(64) })],
      ['block number', withBlock({ number: proof.block.number + 1 })],
      ['orderers’ signatures', withBlock({ signatures: foreign.block.signatures })],
      ['attestation', { ...proof, attestation: foreign.attestation }],
      ['attestation’s signature', { ...proof, attestation: flipped(proof.attestation, -40) }],
      ['channel', { ...proof, channel: 'other' }],
      ['roots', proof, { ...trust, members: trust.members.map((member) => ({ ...member, roots: [] })) }],
      [
        'one orderer too few',
        proof,
        { ...trust, orderers: trust.orderers.map((each, at) => (at < 2 ? { ...each, id: 90 + at } : each)) },
      ],
    ];
    for (const [, changed, anchors = trust] of tampered)
      expect(() => verifyEventProof(changed, anchors)).toThrow(ProofError);
  });
});
