/** Class quantities: what premises hold of lots that have no serials. */
import type { Transaction } from '../ledger/index.ts';
import {
  classBalanceType,
  Refusal,
  supplyEventType,
  takenBackType,
  type ClassBalance,
  type CustodyEvent,
  type GoodsState,
  type HeldQuantity,
  type LockReason,
  type LotQuantity,
  type QuantityLock,
  type QuantityOfLot,
  type SupplyEvent,
} from '../model/index.ts';
import {
  addLocked,
  addUnits,
  custodyTransitions,
  decideCustody,
  lockUnits,
  takeBack,
  takeUnits,
  unlockUnits,
  type CustodyFacts,
  type CustodyOccasion,
  type Locker,
  type StaffActor,
} from '../rules/index.ts';
import { classBalanceAddress, eventAddress, takenBackAddress } from './addresses.ts';
import { lotFactsOf, requireLot } from './lotFacts.ts';

interface Holder {
  readonly gln: string;
  readonly mspId: string;
}

export interface Moved {
  readonly eventId: string;
  readonly eventTime: string;
}

/** @throws Refusal lot_serialised; product_not_found, lot_not_found */
export async function requireClassLot(transaction: Transaction, { gtin, lot }: QuantityOfLot): Promise<void> {
  if ((await requireLot(transaction, gtin, lot)).serialised !== false)
    throw new Refusal('lot_serialised', `lot ${lot}`, '/quantities');
}

/**
 * Decides an event on quantities that premises hold and moves the units from state to state; those that are shipped or
 * packed leave the balance.
 *
 * @returns what the event names
 * @throws Refusal lot_serialised, quantity_insufficient, validation_failed, event_not_found; what {@link decideCustody}
 *   throws
 */
export async function moveQuantities(
  transaction: Transaction,
  actor: StaffActor,
  lines: readonly HeldQuantity[],
  occasion: CustodyOccasion,
  moved: Moved,
): Promise<LotQuantity[]> {
  if (lines.length > 0 && custodyTransitions[occasion.event].byQuantity !== true)
    throw new Refusal('validation_failed', 'not by quantity', '/quantities');
  const handedOut = lines.length > 0 ? await handedOutBefore(transaction, occasion) : undefined;
  for (const line of lines) {
    await requireClassLot(transaction, line);
    const { units, holder = handedOut?.gln ?? actor.gln ?? '' } = line;
    const balance = (await findBalance(transaction, line, holder)) ?? newBalance(line, holder, actor);
    const facts = { ...(await factsOf(transaction, line, balance)), state: stateOf(line, occasion) };
    if (handedOut !== undefined && handedOut.gln !== holder) throw new Refusal('wrong_premises');
    const decide = (lock?: QuantityLock): GoodsState =>
      decideCustody(actor, { ...facts, ...actBefore(lock, handedOut) }, occasion);
    const after = change(balance, units, { actor, occasion, from: facts.state, decide });
    if (handedOut !== undefined) await noteTakenBack(transaction, handedOut, line);
    putBalance(transaction, after, moved);
  }
  return lines.map(({ gtin, lot, units, holder }) => ({
    gtin,
    lot,
    units,
    ...(holder === undefined || holder === actor.gln ? {} : { holder }),
  }));
}

/** Units that come to be, or arrive. `reason`: they arrive locked, by `locker` or who holds them. */
export async function addQuantity(
  transaction: Transaction,
  holder: Holder,
  line: QuantityOfLot,
  moved: Moved,
  reason?: LockReason,
  locker: Locker = holder,
): Promise<void> {
  const { units } = line;
  const balance = (await findBalance(transaction, line, holder.gln)) ?? newBalance(line, holder.gln, holder);
  const after = reason === undefined ? addUnits(balance, 'active', units) : addLocked(balance, units, locker, reason);
  putBalance(transaction, after, moved);
}

interface Change {
  readonly actor: StaffActor;
  readonly occasion: CustodyOccasion;
  readonly from: GoodsState;
  readonly decide: (lock?: QuantityLock) => GoodsState;
}

function change(
  balance: ClassBalance,
  units: number,
  { actor, occasion: { event, reason }, from, decide }: Change,
): ClassBalance {
  if (event === 'unlock') return unlockUnits(balance, units, decide);
  const to = decide();
  if (event === 'lock') return lockUnits(balance, units, actor, reason ?? 'quality_hold');
  const taken = takeUnits(balance, from, units, decide);
  return to === 'in_transit' || event === 'pack' ? taken : addUnits(taken, to, units);
}

function stateOf({ state }: HeldQuantity, { event }: CustodyOccasion): GoodsState {
  const { from } = custodyTransitions[event];
  return state ?? from.find((held) => held === 'active' || held === 'locked' || held === 'supplied') ?? 'active';
}

/**
 * The event whose quantities an undo takes back; undefined of every other event.
 *
 * @throws Refusal validation_failed, event_not_found
 */
async function handedOutBefore(
  { ledger }: Transaction,
  { event, takesBack }: CustodyOccasion,
): Promise<SupplyEvent | undefined> {
  if (event !== 'undoDispense') return undefined;
  if (takesBack === undefined) throw new Refusal('validation_failed', 'is required', '/takesBack');
  const found = await ledger.get(supplyEventType, eventAddress(takesBack));
  if (found === undefined || (found.quantities ?? []).length === 0 || !handsOut(found.kind))
    throw new Refusal('event_not_found', 'handed out no quantities', '/takesBack');
  return found;
}

const handsOut = (kind: SupplyEvent['kind']): kind is CustodyEvent =>
  Object.hasOwn(custodyTransitions, kind) && custodyTransitions[kind as CustodyEvent].to === 'supplied';

/** The act that the present state goes back to. */
function actBefore(
  lock: QuantityLock | undefined,
  handedOut: SupplyEvent | undefined,
): Pick<CustodyFacts, 'act' | 'lastEventTime'> {
  if (lock !== undefined) return { act: actOf(lock) };
  if (handedOut === undefined) return {};
  const { kind, gln, mspId, eventTime, recordTime } = handedOut;
  const act = { event: kind as CustodyEvent, mspId, recordTime, ...(gln === undefined ? {} : { gln }) };
  return { act, lastEventTime: eventTime };
}

/** @throws Refusal quantity_insufficient */
async function noteTakenBack(
  { ledger }: Transaction,
  { eventId, quantities = [] }: SupplyEvent,
  line: QuantityOfLot,
): Promise<void> {
  const at = takenBackAddress(eventId);
  const before = (await ledger.get(takenBackType, at))?.quantities ?? [];
  ledger.put(takenBackType, at, { eventId, quantities: takeBack(quantities, before, line) });
}

async function factsOf(
  transaction: Transaction,
  { gtin, lot }: QuantityOfLot,
  { gln, mspId }: Holder,
): Promise<Omit<CustodyFacts, 'state'>> {
  const lots = [await lotFactsOf(transaction, gtin, lot)];
  return { holder: gln, mspId, hasParent: false, lockedInside: 0, lots };
}

function actOf({ gln, mspId, reason }: QuantityLock): NonNullable<CustodyFacts['act']> {
  return { event: 'lock', mspId, reason, recordTime: '', ...(gln === undefined ? {} : { gln }) };
}

function findBalance(
  { ledger }: Transaction,
  { gtin, lot }: QuantityOfLot,
  gln: string,
): Promise<ClassBalance | undefined> {
  return ledger.get(classBalanceType, classBalanceAddress(gtin, lot, gln));
}

function newBalance({ gtin, lot }: QuantityOfLot, gln: string, { mspId }: { mspId: string }): ClassBalance {
  return { gtin, lot, gln, mspId, units: {}, locks: [], eventId: '', eventTime: '' };
}

/** A balance is guarded as a root is: by its holder's organisation and one of another role. */
function putBalance({ ledger, consortium }: Transaction, balance: ClassBalance, moved: Moved): void {
  const { gtin, lot, gln, mspId, units, locks } = balance;
  const at = classBalanceAddress(gtin, lot, gln);
  ledger.put(classBalanceType, at, { gtin, lot, gln, mspId, units, locks, ...moved });
  if (balance.eventId === '') ledger.setPolicy(at, consortium.rootPolicy([mspId]));
}
