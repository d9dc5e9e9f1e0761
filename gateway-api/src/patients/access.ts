import type { Caller } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';

/** @throws Problem not_own_patient when a patient asks for somebody else's */
export function requireOwnPatient(caller: Caller, patientId: string): void {
  if (caller.kind !== 'patient' || caller.id !== patientId) throw new Problem('not_own_patient');
}

/** Staff may go on (the ledger decides); a patient only for themselves. */
export function requireNotOtherPatient(caller: Caller, patientId: string): void {
  if (caller.kind === 'patient') requireOwnPatient(caller, patientId);
}
