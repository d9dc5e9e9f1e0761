import type { Command, Patient } from '../model/index.ts';
import { patientType, Refusal } from '../model/index.ts';
import type { Transaction } from '../ledger/index.ts';
import { patientIdOf } from '../rules/index.ts';
import { patientAddress, type PatientRef } from './addresses.ts';

/**
 * The patient a command is about.
 *
 * @throws Refusal malformed_request without a handle; organization_not_allowed when `home` is no hospital of ours;
 *   handle_mismatch when home and handle are another patient's
 */
export function patientRefOf(
  { consortium }: Transaction,
  { handle, body }: Pick<Command<{ patientId: string; home: string }>, 'handle' | 'body'>,
): PatientRef {
  if (handle === undefined) throw new Refusal('malformed_request', 'a care command carries a handle', '/handle');
  if (consortium.roleOf(body.home) !== 'hospital')
    throw new Refusal('organization_not_allowed', 'home is not a hospital of the consortium', '/home');
  if (patientIdOf(body.home, handle) !== body.patientId) throw new Refusal('handle_mismatch');
  return { home: body.home, handle, patientId: body.patientId };
}

/** @throws Refusal patient_not_found */
export async function requirePatient({ ledger }: Transaction, patient: PatientRef): Promise<Patient> {
  const found = await ledger.get(patientType, patientAddress(patient));
  if (found === undefined) throw new Refusal('patient_not_found');
  return found;
}

/**
 * The patient acts: the certificate's public key is an active device key of the DID document.
 *
 * @throws Refusal not_own_patient, patient_not_found
 */
export async function requireSelf(transaction: Transaction, patient: PatientRef): Promise<Patient> {
  const found = await requirePatient(transaction, patient);
  if (!isSelf(transaction, found)) throw new Refusal('not_own_patient');
  return found;
}

export function isSelf({ submitter }: Transaction, patient: Patient): boolean {
  return (
    submitter.mspId === patient.home &&
    patient.devices.some(({ deviceKey, status }) => deviceKey === submitter.deviceKey && status === 'active')
  );
}
