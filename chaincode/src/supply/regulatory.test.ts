import { createHash, randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { applied } from '../ledger/scenario.fixture.ts';
import { gtin, lot, SupplyWorld, type Person } from './supplyWorld.fixture.ts';

const document = `b${createHash('sha256')
  .update('form')
  .digest('hex')
  .replaceAll(/[0189]/g, 'a')
  .slice(0, 58)}`;
const hourMs = 3_600_000;

describe('what the law wants told', () => {
  let world: SupplyWorld;
  let maker: Person;
  let pharmacy: Person;

  beforeEach(async () => {
    world = await SupplyWorld.open();
    maker = await world.person('PharmaMSP', 'manufacturer', 'manufacturer');
    pharmacy = await world.person('HospitalMSP', 'pharmacist', 'pharmacy');
    await world.product(maker);
  });

  const notify = (person: Person, notificationId: string, kind: string, hoursAgo = 1) =>
    world.act(person, 'notifyIllegitimateProduct', {
      ...{ notificationId, kind, classification: 'counterfeit', gtin, lots: [lot], form: document },
      determinedAt: new Date(world.scenario.now - hoursAgo * hourMs).toISOString(),
    });

  test('an illegitimate product: initial, follow-up, termination, in this order, by the same company', async () => {
    const id = randomUUID();
    expect(await notify(maker, id, 'follow_up')).toMatchObject({ code: 'not_found' });
    expect(applied(await notify(maker, id, 'initial'))).toMatchObject({ isInTime: true });
    expect(await notify(maker, id, 'initial')).toMatchObject({ code: 'already_exists' });
    expect(await notify(pharmacy, id, 'follow_up')).toMatchObject({ code: 'organization_not_allowed' });
    applied(await notify(maker, id, 'follow_up'));
    applied(await notify(maker, id, 'termination'));
    expect(await notify(maker, id, 'follow_up')).toMatchObject({ code: 'wrong_state' });
  });

  test('later than 24 hours it is taken, and said to be late', async () => {
    expect(applied(await notify(maker, randomUUID(), 'initial', 25))).toMatchObject({ isInTime: false });
  });

  test('a tracing request is answered by the premises asked, once, by the clock of what they are', async () => {
    const requestId = randomUUID();
    const asked = world.scenario.now;
    const request = { requestId, gln: pharmacy.gln, gtin, lot, purpose: 'suspect' };
    const { dueAt } = applied<{ dueAt: string }>(await world.act(maker, 'requestTracing', request));
    expect(Date.parse(dueAt) - asked).toBe(48 * hourMs); // from a Sunday: Tuesday
    expect(await world.act(maker, 'answerTracing', { requestId, answer: document })).toMatchObject({
      code: 'wrong_premises',
    });
    expect(applied(await world.act(pharmacy, 'answerTracing', { requestId, answer: document }))).toMatchObject({
      isInTime: true,
    });
    expect(await world.act(pharmacy, 'answerTracing', { requestId, answer: document })).toMatchObject({
      code: 'wrong_state',
    });
  });
});
