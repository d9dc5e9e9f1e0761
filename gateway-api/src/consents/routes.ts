import { collectionName } from '@chain-of-care/chaincode/model';
import { patientOf } from '../custody/patients.ts';
import { chartRoles, patientSide } from '../auth/audiences.ts';
import type { Caller } from '../auth/caller.ts';
import { defaultLimit, page } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { route, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import { isOnPatientSide, requireOwnPatient } from '../patients/access.ts';
import { PatientParams } from '../patients/dto.ts';
import { consentById, consentsOfPatient, type ConsentFact } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import { authorizedRecords } from './authorized.ts';
import { AuthorizedPatient, ListAuthorizedRecords } from './authorizedDto.ts';
import { ConsentParams, ConsentView, GrantedConsent, ListConsents, NewConsent, RevokedConsent } from './dto.ts';
import { grantConsent, isElsewhere } from './grant.ts';
import { previewConsents } from './preview.ts';
import { ConsentPreview, ConsentQuestion } from './previewDto.ts';

/** Consents: granted and revoked by the patient, effective with the transaction. */
export function consentRoutes(services: Services): Route[] {
  return [
    authorizedRoute(services),
    previewRoute(services),
    route({
      method: 'post',
      path: '/v1/patients/:patientId/consents',
      operationId: 'grantConsent',
      tag: 'consents',
      summary: 'Permits or denies somebody records of some categories, days and purposes',
      audience: patientSide,
      params: PatientParams,
      body: NewConsent,
      responses: { 201: { description: 'granted', body: GrantedConsent } },
      async handler({ params, body, caller, idempotency }) {
        await requireOwnPatient(services, caller, params.patientId);
        const { consentId, transaction, ...keys } = await grantConsent(
          services,
          caller,
          params.patientId,
          body,
          idempotency,
        );
        return {
          status: 201,
          headers: { location: `/v1/consents/${consentId}` },
          body: { id: consentId, ...keys, ...transactionMembers(transaction) },
        };
      },
    }),
    route({
      method: 'get',
      path: '/v1/patients/:patientId/consents',
      operationId: 'listConsents',
      tag: 'consents',
      summary: "The patient's consents, ended ones too",
      audience: patientSide,
      params: PatientParams,
      query: ListConsents,
      responses: { 200: { description: 'newest first', list: ConsentView } },
      async handler(exchange) {
        await requireOwnPatient(services, exchange.caller, exchange.params.patientId);
        const { items, nextCursor } = await consentsOfPatient(
          services.readModel.db,
          exchange.params.patientId,
          exchange.query,
        );
        return page(exchange, items.map(consentView), nextCursor);
      },
    }),
    route({
      method: 'get',
      path: '/v1/consents/:consentId',
      operationId: 'getConsent',
      tag: 'consents',
      summary: 'A consent',
      audience: patientSide,
      params: ConsentParams,
      responses: { 200: { description: 'the consent', body: ConsentView } },
      async handler({ params, caller }) {
        return { status: 200, body: consentView(await ownConsent(services, params.consentId, caller)) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/consents/:consentId/revocation',
      operationId: 'revokeConsent',
      tag: 'consents',
      summary: 'Ends a consent; running accesses under it are served no more',
      audience: patientSide,
      params: ConsentParams,
      responses: { 201: { description: 'revoked', body: RevokedConsent } },
      async handler({ params: { consentId }, caller, idempotency }) {
        const { grantee, patientId } = await ownConsent(services, consentId, caller);
        const patient = await patientOf(services, patientId);
        const { home, handle } = patient;
        const elsewhere = isElsewhere(patient, grantee);
        const { result, transaction } = await services.ledger.submit<{ revokedAt: string }>(caller.identity, {
          type: 'care.revokeConsent',
          body: { patientId, home, consentId, grantee },
          handle,
          ...idempotency.command('revoke'),
          touches: {
            writes: [elsewhere ? collectionName.exchange(home) : collectionName.access(home)],
            reads: [collectionName.care(home)],
          },
        });
        return {
          status: 201,
          body: { id: consentId, revokedAt: result.revokedAt, ...transactionMembers(transaction) },
        };
      },
    }),
  ];
}

function previewRoute(services: Services): Route {
  return route({
    method: 'post',
    path: '/v1/patients/:patientId/consent-decisions',
    operationId: 'previewConsents',
    tag: 'consents',
    summary: 'Who could see records now, and by which rule; and what a change would change',
    description: 'Decided by the same rules as on the ledger. Nothing is signed or written.',
    audience: patientSide,
    idempotent: false,
    params: PatientParams,
    body: ConsentQuestion,
    responses: { 200: { description: 'by record', body: ConsentPreview } },
    async handler({ params: { patientId }, body, caller }) {
      await requireOwnPatient(services, caller, patientId);
      return { status: 200, body: await previewConsents(services, await patientOf(services, patientId), body) };
    },
  });
}

/** What consents open to the caller. */
function authorizedRoute(services: Services): Route {
  return route({
    method: 'get',
    path: '/v1/authorized-records',
    operationId: 'listAuthorizedRecords',
    tag: 'consents',
    summary: 'Records that patients have opened to the caller, a patient an item',
    description: 'Ids, categories and days only. `proof=ledger` lets the peer decide on committed state.',
    audience: chartRoles,
    query: ListAuthorizedRecords,
    responses: { 200: { description: 'by patient', list: AuthorizedPatient } },
    async handler(exchange) {
      const { purposeOfUse = 'TREAT', proof, limit = defaultLimit, cursor } = exchange.query;
      const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString('utf8');
      if (after.includes('\u0000')) throw new Problem('invalid_cursor');
      const asked = { purposeOfUse, isProven: proof === 'ledger', limit, after };
      const { items, nextCursor } = await authorizedRecords(services, exchange.caller, asked);
      return page(exchange, items, nextCursor);
    },
  });
}

/** @throws Problem consent_not_found, also for somebody else's */
async function ownConsent(services: Services, consentId: string, caller: Caller): Promise<ConsentFact> {
  const consent = await consentById(services.readModel.db, consentId);
  if (consent === undefined || !(await isOnPatientSide(services, caller, consent.patientId)))
    throw new Problem('consent_not_found');
  return consent;
}

function consentView({
  consentId: id,
  grantedBy: _grantedBy,
  sealedNote: _sealedNote,
  ...view
}: ConsentFact): ConsentView {
  return { id, ...view };
}
