/** Requests for access, read from the table as the model's type. */
import type { AccessRequest, AccessRequestStatus } from '@chain-of-care/chaincode/model';
import type { Kysely, Selectable } from 'kysely';
import type { CareTables } from '../database/careSchema.ts';
import type { Database } from '../database/schema.ts';
import { mapPage, newestFirst } from './newestFirst.ts';
import type { Page, PageParams } from './page.ts';

type Db = Kysely<Database>;

export interface AccessRequestFilter extends PageParams {
  /** Whose: the patient asked, or the person who asks. */
  readonly patientId?: string;
  readonly requesterId?: string;
  readonly status?: AccessRequestStatus | 'lapsed' | undefined;
  /** Milliseconds since the epoch: what lapsed by then. */
  readonly nowMs: number;
}

/** A page of requests, newest first. */
export async function accessRequests(db: Db, filter: AccessRequestFilter): Promise<Page<AccessRequest>> {
  const { patientId, requesterId, status, nowMs } = filter;
  let found = db.selectFrom('access_requests').selectAll();
  if (patientId !== undefined) found = found.where('patient_id', '=', patientId);
  if (requesterId !== undefined) found = found.where('requester_id', '=', requesterId);
  if (status !== undefined) found = found.where('status', '=', status === 'lapsed' ? 'requested' : status);
  if (status === 'lapsed') found = found.where('lapses_at', '<=', new Date(nowMs));
  if (status === 'requested') found = found.where('lapses_at', '>', new Date(nowMs));
  const page = await newestFirst(db.selectFrom(found.as('own')).selectAll(), 'requested_at', 'request_id', filter);
  return mapPage(page, requestOf);
}

export async function accessRequestById(db: Db, requestId: string): Promise<AccessRequest | undefined> {
  const row = await db.selectFrom('access_requests').selectAll().where('request_id', '=', requestId).executeTakeFirst();
  return row === undefined ? undefined : requestOf(row);
}

function requestOf(row: Selectable<CareTables['access_requests']>): AccessRequest {
  return {
    requestId: row.request_id,
    patientId: row.patient_id,
    requesterId: row.requester_id,
    requesterOrg: row.requester_org,
    requesterRole: row.requester_role,
    purposeOfUse: row.purpose_of_use,
    categories: [...row.categories],
    days: row.days,
    ...(row.receiving_department === null ? {} : { receivingDepartment: row.receiving_department }),
    sealedReason: row.sealed_reason,
    requestedAt: row.requested_at.toISOString(),
    lapsesAt: row.lapses_at.toISOString(),
    status: row.status,
    ...(row.answered_at === null ? {} : { answeredAt: row.answered_at.toISOString() }),
    ...(row.consent_id === null ? {} : { consentId: row.consent_id }),
  };
}
