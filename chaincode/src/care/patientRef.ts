import type { Command, Patient } from '../model/index.ts';
import { patientType, Refusal, representativeType } from '../model/index.ts';
import type { Transaction } from '../ledger/index.ts';
import { isRepresenting, patientIdOf } from '../rules/index.ts';
import { endingAddress, patientAddress, representativeAddress, type PatientRef } from './addresses.ts';

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

/** Who acts on the patient's side. */
export interface PatientSide {
  readonly role: 'patient' | 'representative';
  /** The patient's id, or the representative's person id. */
  readonly id: string;
}

/**
 * The patient or a representative acts: the certificate's public key is an active device key of the DID document, or of
 * somebody whom a registrar confirmed and who represents the patient now.
 *
 * @throws Refusal not_own_patient, patient_not_found
 */
export async function requirePatientSide(transaction: Transaction, patient: PatientRef): Promise<PatientSide> {
  const found = await requirePatient(transaction, patient);
  const side = isSelf(transaction.submitter, found)
    ? { role: 'patient' as const, id: patient.patientId }
    : await representativeOf(transaction, patient, found, transaction.submitter);
  if (side === undefined) throw new Refusal('not_own_patient');
  return side;
}

/**
 * The patient acts, and nobody in their place: about their keys.
 *
 * @throws Refusal not_own_patient, patient_not_found
 */
export async function requireSelf(transaction: Transaction, patient: PatientRef): Promise<void> {
  if (!isSelf(transaction.submitter, await requirePatient(transaction, patient))) throw new Refusal('not_own_patient');
}

type Key = Pick<Transaction['submitter'], 'mspId' | 'deviceKey'>;

export function isSelf({ mspId, deviceKey }: Key, patient: Patient): boolean {
  return (
    mspId === patient.home &&
    patient.devices.some((device) => device.deviceKey === deviceKey && device.status === 'active')
  );
}

/** @returns undefined when the key is no representative's, or they represent the patient no more */
export async function representativeOf(
  { ledger, timeMs }: Transaction,
  ref: PatientRef,
  patient: Patient,
  { mspId, deviceKey }: Key,
): Promise<PatientSide | undefined> {
  if (mspId !== patient.home) return undefined;
  const found = await ledger.get(representativeType, representativeAddress(ref, deviceKey));
  if (found === undefined) return undefined;
  const isEnded = await ledger.has(endingAddress(ref, found.representativeId));
  return isRepresenting(found, isEnded, patient, timeMs) ? { role: 'representative', id: found.personId } : undefined;
}
