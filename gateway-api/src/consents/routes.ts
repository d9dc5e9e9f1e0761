import { subjectOf, subjectsOf } from '@chain-of-care/chaincode/model';
import { chartRoles, patientSide, rolesOf } from '../auth/audiences.ts';
import type { Caller } from '../auth/caller.ts';
import { patientOf } from '../custody/patients.ts';
import { defaultLimit, page } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { route, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import { isOnPatientSide, requireOwnPatient } from '../patients/access.ts';
import { PatientParams } from '../patients/dto.ts';
import { consentById, consentsOfPatient, delegationsOf, type ConsentFact } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import { authorizedRecords, requesterOf } from './authorized.ts';
import { AuthorizedPatient, ListAuthorizedRecords } from './authorizedDto.ts';
import { delegateConsent, revocationTouches } from './delegate.ts';
import {
  ConsentParams,
  ConsentRenewal,
  ConsentTemplateView,
  ConsentView,
  GrantedConsent,
  ListConsents,
  NewConsent,
  NewDelegation,
  RevokedConsent,
} from './dto.ts';
import { grantConsent } from './grant.ts';
import { previewConsents } from './preview.ts';
import { ConsentPreview, ConsentQuestion } from './previewDto.ts';
import { renewConsent } from './renew.ts';
import { templateViews } from './templates.ts';

const delegators = rolesOf('care.delegateConsent');

/** Consents: granted and revoked by the patient, passed on by whom they name, effective with the transaction. */
export function consentRoutes(services: Services): Route[] {
  return [
    authorizedRoute(services),
    previewRoute(services),
    templatesRoute(),
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
        const consent = await consentOf(services, params.consentId, ({ patientId }) =>
          isOnPatientSide(services, caller, patientId),
        );
        return { status: 200, body: consentView(consent) };
      },
    }),
    renewalRoute(services),
    revocationRoute(services),
    ...delegationRoutes(services),
  ];
}

function renewalRoute(services: Services): Route {
  return route({
    method: 'post',
    path: '/v1/consents/:consentId/renewal',
    operationId: 'renewConsent',
    tag: 'consents',
    summary: 'Grants a consent once more, with another end',
    description:
      'The new one says what the former said and names it; what counts counts anew. A revoked one is not renewed.',
    audience: patientSide,
    params: ConsentParams,
    body: ConsentRenewal,
    responses: { 201: { description: 'granted', body: GrantedConsent } },
    async handler({ params, body: { expiresAt }, caller, idempotency }) {
      const former = await consentOf(services, params.consentId, ({ patientId }) =>
        isOnPatientSide(services, caller, patientId),
      );
      const { consentId, transaction, ...keys } = await renewConsent(services, caller, former, expiresAt, idempotency);
      return {
        status: 201,
        headers: { location: `/v1/consents/${consentId}` },
        body: { id: consentId, ...keys, ...transactionMembers(transaction) },
      };
    },
  });
}

function revocationRoute(services: Services): Route {
  return route({
    method: 'post',
    path: '/v1/consents/:consentId/revocation',
    operationId: 'revokeConsent',
    tag: 'consents',
    summary: 'Ends a consent and what was delegated from it; running accesses are served no more',
    description: 'By the patient; a delegated one also by who passed it on.',
    audience: [...patientSide, ...delegators],
    params: ConsentParams,
    responses: { 201: { description: 'revoked', body: RevokedConsent } },
    async handler({ params: { consentId }, caller, idempotency }) {
      const { grantee, patientId } = await consentOf(
        services,
        consentId,
        (consent) => consent.delegatedBy === caller.id || isOnPatientSide(services, caller, consent.patientId),
      );
      const patient = await patientOf(services, patientId);
      const { home, handle } = patient;
      const { result, transaction } = await services.ledger.submit<{ revokedAt: string }>(caller.identity, {
        type: 'care.revokeConsent',
        body: { patientId, home, consentId, grantee },
        handle,
        ...idempotency.command('revoke'),
        touches: revocationTouches(patient, grantee, caller),
      });
      return {
        status: 201,
        body: { id: consentId, revokedAt: result.revokedAt, ...transactionMembers(transaction) },
      };
    },
  });
}

function delegationRoutes(services: Services): Route[] {
  const path = '/v1/consents/:consentId/delegations';
  return [
    route({
      method: 'post',
      path,
      operationId: 'delegateConsent',
      tag: 'consents',
      summary: 'Passes a consent on, more narrowly, to somebody else',
      description: 'By whom the consent names, if it says how often. What is not said is as in that consent.',
      audience: delegators,
      params: ConsentParams,
      body: NewDelegation,
      responses: { 201: { description: 'passed on', body: GrantedConsent } },
      async handler({ params, body, caller, idempotency }) {
        const parent = await consentOf(services, params.consentId, (consent) => isHolder(consent, caller));
        const { consentId, transaction, ...keys } = await delegateConsent(services, caller, parent, body, idempotency);
        return {
          status: 201,
          headers: { location: `/v1/consents/${consentId}` },
          body: { id: consentId, ...keys, ...transactionMembers(transaction) },
        };
      },
    }),
    route({
      method: 'get',
      path,
      operationId: 'listDelegations',
      tag: 'consents',
      summary: 'What was delegated from a consent, over however many hands',
      description:
        'The patient sees the whole tree, each with its parents; whom the consent names what they passed on.',
      audience: [...patientSide, ...delegators],
      params: ConsentParams,
      query: ListConsents,
      responses: { 200: { description: 'newest first', list: ConsentView } },
      async handler(exchange) {
        const { caller, params, query } = exchange;
        await consentOf(
          services,
          params.consentId,
          (found) => isHolder(found, caller) || isOnPatientSide(services, caller, found.patientId),
        );
        const mine = caller.kind === 'staff' ? { delegatedBy: caller.id } : {};
        const { items, nextCursor } = await delegationsOf(services.readModel.db, params.consentId, {
          ...query,
          ...mine,
        });
        return page(exchange, items.map(consentView), nextCursor);
      },
    }),
  ];
}

function templatesRoute(): Route {
  return route({
    method: 'get',
    path: '/v1/consent-templates',
    operationId: 'listConsentTemplates',
    tag: 'consents',
    summary: 'Consents that patients give often, by name',
    description: 'A grant that names one as `template` says only what differs; a preview shows what it becomes.',
    audience: 'authenticated',
    query: ListConsents,
    responses: { 200: { description: 'all of them', list: ConsentTemplateView } },
    handler: async (exchange) => page(exchange, templateViews(), undefined),
  });
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

/** @throws Problem consent_not_found, also for one that the caller may not see */
async function consentOf(
  { readModel }: Services,
  consentId: string,
  maySee: (consent: ConsentFact) => boolean | Promise<boolean>,
): Promise<ConsentFact> {
  const consent = await consentById(readModel.db, consentId);
  if (consent === undefined || !(await maySee(consent))) throw new Problem('consent_not_found');
  return consent;
}

const isHolder = ({ grantee }: ConsentFact, caller: Caller): boolean =>
  caller.kind === 'staff' && subjectsOf(requesterOf(caller)).includes(subjectOf(grantee));

function consentView({
  consentId: id,
  grantedBy: _grantedBy,
  sealedNote: _sealedNote,
  ...view
}: ConsentFact): ConsentView {
  return { id, ...view };
}
