import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { epcisKinds, violationsOf, type Refusal } from '@chain-of-care/chaincode/model';
import { consortium, readModelInMemory } from '../readmodel/readModel.fixture.ts';
import type { ReadModel } from '../readmodel/index.ts';
import { LotView, PackView, ProductView } from './dto.ts';
import { SupplyEventView } from './eventDto.ts';
import { policiesOf, resolveGoods } from './goods.ts';
import { packHistory } from './history.ts';
import { custodyOf, locatePacks } from './location.ts';
import { requireNewSerials } from './newSerials.ts';
import { gtin, named, pharmacy, plant, story, uuid } from './story.fixture.ts';
import { eventView, lotView, packView, productView } from './views.ts';

describe('the supply chain in the read model', () => {
  let model: ReadModel;
  beforeAll(async () => {
    model = await readModelInMemory();
    await model.catchUp(story(), 2n);
  }, 120_000);
  afterAll(() => model.close());

  test('a pack in a case on a pallet is held by the pallet’s holder; one that acted speaks for itself', async () => {
    const packs = await locatePacks(model.db, gtin, ['S0', 'S1', 'S3', 'NONE']);
    expect([...packs.keys()].toSorted()).toEqual(['S0', 'S1', 'S3']);
    expect(packs.get('S0')).toMatchObject({ alone: false, containers: [{ sscc: 'case' }, { sscc: 'pallet' }] });
    expect(custodyOf(packs.get('S0')!)).toMatchObject({ state: 'active', holder: pharmacy });
    expect(custodyOf(packs.get('S1')!)).toMatchObject({ state: 'supplied', holder: pharmacy });
    expect(packs.get('S1')!.containers).toEqual([]);
    expect(custodyOf(packs.get('S3')!)).toMatchObject({ state: 'active', holder: plant });
  });

  test('a command on contents names the root, whose holder must endorse; a pack in its segment has none', async () => {
    const inside = await resolveGoods(model.db, { packs: [{ gtin, serial: 'S0' }], containers: [] });
    expect(inside).toMatchObject({ packs: named('S0'), roots: [{ name: 'pallet', mspIds: ['HospitalMSP'] }] });
    expect(policiesOf(consortium, inside.roots)).toEqual([consortium.rootPolicy(['HospitalMSP'])]);
    const loose = await resolveGoods(model.db, { packs: [{ gtin, serial: 'S3' }], containers: [] });
    expect(loose.roots).toEqual([]);
    await expect(resolveGoods(model.db, { packs: [{ gtin, serial: 'NONE' }], containers: [] })).rejects.toMatchObject({
      code: 'pack_not_found',
    });
  });

  test('a serial of the product is not new in any lot or job, but for the repeat of the command that made it', async () => {
    const check = (serials: string[], ownEventId = uuid(999)) =>
      requireNewSerials(model.db, { gtin, serials }, ownEventId).catch(({ code, pointer }: Refusal) => [code, pointer]);
    expect(await check(['A', 'S2', 'S3'])).toEqual(['serial_duplicate', '/serials/1']);
    expect(await check(['A', 'B'])).toBeUndefined();
    expect(await check(['S0', 'S3'], uuid(0))).toBeUndefined();
    expect(await requireNewSerials(model.db, { gtin: '00300021200114', serials: ['S0'] }, uuid(999))).toBeUndefined();
  });

  test('the history of a pack has what happened to its containers while it was inside, and nothing after', async () => {
    const kinds = async (serial: string) =>
      (await packHistory(model.db, { gtin, serial, commissionedBy: uuid(0) })).map(({ kind }) => kind);
    expect(await kinds('S1')).toEqual(['commission', 'pack', 'pack', 'ship', 'receive', 'dispense']);
    expect(await kinds('S0')).toEqual(['commission', 'pack', 'pack', 'ship', 'receive', 'ship']);
    expect(await kinds('S3')).toEqual(['commission']);
  });

  test('answers have the members that the OpenAPI document says, and no others', async () => {
    const located = (await locatePacks(model.db, gtin, ['S0'])).get('S0');
    const history = await packHistory(model.db, { gtin, serial: 'S0', commissionedBy: uuid(0) });
    const product = await model.db.selectFrom('products').selectAll().executeTakeFirstOrThrow();
    const lot = await model.db.selectFrom('lots').selectAll().executeTakeFirstOrThrow();
    const answers = [
      [ProductView, productView(product)],
      [LotView, lotView(lot, 4, undefined)],
      [PackView, packView(located!, '270331')],
      ...history.map((row) => [SupplyEventView, eventView(row)] as const),
    ] as const;
    for (const [type, answer] of answers)
      expect([type.name, violationsOf(type, JSON.parse(JSON.stringify(answer)))]).toEqual([type.name, []]);
  });

  test('each kind of custody event is an EPCIS event', () => {
    expect(Object.keys(epcisKinds)).toEqual(
      expect.arrayContaining(['commission', 'pack', 'ship', 'receive', 'dispense']),
    );
  });
});
