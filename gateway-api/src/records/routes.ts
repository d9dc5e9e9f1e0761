import { chartRoles, writers } from '../auth/audiences.ts';
import { page } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { route, type Reply, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import { PatientParams } from '../patients/dto.ts';
import { requireNotOtherPatient } from '../patients/access.ts';
import { recordsOfPatient, recordVersions } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import { RecordAppender, type Appended } from './append.ts';
import { AppendedRecords, ListRecords, NewRecord, RecordParams, RecordView, UploadQuery } from './dto.ts';
import { recordView } from './view.ts';

const maxUploadBytes = 1024 ** 3;

/** Records: written by licensed authors, listed as open facts; content is read under an access. */
export function recordRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/patients/:patientId/records',
      operationId: 'appendRecord',
      tag: 'records',
      summary: 'Appends a record with its content inline',
      audience: writers,
      params: PatientParams,
      body: NewRecord,
      responses: { 201: { description: 'on the chain', body: AppendedRecords } },
      async handler({ params: { patientId }, body, caller, idempotency }) {
        const { category, confidentiality = 'N', clinicalDate, content, ...description } = body;
        const appender = await RecordAppender.for(services, caller, patientId);
        const bytes = Buffer.from(content, 'base64url');
        const record = { category, confidentiality, clinicalDate, description, content: bytes };
        const appended = await appender.append([record], idempotency, 'record');
        return appendedReply(appended);
      },
    }),
    route({
      method: 'post',
      path: '/v1/patients/:patientId/uploads',
      operationId: 'uploadRecord',
      tag: 'records',
      summary: 'Appends a record of any file type, streamed, up to 1 GiB',
      audience: writers,
      params: PatientParams,
      query: UploadQuery,
      body: { stream: ['*/*'], maxBytes: maxUploadBytes },
      responses: { 201: { description: 'on the chain', body: AppendedRecords } },
      async handler({ params: { patientId }, query, caller, idempotency, stream, header }) {
        const appender = await RecordAppender.for(services, caller, patientId);
        const mediaType = header('content-type') ?? 'application/octet-stream';
        const { category, confidentiality = 'N', clinicalDate } = query;
        const record = { category, confidentiality, clinicalDate, description: { mediaType } };
        const appended = await appender.appendStream(record, stream, idempotency, 'upload');
        return appendedReply(appended);
      },
    }),
    route({
      method: 'get',
      path: '/v1/patients/:patientId/records',
      operationId: 'listRecords',
      tag: 'records',
      summary: 'Open facts of the patient’s own records',
      description: 'Staff list records under an access: GET /v1/accesses/{accessId}/records.',
      audience: ['patient'],
      params: PatientParams,
      query: ListRecords,
      responses: { 200: { description: 'newest first', list: RecordView } },
      async handler(exchange) {
        const { params, query, caller } = exchange;
        requireNotOtherPatient(caller, params.patientId);
        const { items, nextCursor } = await recordsOfPatient(services.readModel.db, params.patientId, query);
        return page(exchange, items.map(recordView), nextCursor);
      },
    }),
    route({
      method: 'get',
      path: '/v1/records/:recordId',
      operationId: 'getRecord',
      tag: 'records',
      summary: 'Open facts of a record’s newest version',
      audience: ['patient', ...chartRoles],
      params: RecordParams,
      responses: { 200: { description: 'the record', body: RecordView } },
      async handler({ params: { recordId }, caller }) {
        const [fact] = await recordVersions(services.readModel.db, [{ recordId }]);
        const isAuthor =
          fact !== undefined && fact.authorOrg === caller.identity.mspId && fact.authorGroup === caller.department;
        const isOwn = fact !== undefined && caller.kind === 'patient' && fact.patientId === caller.id;
        // Who may not know of the record gets the answer of one that does not exist.
        if (fact === undefined || !(isAuthor || isOwn)) throw new Problem('record_not_found');
        return { status: 200, body: recordView(fact) };
      },
    }),
  ];
}

function appendedReply({ records, transaction }: Appended): Reply {
  return {
    status: 201,
    headers: { location: `/v1/records/${records[0]!.recordId}` },
    body: {
      records: records.map(({ recordId: id, version }) => ({ id, version })),
      ...transactionMembers(transaction),
    },
  };
}
