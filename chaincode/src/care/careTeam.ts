/** The patient's care team: a list of people, whom consents to the care team are for as long as they are on it. */
import { command, type Transaction } from '../ledger/index.ts';
import {
  AddCareTeamMember,
  careTeamMemberType,
  careTeamRemovalType,
  Refusal,
  RemoveCareTeamMember,
} from '../model/index.ts';
import { membershipIdOf } from '../rules/index.ts';
import { memberAddress, placeOf, removalAddress, type PatientRef, type Place } from './addresses.ts';
import { requireClinician } from './clinicians.ts';
import { patientRefOf, requirePatientSide } from './patientRef.ts';

export const addCareTeamMember = command<AddCareTeamMember>({
  body: AddCareTeamMember,
  guards: ({ home, member }) => placeOf(home, member.mspId).facts,
  async decide(transaction, command) {
    const { ledger, submitter, time } = transaction;
    const { membershipId, patientId, home, member } = command.body;
    const patient = patientRefOf(transaction, command);
    await requirePatientSide(transaction, patient);
    const origin = { commandKey: command.key, deviceKey: submitter.deviceKey, handle: patient.handle };
    if (membershipId !== membershipIdOf(origin, member))
      throw new Refusal('validation_failed', 'does not follow from the command', '/membershipId');
    await requireClinician(transaction, member, '/member');
    const place = placeOf(home, member.mspId);
    if (await isOnCareTeam(transaction, patient, place, member.id))
      throw new Refusal('already_exists', undefined, '/member');
    ledger.put(careTeamMemberType, memberAddress(place.facts, patient, member.id), {
      membershipId,
      patientId,
      mspId: member.mspId,
      staffId: member.id,
      addedAt: time,
      addedBy: submitter.deviceKey,
    });
    return { result: { membershipId } };
  },
});

/** Only a removal is written, where at home one endorser suffices: what narrows rights needs no regulator. */
export const removeCareTeamMember = command<RemoveCareTeamMember>({
  body: RemoveCareTeamMember,
  guards: ({ home, member }) => placeOf(home, member.mspId).accesses,
  async decide(transaction, command) {
    const { ledger, submitter, time } = transaction;
    const { membershipId, patientId, home, member } = command.body;
    const patient = patientRefOf(transaction, command);
    await requirePatientSide(transaction, patient);
    const place = placeOf(home, member.mspId);
    const known = await ledger.get(careTeamMemberType, memberAddress(place.facts, patient, member.id));
    const isNow = await isOnCareTeam(transaction, patient, place, member.id);
    if (!isNow || known?.membershipId !== membershipId) throw new Refusal('not_found', undefined, '/membershipId');
    ledger.put(careTeamRemovalType, removalAddress(place.accesses, patient, membershipId), {
      membershipId,
      patientId,
      staffId: member.id,
      removedAt: time,
      removedBy: submitter.deviceKey,
    });
    return { result: { membershipId, removedAt: time } };
  },
});

/** Both are read, absent ones too, so that a removal at the same time invalidates the transaction. */
export async function isOnCareTeam(
  { ledger }: Transaction,
  patient: PatientRef,
  { facts, accesses }: Place,
  staffId: string,
): Promise<boolean> {
  const member = await ledger.get(careTeamMemberType, memberAddress(facts, patient, staffId));
  return member !== undefined && !(await ledger.has(removalAddress(accesses, patient, member.membershipId)));
}
