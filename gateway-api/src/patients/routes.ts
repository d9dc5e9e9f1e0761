import { auditDemographics, demographicsFor, type DemographicInteraction } from '../audit/demographicReads.ts';
import { chartRoles, registrars } from '../auth/audiences.ts';
import type { Caller } from '../auth/caller.ts';
import { toBase64Url } from '@chain-of-care/client';
import { categoryKeys } from '../custody/publicKeys.ts';
import { page } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { route, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import { patientFact } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import { requireOwnPatient } from './access.ts';
import { FindPatients, NewPatient, PatientParams, PatientView, Referral, RegisteredPatient } from './dto.ts';
import { registerPatient } from './register.ts';

/** Patients: registered once, found by exact identifier at their own hospital. */
export function patientRoutes(services: Services): Route[] {
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
      audience: ['patient', ...registrars, ...chartRoles],
      params: PatientParams,
      responses: { 200: { description: 'the patient', body: PatientView } },
      async handler({ params: { patientId }, caller }) {
        if (caller.kind === 'patient') requireOwnPatient(caller, patientId);
        const view = await viewFor(services, caller, patientId, 'read');
        if (view === undefined) throw new Problem('patient_not_found');
        return { status: 200, body: view };
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
      audience: ['patient'],
      params: PatientParams,
      responses: { 200: { description: 'home and handle; to be treated like a key', body: Referral } },
      async handler({ params: { patientId }, caller }) {
        requireOwnPatient(caller, patientId);
        const patient = await patientFact(services.readModel.db, patientId);
        if (patient === undefined) throw new Problem('patient_not_found');
        const noteKey = toBase64Url((await categoryKeys(services, patientId))('other', 'N').publicKey);
        return {
          status: 200,
          headers: { 'cache-control': 'no-store' },
          body: { patientId, home: patient.home, handle: patient.handle, noteKey },
        };
      },
    }),
  ];
}

function splitIdentifier(identifier: string): { system: string; value: string } {
  const separator = identifier.lastIndexOf('|');
  if (separator <= 0 || separator === identifier.length - 1)
    throw new Problem('validation_failed', {
      errors: [{ pointer: 'query/identifier', code: 'validation_failed', detail: 'must be system|value' }],
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
  return {
    id,
    home,
    status,
    registeredAt,
    name: { ...name, given: [...name.given] },
    identifiers: [...identifiers],
    ...(birthDate === undefined ? {} : { birthDate }),
    ...(gender === undefined ? {} : { gender }),
    ...(details === undefined ? {} : { source: details }),
  };
}
