/** Demographics lie in the gateway's vault, not on the ledger, so who saw them is kept beside them. */
import type { Caller } from '../auth/caller.ts';
import type { Services } from '../services.ts';
import type { Demographics } from '../vault/demographics/index.ts';
import { recordGatewayAct, type Auditing } from './gatewayActs.ts';

/** `update`: changed by a registrar. `read`: shown. `search`: found by an exact identifier. `import-confirmed`: said to be the patient of a bundle. */
export const demographicInteractions = ['read', 'search', 'import-confirmed', 'update'] as const;
export type DemographicInteraction = (typeof demographicInteractions)[number];

/**
 * To be called before anything is shown. What patients see of themselves is not audited.
 *
 * @param patientId undefined for a search that finds nobody
 */
export async function auditDemographics(
  services: Auditing,
  caller: Caller,
  patientId: string | undefined,
  interaction: DemographicInteraction,
): Promise<void> {
  if (caller.kind === 'patient' && caller.id === patientId) return;
  const about = patientId === undefined ? {} : { patientId };
  await recordGatewayAct(services, caller, { type: 'demographics', interaction, ...about });
}

/** A patient's demographics for somebody: the one way to show them. @returns undefined when the patient is not here */
export async function demographicsFor(
  services: Auditing & Pick<Services, 'demographics'>,
  caller: Caller,
  patientId: string,
  interaction: DemographicInteraction,
): Promise<Demographics | undefined> {
  const demographics = await services.demographics.get(patientId);
  if (demographics !== undefined) await auditDemographics(services, caller, patientId, interaction);
  return demographics;
}
