/** Goods in quantity, as quickly as REST takes them: lots, commissioned serials, cases of one segment each, pallets. */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { gs1CheckDigit, supplyLimits } from '@chain-of-care/chaincode/model';
import { inTurns } from '../bench/population.ts';
import type { RestSession } from './rest.ts';

export interface MadeLot {
  readonly gtin: string;
  readonly lot: string;
  /** YYMMDD, as printed. */
  readonly expiry: string;
  readonly units: number;
}

/** Who posts: a session of any client. @throws (post) Error with the status in its message unless the answer is 2xx */
export interface Poster {
  post<Body>(path: string, body: unknown, options: { readonly key: string }): Promise<Body>;
}

export const posterOf = (session: RestSession): Poster => ({
  post: (path, body, options) => session.create(path, body, options),
});

const attempts = 20;
const pauseMs = 1_000;

/** Posts; where the gateway says that it is to be repeated, repeats with the same key. */
async function post<Body>(poster: Poster, path: string, body: unknown): Promise<Body> {
  const key = randomUUID();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await poster.post<Body>(path, body, { key });
    } catch (error) {
      const isPassing = /\b(503|504|409)\b/.test(error instanceof Error ? error.message : '');
      if (!isPassing || attempt === attempts) throw error;
      await delay(pauseMs);
    }
  }
}

const expiry = '351231';
const { serialsPerSegment, serialsPerCommission, containers: containersOfCommand } = supplyLimits;
const casesOfRequest = 4;
const requestsAtOnce = 4;
const eventsPath = '/v1/supply-events';

const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join('');

function withCheckDigit(body: string): string {
  return `${body}${gs1CheckDigit(body)}`;
}

export const newGtin = (): string => withCheckDigit(`0426${digits(9)}`);
export const newSscc = (): string => withCheckDigit(`0426${digits(13)}`);
export const newGln = (): string => withCheckDigit(`426${digits(9)}`);

/** Ascending with the number: serials of a job must. */
export function serialOf(number: number): string {
  return `N${String(number).padStart(9, '0')}`;
}

export function serialsFrom(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => serialOf(first + index));
}

export async function registerProduct(maker: Poster): Promise<string> {
  const gtin = newGtin();
  await post(maker, '/v1/products', { gtin, name: 'Benchozine', dosageForm: 'tablet', strength: '5 mg' });
  return gtin;
}

export async function registerLot(maker: Poster, gtin: string, units: number): Promise<MadeLot> {
  const lot = `B${randomUUID().slice(0, 8).toUpperCase()}`;
  const facts = { lot, expiry, manufacturedOn: '2025-06-15', declaredQuantity: units };
  await post(maker, `/v1/products/${gtin}/lots`, facts);
  return { gtin, lot, expiry, units };
}

/** A product of its own with one lot, all of it commissioned. */
export async function makeLot(maker: Poster, units: number): Promise<MadeLot> {
  const made = await registerLot(maker, await registerProduct(maker), units);
  await inTurns(
    Math.ceil(units / serialsPerCommission),
    (index) => {
      const first = index * serialsPerCommission;
      const serials = serialsFrom(first, Math.min(serialsPerCommission, units - first));
      return post(maker, eventsPath, { type: 'commission', gtin: made.gtin, lot: made.lot, serials });
    },
    requestsAtOnce,
  );
  return made;
}

/**
 * Packs the whole lot: cases of one segment each, as many levels of containers above them as it needs.
 *
 * @returns the one container that holds everything
 */
export async function packLot(maker: Poster, lot: MadeLot): Promise<string> {
  const cases = await packCases(maker, lot);
  let level: readonly string[] = cases;
  while (level.length > 1) level = await packLevel(maker, level);
  return level[0]!;
}

/** The serials of each case, by their numbers. */
export function casesOf(units: number): readonly { readonly first: number; readonly count: number }[] {
  return Array.from({ length: Math.ceil(units / serialsPerSegment) }, (_, index) => {
    const first = index * serialsPerSegment;
    return { first, count: Math.min(serialsPerSegment, units - first) };
  });
}

/** A case of each segment. Segments are cut from each command's serials, so that case and segment coincide. */
export async function packCases(maker: Poster, { gtin, lot, units }: MadeLot): Promise<readonly string[]> {
  const commands = casesOf(units).map(({ first, count }) => ({
    type: 'pack',
    sscc: newSscc(),
    packs: [{ gtin, lot, serials: serialsFrom(first, count) }],
  }));
  await inTurns(
    Math.ceil(commands.length / casesOfRequest),
    (request) => recordAll(maker, commands.slice(request * casesOfRequest, (request + 1) * casesOfRequest)),
    requestsAtOnce,
  );
  return commands.map(({ sscc }) => sscc);
}

/** @returns containers around these, in their order */
export async function packLevel(
  maker: Poster,
  inner: readonly string[],
  perContainer: number = containersOfCommand,
): Promise<readonly string[]> {
  const outer: string[] = [];
  for (let from = 0; from < inner.length; from += perContainer) {
    const sscc = newSscc();
    await recordAll(maker, [{ type: 'pack', sscc, containers: inner.slice(from, from + perContainer) }]);
    outer.push(sscc);
  }
  return outer;
}

export interface EventAnswer {
  readonly status: string;
  readonly code?: string;
  readonly shipmentId?: string;
}

/** @throws Error when one of them is refused */
export async function recordAll(caller: Poster, commands: readonly object[]): Promise<readonly EventAnswer[]> {
  const { results } = await post<{ results: readonly EventAnswer[] }>(caller, eventsPath, { commands });
  const refused = results.find(({ status }) => status === 'refused');
  if (refused !== undefined) throw new Error(`refused: ${JSON.stringify(refused)}`);
  return results;
}
