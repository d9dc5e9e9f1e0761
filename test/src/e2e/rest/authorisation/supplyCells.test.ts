import { beforeAll, expect, test } from '@jest/globals';
import { custodyEvents } from '@chain-of-care/chaincode/model';
import { network } from '../../../system/networks.ts';
import type { Json, RestSession } from '../../../system/rest.ts';
import { World } from '../world.fixture.ts';
import { ReadyGoods, serialOf } from './readyGoods.fixture.ts';
import {
  licenceStates,
  ownerships,
  supplyCells,
  type CellRow,
  type LicenceState,
  type Ownership,
} from './supplyCells.fixture.ts';
import { randomKey, Traders } from './traders.fixture.ts';

const world = new World(network);
const traders = new Traders(world);
const goods = new ReadyGoods(traders);
let inspector: RestSession;

beforeAll(async () => {
  await network.start();
  inspector = await world.people.as('RegulatorMSP', 'inspector');
  await traders.establish();
  await goods.prepare();
  await traders.degrade();
}, 300_000);

interface Cell extends CellRow {
  readonly ownership: Ownership;
  readonly licence: LicenceState;
  readonly expected: string;
}

const cells: readonly Cell[] = supplyCells.flatMap((row) =>
  ownerships.flatMap((ownership) =>
    licenceStates.flatMap((licence, column) => {
      const expected = row[ownership]?.[column];
      return expected === undefined ? [] : [{ ...row, ownership, licence, expected }];
    }),
  ),
);

/** Path and body of a cell's request. */
function requestOf({ act, ownership, licence }: Cell): readonly [string, Json] {
  const own = ownership === 'own';
  const standing = own ? licence : 'other';
  const gtin = own ? goods.gtin : goods.foreignGtin;
  const facts = { dosageForm: 'tablet', strength: '5 mg' };
  if (act === 'registerProduct') return ['/v1/products', { gtin: randomKey(14), name: 'New', ...facts }];
  if (act === 'registerLot') {
    const lot = { lot: `NEW-${licence}`, declaredQuantity: 10, expiry: '351231', manufacturedOn: '2025-01-15' };
    return [`/v1/products/${gtin}/lots`, lot];
  }
  if (act === 'recall') return ['/v1/recalls', { class: 'II', depth: 'retail', gtin, lots: [`RECALL-${licence}`] }];
  if (act === 'reportAlert') return ['/v1/alerts', { type: 'tampering', gtin, serial: serialOf('inspect', standing) }];
  return ['/v1/supply-events', goods.eventOf(act, standing)];
}

async function answerOf(cell: Cell): Promise<string> {
  const session = cell.role === 'inspector' ? inspector : traders.of(cell.role, cell.licence).session;
  const { status, body } = await session.post(...requestOf(cell));
  return status < 300 ? 'applied' : String(body['code']);
}

const actorOf = ({ role, licence }: Cell): string => `${role} ${licence}`;

test('every event of custody has a row', () => {
  const acts = new Set<string>(supplyCells.map(({ act }) => act));
  expect(custodyEvents.filter((event) => !acts.has(event))).toEqual([]);
});

test('each supply act answers as its cell says: own or foreign goods, licence valid, suspended or expired', async () => {
  const wrong: string[] = [];
  const actors = new Set(cells.map(actorOf));
  const inTurn = async (ofActor: readonly Cell[]): Promise<void> => {
    for (const cell of ofActor) {
      const answer = await answerOf(cell);
      const { act, role, ownership, licence, expected } = cell;
      if (answer !== expected)
        wrong.push(`${act} by ${role}, ${ownership} goods, licence ${licence}: ${answer} instead of ${expected}`);
    }
  };
  await Promise.all([...actors].map((actor) => inTurn(cells.filter((cell) => actorOf(cell) === actor))));
  expect(wrong).toEqual([]);
}, 120_000);
