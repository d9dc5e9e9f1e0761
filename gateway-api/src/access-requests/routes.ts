import { patientSide, rolesOf } from '../auth/audiences.ts';
import type { Caller } from '../auth/caller.ts';
import { statusOfRequest } from '@chain-of-care/chaincode/rules';
import type { AccessRequest } from '@chain-of-care/chaincode/model';
import { openReason } from '../custody/notes.ts';
import { page } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { route, type Reply, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import { isOnPatientSide, requireOwnPatient } from '../patients/access.ts';
import { PatientParams } from '../patients/dto.ts';
import { accessRequestById, accessRequests } from '../readmodel/queries/accessRequests.ts';
import type { Services } from '../services.ts';
import {
  AccessRequestParams,
  AccessRequestResponse,
  AccessRequestView,
  AnsweredAccessRequest,
  ListAccessRequests,
  NewAccessRequest,
  RequestedAccess,
} from './dto.ts';
import { ruledConsents } from '../standing-rules/rules.ts';
import { answerRequest, requestAccess, withdrawRequest, type Answered } from './request.ts';

const requesters = rolesOf('care.requestAccess');
const requestsAnHour = 60;

/** Requests for access: a clinician asks, the patient chooses and approves, or denies, or it lapses. */
export function accessRequestRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  return [
    route({
      method: 'post',
      path: '/v1/patients/:patientId/access-requests',
      operationId: 'requestAccess',
      tag: 'access requests',
      summary: 'Asks the patient for access to categories, with a reason and for some days, or refers the patient',
      description: 'With `receivingDepartment` the consent is for that department of the own hospital: a referral.',
      audience: requesters,
      rateLimit: { windowMs: 3600_000, limit: requestsAnHour },
      params: PatientParams,
      body: NewAccessRequest,
      responses: { 201: { description: 'asked; it lapses when nobody answers', body: RequestedAccess } },
      async handler({ params: { patientId }, body, caller, idempotency }) {
        const { result, transaction } = await requestAccess(services, caller, patientId, body, idempotency);
        const { requestId: id, lapsesAt } = result;
        return {
          status: 201,
          headers: { location: `/v1/access-requests/${id}` },
          body: { id, lapsesAt, ...transactionMembers(transaction) },
        };
      },
    }),
    route({
      method: 'get',
      path: '/v1/access-requests',
      operationId: 'listAccessRequests',
      tag: 'access requests',
      summary: 'Requests that wait for the patient, or that the caller made',
      audience: [...patientSide, ...requesters],
      query: ListAccessRequests,
      responses: { 200: { description: 'newest first', list: AccessRequestView } },
      async handler(exchange) {
        const { caller, query } = exchange;
        const { patient = caller.id, ...filter } = query;
        if (caller.kind !== 'staff') await requireOwnPatient(services, caller, patient);
        const whose = caller.kind === 'staff' ? { requesterId: caller.id } : { patientId: patient };
        const found = await accessRequests(db, { ...filter, ...whose, nowMs: services.clock() });
        const views = await Promise.all(found.items.map(async (each) => accessRequestView(services, caller, each)));
        return page(exchange, views, found.nextCursor);
      },
    }),
    route({
      method: 'get',
      path: '/v1/access-requests/:requestId',
      operationId: 'getAccessRequest',
      tag: 'access requests',
      summary: 'A request for access',
      audience: [...patientSide, ...requesters],
      params: AccessRequestParams,
      responses: { 200: { description: 'the request', body: AccessRequestView } },
      async handler({ params: { requestId }, caller }) {
        return {
          status: 200,
          body: await accessRequestView(services, caller, await ownRequest(services, caller, requestId)),
        };
      },
    }),
    route({
      method: 'post',
      path: '/v1/access-requests/:requestId/response',
      operationId: 'answerAccessRequest',
      tag: 'access requests',
      summary: 'Approves with chosen records and days, as a consent, or denies',
      audience: patientSide,
      params: AccessRequestParams,
      body: AccessRequestResponse,
      responses: { 201: { description: 'answered', body: AnsweredAccessRequest } },
      async handler({ params: { requestId }, body, caller, idempotency }) {
        const request = await ownRequest(services, caller, requestId);
        return answerReply(requestId, await answerRequest(services, caller, request, body, idempotency));
      },
    }),
    route({
      method: 'post',
      path: '/v1/access-requests/:requestId/withdrawal',
      operationId: 'withdrawAccessRequest',
      tag: 'access requests',
      summary: 'Takes a request back, by who made it',
      audience: requesters,
      params: AccessRequestParams,
      responses: { 201: { description: 'withdrawn', body: AnsweredAccessRequest } },
      async handler({ params: { requestId }, caller, idempotency }) {
        const request = await ownRequest(services, caller, requestId);
        return answerReply(requestId, await withdrawRequest(services, caller, request, idempotency));
      },
    }),
  ];
}

function answerReply(id: string, { status, consentId, transaction }: Answered): Reply {
  const consent = consentId === undefined ? {} : { consentId };
  return { status: 201, body: { id, status, ...consent, ...transactionMembers(transaction) } };
}

/** @throws Problem request_not_found, also for somebody else's */
export async function ownRequest(services: Services, caller: Caller, requestId: string): Promise<AccessRequest> {
  const request = await accessRequestById(services.readModel.db, requestId);
  if (request === undefined) throw new Problem('request_not_found');
  const isOwn =
    caller.kind === 'staff'
      ? request.requesterId === caller.id
      : await isOnPatientSide(services, caller, request.patientId);
  if (!isOwn) throw new Problem('request_not_found');
  return request;
}

/** For who asked or who is asked: with the reason where it is sealed to them. */
export async function accessRequestView(
  services: Services,
  caller: Caller,
  request: AccessRequest,
): Promise<AccessRequestView> {
  const { requestId: id, sealedReason, ...facts } = request;
  const note = { kind: 'request', patientId: request.patientId, id } as const;
  const reason = await openReason(services, caller, note, sealedReason);
  const status = statusOfRequest(request, services.clock());
  const waits = caller.kind !== 'staff' && status === 'requested';
  const standingRule = waits ? (await ruledConsents(services, request))[0]?.rule.ruleId : undefined;
  return {
    id,
    ...facts,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(standingRule === undefined ? {} : { standingRule }),
  };
}
