/** What a command names, as the ledger wants it: packs by segment, and which roots its transaction will write. */
import {
  expandSerialRange,
  normaliseGtin,
  parseScan,
  supplyLimits,
  type Consortium,
  type NamedPacks,
  type Policy,
} from '@chain-of-care/chaincode/model';
import { readAt } from '../http/input.ts';
import { Problem } from '../http/problem.ts';
import type { ReadModel } from '../readmodel/index.ts';
import type { PackReference, SerialRange } from './eventDto.ts';
import { locateContainer, locatePacks, type LocatedContainer, type LocatedPack } from './location.ts';

type Db = ReadModel['db'];

/** One pack or container as a caller names it. */
export interface NamedGoods {
  readonly packs: readonly { readonly gtin: string; readonly serial: string; readonly lot?: string }[];
  readonly containers: readonly string[];
}

export interface ResolvedGoods {
  readonly packs: NamedPacks[];
  readonly containers: string[];
  /** Roots that the transaction writes. */
  readonly roots: readonly Root[];
}

/** Its key-level policy names these organisations. */
export interface Root {
  readonly name: string;
  readonly mspIds: readonly string[];
}

/**
 * Reads scans and GTINs.
 *
 * @throws Refusal invalid_identifier; Problem validation_failed when a reference names nothing
 */
export function namedGoods(references: readonly PackReference[], containers: readonly string[]): NamedGoods {
  const packs: { gtin: string; serial: string; lot?: string }[] = [];
  const ssccs = [...containers];
  for (const [index, reference] of references.entries()) {
    const { scan } = reference;
    const scanned = scan === undefined ? undefined : readAt(`/packs/${index}/scan`, () => parseScan(scan));
    if (scanned?.sscc !== undefined) ssccs.push(scanned.sscc);
    const gtin = scanned?.gtin ?? reference.gtin;
    const serials = scanned?.serial ?? reference.serial ?? reference.serials ?? serialsOf(reference.range);
    const lot = scanned?.lot ?? reference.lot;
    if (gtin !== undefined && serials !== undefined) {
      const named = {
        gtin: readAt(`/packs/${index}/gtin`, () => normaliseGtin(gtin)),
        ...(lot === undefined ? {} : { lot }),
      };
      packs.push(...[serials].flat().map((serial) => ({ ...named, serial })));
    } else if (scanned?.sscc === undefined)
      throw new Problem('validation_failed', {
        errors: [{ pointer: `/packs/${index}`, code: 'validation_failed', detail: 'needs a GTIN and a serial' }],
      });
  }
  return { packs, containers: ssccs };
}

/** @throws Refusal validation_failed, too_many_goods */
export function serialsOf(range: SerialRange | undefined, limit: number = supplyLimits.packsPacked) {
  return range === undefined ? undefined : expandSerialRange(range.first, range.last, limit);
}

/** @throws Problem pack_not_found, container_not_found */
export async function resolveGoods(db: Db, named: NamedGoods): Promise<ResolvedGoods> {
  const packs = await locateAll(db, named.packs);
  const roots = new Map<string, Root>();
  for (const pack of packs) {
    const root = await rootOf(db, pack, pack.containers);
    if (root !== undefined) roots.set(root.name, root);
  }
  for (const sscc of named.containers) {
    const chain = await locateContainer(db, sscc);
    if (chain[0] === undefined) throw new Problem('container_not_found', { detail: `SSCC ${sscc}` });
    const root = await rootOf(db, undefined, chain);
    if (root !== undefined) roots.set(root.name, root);
  }
  return { packs: bySegment(packs), containers: [...named.containers], roots: [...roots.values()] };
}

export function policiesOf(consortium: Consortium, roots: readonly Root[]): Policy[] {
  const distinct = new Map(roots.map(({ mspIds }) => [mspIds.join(), mspIds]));
  return [...distinct.values()].map((mspIds) => consortium.rootPolicy(mspIds));
}

async function locateAll(db: Db, named: NamedGoods['packs']): Promise<LocatedPack[]> {
  const byProduct = new Map<string, { gtin: string; lot?: string; serials: string[] }>();
  for (const { gtin, serial, lot } of named) {
    const key = `${gtin}|${lot ?? ''}`;
    const one = byProduct.get(key) ?? { gtin, serials: [], ...(lot === undefined ? {} : { lot }) };
    one.serials.push(serial);
    byProduct.set(key, one);
  }
  const located: LocatedPack[] = [];
  for (const { gtin, lot, serials } of byProduct.values()) {
    const found = await locatePacks(db, gtin, serials, lot);
    for (const serial of serials) {
      const pack = found.get(serial);
      if (pack === undefined) throw new Problem('pack_not_found', { detail: `serial ${serial}` });
      located.push(pack);
    }
  }
  return located;
}

/** A pack without own key and parent has no policy: its segment carries none. */
async function rootOf(
  db: Db,
  pack: LocatedPack | undefined,
  chain: readonly LocatedContainer[],
): Promise<Root | undefined> {
  const container = chain.at(-1);
  if (container === undefined && (pack === undefined || !pack.alone)) return undefined;
  const { shipmentId, mspId } = container ?? pack!;
  const name = container?.sscc ?? `${pack!.gtin}|${pack!.serial}`;
  if (shipmentId === null) return { name, mspIds: [mspId] };
  const shipment = await db
    .selectFrom('shipments')
    .select(['shipper_msp_id', 'recipient_msp_id'])
    .where('shipment_id', '=', shipmentId)
    .executeTakeFirst();
  return { name, mspIds: shipment === undefined ? [mspId] : [shipment.shipper_msp_id, shipment.recipient_msp_id] };
}

function bySegment(packs: readonly LocatedPack[]): NamedPacks[] {
  const sets = new Map<string, NamedPacks>();
  for (const { gtin, lot, segment, serial } of packs) {
    const key = `${gtin}|${lot}|${segment}`;
    const set = sets.get(key) ?? { gtin, lot, segment, serials: [] };
    set.serials.push(serial);
    sets.set(key, set);
  }
  return [...sets.values()];
}
