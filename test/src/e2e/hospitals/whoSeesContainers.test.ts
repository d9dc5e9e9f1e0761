/** Who sees a container, its label, contents and history: decision 54, viewer by viewer, each organisation a member of its own. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { largeNetwork } from '../../system/networks.ts';
import type { Answer, RestSession } from '../../system/rest.ts';
import { World } from '../rest/world.fixture.ts';
import { event, hand, makeGoods, openTrader, randomSscc, type Trader } from './custody.fixture.ts';

const world = new World(largeNetwork);
/** Goods of a container and of a pack inside, each at its address and as what is printed on it. */
const addresses: string[] = [];
let sscc: string;
let onward: string;
let distributor: Trader;
let foreign: Trader;
const sessions: Record<string, RestSession> = {};

beforeAll(async () => {
  await largeNetwork.start();
  const maker = await openTrader(world, 'PharmaMSP', 'manufacturer');
  distributor = await openTrader(world, 'DistributorMSP', 'distributor');
  const pharmacy = await openTrader(world, 'HospitalMSP', 'pharmacist', 'pharmacy');
  foreign = await openTrader(world, 'Hospital2MSP', 'pharmacist', 'hospital');
  const goods = await makeGoods(maker, 3);
  [sscc, onward] = [randomSscc(), randomSscc()];
  await event(maker.session, { type: 'pack', sscc, packs: goods.take(2) });
  await event(maker.session, { type: 'pack', sscc: onward, packs: goods.take(1) });
  await hand(maker, distributor, { containers: [sscc, onward] });
  await hand(distributor, pharmacy, { containers: [sscc] });
  const [serial] = goods.serials;
  addresses.push(
    ...['', '/contents', '/events', '/label'].map((what) => `/v1/containers/${sscc}${what}`),
    ...['', '/events', '/label'].map((what) => `/v1/packs/${goods.gtin}/${serial!}${what}`),
  );
  Object.assign(sessions, {
    maker: maker.session,
    'past holder': distributor.session,
    holder: pharmacy.session,
    'foreign organisation': foreign.session,
    regulator: await world.people.as('RegulatorMSP', 'inspector'),
    'colleague without a role in the supply chain': await world.people.as('HospitalMSP', 'dr-ada'),
    anonymous: await world.people.nobody('HospitalMSP'),
  });
}, 600_000);

const answersOf = async (viewer: string): Promise<readonly string[]> => {
  const answers = await Promise.all(addresses.map((address) => sessions[viewer]!.get(address)));
  return [...new Set(answers.map(outcomeOf))].sort();
};
const outcomeOf = ({ status, body }: Answer): string => (status === 200 ? 'seen' : `${status} ${String(body['code'])}`);

describe('a container and what is inside', () => {
  test.each([
    ['maker', ['seen']],
    ['past holder', ['seen']],
    ['holder', ['seen']],
    ['regulator', ['seen']],
    ['foreign organisation', ['404 container_not_found', '404 pack_not_found']],
    ['colleague without a role in the supply chain', ['403 role_not_allowed']],
    ['anonymous', ['401 token_required']],
  ])('%s: %s', async (viewer, expected) => {
    expect(await answersOf(viewer)).toEqual(expected);
  });

  test('is there for its recipient from when it is shipped, and for nobody else', async () => {
    const label = `/v1/containers/${onward}/label`;
    const seenBy = async () =>
      Promise.all(
        ['foreign organisation', 'holder'].map(async (viewer) => (await sessions[viewer]!.get(label)).status),
      );
    expect(await seenBy()).toEqual([404, 404]);
    await event(distributor.session, { type: 'ship', containers: [onward], recipient: foreign.gln });
    expect(await seenBy()).toEqual([200, 404]);
  });
});
