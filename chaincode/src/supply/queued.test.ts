import { generateKeyPairSync, sign, createHash, randomUUID, type KeyObject } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { applied } from '../ledger/scenario.fixture.ts';
import { queuedStatementPrefix, type Outcome } from '../model/index.ts';
import { gtin, lot, serialsOf, SupplyWorld, type Person } from './supplyWorld.fixture.ts';

const dayMs = 24 * 3600 * 1000;

/** A device of premises, with a key of its own. */
class Device {
  readonly #privateKey: KeyObject;
  readonly publicKey: string;
  readonly deviceKey: string;

  constructor() {
    const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const spki = pair.publicKey.export({ type: 'spki', format: 'der' });
    this.#privateKey = pair.privateKey;
    this.publicKey = spki.toString('base64url');
    this.deviceKey = createHash('sha256').update(spki).digest('hex');
  }

  sign(event: object) {
    const statement = JSON.stringify(event);
    const signature = sign('sha256', Buffer.from(queuedStatementPrefix + statement), this.#privateKey);
    return { statement, publicKey: this.publicKey, signature: signature.toString('base64url') };
  }
}

describe('an event of premises without connection', () => {
  let world: SupplyWorld;
  let maker: Person;
  let pharmacy: Person;
  let device: Device;

  const at = (ms = 0): string => new Date(world.scenario.now + ms).toISOString();
  const packs = (serial: string) => [{ gtin, lot, segment: 0, serials: [serial] }];
  const dispensing = (serial: string, eventTime = at()) => ({
    type: 'dispense',
    eventTime,
    packs: [{ gtin, serial }],
  });
  const handIn = async (event: object, serial = 'S000000', by = pharmacy): Promise<Outcome> => {
    const body = { ...device.sign(event), packs: packs(serial) };
    const outcome = await world.scenario.submit(by.identity, 'supply.submitQueued', body);
    world.scenario.now += 60_000;
    return outcome;
  };
  const events = () =>
    [...world.scenario.ledger.values.values()]
      .map((text) => JSON.parse(text) as Record<string, unknown>)
      .filter(({ t }) => t === 'supply-event');

  beforeEach(async () => {
    world = await SupplyWorld.open();
    maker = await world.person('PharmaMSP', 'manufacturer', 'manufacturer');
    pharmacy = await world.person('HospitalMSP', 'pharmacist', 'pharmacy');
    await world.product(maker);
    applied(await world.act(maker, 'commission', { gtin, lot, serials: serialsOf(4) }));
    const shipmentId = randomUUID();
    const what = { packs: [{ gtin, lot, segment: 0, serials: serialsOf(4) }] };
    applied(await world.act(maker, 'ship', { shipmentId, recipient: pharmacy.gln, ...what }));
    applied(await world.act(pharmacy, 'receive', { shipmentId, ...what }));
    device = new Device();
    await world.device(pharmacy, device.deviceKey, 'pharmacist');
  }, 60_000);

  test('is the device’s, whoever of its organisation hands it in, and says that it was queued', async () => {
    const { eventId } = applied<{ eventId: string }>(await handIn(dispensing('S000000')));
    const event = events().find((each) => each['eventId'] === eventId);
    expect(event).toMatchObject({ kind: 'dispense', gln: pharmacy.gln, queued: { deviceKey: device.deviceKey } });
    const { t: _t, v: _v, hash, ...rest } = event!;
    const canonical = (value: unknown): unknown =>
      value === null || typeof value !== 'object'
        ? value
        : Array.isArray(value)
          ? value.map(canonical)
          : Object.fromEntries(
              Object.entries(value)
                .sort(([a], [b]) => (a < b ? -1 : 1))
                .map(([name, member]) => [name, canonical(member)]),
            );
    expect(
      createHash('sha256')
        .update(JSON.stringify(canonical(rest)))
        .digest('hex'),
    ).toBe(hash);
  });

  test('is applied once, however often and by whomever it is handed in', async () => {
    const event = dispensing('S000000');
    const { eventId } = applied<{ eventId: string }>(await handIn(event));
    expect(applied(await handIn(event))).toEqual({ eventId, known: true });
    expect(events().filter(({ kind }) => kind === 'dispense')).toHaveLength(1);
  });

  test('is refused when a bit of it was changed, or when another organisation hands it in', async () => {
    const event = dispensing('S000000');
    const { signature: _, ...signed } = device.sign(event);
    const body = { ...signed, signature: device.sign(dispensing('S000001')).signature, packs: packs('S000000') };
    expect(await world.scenario.submit(pharmacy.identity, 'supply.submitQueued', body)).toMatchObject({
      code: 'invalid_signature',
      httpStatus: 401,
    });
    expect(await handIn(event, 'S000000', maker)).toMatchObject({ code: 'unknown_identity' });
    device = new Device();
    expect(await handIn(event)).toMatchObject({ code: 'unknown_identity' });
  });

  test('counts for seven days', async () => {
    const event = dispensing('S000000', at(60_000));
    world.scenario.now += 7 * dayMs + 120_000;
    expect(await handIn(event)).toMatchObject({ code: 'queued_too_long', httpStatus: 409 });
    const recent = dispensing('S000000', at(-6 * dayMs));
    applied(await handIn(recent));
  });

  test('is decided against the state of now; a conflict is recorded with the event in its way', async () => {
    const queued = dispensing('S000000', at(120_000));
    const other = await world.act(pharmacy, 'lock', { packs: packs('S000000'), reason: 'suspect' });
    const { eventId: inTheWay } = applied<{ eventId: string }>(other);
    world.scenario.now += 180_000;
    const refused = await handIn(queued);
    expect(refused).toMatchObject({ status: 'refused', code: 'locked', result: { conflicts: [inTheWay] } });
    const recorded = events().find(({ kind }) => kind === 'refusal');
    expect(recorded).toMatchObject({
      attempted: { event: 'dispense', code: 'locked' },
      previous: [inTheWay],
      alertId: expect.any(String),
    });
  });

  test('names the packs that were signed, no others', async () => {
    expect(await handIn(dispensing('S000000'), 'S000001')).toMatchObject({
      code: 'validation_failed',
      pointer: '/packs',
    });
    const twice = { ...dispensing('S000000'), packs: [{ gtin, serial: 'S000000', lot: 'OTHER' }] };
    expect(await handIn(twice)).toMatchObject({ code: 'validation_failed', pointer: '/packs' });
  });

  test('says what an event of custody says, nothing else', async () => {
    const handInText = (statement: string) => {
      const signed = device.sign({});
      return world.scenario.submit(pharmacy.identity, 'supply.submitQueued', { ...signed, statement });
    };
    expect(await handInText('[]')).toMatchObject({ pointer: '/statement' });
    expect(await handInText('{"type":"recall"}')).toMatchObject({ pointer: '/statement' });
    expect(await handIn({ ...dispensing('S000000'), patient: 'x' })).toMatchObject({ code: 'validation_failed' });
    expect(await handIn({ ...dispensing('S000000'), actor: maker.gln })).toMatchObject({ code: 'actor_in_payload' });
  });
});
