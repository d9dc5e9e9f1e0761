/** Traders of the large consortium, each a member of its own, and goods of a maker for them. */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { gs1CheckDigit, type LicenceKind, type StaffRole } from '@chain-of-care/chaincode/model';
import { madeUpGoods, type MadeUpGoods } from '../../demo/goods.ts';
import { largeNetwork } from '../../system/networks.ts';
import type { Json, RestSession } from '../../system/rest.ts';
import type { World } from '../rest/world.fixture.ts';

export interface Trader {
  readonly mspId: string;
  readonly subject: string;
  readonly gln: string;
  readonly session: RestSession;
}

export interface Goods extends MadeUpGoods {
  /** The lot's next packs, as an event names them. */
  take(count: number): Json[];
}

const period = { validFrom: '2025-01-01T00:00:00Z', validUntil: '2035-01-01T00:00:00Z' };

export function randomSscc(): string {
  const body = `0426${Array.from({ length: 13 }, () => randomInt(10)).join('')}`;
  return `${body}${gs1CheckDigit(body)}`;
}

function randomGln(): string {
  const body = `426${Array.from({ length: 9 }, () => randomInt(10)).join('')}`;
  return `${body}${gs1CheckDigit(body)}`;
}

/** New premises of a member, licensed, with one person. */
export async function openTrader(
  { people }: World,
  mspId: string,
  role: StaffRole,
  kind: LicenceKind = role as LicenceKind,
): Promise<Trader> {
  const [admin, inspector] = [await people.as(mspId, 'admin'), await people.as('RegulatorMSP', 'inspector')];
  const gln = randomGln();
  const subject = `${role}-${randomUUID().slice(0, 8)}`;
  await admin.create('/v1/premises', {
    gln,
    name: 'Site',
    kind: 'warehouse',
    latitude: 51,
    longitude: 7,
    country: 'DE',
  });
  await licensed(inspector, { kind, gln });
  await admin.create('/v1/staff', { role, gln, subject });
  return { mspId, subject, gln, session: await people.as(mspId, subject) };
}

/** The regulator's peer may be a block behind that of the member whose premises they are. */
async function licensed(inspector: RestSession, licence: Json): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    const { status } = await inspector.post('/v1/licences', { ...licence, ...period });
    if (status === 201) return;
    await pause(250);
  }
  throw new Error(`no licence for ${String(licence['gln'])}`);
}

/** A lot with commissioned packs. */
export async function makeGoods({ session }: Trader, packs: number): Promise<Goods> {
  const goods = madeUpGoods(packs);
  const { gtin, lot, expiry, serials } = goods;
  const dates = { expiry, manufacturedOn: '2026-01-15' };
  const facts = { name: 'Cardiozine', dosageForm: 'tablet', strength: '5 mg', packContent: 10 };
  await session.create('/v1/products', { gtin, ...facts });
  await session.create(`/v1/products/${gtin}/lots`, { lot, declaredQuantity: packs, ...dates });
  await event(session, { type: 'commission', gtin, lot, serials });
  let taken = 0;
  return {
    ...goods,
    take(count) {
      const from = taken;
      taken += count;
      if (taken > serials.length) throw new Error('the lot has no more packs');
      return [{ gtin, serials: serials.slice(from, taken) }];
    },
  };
}

/**
 * Resolves when every member's gateway shows it: who acts next, wherever, acts on it.
 *
 * @param without a member whose peer is down
 */
export async function event(session: RestSession, body: Json, without?: string): Promise<Json> {
  const answer = await session.create('/v1/supply-events', body);
  await largeNetwork.everyGatewayShows(Number(answer['blockNumber']), without);
  return answer;
}

/** Code of the refusal, or `applied`. */
export async function codeOf(session: RestSession, body: Json): Promise<string> {
  const { status, body: answer } = await session.post('/v1/supply-events', body);
  return status === 201 ? 'applied' : String(answer['code']);
}

/** Ships and receives. */
export async function hand(from: Trader, to: Trader, what: Json): Promise<string> {
  const { shipmentId } = await event(from.session, { type: 'ship', recipient: to.gln, ...what });
  await event(to.session, { type: 'receive', shipmentId, ...what });
  return String(shipmentId);
}
