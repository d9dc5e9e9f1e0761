/** Puts people on a patient's care team, and takes them off. */
import { collectionName, type AddCareTeamMember, type Clinician } from '@chain-of-care/chaincode/model';
import { membershipIdOf } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import { isElsewhere, touchesOf } from '../consents/grant.ts';
import { patientOf } from '../custody/patients.ts';
import type { Applied } from '../fabric/act.ts';
import { Problem } from '../http/problem.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import { careTeamOf, type CareTeamFact } from '../readmodel/queries/careTeam.ts';
import type { Services } from '../services.ts';
import type { CareTeamMemberView } from './dto.ts';

/** @throws Refusal already_exists, staff_not_found, grantee_suspended, organization_not_found */
export async function addMember(
  services: Services,
  caller: Caller,
  patientId: string,
  member: Clinician,
  idempotency: Derivation,
): Promise<Applied<{ readonly membershipId: string }>> {
  const patient = await patientOf(services, patientId);
  const { home, handle } = patient;
  const command = idempotency.command('member');
  const origin = { commandKey: command.key, deviceKey: caller.identity.deviceKey, handle };
  const body: AddCareTeamMember = { membershipId: membershipIdOf(origin, member), patientId, home, member };
  return services.ledger.submit(caller.identity, {
    type: 'care.addCareTeamMember',
    body,
    handle,
    ...command,
    touches: touchesOf(patient, { kind: 'care-team', mspId: member.mspId }),
    head: patientId,
  });
}

/** @throws Problem not_found, also for who was taken off already */
export async function removeMember(
  services: Services,
  caller: Caller,
  patientId: string,
  membershipId: string,
  idempotency: Derivation,
): Promise<Applied<{ readonly removedAt: string }>> {
  const patient = await patientOf(services, patientId);
  const team = await careTeamOf(services.readModel.db, patientId);
  const found = team.find((each) => each.membershipId === membershipId);
  if (found === undefined) throw new Problem('not_found');
  const { home, handle } = patient;
  const { mspId, staffId: id } = found;
  const elsewhere = isElsewhere(patient, { kind: 'care-team', mspId });
  return services.ledger.submit(caller.identity, {
    type: 'care.removeCareTeamMember',
    body: { membershipId, patientId, home, member: { mspId, id } },
    handle,
    ...idempotency.command('removal'),
    touches: {
      writes: [elsewhere ? collectionName.exchange(home) : collectionName.access(home)],
      reads: [collectionName.care(home)],
    },
  });
}

export async function memberView(
  { facts }: Pick<Services, 'facts'>,
  { membershipId: id, mspId, staffId, addedAt, removedAt }: CareTeamFact,
): Promise<CareTeamMemberView> {
  const staff = await facts.staff(staffId);
  return {
    id,
    member: { mspId, id: staffId },
    ...(staff === undefined ? {} : { role: staff.role }),
    ...(staff?.department === undefined ? {} : { department: staff.department }),
    status: removedAt === undefined ? 'active' : 'inactive',
    period: { start: addedAt, ...(removedAt === undefined ? {} : { end: removedAt }) },
  };
}
