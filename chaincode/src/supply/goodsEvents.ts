/** Events that change the state of goods, or only look at them, as the transition table says. */
import { command, type CommandDefinition, type Transaction } from '../ledger/index.ts';
import {
  Destroy,
  Dispense,
  Lock,
  Open,
  PlainOccurrence,
  Refusal,
  SupplyArticle23,
  UndoDispense,
  Unlock,
  type Article23Body,
  type CustodyEvent,
  type Described,
  type GoodsOccurrence,
  type GoodsState,
  type LockReason,
  type LotQuantity,
  type StateAct,
} from '../model/index.ts';
import { alertOfTheft, custodyTransitions, decideCustody, type StaffActor } from '../rules/index.ts';
import { atPremises, supplyActor } from './actor.ts';
import { openAlert } from './alerts.ts';
import { changeState, storedAct, whatOf } from './custodyWrites.ts';
import { custodyFactsOf, findAll, type GoodsFacts } from './goods.ts';
import { moveQuantities } from './quantities.ts';
import { eventIdOf, recordEvent } from './record.ts';
import { giveBack, offerForTransformation } from './transformations.ts';

type GoodsBody = GoodsOccurrence & {
  reason?: LockReason;
  certificateHash?: string;
  witnessHash?: string;
  qualityDecisionHash?: string;
  notHandedOver?: boolean;
  takesBack?: string;
  units?: number;
  suppliedTo?: Article23Body;
  alertId?: string;
};

export const lock = goodsEvent('lock', Lock);
export const unlock = goodsEvent('unlock', Unlock);
export const dispense = goodsEvent('dispense', Dispense);
export const open = goodsEvent('open', Open);
export const undoDispense = goodsEvent('undoDispense', UndoDispense);
export const destroy = goodsEvent('destroy', Destroy);
export const freeSample = goodsEvent('freeSample', PlainOccurrence);
export const supplyArticle23 = goodsEvent('supplyArticle23', SupplyArticle23);
export const sample = goodsEvent('sample', PlainOccurrence);
export const exportGoods = goodsEvent('export', PlainOccurrence);
export const checkOut = goodsEvent('checkOut', PlainOccurrence);
export const undo = goodsEvent('undo', PlainOccurrence);
export const steal = goodsEvent('steal', PlainOccurrence);
export const inspect = goodsEvent('inspect', PlainOccurrence);
export const observe = goodsEvent('observe', PlainOccurrence);

/** What an event is decided by besides custody, and what it is recorded with. */
function circumstancesOf(body: GoodsBody) {
  const { eventTime: _time, actor: _actor, packs: _packs, containers: _ssccs, quantities: _units, ...rest } = body;
  return rest;
}

function goodsEvent(event: CustodyEvent, body: Described<GoodsBody>): CommandDefinition {
  const row = custodyTransitions[event];
  return command<GoodsBody>({
    body,
    guards: () => undefined,
    async decide(transaction, { body, key }) {
      const actor = await supplyActor(transaction, body);
      if (row.packsOnly === true && (body.containers ?? []).length > 0)
        throw new Refusal('validation_failed', 'only packs', '/containers');
      const { eventTime } = body;
      const { notHandedOver, ...circumstances } = circumstancesOf(body);
      const goods = await findAll(transaction, body);
      const eventId = eventIdOf(transaction, { key });
      const occasion = {
        event,
        eventTime,
        timeMs: transaction.timeMs,
        ...circumstances,
        ...(notHandedOver === undefined ? {} : { notHandedOver }),
      };
      const act = stateAct(transaction, actor, event, body);
      for (const found of goods) {
        const facts = await custodyFactsOf(transaction, found);
        const after = decideCustody(actor, facts, occasion);
        if (row.to === undefined) continue;
        if (event === 'undo') await giveBack(transaction, found);
        const remaining = event === 'open' ? { remaining: facts.content!.left - body.units! } : {};
        await changeState(transaction, found, after, actAfter(act, facts, after), { eventId, eventTime, ...remaining });
      }
      const quantities = await moveQuantities(transaction, actor, body.quantities ?? [], occasion, {
        eventId,
        eventTime,
      });
      if (event === 'checkOut') await offerForTransformation(transaction, atPremises(actor), goods, eventId);
      const what = whatOf(goods);
      await recordEvent(transaction, actor, {
        eventId,
        kind: event,
        eventTime,
        ...what,
        ...(quantities.length === 0 ? {} : { quantities }),
        ...circumstances,
      });
      const alertId =
        event === 'steal' ? await openTheft(transaction, actor, { ...what, quantities }, eventId) : undefined;
      return { result: { eventId, ...(alertId === undefined ? {} : { alertId }) } };
    },
  });
}

/** The act that the state afterwards goes back to: a lock that an undo puts back, otherwise the present act. */
function actAfter(act: StateAct, facts: GoodsFacts, after: GoodsState): StateAct {
  if (act.event === 'undo' && after === 'locked') return facts.act!.before!;
  return act.event === 'sample' && facts.state === 'locked' && facts.act !== undefined
    ? { ...act, before: storedAct(facts.act) }
    : act;
}

function stateAct(
  transaction: Transaction,
  actor: StaffActor,
  event: CustodyEvent,
  { eventTime, reason }: GoodsBody,
): StateAct {
  return {
    event,
    mspId: actor.mspId,
    eventTime,
    recordTime: transaction.time,
    ...(actor.gln === undefined ? {} : { gln: actor.gln }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function openTheft(
  transaction: Transaction,
  actor: StaffActor,
  { packs, containers, quantities }: ReturnType<typeof whatOf> & { quantities: readonly LotQuantity[] },
  eventId: string,
): Promise<string> {
  const [pack] = packs ?? [];
  const [sscc] = containers ?? [];
  const [quantity] = quantities;
  const subject =
    pack !== undefined
      ? { gtin: pack.gtin, lot: pack.lot, serial: pack.serials[0]! }
      : sscc === undefined
        ? { gtin: quantity!.gtin, lot: quantity!.lot }
        : { sscc };
  return openAlert(transaction, actor, { rule: alertOfTheft, reason: 'steal', subject, eventId });
}
