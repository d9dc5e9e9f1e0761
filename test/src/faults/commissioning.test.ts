import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { World } from '../e2e/rest/world.fixture.ts';
import { registerLot, registerProduct, serialsFrom, type MadeLot } from '../system/lots.ts';
import { network } from '../system/networks.ts';
import type { Answer, RestSession } from '../system/rest.ts';

const world = new World(network);
const packs = 5_000;
const packsOfCommand = 250;
const retryCodes = new Set(['unavailable', 'draining', 'commit_unknown', 'conflict', 'idempotency_in_progress']);
let maker: RestSession;

beforeAll(async () => {
  await network.start();
  maker = await world.people.as('PharmaMSP', 'maker');
}, 300_000);

/** Commands of 250 serials each, every one with a key that it keeps. */
class Commissioning {
  readonly lot: MadeLot;
  readonly #open = new Map<string, readonly string[]>();

  constructor(lot: MadeLot) {
    this.lot = lot;
    for (let first = 0; first < packs; first += packsOfCommand)
      this.#open.set(randomUUID(), serialsFrom(first, packsOfCommand));
  }

  get open(): number {
    return this.#open.size;
  }

  /** Sends what is not acknowledged yet, all at once. @returns the answers that were no success; absent: none came */
  async send(whenFirst: () => void = () => undefined): Promise<readonly (Answer | undefined)[]> {
    const { gtin, lot } = this.lot;
    const answers = [...this.#open].map(async ([key, serials]) => {
      const event = { type: 'commission', gtin, lot, serials };
      const answer = await maker.post('/v1/supply-events', event, { key }).catch(() => undefined);
      if (answer?.status !== 201) return [answer];
      this.#open.delete(key);
      whenFirst();
      return [];
    });
    return (await Promise.all(answers)).flat();
  }
}

async function commissioned({ gtin, lot }: MadeLot): Promise<number> {
  return Number((await maker.read(`/v1/products/${gtin}/lots/${lot}`))['commissionedQuantity']);
}

describe(`SIGKILL in the middle of commissioning ${packs} packs`, () => {
  test.each(['pharma-peer', 'hospital-orderer'])(
    '%s: nothing is half-written, what was refused says to repeat, and repeated it is there once',
    async (name) => {
      const poster = {
        post: <Body>(path: string, body: unknown, options: { readonly key: string }) =>
          maker.create<Body>(path, body, options),
      };
      const work = new Commissioning(await registerLot(poster, await registerProduct(poster), packs));
      let killed: Promise<void> | undefined;
      const failed = await work.send(() => void (killed ??= network.kill(name)));
      await killed;
      expect(killed).toBeDefined();
      for (const answer of failed) if (answer !== undefined) expect(retryCodes).toContain(String(answer.body['code']));
      await network.start();
      const there = await commissioned(work.lot);
      expect(there % packsOfCommand).toBe(0);
      expect(there).toBeGreaterThanOrEqual(packs - work.open * packsOfCommand);
      for (let attempt = 0; work.open > 0 && attempt < 60; attempt += 1) {
        if (attempt > 0) await delay(1_000);
        await work.send();
      }
      expect(work.open).toBe(0);
      expect(await commissioned(work.lot)).toBe(packs);
      const { gtin, lot } = work.lot;
      for (const serial of serialsFrom(0, packs).filter((_, index) => index % 499 === 0))
        expect((await maker.get(`/v1/packs/${gtin}/${serial}`)).body).toMatchObject({ gtin, serial, lot });
    },
    600_000,
  );
});
