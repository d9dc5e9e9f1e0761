/** Arithmetic of lots without serials. Pure: no balance falls below zero, nothing is made but by commissioning. */
import {
  Refusal,
  type ClassBalance,
  type GoodsState,
  type LockReason,
  type LotQuantity,
  type QuantityLock,
  type ShippedQuantity,
} from '../model/index.ts';

/** Who locks or releases. */
export type Locker = Pick<QuantityLock, 'gln' | 'mspId'>;

type Units = Pick<ClassBalance, 'units' | 'locks'>;

/** @returns units in a state; 0 when there are none */
export function unitsIn({ units }: Units, state: GoodsState): number {
  return units[state] ?? 0;
}

/** Throws when units under this lock may not be taken. */
type DecideLock = (lock: QuantityLock) => void;

/**
 * Takes units out of a state; locked ones lock by lock, in their order.
 *
 * @throws Refusal quantity_insufficient; what `decide` throws when too few may be taken
 */
export function takeUnits<Balance extends Units>(
  balance: Balance,
  state: GoodsState,
  units: number,
  decide: DecideLock = () => undefined,
): Balance {
  const left = unitsIn(balance, state) - units;
  if (left < 0) throw new Refusal('quantity_insufficient', `${unitsIn(balance, state)} units are ${state}`);
  const taken = { ...balance, units: { ...balance.units, [state]: left } };
  return state === 'locked' ? { ...taken, locks: locksWithout(balance.locks, units, decide) } : taken;
}

export function addUnits<Balance extends Units>(balance: Balance, state: GoodsState, units: number): Balance {
  return { ...balance, units: { ...balance.units, [state]: unitsIn(balance, state) + units } };
}

/** Locks units that are active. @throws Refusal quantity_insufficient */
export function lockUnits<Balance extends Units>(
  balance: Balance,
  units: number,
  locker: Locker,
  reason: LockReason,
): Balance {
  return addLocked(takeUnits(balance, 'active', units), units, locker, reason);
}

/** Units that arrive locked. */
export function addLocked<Balance extends Units>(
  balance: Balance,
  units: number,
  { gln, mspId }: Locker,
  reason: LockReason,
): Balance {
  const isSame = (lock: QuantityLock): boolean => lock.gln === gln && lock.mspId === mspId && lock.reason === reason;
  const before = balance.locks.find(isSame)?.units ?? 0;
  const lock: QuantityLock = { mspId, reason, units: before + units, ...(gln === undefined ? {} : { gln }) };
  return addUnits({ ...balance, locks: [...balance.locks.filter((other) => !isSame(other)), lock] }, 'locked', units);
}

/**
 * Releases locked units, lock by lock in their order.
 *
 * @throws Refusal quantity_insufficient; what `decide` throws when too few may be released
 */
export function unlockUnits<Balance extends Units>(balance: Balance, units: number, decide: DecideLock): Balance {
  return addUnits(takeUnits(balance, 'locked', units, decide), 'active', units);
}

/**
 * Units of a shipment that are still on their way, by lot; those that were locked come last.
 *
 * @throws Refusal not_in_shipment when more was received than shipped
 */
export function underWay(
  shipped: readonly ShippedQuantity[],
  received: readonly ShippedQuantity[],
): readonly ShippedQuantity[] {
  let left = shipped.filter(({ units }) => units > 0).map((line) => ({ ...line }));
  for (const { gtin, lot, units } of received) {
    let wanted = units;
    left = left.map((line) => {
      if (line.gtin !== gtin || line.lot !== lot) return line;
      const taken = Math.min(wanted, line.units);
      wanted -= taken;
      return { ...line, units: line.units - taken };
    });
    if (wanted > 0) throw new Refusal('not_in_shipment', `${wanted} units of lot ${lot} were not shipped`);
  }
  return left.filter(({ units }) => units > 0);
}

/** Lines with units of a lot more: what lies loose in a container, what was taken back. */
export function putIn(inside: readonly LotQuantity[], { gtin, lot, units }: LotQuantity): LotQuantity[] {
  const isSame = (line: LotQuantity): boolean => line.gtin === gtin && line.lot === lot;
  const before = inside.find(isSame)?.units ?? 0;
  return [...inside.filter((line) => !isSame(line)), { gtin, lot, units: before + units }];
}

/**
 * What lies loose in a container, with units less; a lot that is all out is gone.
 *
 * @throws Refusal quantity_insufficient
 */
export function takeOut(inside: readonly LotQuantity[], { gtin, lot, units }: LotQuantity): LotQuantity[] {
  const there = inside.find((line) => line.gtin === gtin && line.lot === lot)?.units ?? 0;
  if (units > there) throw new Refusal('quantity_insufficient', `${there} units lie in the container`, '/quantities');
  return putIn(inside, { gtin, lot, units: -units }).filter((line) => line.units > 0);
}

/**
 * What was taken back of a dispensing, with one line more.
 *
 * @throws Refusal quantity_insufficient when more comes back than was handed out
 */
export function takeBack(
  handedOut: readonly LotQuantity[],
  before: readonly LotQuantity[],
  line: LotQuantity,
): LotQuantity[] {
  const isSame = ({ gtin, lot }: LotQuantity): boolean => gtin === line.gtin && lot === line.lot;
  const unitsOf = (lines: readonly LotQuantity[]): number =>
    lines.filter(isSame).reduce((sum, { units }) => sum + units, 0);
  const left = unitsOf(handedOut) - unitsOf(before);
  if (line.units > left) throw new Refusal('quantity_insufficient', `${left} units can be taken back`, '/quantities');
  return putIn(before, line);
}

function locksWithout(all: readonly QuantityLock[], units: number, decide: DecideLock): QuantityLock[] {
  let wanted = units;
  let refusal: unknown;
  const locks: QuantityLock[] = [];
  for (const lock of all) {
    let taken = 0;
    try {
      if (wanted > 0) decide(lock);
      taken = Math.min(wanted, lock.units);
    } catch (error) {
      refusal ??= error;
    }
    wanted -= taken;
    if (lock.units > taken) locks.push({ ...lock, units: lock.units - taken });
  }
  if (wanted > 0) throw refusal ?? new Refusal('quantity_insufficient', `${units - wanted} units are locked`);
  return locks;
}
