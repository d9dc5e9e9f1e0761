/** `/api/access-requests`: a doctor asks, the patient answers, the doctor sees what is open. */
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IsFormat, limits, recordCategories } from '@chain-of-care/chaincode/model';
import { AccessRequestView, ListAccessRequests } from '../access-requests/dto.ts';
import { answerRequest, requestAccess } from '../access-requests/request.ts';
import { accessRequestView, ownRequest } from '../access-requests/routes.ts';
import { chartRoles, rolesOf } from '../auth/audiences.ts';
import { authorizedRecords } from '../consents/authorized.ts';
import { AuthorizedPatient } from '../consents/authorizedDto.ts';
import { defaultLimit, page, PageQuery } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { route, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import { accessRequests } from '../readmodel/queries/accessRequests.ts';
import type { Services } from '../services.ts';
import { categoryOf } from './medicalRecords.ts';
import { refuseWallet, WalletFields } from './walletFields.ts';

const tag = 'client addresses';
const usualDays = 30;

export class DoctorRequest extends WalletFields {
  @IsFormat('uuid') patientId!: string;
  @IsString() @IsNotEmpty() @MaxLength(1024) requestReason!: string;
  /** All when absent. */
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(20) @IsString({ each: true }) recordTypes?: string[];
  /** Days; 30 when absent. */
  @IsOptional() @IsInt() @Min(1) @Max(limits.requestedDays) accessDuration?: number;
}

export class MadeRequest {
  @IsFormat('uuid') requestId!: string;
  @IsFormat('date-time-offset') lapsesAt!: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class PatientResponse extends WalletFields {
  @IsFormat('uuid') requestId!: string;
  @IsIn(['approve', 'deny']) action!: 'approve' | 'deny';
  /** Ids; everything asked for when absent. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @IsFormat('uuid', { each: true })
  selectedRecords?: string[];
  /** Days; as asked for when absent. */
  @IsOptional() @IsInt() @Min(1) @Max(limits.requestedDays) accessDuration?: number;
}

export class GivenResponse {
  @IsFormat('uuid') requestId!: string;
  @IsIn(['approved', 'denied']) status!: string;
  @IsOptional() @IsFormat('uuid') consentId?: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export function accessRequestAddressRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  return [
    route({
      method: 'post',
      path: '/api/access-requests/doctor/request',
      operationId: 'requestDoctorAccess',
      tag,
      summary: 'Asks a patient for access',
      audience: rolesOf('care.requestAccess'),
      rateLimit: { windowMs: 3600_000, limit: 60 },
      body: DoctorRequest,
      responses: { 201: { description: 'asked; it lapses when nobody answers', body: MadeRequest } },
      async handler({ body, caller, idempotency }) {
        refuseWallet(body);
        const { patientId, requestReason: reason, recordTypes, accessDuration: days = usualDays } = body;
        const categories = [...new Set(recordTypes?.map(categoryOf) ?? recordCategories)];
        const asked = await requestAccess(services, caller, patientId, { reason, categories, days }, idempotency);
        return { status: 201, body: { ...asked.result, ...transactionMembers(asked.transaction) } };
      },
    }),
    route({
      method: 'get',
      path: '/api/access-requests/patient/requests',
      operationId: 'listPatientRequests',
      tag,
      summary: 'Who asks the patient for access, and why',
      audience: ['patient'],
      query: ListAccessRequests,
      responses: { 200: { description: 'newest first', list: AccessRequestView } },
      async handler(exchange) {
        const { caller, query } = exchange;
        const found = await accessRequests(db, { ...query, patientId: caller.id, nowMs: services.clock() });
        const views = found.items.map(async (each) => accessRequestView(services, caller, each));
        return page(exchange, await Promise.all(views), found.nextCursor);
      },
    }),
    route({
      method: 'post',
      path: '/api/access-requests/patient/respond',
      operationId: 'respondToRequest',
      tag,
      summary: 'Approves with chosen records and days, or denies',
      audience: ['patient'],
      body: PatientResponse,
      responses: { 201: { description: 'answered', body: GivenResponse } },
      async handler({ body, caller, idempotency }) {
        refuseWallet(body);
        const { requestId, action: response, selectedRecords: records, accessDuration: days } = body;
        const request = await ownRequest(services, caller, requestId);
        const chosen = { ...(records === undefined ? {} : { records }), ...(days === undefined ? {} : { days }) };
        const answer = await answerRequest(services, caller, request, { response, ...chosen }, idempotency);
        const { status, consentId, transaction } = answer;
        const consent = consentId === undefined ? {} : { consentId };
        return { status: 201, body: { requestId, status, ...consent, ...transactionMembers(transaction) } };
      },
    }),
    authorizedRoute(services, 'authorized-records', 'listDoctorRecords', false),
    authorizedRoute(services, 'blockchain-authorized-records', 'listDoctorRecordsOnLedger', true),
  ];
}

function authorizedRoute(services: Services, name: string, operationId: string, isProven: boolean): Route {
  return route({
    method: 'get',
    path: `/api/access-requests/doctor/${name}`,
    operationId,
    tag,
    summary: `Records that patients opened to the caller${isProven ? ', decided by the own peer' : ''}`,
    audience: chartRoles,
    query: PageQuery,
    responses: { 200: { description: 'by patient', list: AuthorizedPatient } },
    async handler(exchange) {
      const { limit = defaultLimit, cursor } = exchange.query;
      const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString('utf8');
      if (after.includes('\u0000')) throw new Problem('invalid_cursor');
      const asked = { purposeOfUse: 'TREAT', isProven, limit, after } as const;
      const { items, nextCursor } = await authorizedRecords(services, exchange.caller, asked);
      return page(exchange, items, nextCursor);
    },
  });
}
