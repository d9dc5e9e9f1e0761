/**
 * Whose eyes goods and events are for: the regulator's all, a maker's those of its products, everybody else's their own and
 * those of the shipments they sent or got, which is one hop up and one hop down. Counted by organisation, as shipments are.
 */
import type { Consortium } from '@chain-of-care/chaincode/model';
import { sql, type RawBuilder } from 'kysely';
import type { Caller } from '../auth/caller.ts';
import type { ReadModel } from '../readmodel/index.ts';
import { everyHolderOfLot } from '../readmodel/queries/lotHolders.ts';
import { containerHistory, packHistory } from './history.ts';
import { custodyOf, type LocatedContainer, type LocatedPack } from './location.ts';

type Db = ReadModel['db'];

/** An organisation that looks, and the trade items that it makes. */
export interface Viewer {
  readonly mspId: string;
  /** GTINs of which it holds the authorisation, or that its premises make for another. */
  readonly products: ReadonlySet<string>;
}

/** @returns undefined for the regulator, who sees everything */
export async function viewerOf(
  db: Db,
  consortium: Consortium,
  { identity: { mspId } }: Pick<Caller, 'identity'>,
): Promise<Viewer | undefined> {
  if (mspId === consortium.regulator) return undefined;
  const { rows } = await sql<{ gtin: string }>`
    select p.gtin from products p where p.msp_id = ${mspId}
      or exists (select from premises w where w.msp_id = ${mspId} and p.contract_manufacturers ? w.gln)`.execute(db);
  return { mspId, products: new Set(rows.map(({ gtin }) => gtin)) };
}

/** What of `supply_events` the viewer may see. */
export function visibleTo(viewer: Viewer | undefined): RawBuilder<boolean> {
  if (viewer === undefined) return sql<boolean>`true`;
  const { mspId } = viewer;
  const products = JSON.stringify([...viewer.products]);
  return sql<boolean>`(supply_events.msp_id = ${mspId}
    or exists (select from shipments d where d.shipment_id = supply_events.event ->> 'shipmentId'
      and ${mspId} in (d.shipper_msp_id, d.recipient_msp_id))
    or exists (select from json_array_elements_text(${products}::json) own (gtin) join supply_event_subjects a
      on a.subject = 'product|' || own.gtin
        and a.record_time = supply_events.record_time and a.event_id = supply_events.event_id)
    or exists (select from json_array_elements_text(${products}::json) own (gtin)
      join container_lots l on l.gtin = own.gtin
      where supply_events.event -> 'containers' ? l.sscc or supply_events.event ->> 'parent' = l.sscc))`;
}

/** Whether the viewer makes the pack, holds it or did. */
export async function maySeePack(db: Db, viewer: Viewer | undefined, pack: LocatedPack): Promise<boolean> {
  if (viewer === undefined || viewer.products.has(pack.gtin) || custodyOf(pack).mspId === viewer.mspId) return true;
  return (await packHistory(db, pack, visibleTo(viewer))).length > 0;
}

/** Whether the viewer makes something inside, holds the container or did. */
export async function maySeeContainer(
  db: Db,
  viewer: Viewer | undefined,
  chain: readonly LocatedContainer[],
  contents: readonly { readonly gtin: string }[],
): Promise<boolean> {
  if (viewer === undefined || contents.some(({ gtin }) => viewer.products.has(gtin))) return true;
  const [own] = chain;
  if (own === undefined || chain.at(-1)!.mspId === viewer.mspId) return true;
  for (const { sscc } of chain) if ((await containerHistory(db, sscc, visibleTo(viewer))).length > 0) return true;
  return false;
}

/** Whether the viewer makes the lot, or packs of it went through its hands. */
export async function maySeeLot(db: Db, viewer: Viewer | undefined, gtin: string, lot: string): Promise<boolean> {
  if (viewer === undefined || viewer.products.has(gtin)) return true;
  return (await everyHolderOfLot(db, gtin, lot)).some(({ mspId }) => mspId === viewer.mspId);
}
