/** From a command as a caller sends it to an act of the ledger. */
import { collectionName, normaliseGtin, Refusal, supplyLimits, type RefusalBody } from '@chain-of-care/chaincode/model';
import { supplyEventIdOf } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import type { Act } from '../fabric/act.ts';
import { readAt } from '../http/input.ts';
import { Problem } from '../http/problem.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import type { Services } from '../services.ts';
import { shippingOf, type ShippingWithCommerce } from './commerceActs.ts';
import type { SupplyCommand } from './eventDto.ts';
import {
  namedGoods,
  policiesOf,
  resolveGoods,
  serialsOf,
  type NamedGoods,
  type ResolvedGoods,
  type Root,
} from './goods.ts';
import { requireNewSerials } from './newSerials.ts';
import { quantityRoots } from './quantityRoots.ts';
import { sensorReadings } from './sensors.ts';

/** Pauses of a whole request in which the read model may take in what another gateway wrote a moment ago. */
export const readModelPausesMs = [100, 200, 400, 800];

/** A command with what the ledger needs, or the refusal found before it. */
export interface Prepared {
  readonly command: SupplyCommand & { readonly eventTime: string };
  readonly named: NamedGoods;
  readonly act?: Act;
  /** Of a shipment with commerce. */
  readonly shipping?: ShippingWithCommerce;
  readonly refusal?: RefusalBody;
}

export interface Preparation {
  /** Distinguishes the commands of one request. */
  readonly part: string;
  readonly idempotency: Derivation;
  /** Used up while something is not known yet. */
  readonly pauses: number[];
}

/**
 * What the ledger needs of a command: packs by segment, who must endorse, what it must not run beside.
 *
 * @throws Problem of status 500 and more; every other refusal is told in the answer
 */
export async function prepareCommand(
  services: Services,
  caller: Caller,
  sent: SupplyCommand,
  { part, idempotency, pauses }: Preparation,
): Promise<Prepared> {
  const command = { ...sent, eventTime: sent.eventTime ?? new Date(services.clock()).toISOString() };
  let named: NamedGoods = { packs: [], containers: [] };
  try {
    named = goodsOf(command);
    const { body, roots, head } = await bodyOf(services, caller, command, named, {
      newShipmentId: idempotency.uuid(`shipment-${part}`),
      pauses,
    });
    const key = idempotency.command(part);
    if (command.type === 'commission' && body.serials !== undefined) {
      const ownEventId = supplyEventIdOf(caller.identity.deviceKey, key.key);
      const asSent = { gtin: body.gtin ?? '', serials: command.serials ?? body.serials };
      await requireNewSerials(services.readModel.db, asSent, ownEventId);
    }
    const act: Act = {
      type: `supply.${command.type}`,
      body,
      ...key,
      touches: {
        writes: [undefined],
        reads: [collectionName.registry],
        policies: policiesOf(services.consortium, roots),
      },
      ...(head === undefined ? {} : { head }),
    };
    if (command.commerce === undefined || !('shipmentId' in body)) return { command, named, act };
    const later = idempotency.command(`commerce-${part}`);
    return { command, named, act, shipping: await shippingOf(services, caller, command, act, later) };
  } catch (error) {
    if (!(error instanceof Refusal) && !(error instanceof Problem)) throw error;
    if (error.status >= 500) throw error;
    const [first] = error instanceof Problem ? (error.errors ?? []) : [];
    const detail = first?.detail ?? error.detail;
    const pointer = first?.pointer ?? (error instanceof Refusal ? error.pointer : undefined);
    const refusal = { code: error.code as RefusalBody['code'], ...(detail === undefined ? {} : { detail }) };
    return { command, named, refusal: { ...refusal, ...(pointer === undefined ? {} : { pointer }) } };
  }
}

/** What a command names. @throws Refusal invalid_identifier; Problem validation_failed */
export function goodsOf({ packs = [], containers = [] }: SupplyCommand): NamedGoods {
  return namedGoods(packs, containers);
}

/** @throws Refusal, Problem */
export async function bodyOf(
  services: Services,
  caller: Pick<Caller, 'gln' | 'identity'>,
  command: SupplyCommand,
  named: NamedGoods,
  { newShipmentId, pauses }: { newShipmentId: string; pauses: number[] },
) {
  const { type, packs: _packs, containers: _containers, commerce: _commerce, ...more } = command;
  const { serialRange, sensorElementList, ...fields } = more;
  const serials = serialsOf(serialRange, supplyLimits.serialsPerCommission) ?? command.serials;
  const { packs, containers, roots } = await resolvedSoon(services, named, pauses);
  const target = command.sscc === undefined ? [] : await rootsOfTarget(services, command.sscc);
  const shipped = type === 'voidShip' ? await rootsOfShipment(services, command.shipmentId) : [];
  const { gtin } = command;
  const { gln, identity } = caller;
  const own = { mspId: identity.mspId, ...(gln === undefined ? {} : { gln }) };
  const balances = await quantityRoots(services.readModel.db, command.quantities ?? [], own);
  const all = [...roots, ...target, ...shipped, ...balances];
  const takesTime = type !== 'openCommissioningJob';
  const { eventTime, ...timeless } = fields;
  return {
    body: {
      ...(takesTime ? { ...timeless, eventTime } : timeless),
      ...(gtin === undefined ? {} : { gtin: readAt('/gtin', () => normaliseGtin(gtin)) }),
      ...(serials === undefined ? {} : { serials: [...serials].sort(byCodeUnit) }),
      ...(packs.length === 0 ? {} : { packs }),
      ...(sensorElementList === undefined ? {} : { sensors: sensorReadings(sensorElementList) }),
      ...(containers.length === 0 ? {} : { containers }),
      ...(type === 'ship' || type === 'return' ? { shipmentId: command.shipmentId ?? newShipmentId } : {}),
    },
    roots: all,
    head: all[0]?.name ?? headOf(command, packs),
  };
}

/** What concurrent commands would conflict on: the lot's counter, or a segment's placements. */
function headOf(
  { type, gtin, lot, jobId }: SupplyCommand,
  packs: readonly { gtin: string; lot: string; segment: number }[],
) {
  if (type === 'commission') return `lot ${gtin ?? ''} ${lot ?? ''} ${jobId ?? ''}`;
  if (type === 'openCommissioningJob') return `lot ${gtin ?? ''} ${lot ?? ''}`;
  const [first] = packs;
  return type === 'pack' && first !== undefined ? `segment ${first.gtin} ${first.lot} ${first.segment}` : undefined;
}

/** Resolves again after a pause while something is not known yet; `pauses` are used up. */
async function resolvedSoon(
  { readModel }: Pick<Services, 'readModel'>,
  named: NamedGoods,
  pauses: number[],
): Promise<ResolvedGoods> {
  try {
    return await resolveGoods(readModel.db, named);
  } catch (error) {
    const pause = pauses.shift();
    if (!(error instanceof Problem) || pause === undefined) throw error;
    await new Promise((resolve) => {
      setTimeout(resolve, pause);
    });
    return resolvedSoon({ readModel }, named, pauses);
  }
}

/** Of a container that is packed or unpacked; it may not exist yet. */
async function rootsOfTarget({ readModel }: Services, sscc: string): Promise<readonly Root[]> {
  try {
    return (await resolveGoods(readModel.db, { packs: [], containers: [sscc] })).roots;
  } catch (error) {
    if (error instanceof Problem && error.code === 'container_not_found') return [];
    throw error;
  }
}

async function rootsOfShipment({ readModel }: Services, shipmentId: string | undefined): Promise<readonly Root[]> {
  const shipment = await readModel.db
    .selectFrom('shipments')
    .select(['shipper_msp_id', 'recipient_msp_id'])
    .where('shipment_id', '=', shipmentId ?? '')
    .executeTakeFirst();
  if (shipment === undefined) return [];
  return [{ name: `shipment ${shipmentId}`, mspIds: [shipment.shipper_msp_id, shipment.recipient_msp_id] }];
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
