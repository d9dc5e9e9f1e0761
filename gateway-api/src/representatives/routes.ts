import { recordGatewayAct } from '../audit/gatewayActs.ts';
import { chartRoles, patientSide, registrars, rolesOf } from '../auth/audiences.ts';
import { page } from '../http/page.ts';
import { route, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import { mediaTypeOf } from '../http/mediaType.ts';
import { requireNotOtherPatient } from '../patients/access.ts';
import { PatientParams } from '../patients/dto.ts';
import { representativesOf, representedBy } from '../readmodel/queries/representatives.ts';
import type { Services } from '../services.ts';
import { maxDocumentBytes, openDocument, sealDocument } from '../supply/sealedDocuments.ts';
import {
  ConfirmedRepresentative,
  EndedRepresentation,
  KeptEvidence,
  ListRepresentatives,
  NewRepresentative,
  RepresentativeParams,
  RepresentativeView,
} from './dto.ts';
import { confirmRepresentative, endRepresentative, representativeOf, representativeView } from './representatives.ts';

const confirmers = rolesOf('care.confirmRepresentative');

/** Representatives: parents, guardians and holders of a power of attorney, who act as the patient until an end. */
export function representativeRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  return [
    route({
      method: 'post',
      path: '/v1/patients/:patientId/representatives',
      operationId: 'confirmRepresentative',
      tag: 'representatives',
      summary: 'Confirms who acts for the patient, by a registrar who saw evidence',
      description:
        'From now on the login reads and decides as the patient would, until the end. Both are told; the audit names who acted.',
      audience: confirmers,
      params: PatientParams,
      body: NewRepresentative,
      responses: { 201: { description: 'confirmed', body: ConfirmedRepresentative } },
      async handler({ params: { patientId }, body, caller, idempotency }) {
        const confirmed = await confirmRepresentative(services, caller, patientId, body, idempotency);
        const { representativeId: id, personId, transaction } = confirmed;
        return { status: 201, body: { id, personId, ...transactionMembers(transaction) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/patients/:patientId/representatives',
      operationId: 'listRepresentatives',
      tag: 'representatives',
      summary: 'Who acts, or acted, for the patient',
      audience: [...patientSide, ...registrars, ...chartRoles],
      params: PatientParams,
      query: ListRepresentatives,
      responses: { 200: { description: 'newest first', list: RepresentativeView } },
      async handler(exchange) {
        const { params, caller } = exchange;
        await requireNotOtherPatient(services, caller, params.patientId);
        const found = await representativesOf(db, params.patientId);
        const views = found.map(async (each) => representativeView(services, caller, each));
        return page(exchange, await Promise.all(views), undefined);
      },
    }),
    route({
      method: 'post',
      path: '/v1/patients/:patientId/representatives/:representativeId/ending',
      operationId: 'endRepresentative',
      tag: 'representatives',
      summary: 'Ends it before its time; what runs under it is served no more',
      description: 'By a registrar or the representative; a power of attorney also by the patient who gave it.',
      audience: [...patientSide, ...confirmers],
      params: RepresentativeParams,
      responses: { 201: { description: 'ended', body: EndedRepresentation } },
      async handler({ params: { patientId, representativeId: id }, caller, idempotency }) {
        await requireNotOtherPatient(services, caller, patientId);
        const { result, transaction } = await endRepresentative(services, caller, patientId, id, idempotency);
        return { status: 201, body: { id, endedAt: result.endedAt, ...transactionMembers(transaction) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/represented-patients',
      operationId: 'listRepresentedPatients',
      tag: 'representatives',
      summary: 'For whom the caller acts now',
      audience: patientSide,
      query: ListRepresentatives,
      responses: { 200: { description: 'newest first', list: RepresentativeView } },
      async handler(exchange) {
        const { caller } = exchange;
        const found = await representedBy(db, caller.identity.deviceKey, services.clock());
        const views = found.map(async (each) => representativeView(services, caller, each));
        return page(exchange, await Promise.all(views), undefined);
      },
    }),
    ...evidenceRoutes(services),
  ];
}

/** Deeds, court orders: sealed to the hospital and the regulator; the ledger has their hash. */
function evidenceRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/representation-evidence',
      operationId: 'uploadRepresentationEvidence',
      tag: 'representatives',
      summary: 'Seals a document that shows who may act for a patient to the hospital and the regulator',
      audience: confirmers,
      body: { stream: ['*/*'], maxBytes: maxDocumentBytes - 128 * 1024 },
      responses: { 201: { description: 'kept; a confirmation names its cid', body: KeptEvidence } },
      async handler({ stream, header }) {
        const mediaType = mediaTypeOf(header('content-type'));
        const { cid, size } = await sealDocument(services, stream, mediaType, [services.consortium.regulator]);
        return { status: 201, body: { cid, size } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/patients/:patientId/representatives/:representativeId/evidence',
      operationId: 'getRepresentationEvidence',
      tag: 'representatives',
      summary: 'The document that the registrar saw; in the patient’s audit',
      audience: [...confirmers, 'privacy-officer', 'inspector'],
      params: RepresentativeParams,
      responses: { 200: { description: 'the document', contentType: '*/*' } },
      async handler({ params: { patientId, representativeId: subjectId }, caller }) {
        const { evidence } = await representativeOf(services, patientId, subjectId);
        await recordGatewayAct(services, caller, {
          type: 'representative',
          interaction: 'read-evidence',
          patientId,
          subjectId,
        });
        const patient = await services.facts.patient(patientId);
        const holders = patient === undefined ? [] : [patient.home];
        const { mediaType, content } = await openDocument(services, evidence, holders);
        const headers = { 'content-type': mediaType, 'content-disposition': 'attachment', 'cache-control': 'no-store' };
        return { status: 200, headers, stream: content };
      },
    }),
  ];
}
