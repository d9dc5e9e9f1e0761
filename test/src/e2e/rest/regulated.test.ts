/** Licences, recalls, notifications and tracing requests as the law has them, on the real network. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { network } from '../../system/networks.ts';
import { makeLot, newGln, posterOf, recordAll, serialsFrom, type MadeLot } from '../../system/lots.ts';
import type { Json, Page, RestSession } from '../../system/rest.ts';
import { until } from '../../system/until.ts';
import { World } from './world.fixture.ts';

const world = new World(network);
const pharmacy = '4260000000028';
let maker: RestSession;
let pharmacist: RestSession;
let inspector: RestSession;
let administrator: RestSession;

beforeAll(async () => {
  await network.start();
  maker = await world.people.as('PharmaMSP', 'maker');
  pharmacist = await world.people.as('HospitalMSP', 'pharmacist');
  inspector = await world.people.as('RegulatorMSP', 'inspector');
  administrator = await world.people.as('PharmaMSP', 'admin');
}, 600_000);

const noticed = (session: RestSession, kind: string, about: Json) =>
  until<Page>(session, `/v1/notifications?kind=${kind}&limit=50`, ({ items }) =>
    items.some((item) => Object.entries(about).every(([name, value]) => (item['about'] as Json)[name] === value)),
  );

/** A lot of which the pharmacy has some. */
async function lotAt(recipient: string, receiver: RestSession, units: number): Promise<MadeLot> {
  const made = await makeLot(posterOf(maker), units);
  const packs = [{ gtin: made.gtin, lot: made.lot, serials: serialsFrom(0, units) }];
  const [shipped] = await recordAll(posterOf(maker), [{ type: 'ship', recipient, packs }]);
  const { shipmentId } = shipped!;
  await until(receiver, `/v1/shipments/${String(shipmentId)}`, () => true);
  await recordAll(posterOf(receiver), [{ type: 'receive', shipmentId, packs }]);
  return made;
}

describe('a licence', () => {
  const gln = newGln();
  let trader: RestSession;
  let licenceId: string;

  beforeAll(async () => {
    const subject = `distributor-${randomUUID().slice(0, 8)}`;
    const place = { name: 'New warehouse', kind: 'warehouse', latitude: 51, longitude: 7, country: 'DE' };
    await administrator.create('/v1/premises', { gln, ...place });
    await administrator.create('/v1/staff', { role: 'distributor', gln, subject });
    trader = await world.people.as('PharmaMSP', subject);
  });

  test('is asked for by the organisation and decided by the regulator; both hear of it', async () => {
    const asked = await administrator.create('/v1/licence-requests', { kind: 'distributor', gln });
    const at = `/v1/licence-requests/${String(asked['requestId'])}`;
    const { requestId } = asked as { readonly requestId: string };
    await noticed(inspector, 'licenceRequested', { requestId });
    const terms = { validFrom: '2026-01-01T00:00:00Z', validUntil: '2035-01-01T00:00:00Z' };
    expect((await administrator.post(`${at}/approval`, { reason: 'inspection_passed', ...terms })).status).toBe(403);
    await until(inspector, at, ({ status }) => status === 'requested');
    const approved = await inspector.create(`${at}/approval`, { reason: 'inspection_passed', ...terms });
    licenceId = String(approved['licenceId']);
    await noticed(administrator, 'licenceDecided', { requestId, decision: 'approved' });
    const actors = await until<Page>(trader, `/v1/actors?gln=${gln}`, ({ items }) => items.length > 0);
    expect(actors.items).toMatchObject([{ gln, licenceId, isAuthorized: true, licenceKind: 'distributor' }]);
  });

  test('that is suspended blocks the very next act and flags the goods in hand; the premises are told', async () => {
    const { gtin, lot } = await lotAt(gln, trader, 2);
    await inspector.create(`/v1/licences/${licenceId}/suspension`);
    const packs = [{ gtin, lot, serials: serialsFrom(0, 1) }];
    const refused = await trader.post('/v1/supply-events', { type: 'ship', recipient: pharmacy, packs });
    expect(refused.body).toMatchObject({ status: 403, code: 'licence_suspended' });
    const goods = await until(trader, `/v1/premises/${gln}/goods`, ({ isLicensed }) => isLicensed === false);
    expect(goods).toMatchObject({ gln, goods: [{ gtin, lot, units: 2 }] });
    await noticed(trader, 'licenceChanged', { licenceId, status: 'suspended' });
    const patient = await world.patient();
    expect((await patient.session.get(`/v1/premises/${gln}/goods`)).status).toBe(403);
    expect((await patient.session.get('/v1/actors')).status).toBe(403);
  });
});

test('how far a recall has come: what is found, supplied and still out, by holder', async () => {
  const { gtin, lot } = await lotAt(pharmacy, pharmacist, 4);
  const set = (from: number, count: number) => [{ gtin, lot, serials: serialsFrom(from, count) }];
  await recordAll(posterOf(pharmacist), [{ type: 'dispense', packs: set(0, 1) }]);
  const recall = await maker.create('/v1/recalls', { class: 'II', depth: 'retail', gtin, lots: [lot] });
  await noticed(pharmacist, 'recallIssued', { gtin, lot });
  const dispense = { type: 'dispense', packs: set(1, 1) };
  expect((await pharmacist.post('/v1/supply-events', dispense)).body).toMatchObject({ code: 'lot_recalled' });
  await recordAll(posterOf(pharmacist), [{ type: 'lock', reason: 'recall', packs: set(1, 1) }]);
  const at = `/v1/recalls/${String(recall['recallId'])}/effectiveness`;
  const report = await until(inspector, at, ({ totals }) => (totals as Json)['found'] === 1);
  expect(report).toMatchObject({ gtin, lots: [lot], commissioned: 4, totals: { found: 1, supplied: 1, stillOut: 2 } });
  expect((report['byHolder'] as readonly Json[]).map(({ gln }) => gln)).toEqual([pharmacy]);
  expect((await pharmacist.get(at)).status).toBe(403);
});

test('an illegitimate product (Form 3911): filed with its clock, told to who has the lot, read by the regulator only', async () => {
  const { gtin, lot } = await lotAt(pharmacy, pharmacist, 1);
  const form = {
    ...{ kind: 'initial', classification: 'counterfeit', drugUse: 'human', drugDescription: 'finished_prescription' },
    ...{ gtin, lots: [lot], determinedAt: new Date(Date.now() - 3_600_000).toISOString() },
    ...{ description: 'The print differs.', companyName: 'Maker', companyAddress: 'Example Street 1, Example' },
    ...{ companyType: 'manufacturer', contactName: 'Example', contactMail: 'safety@maker.example' },
  };
  const filed = await maker.create('/v1/illegitimate-product-notifications', form);
  const { notificationId } = filed as { readonly notificationId: string };
  expect(filed).toMatchObject({ status: 'open', isInTime: true });
  expect(Date.parse(String(filed['dueAt'])) - Date.parse(form.determinedAt)).toBe(24 * 3_600_000);
  await noticed(inspector, 'illegitimateProduct', { notificationId, step: 'initial' });
  await noticed(pharmacist, 'illegitimateProduct', { notificationId, gtin, lot });
  const at = `/v1/illegitimate-product-notifications/${notificationId}/form`;
  const opened = await inspector.get(at);
  expect(JSON.parse(Buffer.from(opened.bytes).toString('utf8'))).toMatchObject({ form: 'FDA 3911', gtin, lots: [lot] });
  expect((await pharmacist.get(at)).status).toBe(404);
  const ended = { ...form, kind: 'termination', notificationId };
  expect(await maker.create('/v1/illegitimate-product-notifications', ended)).toMatchObject({ status: 'terminated' });
  await noticed(pharmacist, 'illegitimateProduct', { notificationId, step: 'termination' });
});

test('a tracing request reaches the premises with its clock; the answer names their transactions, to who asked', async () => {
  const { gtin, lot } = await lotAt(pharmacy, pharmacist, 1);
  const asked = await maker.create('/v1/tracing-requests', { gln: pharmacy, gtin, lot, purpose: 'suspect' });
  const { requestId } = asked as { readonly requestId: string };
  expect(Date.parse(String(asked['dueAt']))).toBeGreaterThan(Date.now());
  await noticed(pharmacist, 'tracingRequested', { requestId });
  const answered = await pharmacist.create(`/v1/tracing-requests/${requestId}/response`, {
    remark: 'All on the shelf.',
  });
  expect(answered).toMatchObject({ status: 'answered', isInTime: true });
  await noticed(maker, 'tracingAnswered', { requestId });
  const opened = await maker.get(`/v1/tracing-requests/${requestId}/response`);
  expect(JSON.parse(Buffer.from(opened.bytes).toString('utf8'))).toMatchObject({
    ...{ requestId, remark: 'All on the shelf.' },
    transactions: [{ kind: 'transfer' }],
  });
  expect((await pharmacist.post(`/v1/tracing-requests/${requestId}/response`, {})).body).toMatchObject({
    code: 'wrong_state',
  });
});

test('what a licensed scanner finds at work is an alert; a refusal says what a national system would answer', async () => {
  const { gtin, lot, expiry } = await lotAt(pharmacy, pharmacist, 1);
  const scan = `(01)${gtin}(21)PHANTOM(17)${expiry}(10)${lot}`;
  await pharmacist.create('/v1/verifications', { scan, context: 'dispense' }, { key: null });
  const { items } = await until<Page>(inspector, `/v1/alerts?gtin=${gtin}`, (page) => page.items.length > 0);
  expect(items).toMatchObject([{ type: 'counterfeit', reason: 'unknown_pack', serial: 'PHANTOM', gln: pharmacy }]);
  const dispense = { type: 'dispense', packs: [{ gtin, lot, serials: serialsFrom(0, 1) }] };
  await recordAll(posterOf(pharmacist), [dispense]);
  expect((await pharmacist.post('/v1/supply-events', dispense)).body).toMatchObject({
    code: 'already_supplied_here',
    nmvsCode: 'NMVS_NC_PCK_19',
  });
});
