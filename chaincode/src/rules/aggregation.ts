/** What a container holds, by lot: enough to decide about it as a whole without its list of packs. */
import { Refusal, supplyLimits, type Contents } from '../model/index.ts';

/** One line of change; numbers may be negative. */
export interface ContentsChange {
  readonly gtin: string;
  readonly lot: string;
  readonly units: number;
  readonly locked?: number;
}

/**
 * @returns the contents after the changes, sorted by GTIN and lot, without lots that are gone
 * @throws Refusal too_many_lots
 * @throws RangeError when more would be taken out than is inside
 */
export function changeContents(contents: readonly Contents[], changes: readonly ContentsChange[]): Contents[] {
  const byLot = new Map(contents.map((line) => [`${line.gtin}|${line.lot}`, line]));
  for (const { gtin, lot, units, locked = 0 } of changes) {
    const key = `${gtin}|${lot}`;
    const before = byLot.get(key) ?? { gtin, lot, units: 0, locked: 0 };
    const after = { gtin, lot, units: before.units + units, locked: before.locked + locked };
    if (after.units < 0 || after.locked < 0) throw new RangeError(`more taken out of ${key} than is inside`);
    if (after.units === 0) byLot.delete(key);
    else byLot.set(key, after);
  }
  if (byLot.size > supplyLimits.lotsPerContainer) throw new Refusal('too_many_lots');
  return [...byLot.values()].sort((a, b) => compare(a.gtin, b.gtin) || compare(a.lot, b.lot));
}

/** Packs locked anywhere inside. */
export function lockedInside(contents: readonly Contents[]): number {
  return contents.reduce((sum, { locked }) => sum + locked, 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
