import { createHash, randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { applied, identityOf } from '../ledger/scenario.fixture.ts';
import type { Alert, Outcome, SupplyEvent } from '../model/index.ts';
import { gtin, lot, serialsOf, SupplyWorld, type Person } from './supplyWorld.fixture.ts';

const cid = (name: string): string =>
  `b${createHash('sha256')
    .update(name)
    .digest('hex')
    .replaceAll(/[0189]/g, 'a')
    .slice(0, 58)}`;
const set = (...serials: string[]) => ({ gtin, lot, segment: 0, serials });
const digest = createHash('sha256').update('command').digest('hex');

describe('an alert as a case', () => {
  let world: SupplyWorld;
  let maker: Person;
  let pharmacy: Person;
  let distributor: Person;
  let alertId: string;

  const stored = <Value>(type: string): Value[] =>
    [...world.scenario.ledger.values].flatMap(([, text]) =>
      text.includes(`"t":"${type}"`) ? [JSON.parse(text) as Value] : [],
    );
  const alertNow = () => stored<Alert>('alert').find((each) => each.alertId === alertId)!;
  const act = (person: Person, verb: string, reason: string) =>
    world.act(person, 'actOnAlert', { alertId, act: verb, reason });
  const asGateway = async (mspId: string, verb: string, body: object): Promise<Outcome> => {
    const eventTime = new Date(world.scenario.now).toISOString();
    return world.scenario.submit(await identityOf(mspId), `supply.${verb}`, { eventTime, ...body });
  };

  beforeEach(async () => {
    world = await SupplyWorld.open();
    maker = await world.person('PharmaMSP', 'manufacturer', 'manufacturer');
    distributor = await world.person('DistributorMSP', 'distributor', 'distributor');
    pharmacy = await world.person('HospitalMSP', 'pharmacist', 'pharmacy');
    await world.product(maker);
    applied(await world.act(maker, 'commission', { gtin, lot, serials: serialsOf(20) }));
    alertId = randomUUID();
    applied(await world.act(pharmacy, 'reportAlert', { alertId, type: 'counterfeit', gtin, lot, serial: 'S000001' }));
  });

  test('open, investigating, confirmed, resolved: who, when, why and with which note stays', async () => {
    applied(await act(maker, 'investigate', 'triage'));
    const note = cid('note');
    applied(
      await world.act(world.inspector, 'actOnAlert', { alertId, act: 'confirm', reason: 'laboratory_result', note }),
    );
    expect(await act(maker, 'resolve', 'goods_recalled')).toMatchObject({ code: 'not_responsible', httpStatus: 403 });
    applied(await act(world.inspector, 'resolve', 'goods_recalled'));
    const { status, steps } = alertNow();
    expect(status).toBe('resolved');
    expect(steps.map(({ act: verb, to, reason, role, note: with_ }) => [verb, to, reason, role, with_])).toEqual([
      ['investigate', 'investigating', 'triage', 'manufacturer', undefined],
      ['confirm', 'confirmed', 'laboratory_result', 'inspector', note],
      ['resolve', 'resolved', 'goods_recalled', 'inspector', undefined],
    ]);
    expect(await act(world.inspector, 'investigate', 'triage')).toMatchObject({ code: 'wrong_state' });
  });

  test('the regulator makes an organisation’s premises responsible, which may then end it', async () => {
    applied(await act(world.inspector, 'investigate', 'triage'));
    const to = { alertId, mspId: 'DistributorMSP', gln: distributor.gln };
    expect(await world.act(pharmacy, 'assignAlert', to)).toMatchObject({ code: 'not_responsible' });
    expect(await world.act(world.inspector, 'assignAlert', { ...to, mspId: 'HospitalMSP' })).toMatchObject({
      code: 'premises_not_found',
    });
    applied(await world.act(world.inspector, 'assignAlert', to));
    applied(await act(distributor, 'dismiss', 'scanning_error'));
    applied(await act(distributor, 'resolve', 'no_further_action'));
    expect(alertNow()).toMatchObject({ status: 'resolved', assignee: { gln: distributor.gln } });
  });

  test('evidence is added by who is concerned, once each, up to the limit, until the case is closed', async () => {
    const evidence = [cid('photo'), cid('document')];
    expect(await world.act(distributor, 'addEvidence', { alertId, evidence })).toMatchObject({
      code: 'not_responsible',
    });
    applied(await world.act(pharmacy, 'addEvidence', { alertId, evidence }));
    applied(await world.act(maker, 'addEvidence', { alertId, evidence: [cid('photo')] }));
    expect(alertNow().evidence).toEqual(evidence);
    const many = Array.from({ length: 32 }, (_, index) => cid(`e${index}`));
    applied(await world.act(pharmacy, 'addEvidence', { alertId, evidence: many }));
    const more = many.map((_, index) => cid(`f${index}`));
    expect(await world.act(pharmacy, 'addEvidence', { alertId, evidence: more })).toMatchObject({
      code: 'too_much_evidence',
    });
  });

  test('a lot is quarantined by one write: nothing of it is shipped, and it is received and locked all the same', async () => {
    const shipmentId = randomUUID();
    const other = randomUUID();
    applied(await world.act(maker, 'ship', { shipmentId, recipient: pharmacy.gln, packs: [set('S000001')] }));
    applied(await world.act(maker, 'holdLot', { alertId }));
    expect(await world.act(maker, 'holdLot', { alertId })).toMatchObject({ code: 'already_held' });
    const ship = { shipmentId: other, recipient: pharmacy.gln, packs: [set('S000002')] };
    expect(await world.act(maker, 'ship', ship)).toMatchObject({ code: 'locked', httpStatus: 409 });
    applied(await world.act(pharmacy, 'receive', { shipmentId, packs: [set('S000001')] }));
    expect(await world.act(pharmacy, 'dispense', { packs: [set('S000001')] })).toMatchObject({ code: 'locked' });
    expect(await world.act(pharmacy, 'releaseLot', { alertId })).toMatchObject({ code: 'not_responsible' });
    applied(await world.act(world.inspector, 'releaseLot', { alertId }));
    applied(await world.act(maker, 'ship', ship));
  });

  test('packs are locked and released on account of an alert, which their events name', async () => {
    applied(await world.act(maker, 'lock', { packs: [set('S000001')], reason: 'investigation', alertId }));
    const event = stored<SupplyEvent>('supply-event').find(({ kind }) => kind === 'lock');
    expect(event).toMatchObject({ alertId, reason: 'investigation' });
  });

  describe('what a gateway passes on', () => {
    test('a report of the public is of source public, a step less grave, and by nobody', async () => {
      const id = randomUUID();
      applied(await asGateway('HospitalMSP', 'reportPublicly', { alertId: id, type: 'counterfeit', gtin, lot }));
      const alert = stored<Alert>('alert').find((each) => each.alertId === id);
      expect(alert).toMatchObject({ source: 'public', severity: 'high', role: 'unproven', mspId: 'HospitalMSP' });
      expect(alert).not.toHaveProperty('gln');
    });

    test('an unproven refused act is recorded without its pack, so that it is in no pack’s history', async () => {
      const refusal = { event: 'dispense', commandDigest: digest, gtin, lot, segment: 0, serial: 'S000001' };
      applied(await asGateway('HospitalMSP', 'reportUnproven', { ...refusal, code: 'staff_suspended' }));
      const event = stored<SupplyEvent>('supply-event').find(({ kind }) => kind === 'refusal')!;
      expect(event).toMatchObject({ role: 'unproven', attempted: { code: 'staff_suspended' } });
      expect(event).not.toHaveProperty('packs');
    });

    test('an operator without a peer passes nothing on', async () => {
      const body = { alertId: randomUUID(), type: 'counterfeit', gtin, lot };
      const identity = await identityOf('ConsortiumMSP');
      const eventTime = new Date(world.scenario.now).toISOString();
      const outcome = await world.scenario.submit(
        identity,
        'supply.reportPublicly',
        { eventTime, ...body },
        { endorser: 'HospitalMSP' },
      );
      expect(outcome).toMatchObject({ code: 'unknown_identity' });
    });
  });

  describe('alerts that follow from the ledger', () => {
    test('a shipment not received in time, once, whoever says so, and never before', async () => {
      const shipmentId = randomUUID();
      applied(await world.act(maker, 'ship', { shipmentId, recipient: pharmacy.gln, packs: [set('S000001')] }));
      expect(await asGateway('RegulatorMSP', 'reportOverdueReceipt', { shipmentId })).toMatchObject({
        code: 'not_overdue',
      });
      world.scenario.now += 15 * 24 * 3_600_000;
      const first = applied<object>(await asGateway('RegulatorMSP', 'reportOverdueReceipt', { shipmentId }));
      const again = applied<object>(await asGateway('HospitalMSP', 'reportOverdueReceipt', { shipmentId }));
      expect([first, again]).toMatchObject([{ recorded: true }, { recorded: false }]);
      applied(await world.act(pharmacy, 'receive', { shipmentId, packs: [set('S000001')] }));
      expect(await asGateway('HospitalMSP', 'reportOverdueReceipt', { shipmentId })).toMatchObject({
        code: 'not_overdue',
      });
    });

    test('a serial commissioned in two lots is a clone; one that is not is refused', async () => {
      const second = 'LOT-2';
      const dates = { expiry: '270331', manufacturedOn: '2026-01-15' };
      applied(await world.act(maker, 'registerLot', { gtin, lot: second, declaredQuantity: 10, ...dates }));
      applied(await world.act(maker, 'commission', { gtin, lot: second, serials: ['S000001'] }));
      const places = [
        { lot, segment: 0 },
        { lot: second, segment: 0 },
      ];
      const twice = { gtin, serial: 'S000001', places };
      expect(await asGateway('PharmaMSP', 'reportDuplicate', { ...twice, serial: 'S000002' })).toMatchObject({
        code: 'pack_not_found',
      });
      applied(await asGateway('PharmaMSP', 'reportDuplicate', twice));
      expect(stored<Alert>('alert').find(({ type }) => type === 'clone')).toMatchObject({
        severity: 'critical',
        subject: { gtin, lot: second, serial: 'S000001' },
        source: 'automatic',
      });
    });

    test('a licensed scan of a serial that was never commissioned opens one alert; a good one none', async () => {
      const scan = { gtin, serial: 'FAKE1', lot, context: 'receive' };
      const [first, again] = [
        applied<object>(await world.act(pharmacy, 'reportVerification', scan)),
        applied<object>(await world.act(distributor, 'reportVerification', scan)),
      ];
      expect([first, again]).toMatchObject([{ recorded: true }, { recorded: false }]);
      const good = { gtin, serial: 'S000003', lot, expiry: '270331', context: 'inventory', knownLot: lot, segment: 0 };
      expect(applied(await world.act(maker, 'reportVerification', good))).toEqual({ recorded: false });
      const alert = stored<Alert>('alert').find(({ reason }) => reason === 'unknown_pack');
      expect(alert).toMatchObject({ type: 'counterfeit', severity: 'critical', gln: pharmacy.gln });
    });
  });
});
