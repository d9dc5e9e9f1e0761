import { Readable } from 'node:stream';
import { CommittedRefusal } from '../fabric/pipeline.ts';
import { chartRoles, patientSide } from '../auth/audiences.ts';
import type { Applied } from '../fabric/act.ts';
import { page } from '../http/page.ts';
import { parseRange } from '../http/range.ts';
import { route, type Reply, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import { requireNotOtherPatient, requireOwnPatient } from '../patients/access.ts';
import { PatientParams } from '../patients/dto.ts';
import { accessById } from '../readmodel/queries/care.ts';
import { SearchRecords } from '../records/dto.ts';
import { openFilter, sealedFilter } from '../records/filter.ts';
import { recordView } from '../records/view.ts';
import type { Services } from '../services.ts';
import { Problem } from '../http/problem.ts';
import {
  AccessContentParams,
  AccessParams,
  AccessView,
  AccessedRecord,
  ContentQuery,
  ListReceipts,
  NewAccess,
  ReadReceipt,
} from './dto.ts';
import { addContentRoute } from './internal.ts';
import { OpenedAccesses } from './openedAccesses.ts';
import { openAccess, type OpenedAccess } from './open.ts';
import { receiptsOf } from './receipts.ts';
import { ServedAccess, type ShownRecord } from './serve.ts';
import { whilePermitted, type Flowing } from './whilePermitted.ts';

const readers = [...patientSide, ...chartRoles] as const;

/** Accesses: on the ledger before the first byte, good for 15 minutes. */
export function accessRoutes(services: Services): Route[] {
  addContentRoute(services);
  const accesses = new OpenedAccesses(services);
  return [
    route({
      method: 'post',
      path: '/v1/patients/:patientId/accesses',
      operationId: 'openAccess',
      tag: 'accesses',
      summary: 'Asks to read records or categories; decided and committed before anything is served',
      description: 'A denial is committed too: the answer is 403, with the id under which it stands in the audit.',
      audience: readers,
      params: PatientParams,
      body: NewAccess,
      responses: { 201: { description: 'permitted, VALID on the ledger', body: AccessView } },
      async handler({ params: { patientId }, body, caller, idempotency }) {
        await requireNotOtherPatient(services, caller, patientId);
        const opened = await openAccess(services, caller, patientId, body, idempotency).catch(withAccessId);
        return accessReply(patientId, opened);
      },
    }),
    route({
      method: 'get',
      path: '/v1/accesses/:accessId',
      operationId: 'getAccess',
      tag: 'accesses',
      summary: 'One of the caller’s accesses',
      audience: readers,
      params: AccessParams,
      responses: { 200: { description: 'the access', body: AccessView } },
      async handler({ params: { accessId }, caller }) {
        const access = await accessById(services.readModel.db, accessId);
        if (access === undefined || access.accessorId !== caller.id) throw new Problem('access_not_found');
        const { patientId, decision, basis, withheld, servesUntil } = access;
        return { status: 200, body: { id: accessId, patientId, decision, basis, withheld, servesUntil } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/accesses/:accessId/records',
      operationId: 'listAccessedRecords',
      tag: 'accesses',
      summary: 'Records that the access covers and that are permitted now, with what is sealed beside them',
      audience: readers,
      params: AccessParams,
      query: SearchRecords,
      responses: { 200: { description: 'newest first; no total but of what is permitted', list: AccessedRecord } },
      async handler(exchange) {
        const { query, params, caller } = exchange;
        const { limit, cursor, verify = false, total = false } = query;
        const served = await ServedAccess.of(accesses, caller, params.accessId);
        const place = { ...(limit === undefined ? {} : { limit }), ...(cursor === undefined ? {} : { cursor }) };
        const search = { open: openFilter(query), sealed: sealedFilter(query), verify, total };
        const { items, nextCursor, ...counted } = await served.records(search, place);
        return page(exchange, items.map(accessedRecord), nextCursor, counted);
      },
    }),
    route({
      method: 'get',
      path: '/v1/accesses/:accessId/records/:recordId/content',
      operationId: 'readContent',
      tag: 'accesses',
      summary: 'Content of a record under the access; Range requests are under the same access',
      audience: readers,
      params: AccessContentParams,
      query: ContentQuery,
      responses: {
        200: { description: 'the content', contentType: '*/*' },
        206: { description: 'the range asked for', contentType: '*/*' },
      },
      async handler({ params, query, caller, header }) {
        const served = await ServedAccess.of(accesses, caller, params.accessId);
        return contentReply(services, served, { ...query, recordId: params.recordId }, header('range'));
      },
    }),
    route({
      method: 'get',
      path: '/v1/patients/:patientId/read-receipts',
      operationId: 'listReadReceipts',
      tag: 'accesses',
      summary: 'Which records were really served, to whom and when',
      description:
        'The audit says who was permitted to read; this, whose content left. An access that read nothing has none.',
      audience: patientSide,
      params: PatientParams,
      query: ListReceipts,
      responses: { 200: { description: 'newest first', list: ReadReceipt } },
      async handler(exchange) {
        const { params, query, caller } = exchange;
        await requireOwnPatient(services, caller, params.patientId);
        const { items, nextCursor } = await receiptsOf(services, params.patientId, query);
        return page(exchange, items, nextCursor);
      },
    }),
  ];
}

/** The content, whole or the range asked for; verified before its first byte, and cut off when the right to it ends. */
export function contentReply(
  services: Services,
  served: ServedAccess,
  { recordId, version }: { readonly recordId: string; readonly version?: number },
  rangeHeader: string | undefined,
): Promise<Reply> {
  return whilePermitted(services, served.access, async () => {
    const fact = await served.record(recordId, version);
    const decide = () => served.record(recordId, fact.version);
    return { reply: await replyWith(served, fact, rangeHeader), decide };
  });
}

async function replyWith(
  served: ServedAccess,
  fact: Awaited<ReturnType<ServedAccess['record']>>,
  rangeHeader: string | undefined,
): Promise<Flowing['reply']> {
  const { mediaType = 'application/octet-stream' } = await served.description(fact);
  await served.verify(fact);
  await served.keepReceipt(fact);
  const reader = await served.reader(fact);
  const length = reader.contentLength;
  const range = parseRange(rangeHeader, length);
  const [start, end] = range === undefined ? [0, length] : [range.start, range.end + 1];
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      'content-type': servedMediaType(mediaType),
      'content-length': String(end - start),
      'accept-ranges': 'bytes',
      'cache-control': 'no-store',
      'content-disposition': 'attachment',
      'x-record-version': String(fact.version),
      // Anything else was refused before: the database against the ledger, the content against both.
      'x-integrity-verified': 'true',
      'x-blockchain-hash-verified': 'true',
      ...(range === undefined ? {} : { 'content-range': `bytes ${range.start}-${range.end}/${length}` }),
    },
    stream: range === undefined ? await served.content(fact) : Readable.from(reader.read(start, end)),
  };
}

/** Database and ledger were found to agree before a record is shown at all. */
function accessedRecord({ fact, description, integrityVerified }: ShownRecord): AccessedRecord {
  return {
    ...recordView(fact),
    ...(description ?? { keyMissing: true }),
    blockchainHashVerified: true,
    ...(integrityVerified === undefined ? {} : { integrityVerified }),
  };
}

/** What an author called the content, when it is a media type that a header can carry (RFC 9110 §8.3.1). */
export function servedMediaType(given: string): string {
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?: ?;[\x20-\x7e]*)?$/.test(given) ? given : 'application/octet-stream';
}

function accessReply(patientId: string, { result, transaction }: Applied<OpenedAccess>): Reply {
  const { accessId: id, decision, basis, withheld, servesUntil } = result;
  return {
    status: 201,
    headers: { location: `/v1/accesses/${id}` },
    body: { id, patientId, decision, basis, withheld, servesUntil, ...transactionMembers(transaction) },
  };
}

/** A committed denial names the access under which the audit shows it. */
export function withAccessId(error: unknown): never {
  if (!(error instanceof CommittedRefusal)) throw error;
  const { accessId } = error.result as Pick<OpenedAccess, 'accessId'>;
  throw new Problem(error.code, { members: { accessId, ...transactionMembers(error.transaction) } });
}
