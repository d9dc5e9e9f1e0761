/**
 * What the gateway does without the ledger and the audit shows all the same: who, what, when, in which role, from where; no
 * name, no identifier.
 */
import { randomUUID } from 'node:crypto';
import type { Caller } from '../auth/caller.ts';
import type { GatewayActType } from '../readmodel/database/gatewaySchema.ts';
import type { Services } from '../services.ts';

export type Auditing = Pick<Services, 'readModel' | 'clock' | 'origins'>;

export interface GatewayAct {
  readonly type: GatewayActType;
  readonly interaction: string;
  /** Absent: about nobody in particular. */
  readonly patientId?: string;
  /** What was acted on, when it is not the patient. */
  readonly subjectId?: string;
}

/** To be called before anything is shown. @returns the act's id */
export async function recordGatewayAct(
  services: Auditing,
  caller: Pick<Caller, 'id' | 'role' | 'department' | 'origin' | 'gln'> & {
    readonly identity: Pick<Caller['identity'], 'mspId'>;
  },
  { type, interaction, patientId, subjectId }: GatewayAct,
): Promise<string> {
  const id = randomUUID();
  await services.readModel.db
    .insertInto('gateway_acts')
    .values({
      act_id: id,
      patient_id: patientId ?? '',
      type,
      interaction,
      subject_id: subjectId ?? null,
      actor_id: caller.id,
      actor_org: caller.identity.mspId,
      actor_role: caller.role,
      actor_group: caller.department ?? null,
      acted_at: new Date(services.clock()).toISOString(),
    })
    .execute();
  await services.origins.keep(id, caller);
  return id;
}
