import { isRepresenting } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';
import type { Services } from '../services.ts';

type Needed = Pick<Services, 'facts' | 'clock'>;

/** Whether the caller is the patient, or represents them now, by the own read model; on the ledger it is decided again. */
export async function isOnPatientSide(
  { facts, clock }: Needed,
  { kind, id, identity }: Pick<Caller, 'kind' | 'id' | 'identity'>,
  patientId: string,
): Promise<boolean> {
  if (kind === 'staff') return false;
  if (kind === 'patient' && id === patientId) return true;
  const found = await facts.representative(patientId, identity.deviceKey);
  return found !== undefined && isRepresenting(found, found.endedAt !== undefined, found.patient, clock());
}

/** @throws Problem not_own_patient when it is neither the patient nor somebody who represents them */
export async function requireOwnPatient(services: Needed, caller: Caller, patientId: string): Promise<void> {
  if (!(await isOnPatientSide(services, caller, patientId))) throw new Problem('not_own_patient');
}

/** Staff may go on (the ledger decides); a patient only for themselves, a representative for whom they represent. */
export async function requireNotOtherPatient(services: Needed, caller: Caller, patientId: string): Promise<void> {
  if (caller.kind !== 'staff') await requireOwnPatient(services, caller, patientId);
}
