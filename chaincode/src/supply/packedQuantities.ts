/** Quantities of lots without serials that lie loose in a container. */
import type { Transaction } from '../ledger/index.ts';
import { containerType, type LotQuantity, type QuantityOfLot } from '../model/index.ts';
import { takeOut } from '../rules/index.ts';
import type { PremisesActor } from './actor.ts';
import { changeAncestors } from './custodyWrites.ts';
import type { FoundContainer, GoodsFacts } from './goods.ts';
import { addQuantity, requireClassLot, type Moved } from './quantities.ts';

interface Unpacking {
  readonly container: FoundContainer;
  /** Custody of the container. */
  readonly around: GoodsFacts;
  readonly lines: readonly QuantityOfLot[];
}

/** Of a container or an event; absent when there are none. */
export function looseContents(quantities: LotQuantity[]): { quantities?: LotQuantity[] } {
  return quantities.length === 0 ? {} : { quantities };
}

/**
 * Takes units out of a container that may be unpacked, into the balance of who does; out of a locked one they come locked,
 * by who locked it.
 *
 * @returns what the event names
 * @throws Refusal lot_serialised, quantity_insufficient; product_not_found, lot_not_found
 */
export async function unpackQuantities(
  transaction: Transaction,
  actor: PremisesActor,
  { container: { at, goods, ancestors }, around, lines }: Unpacking,
  moved: Moved,
): Promise<LotQuantity[]> {
  const { ledger } = transaction;
  const lock = around.state === 'locked' ? around.act : undefined;
  const taken = lines.map(({ gtin, lot, units }) => ({ gtin, lot, units }));
  for (const line of taken) {
    await requireClassLot(transaction, line);
    const { quantities = [], ...container } = (await ledger.get(containerType, at))!;
    ledger.put(containerType, at, { ...container, ...looseContents(takeOut(quantities, line)) });
    await changeAncestors(transaction, [goods, ...ancestors], [{ ...line, units: -line.units }]);
    await addQuantity(transaction, actor, line, moved, lock && (lock.reason ?? 'quality_hold'), lock);
  }
  return taken;
}
