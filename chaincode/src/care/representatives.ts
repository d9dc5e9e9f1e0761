/** Who acts for a patient: confirmed by a registrar of the home hospital who saw evidence, ended by whom the ground names. */
import { command, type Transaction } from '../ledger/index.ts';
import {
  collectionName,
  ConfirmRepresentative,
  EndRepresentative,
  Refusal,
  representativeEndingType,
  representativeType,
  type Patient,
  type Representative,
} from '../model/index.ts';
import {
  isRepresenting,
  representativeGrounds,
  representativeIdOf,
  requireAct,
  type EndingSide,
} from '../rules/index.ts';
import { findStaffActor, requireStaffActor } from '../registry/actor.ts';
import { deviceAddress } from '../registry/addresses.ts';
import { endingAddress, representativeAddress, type PatientRef } from './addresses.ts';
import { isSelf, patientRefOf, requirePatient } from './patientRef.ts';

/** The registrar's hospital is the patient's. */
function requireHome({ submitter }: Transaction, home: string): void {
  if (submitter.mspId !== home) throw new Refusal('organization_not_allowed');
}

export const confirmRepresentative = command<ConfirmRepresentative>({
  body: ConfirmRepresentative,
  guards: ({ home }) => collectionName.care(home),
  async decide(transaction, command) {
    const { ledger, submitter, time, timeMs } = transaction;
    const { home, ...body } = command.body;
    const { representativeId, deviceKey, relationship, endsAt } = body;
    const ref = patientRefOf(transaction, command);
    const registrar = await requireStaffActor(transaction, ['clinical']);
    requireAct(registrar, 'care.confirmRepresentative', timeMs);
    requireHome(transaction, home);
    const origin = { commandKey: command.key, deviceKey: submitter.deviceKey, handle: ref.handle };
    if (representativeId !== representativeIdOf(origin))
      throw new Refusal('validation_failed', 'does not follow from the command', '/representativeId');
    if (endsAt === undefined && representativeGrounds[relationship].end === 'required')
      throw new Refusal('validation_failed', 'this ground has an end', '/endsAt');
    if (endsAt !== undefined && Date.parse(endsAt) <= timeMs)
      throw new Refusal('validation_failed', 'must lie in the future', '/endsAt');
    const patient = await requirePatient(transaction, ref);
    if (patient.status === 'deceased') throw new Refusal('patient_deceased');
    await requirePrivateKey(transaction, patient, deviceKey);
    const at = representativeAddress(ref, deviceKey);
    const known = await ledger.get(representativeType, at);
    if (known !== undefined && (await isInForce(transaction, ref, patient, known)))
      throw new Refusal('already_exists', undefined, '/deviceKey');
    ledger.put(representativeType, at, { ...body, confirmedAt: time, confirmedBy: registrar.staffId });
    return { result: { representativeId } };
  },
});

/** Only an ending is written, in a collection that one endorser suffices for: what narrows rights needs no regulator. */
export const endRepresentative = command<EndRepresentative>({
  body: EndRepresentative,
  guards: ({ home }) => collectionName.access(home),
  async decide(transaction, command) {
    const { ledger, submitter, time } = transaction;
    const { representativeId, patientId, home, deviceKey } = command.body;
    const ref = patientRefOf(transaction, command);
    requireHome(transaction, home);
    const patient = await requirePatient(transaction, ref);
    const known = await ledger.get(representativeType, representativeAddress(ref, deviceKey));
    if (known?.representativeId !== representativeId)
      throw new Refusal('representative_not_found', undefined, '/representativeId');
    await requireMayEnd(transaction, patient, known);
    if (!(await isInForce(transaction, ref, patient, known))) throw new Refusal('representation_ended');
    ledger.put(representativeEndingType, endingAddress(ref, representativeId), {
      representativeId,
      patientId,
      endedAt: time,
      endedBy: submitter.deviceKey,
    });
    return { result: { representativeId, endedAt: time } };
  },
});

async function isInForce(
  { ledger, timeMs }: Transaction,
  ref: PatientRef,
  patient: Patient,
  representative: Representative,
): Promise<boolean> {
  const isEnded = await ledger.has(endingAddress(ref, representative.representativeId));
  return isRepresenting(representative, isEnded, patient, timeMs);
}

/** Nobody represents themselves, and staff act for patients only under another key than that of their work. */
async function requirePrivateKey(
  { ledger, submitter }: Transaction,
  patient: Patient,
  deviceKey: string,
): Promise<void> {
  const isStaff =
    (await ledger.has(deviceAddress('clinical', deviceKey))) ||
    (await ledger.has(deviceAddress('registry', deviceKey)));
  if (isStaff || isSelf({ mspId: submitter.mspId, deviceKey }, patient))
    throw new Refusal('validation_failed', "is the patient's own key or that of staff", '/deviceKey');
}

/** @throws Refusal not_own_patient, role_not_allowed */
async function requireMayEnd(transaction: Transaction, patient: Patient, known: Representative): Promise<void> {
  const { submitter, timeMs } = transaction;
  const side = isSelf(submitter, patient)
    ? 'patient'
    : submitter.deviceKey === known.deviceKey
      ? 'representative'
      : await registrarSide(transaction, timeMs);
  if (!representativeGrounds[known.relationship].endedBy.includes(side)) throw new Refusal('not_own_patient');
}

async function registrarSide(transaction: Transaction, timeMs: number): Promise<EndingSide> {
  const actor = await findStaffActor(transaction, ['clinical']);
  if (actor === undefined) throw new Refusal('not_own_patient');
  requireAct(actor, 'care.confirmRepresentative', timeMs);
  return 'registrar';
}
