import type { RecordFact } from '@chain-of-care/chaincode/model';
import { chartRoles, patientSide, writers } from '../auth/audiences.ts';
import { checkedBody } from '../http/input.ts';
import { page } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { route, type Exchange, type Reply, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import { PatientParams } from '../patients/dto.ts';
import { requireNotOtherPatient } from '../patients/access.ts';
import { countRecords, recordsOfPatient, versionsOfRecord } from '../readmodel/queries/records.ts';
import type { Services } from '../services.ts';
import { continuedVersion, knownRecord, toldWhenStale, versionTag, withdrawRecord } from './amend.ts';
import { RecordAppender, type Appended } from './append.ts';
import { requireWellFormedCodes } from './coding.ts';
import {
  Amendment,
  AmendmentQuery,
  AppendedRecords,
  ListRecords,
  ListVersions,
  NewRecord,
  RecordParams,
  RecordView,
  UploadDescription,
  UploadQuery,
  Withdrawing,
  type RecordDescription,
} from './dto.ts';
import { openFilter } from './filter.ts';
import type { PlainRecord } from './seal.ts';
import { recordView } from './view.ts';

const maxUploadBytes = 1024 ** 3;
const ifMatch =
  'If-Match names the version continued, by its ETag; of two that continue the same one the second gets 412.';
const described =
  'Title, coding, exact time and facility go into the header Record-Description: base64url of JSON (UploadDescription).';

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
        requireWellFormedCodes(description.coding);
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
      description: described,
      audience: writers,
      params: PatientParams,
      query: UploadQuery,
      body: { stream: ['*/*'], maxBytes: maxUploadBytes },
      responses: { 201: { description: 'on the chain', body: AppendedRecords } },
      async handler({ params: { patientId }, query, caller, idempotency, stream, header }) {
        const { category, confidentiality = 'N', clinicalDate } = query;
        const record = { category, confidentiality, clinicalDate, description: uploadDescription(header) };
        const appender = await RecordAppender.for(services, caller, patientId);
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
      audience: patientSide,
      params: PatientParams,
      query: ListRecords,
      responses: { 200: { description: 'newest first', list: RecordView } },
      async handler(exchange) {
        const { params, query, caller } = exchange;
        await requireNotOtherPatient(services, caller, params.patientId);
        const { limit, cursor, total } = query;
        const place = { ...(limit === undefined ? {} : { limit }), ...(cursor === undefined ? {} : { cursor }) };
        const { db } = services.readModel;
        const filter = { ...openFilter(query), ofPatientOnly: true } as const;
        const { items, nextCursor } = await recordsOfPatient(db, params.patientId, { ...filter, ...place });
        const counted = total === true ? { total: await countRecords(db, params.patientId, filter) } : {};
        return page(exchange, items.map(recordView), nextCursor, counted);
      },
    }),
    route({
      method: 'get',
      path: '/v1/records/:recordId',
      operationId: 'getRecord',
      tag: 'records',
      summary: 'Open facts of a record’s newest version',
      audience: [...patientSide, ...chartRoles],
      params: RecordParams,
      responses: { 200: { description: 'the record; its ETag is what an amendment names', body: RecordView } },
      async handler({ params: { recordId }, caller }) {
        const fact = await knownRecord(services, caller, recordId);
        return { status: 200, headers: { etag: versionTag(fact) }, body: recordView(fact) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/records/:recordId/versions',
      operationId: 'listRecordVersions',
      tag: 'records',
      summary: 'Open facts of every version of a record, its withdrawal among them',
      audience: [...patientSide, ...chartRoles],
      params: RecordParams,
      query: ListVersions,
      responses: { 200: { description: 'newest first', list: RecordView } },
      async handler(exchange) {
        const { params, query, caller } = exchange;
        const { recordId } = await knownRecord(services, caller, params.recordId);
        const { items, nextCursor } = await versionsOfRecord(services.readModel.db, recordId, query);
        return page(exchange, items.map(recordView), nextCursor);
      },
    }),
    route({
      method: 'post',
      path: '/v1/records/:recordId/versions',
      operationId: 'amendRecord',
      tag: 'records',
      summary: 'Amends a record: a further version, the earlier ones stay',
      description: `By the author’s department. ${ifMatch}`,
      audience: writers,
      params: RecordParams,
      body: Amendment,
      responses: { 201: { description: 'on the chain', body: AppendedRecords } },
      async handler(exchange) {
        const { body, caller, idempotency, params } = exchange;
        const fact = await knownRecord(services, caller, params.recordId);
        const { confidentiality = fact.confidentiality, clinicalDate, content, ...description } = body;
        requireWellFormedCodes(description.coding);
        const record = { ...amends(exchange, fact), confidentiality, clinicalDate, description };
        const appender = await RecordAppender.for(services, caller, fact.patientId);
        const bytes = Buffer.from(content, 'base64url');
        const appended = appender.append([{ ...record, content: bytes }], idempotency, 'amendment');
        return appendedReply(await toldWhenStale(services, record.amends, appended));
      },
    }),
    route({
      method: 'post',
      path: '/v1/records/:recordId/uploads',
      operationId: 'amendByUpload',
      tag: 'records',
      summary: 'Amends a record by a file of any type, streamed, up to 1 GiB',
      description: `${described} ${ifMatch}`,
      audience: writers,
      params: RecordParams,
      query: AmendmentQuery,
      body: { stream: ['*/*'], maxBytes: maxUploadBytes },
      responses: { 201: { description: 'on the chain', body: AppendedRecords } },
      async handler(exchange) {
        const { params, query, caller, idempotency, stream, header } = exchange;
        const fact = await knownRecord(services, caller, params.recordId);
        const { confidentiality = fact.confidentiality, clinicalDate } = query;
        const description = uploadDescription(header);
        const record = { ...amends(exchange, fact), confidentiality, clinicalDate, description };
        const appender = await RecordAppender.for(services, caller, fact.patientId);
        const appended = appender.appendStream(record, stream, idempotency, 'amendment');
        return appendedReply(await toldWhenStale(services, record.amends, appended));
      },
    }),
    route({
      method: 'post',
      path: '/v1/records/:recordId/entered-in-error',
      operationId: 'enterInError',
      tag: 'records',
      summary: 'Withdraws a record that is wrong, or was put into the wrong chart; nothing is taken out',
      description: `By the author’s department. No consent opens it any more. ${ifMatch}`,
      audience: writers,
      params: RecordParams,
      body: Withdrawing,
      responses: { 201: { description: 'on the chain', body: AppendedRecords } },
      async handler(exchange) {
        const { params, body, caller, idempotency } = exchange;
        const fact = await knownRecord(services, caller, params.recordId);
        const withdrawal = {
          continued: continuedVersion(exchange, fact),
          withdrawn: body.reason ?? 'entered-in-error',
        };
        const withdrawn = withdrawRecord(services, caller, fact, withdrawal, idempotency);
        const written = { recordId: fact.recordId, version: withdrawal.continued + 1 };
        return appendedReply(await toldWhenStale(services, written, withdrawn));
      },
    }),
  ];
}

function amends(
  exchange: Pick<Exchange, 'header'>,
  fact: RecordFact,
): Pick<PlainRecord, 'category'> & Required<Pick<PlainRecord, 'amends'>> {
  if (fact.withdrawn !== undefined) throw new Problem('entered_in_error');
  const { recordId, category } = fact;
  return { category, amends: { recordId, version: continuedVersion(exchange, fact) + 1 } };
}

/** @throws Problem validation_failed, invalid_identifier */
function uploadDescription(header: Exchange['header']): RecordDescription {
  const mediaType = header('content-type') ?? 'application/octet-stream';
  const given = header('record-description');
  if (given === undefined) return { mediaType };
  const description = checkedBody(UploadDescription, parsedHeader(given)) as UploadDescription;
  requireWellFormedCodes(description.coding);
  return { ...description, mediaType };
}

function parsedHeader(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch (cause) {
    throw new Problem('validation_failed', {
      errors: [{ pointer: '/header/record-description', code: 'validation_failed', detail: 'is no JSON in base64url' }],
      cause,
    });
  }
}

function appendedReply({ records, transaction }: Appended): Reply {
  return {
    status: 201,
    headers: { location: `/v1/records/${records[0]!.recordId}`, etag: versionTag(records[0]!) },
    body: {
      records: records.map(({ recordId: id, version }) => ({ id, version })),
      ...transactionMembers(transaction),
    },
  };
}
