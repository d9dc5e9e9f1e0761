import type { Caller } from '../auth/caller.ts';
import { chartRoles, patientSide } from '../auth/audiences.ts';
import { page } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { route, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import { requireOwnPatient } from '../patients/access.ts';
import { PatientParams } from '../patients/dto.ts';
import { careTeamOf, type CareTeamFact } from '../readmodel/queries/careTeam.ts';
import type { Services } from '../services.ts';
import { addMember, memberView, removeMember } from './careTeam.ts';
import {
  AddedCareTeamMember,
  CareTeamMemberParams,
  CareTeamMemberView,
  ListCareTeam,
  NewCareTeamMember,
  RemovedCareTeamMember,
} from './dto.ts';

/** The care team: who treats a patient, as the patient says. A consent to it is for whoever is on it at the time. */
export function careTeamRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/patients/:patientId/care-team',
      operationId: 'addCareTeamMember',
      tag: 'care team',
      summary: 'Puts a clinician of any hospital on the care team',
      description: 'From now on consents to the care team of the clinician’s organisation are for them too.',
      audience: patientSide,
      params: PatientParams,
      body: NewCareTeamMember,
      responses: { 201: { description: 'on the team', body: AddedCareTeamMember } },
      async handler({ params: { patientId }, body: { member }, caller, idempotency }) {
        await requireOwnPatient(services, caller, patientId);
        const { result, transaction } = await addMember(services, caller, patientId, member, idempotency);
        return { status: 201, body: { id: result.membershipId, ...transactionMembers(transaction) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/patients/:patientId/care-team',
      operationId: 'listCareTeam',
      tag: 'care team',
      summary: 'Who is on the care team; for the patient also who was, for its members who is',
      audience: [...patientSide, ...chartRoles],
      params: PatientParams,
      query: ListCareTeam,
      responses: { 200: { description: 'in the order in which they came', list: CareTeamMemberView } },
      async handler(exchange) {
        const { params, caller } = exchange;
        const shown = await shownTo(services, caller, params.patientId);
        return page(exchange, await Promise.all(shown.map(async (each) => memberView(services, each))), undefined);
      },
    }),
    route({
      method: 'post',
      path: '/v1/patients/:patientId/care-team/:memberId/removal',
      operationId: 'removeCareTeamMember',
      tag: 'care team',
      summary: 'Takes somebody off the care team; what they had open by a consent to it is served no more',
      audience: patientSide,
      params: CareTeamMemberParams,
      responses: { 201: { description: 'off the team', body: RemovedCareTeamMember } },
      async handler({ params: { patientId, memberId: id }, caller, idempotency }) {
        await requireOwnPatient(services, caller, patientId);
        const { result, transaction } = await removeMember(services, caller, patientId, id, idempotency);
        return { status: 201, body: { id, removedAt: result.removedAt, ...transactionMembers(transaction) } };
      },
    }),
  ];
}

/** @throws Problem not_own_patient for others than the patient's side and the team */
async function shownTo(services: Services, caller: Caller, patientId: string): Promise<readonly CareTeamFact[]> {
  if (caller.kind !== 'staff') await requireOwnPatient(services, caller, patientId);
  const team = await careTeamOf(services.readModel.db, patientId);
  if (caller.kind !== 'staff') return team;
  const members = team.filter(({ removedAt }) => removedAt === undefined);
  if (members.every(({ staffId }) => staffId !== caller.id)) throw new Problem('not_own_patient');
  return members;
}
