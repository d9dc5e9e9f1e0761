import { command } from '../ledger/index.ts';
import { collectionName, premisesType, Refusal, RegisterPremises } from '../model/index.ts';
import { requireAct } from '../rules/index.ts';
import { requireStaffActor } from './actor.ts';
import { premisesAddress } from './addresses.ts';

/** Registers a site of the submitter's organisation. It may act once the regulator has licensed it. */
export const registerPremises = command<RegisterPremises>({
  body: RegisterPremises,
  guards: () => collectionName.registry,
  async decide(transaction, { body }) {
    const { ledger, time, timeMs } = transaction;
    const actor = await requireStaffActor(transaction, [collectionName.registry]);
    requireAct(actor, 'registry.registerPremises', timeMs);
    const at = premisesAddress(body.gln);
    if (await ledger.has(at)) throw new Refusal('already_exists', undefined, '/gln');
    ledger.put(premisesType, at, { ...body, mspId: actor.mspId, registeredAt: time });
    return { result: { gln: body.gln } };
  },
});
