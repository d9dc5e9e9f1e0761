import { auditDemographics, demographicsFor, type DemographicInteraction } from '../audit/demographicReads.ts';
import { chartRoles, patientSide, registrars } from '../auth/audiences.ts';
import type { Caller } from '../auth/caller.ts';
import { page } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { route, type Exchange, type Reply, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import { patientFact } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import { requireNotOtherPatient, requireOwnPatient } from './access.ts';
import {
  ChangedPatient,
  FindPatients,
  ListLinks,
  NewPatient,
  OtherRegistration,
  PatientLinkView,
  PatientParams,
  PatientUpdate,
  PatientView,
  Referral,
  ReferralCode,
  ReferredPatient,
  RegisteredPatient,
  ShownCode,
} from './dto.ts';
import { changeStatus, linkPatients, linksOf } from './links.ts';
import { newReferralCode, redeemReferralCode, addReferralRoute, referralOf } from './referralCodes.ts';
import { registerPatient } from './register.ts';
import { demographicsTag, updateDemographics } from './update.ts';

/** Patients: registered once, found by exact identifier at their own hospital. */
export function patientRoutes(services: Services): Route[] {
  addReferralRoute(services);
  return [
    route({
      method: 'post',
      path: '/v1/patients',
      operationId: 'registerPatient',
      tag: 'patients',
      summary: 'Registers a patient',
      description: 'A second registration with a known identifier is refused and names the first patient.',
      audience: registrars,
      body: NewPatient,
      responses: { 201: { description: 'registered', body: RegisteredPatient } },
      async handler({ body, caller, idempotency }) {
        const { patientId, did, transaction } = await registerPatient(services, caller, body, idempotency);
        return {
          status: 201,
          headers: { location: `/v1/patients/${patientId}` },
          body: { id: patientId, did, home: caller.identity.mspId, ...transactionMembers(transaction) },
        };
      },
    }),
    route({
      method: 'get',
      path: '/v1/patients',
      operationId: 'findPatients',
      tag: 'patients',
      summary: 'Finds a patient by exact identifier',
      audience: [...registrars, ...chartRoles],
      query: FindPatients,
      responses: { 200: { description: 'the patient, or none', list: PatientView } },
      async handler(exchange) {
        const found = await services.demographics.findByIdentifier(splitIdentifier(exchange.query.identifier));
        if (found === undefined) await auditDemographics(services, exchange.caller, undefined, 'search');
        const view = found === undefined ? undefined : await viewFor(services, exchange.caller, found, 'search');
        return page(exchange, view === undefined ? [] : [view], undefined);
      },
    }),
    route({
      method: 'get',
      path: '/v1/patients/:patientId',
      operationId: 'getPatient',
      tag: 'patients',
      summary: 'A patient of this hospital',
      audience: [...patientSide, ...registrars, ...chartRoles],
      params: PatientParams,
      responses: { 200: { description: 'the patient', body: PatientView } },
      async handler({ params: { patientId }, caller }) {
        await requireNotOtherPatient(services, caller, patientId);
        return patientReply(services, caller, patientId);
      },
    }),
    route({
      method: 'get',
      path: '/v1/patients/:patientId/did',
      operationId: 'getDidDocument',
      tag: 'patients',
      summary: "The patient's DID document",
      audience: 'authenticated',
      params: PatientParams,
      responses: { 200: { description: 'DID document (W3C DID Core)', contentType: 'application/did+json' } },
      async handler({ params: { patientId } }) {
        const patient = await patientFact(services.readModel.db, patientId);
        if (patient === undefined) throw new Problem('patient_not_found');
        return { status: 200, body: patient.didDocument, headers: { 'content-type': 'application/did+json' } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/patients/:patientId/referral',
      operationId: 'getReferral',
      tag: 'patients',
      summary: 'What the patient hands to another hospital so that it finds the patient on the ledger',
      audience: patientSide,
      params: PatientParams,
      responses: { 200: { description: 'home and handle; to be treated like a key', body: Referral } },
      async handler({ params: { patientId }, caller }) {
        await requireOwnPatient(services, caller, patientId);
        const referral = await referralOf(services, patientId);
        if (referral === undefined) throw new Problem('patient_not_found');
        return { status: 200, headers: { 'cache-control': 'no-store' }, body: referral };
      },
    }),
    route({
      method: 'patch',
      path: '/v1/patients/:patientId',
      operationId: 'updatePatient',
      tag: 'patients',
      summary: 'Changes a patient’s demographics; what is not named stays',
      description: 'If-Match names the ETag of GET. Who changed them stands in the patient’s audit.',
      audience: registrars,
      params: PatientParams,
      body: PatientUpdate,
      responses: { 200: { description: 'the patient as changed', body: PatientView } },
      async handler(exchange) {
        const { params, body, caller } = exchange;
        await updateDemographics(services, exchange, caller, params.patientId, body);
        return patientReply(services, caller, params.patientId);
      },
    }),
    route({
      method: 'post',
      path: '/v1/patients/:patientId/links',
      operationId: 'linkPatients',
      tag: 'patients',
      summary: 'Links another registration of the same person; their charts stay two',
      audience: registrars,
      params: PatientParams,
      body: OtherRegistration,
      responses: { 201: { description: 'linked from both sides', body: ChangedPatient } },
      async handler({ params: { patientId: id }, body, caller, idempotency }) {
        const transaction = await linkPatients(services, caller, [id, body.patientId], false, idempotency);
        return { status: 201, body: { id, ...transactionMembers(transaction) } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/patients/:patientId/links/ending',
      operationId: 'endPatientLink',
      tag: 'patients',
      summary: 'Parts two registrations that were linked in error',
      audience: registrars,
      params: PatientParams,
      body: OtherRegistration,
      responses: { 200: { description: 'parted', body: ChangedPatient } },
      async handler({ params: { patientId: id }, body, caller, idempotency }) {
        const transaction = await linkPatients(services, caller, [id, body.patientId], true, idempotency);
        return { status: 200, body: { id, ...transactionMembers(transaction) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/patients/:patientId/links',
      operationId: 'listPatientLinks',
      tag: 'patients',
      summary: 'Other registrations of the same person, ended links too',
      audience: [...patientSide, ...registrars, ...chartRoles],
      params: PatientParams,
      query: ListLinks,
      responses: { 200: { description: 'newest first', list: PatientLinkView } },
      async handler(exchange) {
        const { params, caller } = exchange;
        await requireNotOtherPatient(services, caller, params.patientId);
        return page(exchange, await linksOf(services, params.patientId), undefined);
      },
    }),
    statusRoute(services, 'death', 'deceased', 'Records a patient’s death; new records are refused, amendments too'),
    statusRoute(services, 'death-correction', 'active', 'Takes back a death that was recorded in error'),
    route({
      method: 'post',
      path: '/v1/patients/:patientId/referral-codes',
      operationId: 'makeReferralCode',
      tag: 'patients',
      summary: 'A short code, and a QR code of it, that leads another hospital to the patient; once, for 15 minutes',
      audience: patientSide,
      params: PatientParams,
      responses: { 201: { description: 'to be shown to one person', body: ReferralCode } },
      idempotent: false,
      async handler({ params: { patientId }, caller }) {
        await requireOwnPatient(services, caller, patientId);
        const made = await newReferralCode(services, patientId);
        const { qrSvg } = await import('@chain-of-care/client/barcodes');
        const svg = qrSvg(made.code);
        return { status: 201, headers: { 'cache-control': 'no-store' }, body: { ...made, svg } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/referral-redemptions',
      operationId: 'redeemReferralCode',
      tag: 'patients',
      summary: 'By staff: who the code that a patient shows leads to; it gives no right to read',
      audience: chartRoles,
      body: ShownCode,
      idempotent: false,
      rateLimit: { windowMs: 60_000, limit: 10 },
      responses: {
        200: { description: 'accesses to this patient can be asked for from now on', body: ReferredPatient },
      },
      async handler({ body: { code } }) {
        return { status: 200, body: await redeemReferralCode(services, code) };
      },
    }),
  ];
}

function statusRoute(services: Services, noun: string, status: 'active' | 'deceased', summary: string): Route {
  return route({
    method: 'post',
    path: `/v1/patients/:patientId/${noun}`,
    operationId: status === 'deceased' ? 'recordDeath' : 'correctDeath',
    tag: 'patients',
    summary,
    audience: registrars,
    params: PatientParams,
    responses: { 200: { description: 'recorded', body: ChangedPatient } },
    async handler({ params: { patientId: id }, caller, idempotency }: Exchange<PatientParams>) {
      const transaction = await changeStatus(services, caller, id, status, idempotency);
      return { status: 200, body: { id, ...transactionMembers(transaction) } };
    },
  });
}

async function patientReply(services: Services, caller: Caller, patientId: string): Promise<Reply> {
  const view = await viewFor(services, caller, patientId, 'read');
  if (view === undefined) throw new Problem('patient_not_found');
  return { status: 200, headers: { etag: await demographicsTag(services, patientId) }, body: view };
}

function splitIdentifier(identifier: string): { system: string; value: string } {
  const separator = identifier.lastIndexOf('|');
  if (separator <= 0 || separator === identifier.length - 1)
    throw new Problem('validation_failed', {
      errors: [{ pointer: '/query/identifier', code: 'validation_failed', detail: 'must be system|value' }],
    });
  return { system: identifier.slice(0, separator), value: identifier.slice(separator + 1) };
}

async function viewFor(
  services: Services,
  caller: Caller,
  id: string,
  interaction: DemographicInteraction,
): Promise<PatientView | undefined> {
  const fact = await patientFact(services.readModel.db, id);
  if (fact === undefined) return undefined;
  const demographics = await demographicsFor(services, caller, id, interaction);
  if (demographics === undefined) return undefined;
  const { name, birthDate, gender, identifiers, details } = demographics;
  const { home, status, registeredAt } = fact;
  const links = (await linksOf(services, id)).filter(({ endedAt }) => endedAt === undefined);
  return {
    id,
    home,
    status,
    registeredAt,
    links: links.map(({ patientId }) => patientId),
    name: { ...name, given: [...name.given] },
    identifiers: [...identifiers],
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(gender === undefined ? {} : { gender }),
    ...(details === undefined ? {} : { source: details }),
  };
}
