import { command } from '../ledger/index.ts';
import { collectionName, groupKeyType, PublishGroupKey, Refusal } from '../model/index.ts';
import { requireAct } from '../rules/index.ts';
import { requireStaffActor } from './actor.ts';
import { groupAddress } from './addresses.ts';

/** Publishes the public key to which content and grants for a group of the submitter's organisation are sealed. */
export const publishGroupKey = command<PublishGroupKey>({
  body: PublishGroupKey,
  guards: () => collectionName.registry,
  async decide(transaction, { body }) {
    const { ledger, time, timeMs } = transaction;
    const actor = await requireStaffActor(transaction, [collectionName.registry]);
    requireAct(actor, 'registry.publishGroupKey', timeMs);
    const at = groupAddress(actor.mspId, body.group);
    const current = await ledger.get(groupKeyType, at);
    const next = current === undefined ? 0 : current.epoch + 1;
    if (body.epoch !== next) throw new Refusal('epoch_not_current', `the next epoch is ${next}`, '/epoch');
    ledger.put(groupKeyType, at, { ...body, mspId: actor.mspId, publishedAt: time });
    return { result: { group: body.group, epoch: body.epoch } };
  },
});
