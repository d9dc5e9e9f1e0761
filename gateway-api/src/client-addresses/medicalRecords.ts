/** `/api/medical-records`: files in and out by content identifier, over records and accesses. */
import { IsBoolean, IsInt, IsNotEmpty, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import {
  formats,
  IsFormat,
  recordCategories,
  type RecordCategory,
  type RecordFact,
} from '@chain-of-care/chaincode/model';
import { entryHash } from '@chain-of-care/chaincode/rules';
import type { NewAccess } from '../accesses/dto.ts';
import type { OpenedAccesses } from '../accesses/openedAccesses.ts';
import { contentReply } from '../accesses/routes.ts';
import { ServedAccess } from '../accesses/serve.ts';
import { chartRoles, patientSide, writers } from '../auth/audiences.ts';
import type { Caller } from '../auth/caller.ts';
import { patientOf } from '../custody/patients.ts';
import { page, PageQuery } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { route, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import { Derivation } from '../idempotency/derivation.ts';
import { isOnPatientSide } from '../patients/access.ts';
import { recordByCid } from '../readmodel/queries/care.ts';
import { recordsOfPatient } from '../readmodel/queries/records.ts';
import { RecordAppender } from '../records/append.ts';
import { RecordView } from '../records/dto.ts';
import { recordView } from '../records/view.ts';
import type { Services } from '../services.ts';
import { CiphertextStoreError } from '../vault/store/index.ts';
import { openOwnAccess } from './access.ts';
import { readForm } from './multipart.ts';
import { refuseWallet } from './walletFields.ts';

const maxUploadBytes = 1024 ** 3;
const tag = 'client addresses';

/** Kinds of records by the client's names, where they differ from the ledger's. */
const categoryNames: Readonly<Record<string, RecordCategory>> = { report: 'document', allergies: 'allergy' };

export class CidParams {
  @IsFormat('cid') cid!: string;
}

export class UploadedRecord {
  @IsFormat('uuid') recordId!: string;
  @IsInt() @Min(1) version!: number;
  @IsFormat('cid') cid!: string;
  @IsString() recordType!: string;
  @IsString() @IsNotEmpty() @MaxLength(512) name!: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class VerifiedRecord {
  @IsFormat('cid') cid!: string;
  @IsFormat('uuid') recordId!: string;
  @IsInt() @Min(1) version!: number;
  /** The stored ciphertext has the hash that the database has. */
  @IsBoolean() integrityVerified!: boolean;
  /** The entry of the chain has on the ledger the hash that its facts, ciphertext included, give. */
  @IsBoolean() blockchainHashVerified!: boolean;
  @IsFormat('hex-256') sha256!: string;
  @IsFormat('hex-256') hash!: string;
  @IsFormat('date-time-offset') verifiedAt!: string;
}

export function medicalRecordRoutes(services: Services, accesses: OpenedAccesses): Route[] {
  const { db } = services.readModel;
  return [
    route({
      method: 'post',
      path: '/api/medical-records/upload',
      operationId: 'uploadMedicalRecord',
      tag,
      summary: 'Appends a file to a patient’s chart: a form with patientId, recordType, name and, last, file',
      description:
        'recordType: prescription, bill, report, lab_result, …; optional date (YYYY-MM-DD), today unless given.',
      audience: writers,
      body: { stream: ['multipart/form-data'], maxBytes: maxUploadBytes },
      responses: { 201: { description: 'on the chain', body: UploadedRecord } },
      async handler({ caller, idempotency, stream, header }) {
        const { fields, file } = await readForm(stream, header('content-type') ?? '');
        refuseWallet(fields);
        const { patientId, recordType = '', name = file.name ?? '', date = today(services) } = fields;
        const category = categoryOf(recordType);
        if (!formats.uuid(patientId ?? '')) throw invalid('patientId', 'the patient’s id');
        if (!formats['clinical-date'](date)) throw invalid('date', 'a day, month or year');
        if (name === '' || name.length > 512) throw invalid('name', '1 to 512 characters');
        const appender = await RecordAppender.for(services, caller, patientId!);
        const description = { title: name, mediaType: file.mediaType.slice(0, 128) };
        const record = { category, confidentiality: 'N', clinicalDate: date, description } as const;
        const appended = await appender.appendStream(record, file.content, idempotency, 'upload');
        const [{ recordId, version }] = appended.records as [{ recordId: string; version: number }];
        const cid = await cidOf(services, recordId, version);
        return {
          status: 201,
          headers: { location: `/api/medical-records/view/${cid}` },
          body: { recordId, version, cid, recordType, name, ...transactionMembers(appended.transaction) },
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/medical-records/view/:cid',
      operationId: 'viewMedicalRecord',
      tag,
      summary: 'Content by its content identifier, under an access of its own that is committed first',
      audience: [...patientSide, ...chartRoles],
      params: CidParams,
      responses: {
        200: { description: 'the content; X-Integrity-Verified, X-Blockchain-Hash-Verified', contentType: '*/*' },
        206: { description: 'the range asked for', contentType: '*/*' },
      },
      async handler({ params: { cid }, caller, requestId, header }) {
        const fact = await recordOf(services, caller, cid);
        // A view is an access of its own: the request's id makes its key.
        const idempotency = new Derivation(services.keystore.derived('client views'), caller.id, requestId);
        const { recordId: id, version } = fact;
        const purposeOfUse = caller.kind === 'staff' ? 'TREAT' : 'PATRQT';
        const wanted: NewAccess = { purposeOfUse, reason: 'viewed by content identifier', records: [{ id, version }] };
        const accessId = await openOwnAccess(services, caller, fact.patientId, wanted, idempotency);
        const served = await ServedAccess.of(accesses, caller, accessId);
        return contentReply(services, served, { recordId: id, version }, header('range'));
      },
    }),
    route({
      method: 'get',
      path: '/api/medical-records/verify/:cid',
      operationId: 'verifyMedicalRecord',
      tag,
      summary: 'Whether a record’s ciphertext is what the database and the ledger say; nothing is opened',
      audience: [...patientSide, ...chartRoles],
      params: CidParams,
      responses: { 200: { description: 'what was compared', body: VerifiedRecord } },
      async handler({ params: { cid }, caller }) {
        return { status: 200, body: await verify(services, await recordOf(services, caller, cid)) };
      },
    }),
    route({
      method: 'get',
      path: '/api/medical-records/patient-records',
      operationId: 'listPatientRecords',
      tag,
      summary: 'Open facts of the patient’s own records',
      audience: ['patient'],
      query: PageQuery,
      responses: { 200: { description: 'newest first', list: RecordView } },
      async handler(exchange) {
        const { items, nextCursor } = await recordsOfPatient(db, exchange.caller.id, exchange.query);
        return page(exchange, items.map(recordView), nextCursor);
      },
    }),
  ];
}

/** Whoever may not open it learns no more than that it is not there; whether they may is decided by the access. */
async function recordOf(services: Services, caller: Caller, cid: string): Promise<RecordFact> {
  const fact = await recordByCid(services.readModel.db, cid);
  if (fact === undefined) throw new Problem('record_not_found');
  if (caller.kind !== 'staff' && !(await isOnPatientSide(services, caller, fact.patientId)))
    throw new Problem('record_not_found');
  return fact;
}

async function cidOf({ readModel }: Services, recordId: string, version: number): Promise<string> {
  await readModel.waitForAcknowledged();
  const row = await readModel.db
    .selectFrom('records')
    .select('cid')
    .where('record_id', '=', recordId)
    .where('version', '=', version)
    .executeTakeFirstOrThrow();
  return row.cid;
}

/** The stored bytes against the database, the database against the ledger, and the ledger's facts against their own hash. */
async function verify(services: Services, fact: RecordFact): Promise<VerifiedRecord> {
  const { patientId, recordId, version, cid, sha256, hash } = fact;
  const { home, handle } = await patientOf(services, patientId);
  const body = { patientId, home, records: [{ recordId, version }] };
  const [stored, onLedger] = await Promise.all([
    services.store.verify(cid).catch(notStored),
    services.ledger.query<{ records: readonly (RecordFact | null)[] }>(services.serviceIdentity, {
      type: 'care.readRecords',
      handle,
      body,
    }),
  ]);
  const [record] = onLedger.records;
  return {
    cid,
    recordId,
    version,
    integrityVerified: stored?.sha256 === sha256,
    blockchainHashVerified: record?.hash === hash && record.sha256 === sha256 && entryHash(record) === hash,
    sha256,
    hash,
    verifiedAt: new Date(services.clock()).toISOString(),
  };
}

function notStored(error: unknown): undefined {
  if (error instanceof CiphertextStoreError) return undefined;
  throw error;
}

/** @throws Problem validation_failed */
export function categoryOf(recordType: string): RecordCategory {
  const category = categoryNames[recordType] ?? recordCategories.find((each) => each === recordType);
  if (category === undefined) throw invalid('recordType', `one of: ${['report', ...recordCategories].join(', ')}`);
  return category;
}

function invalid(field: string, detail: string): Problem {
  return new Problem('validation_failed', { errors: [{ pointer: `/${field}`, code: 'validation_failed', detail }] });
}

const today = ({ clock }: Pick<Services, 'clock'>): string => new Date(clock()).toISOString().slice(0, 10);
