import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { consortium, readModelInMemory, writing } from '../readmodel/readModel.fixture.ts';
import type { ReadModel } from '../readmodel/index.ts';
import { classBalanceList, eventList, eventsOfSubjects } from '../readmodel/queries/supplyLists.ts';
import { containerHistory, packHistory } from './history.ts';
import { locateContainer, locatePacks } from './location.ts';
import { event, gtin, named, pharmacy, plant, stored, story, time, uuid } from './story.fixture.ts';
import { maySeeContainer, maySeeLot, maySeePack, viewerOf, visibleTo } from './visibility.ts';

const [maker, recipient, stranger, regulator] = ['PharmaMSP', 'HospitalMSP', 'OtherHospitalMSP', 'RegulatorMSP'];

describe('who sees goods and events', () => {
  let model: ReadModel;
  const viewer = (mspId: string) =>
    viewerOf(model.db, consortium, { identity: { mspId, certificate: '', deviceKey: '', keyName: '' } });

  beforeAll(async () => {
    model = await readModelInMemory();
    const shipment = {
      ...{ shipmentId: uuid(90), kind: 'transfer', status: 'received', shipper: plant, shipperMspId: maker },
      ...{ recipient: pharmacy, recipientMspId: recipient, shippedAt: time(3), recordedAt: time(3) },
      ...{ containers: ['pallet'], packs: [], receivedContainers: ['pallet'], receivedPacks: [] },
    };
    const balance = { gtin, lot: 'B', units: { active: 1 }, locks: [], eventId: uuid(9), eventTime: time(9) };
    const ledger = story().add(
      writing(
        stored('shipment', 'shipment', shipment),
        stored('class-balance', 'b1', { ...balance, gln: plant, mspId: maker }),
        stored('class-balance', 'b2', { ...balance, gln: pharmacy, mspId: recipient }),
        event(20, 'observe', { packs: named('S0'), mspId: recipient, gln: pharmacy }),
        event(22, 'inspect', { containers: ['pallet'], mspId: recipient, gln: pharmacy }),
        event(21, 'lock', { packs: [{ gtin: '00300021200114', lot: 'L', segment: 0, serials: ['S0'] }] }),
      ),
    );
    await model.catchUp(ledger, 3n);
  }, 120_000);
  afterAll(() => model.close());

  test('the regulator sees every event; a maker those of its products, in containers too; a recipient its own and its shipment’s; nobody else any', async () => {
    const listed = async (mspId: string) => {
      const { items } = await eventList(model.db, { visible: visibleTo(await viewer(mspId)) });
      return items.map(({ kind }) => kind).toSorted();
    };
    const all = ['commission', 'dispense', 'inspect', 'lock', 'observe', 'pack', 'pack', 'receive', 'ship', 'ship'];
    expect(await listed(regulator!)).toEqual(all);
    expect(await listed(maker!)).toEqual(all);
    expect(await listed(recipient!)).toEqual(['inspect', 'observe', 'ship']);
    expect(await listed(stranger!)).toEqual([]);
  });

  test('a list by subject is no way around', async () => {
    const visible = visibleTo(await viewer(stranger!));
    expect((await eventsOfSubjects(model.db, [`lot|${gtin}|L`], { visible })).items).toEqual([]);
    expect(await packHistory(model.db, { gtin, serial: 'S0', commissionedBy: uuid(0) }, visible)).toEqual([]);
    expect(await containerHistory(model.db, 'pallet', visible)).toEqual([]);
  });

  test('packs, containers and lots are there for who makes, holds or held them, and for no other', async () => {
    const pack = (await locatePacks(model.db, gtin, ['S0'])).get('S0')!;
    const chain = await locateContainer(model.db, 'case');
    for (const [mspId, may] of [
      [regulator, true],
      [maker, true],
      [recipient, true],
      [stranger, false],
    ] as const) {
      const by = await viewer(mspId!);
      const seen = [
        await maySeePack(model.db, by, pack),
        await maySeeContainer(model.db, by, chain, [{ gtin }]),
        mspId === recipient || (await maySeeLot(model.db, by, gtin, 'L')),
      ];
      expect([mspId, ...seen]).toEqual([mspId, may, may, may]);
    }
  });

  test('what was held before stays to be seen: the shipper of a container that went on', async () => {
    const by = { mspId: maker!, products: new Set<string>() };
    const pack = (await locatePacks(model.db, gtin, ['S0'])).get('S0')!;
    expect(await maySeePack(model.db, by, pack)).toBe(true);
    expect(await maySeeContainer(model.db, by, await locateContainer(model.db, 'pallet'), [])).toBe(true);
  });

  test('balances are shown to their holder, and of all holders to the maker and the regulator', async () => {
    const holders = async (mspId: string) => {
      const by = await viewer(mspId);
      const { items } = await classBalanceList(model.db, by === undefined ? {} : { visibleTo: by });
      return items.map(({ gln }) => gln).toSorted();
    };
    expect(await holders(recipient!)).toEqual([pharmacy]);
    expect(await holders(stranger!)).toEqual([]);
    expect(await holders(maker!)).toEqual([pharmacy, plant]);
    expect(await holders(regulator!)).toEqual([pharmacy, plant]);
  });
});
