/** Custody across organisations: maker, distributor and two hospitals are members of their own. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { generateDeviceKey, exportSpki, OfflineQueue, toBase64Url } from '@chain-of-care/client';
import type { SignedEvent } from '@chain-of-care/client';
import { largeNetwork } from '../../system/networks.ts';
import type { Json } from '../../system/rest.ts';
import { contains, visibleTo } from '../rest/visibleTo.fixture.ts';
import { World } from '../rest/world.fixture.ts';
import { codeOf, event, hand, makeGoods, openTrader, randomSscc, type Goods, type Trader } from './custody.fixture.ts';

const world = new World(largeNetwork);
let maker: Trader;
let distributor: Trader;
let pharmacy: Trader;
let secondPharmacy: Trader;
let goods: Goods;

beforeAll(async () => {
  await largeNetwork.start();
  maker = await openTrader(world, 'PharmaMSP', 'manufacturer');
  distributor = await openTrader(world, 'DistributorMSP', 'distributor');
  pharmacy = await openTrader(world, 'HospitalMSP', 'pharmacist', 'pharmacy');
  secondPharmacy = await openTrader(world, 'Hospital2MSP', 'pharmacist', 'hospital');
  goods = await makeGoods(maker, 60);
}, 600_000);

const packOf = ([named]: Json[]) => {
  const { gtin, serials } = named as { gtin: string; serials: string[] };
  return `/v1/packs/${gtin}/${serials[0]!}`;
};

describe('goods between members', () => {
  test('go from the maker over the distributor to the second hospital, and are supplied there', async () => {
    const packs = goods.take(2);
    await hand(maker, distributor, { packs });
    await hand(distributor, secondPharmacy, { packs });
    await event(secondPharmacy.session, { type: 'dispense', packs });
    expect(await maker.session.read(packOf(packs))).toMatchObject({ state: 'supplied', mspId: 'Hospital2MSP' });
  });

  test('both hospitals claim one receipt: only the named recipient has it', async () => {
    const packs = goods.take(1);
    const { shipmentId } = await event(maker.session, { type: 'ship', recipient: secondPharmacy.gln, packs });
    const receipt = { type: 'receive', shipmentId, packs };
    const [foreign, named] = await Promise.all([
      codeOf(pharmacy.session, receipt),
      codeOf(secondPharmacy.session, receipt),
    ]);
    expect([foreign, named]).toEqual(['wrong_recipient', 'applied']);
  });

  test('two holders act on one pack at once: of taking back and receiving exactly one happens', async () => {
    const packs = goods.take(1);
    const { shipmentId } = await event(maker.session, { type: 'ship', recipient: pharmacy.gln, packs });
    const outcomes = await Promise.all([
      codeOf(maker.session, { type: 'voidShip', shipmentId }),
      codeOf(pharmacy.session, { type: 'receive', shipmentId, packs }),
    ]);
    expect(outcomes.filter((code) => code === 'applied')).toHaveLength(1);
    const { holder } = await world.people
      .as('RegulatorMSP', 'inspector')
      .then((session) => session.read<{ holder: string }>(packOf(packs)));
    expect(holder).toBe(outcomes[0] === 'applied' ? maker.gln : pharmacy.gln);
  });

  test('of two dispensings in one batch the second is refused', async () => {
    const packs = goods.take(1);
    await hand(maker, pharmacy, { packs });
    const dispensing = { type: 'dispense', packs };
    const { results } = await pharmacy.session.create<{ results: Json[] }>('/v1/supply-events', {
      commands: [dispensing, dispensing],
    });
    expect(results).toMatchObject([{ status: 'applied' }, { status: 'refused', code: 'already_supplied_here' }]);
  });

  test('no container contains itself, at whatever depth', async () => {
    const [inner, outer] = [randomSscc(), randomSscc()];
    await event(maker.session, { type: 'pack', sscc: inner, packs: goods.take(1) });
    expect(await codeOf(maker.session, { type: 'pack', sscc: inner, containers: [inner] })).toBe('container_cycle');
    await event(maker.session, { type: 'pack', sscc: outer, containers: [inner] });
    expect(await codeOf(maker.session, { type: 'pack', sscc: inner, containers: [outer] })).toBe('has_parent');
  });

  test('a serial is of its own lot', async () => {
    const [{ gtin, serials }] = goods.take(1) as [{ gtin: string; serials: string[] }];
    const lot = { lot: 'OTHER', expiry: goods.expiry, manufacturedOn: '2026-01-15', declaredQuantity: 10 };
    await maker.session.create(`/v1/products/${gtin}/lots`, lot);
    const packs = [{ gtin, lot: 'OTHER', serial: serials[0]! }];
    expect(await codeOf(maker.session, { type: 'lock', packs, reason: 'suspect' })).toBe('pack_not_found');
  });

  test('a lot is not exceeded by commissionings at once', async () => {
    const lot = { lot: 'RACE', expiry: goods.expiry, manufacturedOn: '2026-01-15', declaredQuantity: 100 };
    await maker.session.create(`/v1/products/${goods.gtin}/lots`, lot);
    const commission = (prefix: string) =>
      codeOf(maker.session, {
        type: 'commission',
        gtin: goods.gtin,
        lot: 'RACE',
        serialRange: { first: `${prefix}01`, last: `${prefix}60` },
      });
    expect((await Promise.all(['RA', 'RB', 'RC'].map(commission))).sort()).toEqual([
      'applied',
      'lot_quantity_exceeded',
      'lot_quantity_exceeded',
    ]);
  });

  test('one pack leaves a shipped container without the rest, and the rest is received with it', async () => {
    const sscc = randomSscc();
    const packs = goods.take(5);
    const [{ gtin, serials }] = packs as [{ gtin: string; serials: string[] }];
    await event(maker.session, { type: 'pack', sscc, packs });
    await hand(maker, distributor, { containers: [sscc] });
    await event(distributor.session, { type: 'unpack', sscc, packs: [{ gtin, serial: serials[2]! }] });
    await hand(distributor, secondPharmacy, { containers: [sscc] });
    const holders = await Promise.all(
      [serials[2]!, serials[3]!].map((serial) => maker.session.read<{ holder: string }>(`/v1/packs/${gtin}/${serial}`)),
    );
    expect(holders.map(({ holder }) => holder)).toEqual([distributor.gln, secondPharmacy.gln]);
    for (const { session } of [distributor, secondPharmacy])
      expect((await session.get(`/v1/containers/${sscc}`)).status).toBe(200);
    const hidden = ['', '/events', '/contents'].map((of) => `/v1/containers/${sscc}${of}`);
    for (const address of [...hidden, `/v1/packs/${gtin}/${serials[3]!}`, `/v1/packs/${gtin}/${serials[3]!}/events`])
      expect([address, (await pharmacy.session.get(address)).status]).toEqual([address, 404]);
    expect((await pharmacy.session.read<{ items: Json[] }>(`/v1/supply-events?sscc=${sscc}`)).items).toEqual([]);
  });
});

describe('quantities of a lot without serials', () => {
  test('go from member to member, and nobody moves what they do not hold', async () => {
    const { gtin, expiry } = goods;
    const lot = { lot: 'BULK', expiry, manufacturedOn: '2026-01-15', declaredQuantity: 1_000, serialised: false };
    await maker.session.create(`/v1/products/${gtin}/lots`, lot);
    await event(maker.session, { type: 'commission', gtin, lot: 'BULK', units: 1_000 });
    const units = (count: number) => ({ quantities: [{ gtin, lot: 'BULK', units: count }] });
    await hand(maker, distributor, units(600));
    await hand(distributor, secondPharmacy, units(100));
    const { eventId: takesBack } = await event(secondPharmacy.session, { type: 'dispense', ...units(45) });
    const undo = { type: 'undoDispense', takesBack, notHandedOver: true };
    await event(secondPharmacy.session, { ...undo, ...units(5) });
    expect(await codeOf(secondPharmacy.session, { ...undo, ...units(41) })).toBe('quantity_insufficient');
    expect(await codeOf(secondPharmacy.session, { type: 'dispense', ...units(61) })).toBe('quantity_insufficient');
    const serialised = { quantities: [{ gtin, lot: goods.lot, units: 1 }] };
    expect(await codeOf(maker.session, { type: 'lock', reason: 'suspect', ...serialised })).toBe('lot_serialised');
    const balances = `/v1/class-balances?gtin=${gtin}&lot=BULK`;
    const own = await secondPharmacy.session.read<{ items: Json[] }>(balances);
    expect(own.items.map(({ gln }) => gln)).toEqual([secondPharmacy.gln]);
    const { items } = await maker.session.read<{ items: Json[] }>(balances);
    expect(items.map(({ gln, units: of }) => [gln, of])).toEqual(
      expect.arrayContaining([
        [maker.gln, { active: 400 }],
        [distributor.gln, { active: 500 }],
        [secondPharmacy.gln, { active: 60, supplied: 40 }],
      ]),
    );
  });
});

describe('units of a lot without serials in a container', () => {
  test('are packed by quantity, shipped and received with it, unpacked in part, dispensed, and add up', async () => {
    const { gtin, expiry } = goods;
    const lot = { lot: 'BOXED', expiry, manufacturedOn: '2026-01-15', declaredQuantity: 1_000, serialised: false };
    await maker.session.create(`/v1/products/${gtin}/lots`, lot);
    await event(maker.session, { type: 'commission', gtin, lot: 'BOXED', units: 1_000 });
    const units = (count: number) => ({ quantities: [{ gtin, lot: 'BOXED', units: count }] });
    const [box, pallet] = [randomSscc(), randomSscc()];
    await event(maker.session, { type: 'pack', sscc: box, ...units(300) });
    await event(maker.session, { type: 'pack', sscc: pallet, containers: [box], packs: goods.take(1), ...units(100) });
    expect(await codeOf(maker.session, { type: 'pack', sscc: pallet, ...units(601) })).toBe('quantity_insufficient');
    const serialised = { quantities: [{ gtin, lot: goods.lot, units: 1 }] };
    expect(await codeOf(maker.session, { type: 'pack', sscc: pallet, ...serialised })).toBe('lot_serialised');
    await hand(maker, distributor, { containers: [pallet] });
    await hand(distributor, secondPharmacy, { containers: [pallet] });
    const { session } = secondPharmacy;
    expect(await codeOf(session, { type: 'dispense', ...units(1) })).toBe('quantity_insufficient');
    await event(session, { type: 'unpack', sscc: box, ...units(40) });
    expect(await codeOf(session, { type: 'unpack', sscc: box, ...units(261) })).toBe('quantity_insufficient');
    expect(await codeOf(maker.session, { type: 'unpack', sscc: box, ...units(1) })).toBe('not_custodian');
    const { eventId: takesBack } = await event(session, { type: 'dispense', ...units(30) });
    await event(session, { type: 'undoDispense', takesBack, notHandedOver: true, ...units(5) });

    const inside = await session.read<{ items: Json[] }>(`/v1/containers/${pallet}/contents`);
    expect(inside.items).toMatchObject([{ sscc: box }, { gtin, lot: 'BOXED', units: 100 }, { lot: goods.lot }]);
    const { contents } = await session.read<{ contents: Json[] }>(`/v1/containers/${pallet}`);
    expect(contents).toEqual(expect.arrayContaining([{ gtin, lot: 'BOXED', units: 360, locked: 0 }]));
    const { items } = await maker.session.read<{ items: Json[] }>(`/v1/class-balances?gtin=${gtin}&lot=BOXED`);
    expect(items.map(({ gln, units: of }) => [gln, of])).toEqual(
      expect.arrayContaining([
        [maker.gln, { active: 600 }],
        [secondPharmacy.gln, { active: 15, supplied: 25 }],
      ]),
    );
  });
});

describe('commerce', () => {
  test('is on the peers of shipper, recipient and regulator, and on no other', async () => {
    const packs = goods.take(1);
    const orderNumber = `PO-${randomSscc()}`;
    const shipTo = { name: 'Ward 7', street: `Street ${randomSscc()}`, city: 'Konstanz', country: 'DE' };
    const commerce = {
      orderNumber,
      invoiceNumber: `INV-${randomSscc()}`,
      lines: [{ gtin: goods.gtin, unitPrice: '17.2391', currency: 'EUR' }],
      shipTo,
    };
    const shipped = await event(maker.session, { type: 'ship', recipient: secondPharmacy.gln, packs, commerce });
    expect(shipped).toMatchObject({ commerce: 'recorded' });
    const address = `/v1/shipments/${String(shipped['shipmentId'])}/commerce`;
    const readers = [maker, secondPharmacy];
    for (const { session } of readers) {
      const read = await eventually(
        () => session.get(address),
        ({ status }) => status === 200,
      );
      expect(read.body).toMatchObject({ orderNumber, transactionInformation: { transferredTo: { address: shipTo } } });
      expect(String((read.body as Json)['transactionStatement'])).toContain('581(27)');
    }
    for (const { session } of [distributor, pharmacy]) expect((await session.get(address)).status).toBe(404);
    const secrets = [orderNumber, commerce.invoiceNumber, shipTo.street, '17.2391'];
    const seen: Record<string, boolean> = {};
    for (const mspId of ['PharmaMSP', 'Hospital2MSP', 'RegulatorMSP', 'DistributorMSP', 'HospitalMSP']) {
      const { blocks, raw } = await visibleTo(largeNetwork, mspId);
      const values = blocks.flatMap(({ transactions }) =>
        transactions.flatMap(({ writes }) => writes.flatMap(({ value }) => (value === undefined ? [] : [value]))),
      );
      seen[mspId] = values.some((value) => contains(value, orderNumber));
      expect(raw.some((block) => secrets.some((secret) => contains(block, secret)))).toBe(false);
    }
    expect(seen).toEqual({
      PharmaMSP: true,
      Hospital2MSP: true,
      RegulatorMSP: true,
      DistributorMSP: false,
      HospitalMSP: false,
    });
  });
});

describe('premises without connection', () => {
  test('sign and queue; handed in later, each event has a result, and a conflict names what is in its way', async () => {
    const keys = await generateDeviceKey();
    const admin = await world.people.as('Hospital2MSP', 'admin');
    const publicKey = toBase64Url(await exportSpki(keys.publicKey));
    await admin.create(`/v1/premises/${secondPharmacy.gln}/device-keys`, { publicKey, role: 'pharmacist' });
    const packs = goods.take(3);
    const [{ gtin, serials }] = packs as [{ gtin: string; serials: [string, string, string] }];
    const { shipmentId } = await event(maker.session, { type: 'ship', recipient: secondPharmacy.gln, packs });

    let kept: readonly SignedEvent[] = [];
    const queue = new OfflineQueue(keys, {
      load: async () => kept,
      save: async (events) => {
        kept = events;
      },
    });
    await queue.add({ event: 'receive', shipmentId, packs: [{ gtin, serials }] });
    await queue.add({ event: 'dispense', packs: [{ gtin, serial: serials[0] }] });
    await queue.add({ event: 'dispense', packs: [{ gtin, serial: serials[0] }] });
    const rest = await world.people.client('Hospital2MSP', secondPharmacy.subject);
    const results = await queue.flush(rest);
    expect(results).toMatchObject([
      { status: 'applied' },
      { status: 'applied' },
      { status: 'refused', code: 'already_supplied_here', conflicts: [results[1]!.eventId] },
    ]);
    expect(kept).toEqual([]);
    expect(await maker.session.read(`/v1/packs/${gtin}/${serials[0]}`)).toMatchObject({ state: 'supplied' });
  });
});

async function eventually<Value>(ask: () => Promise<Value>, isGood: (value: Value) => boolean): Promise<Value> {
  let value = await ask();
  for (let tries = 0; tries < 60 && !isGood(value); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    value = await ask();
  }
  return value;
}
