import type { Transaction } from '../ledger/index.ts';
import { collectionName, Refusal, type Occurrence } from '../model/index.ts';
import { requireStaffActor } from '../registry/actor.ts';
import { requireAct, requireCustodyRole, type StaffActor } from '../rules/index.ts';

/** A member of staff with premises. */
export type PremisesActor = StaffActor & { readonly gln: string };

/**
 * The submitter with its premises and licences. Who acts is never taken from the payload.
 *
 * @throws Refusal unknown_identity, staff_suspended; actor_in_payload when the body names other premises
 */
export async function supplyActor(transaction: Transaction, body: Pick<Occurrence, 'actor'> = {}): Promise<StaffActor> {
  const actor = await requireStaffActor(transaction, [collectionName.registry]);
  if (body.actor !== undefined && body.actor !== actor.gln) throw new Refusal('actor_in_payload', undefined, '/actor');
  return actor;
}

/** @throws Refusal wrong_premises when the submitter is not registered at premises */
export function atPremises(actor: StaffActor): PremisesActor {
  const { gln } = actor;
  if (gln === undefined) throw new Refusal('wrong_premises', 'the submitter has no premises');
  return { ...actor, gln };
}

/**
 * The submitter as one who may report: by its role, and by any licence of the kinds that its role needs.
 *
 * @throws Refusal as {@link supplyActor}; role_not_allowed, wrong_premises, licence_*
 */
export async function reportingActor(transaction: Transaction, body: Pick<Occurrence, 'actor'>): Promise<StaffActor> {
  const actor = await supplyActor(transaction, body);
  requireAct(actor, 'supply.reportAlert', transaction.timeMs);
  requireCustodyRole(actor, [actor.role], transaction.timeMs);
  return actor;
}
