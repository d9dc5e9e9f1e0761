/** Who may act: organisations, premises, licences, staff. */
import { collectionName } from '@chain-of-care/chaincode/model';
import { page } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { getRoute, listRoute } from '../http/resourceRoutes.ts';
import { route, type Exchange, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import type { Services } from '../services.ts';
import {
  GrantedLicence,
  LicenceParams,
  LicenceQuery,
  LicenceView,
  NewLicence,
  NewPremises,
  OrganizationParams,
  OrganizationView,
  PremisesParams,
  PremisesQuery,
  PremisesView,
} from './dto.ts';
import { actorRoutes } from './actorRoutes.ts';
import { findLicence, findPremises, listLicences, listPremises } from './queries.ts';
import { staffRoutes } from './staffRoutes.ts';

export function registryRoutes(services: Services): Route[] {
  return [
    ...organizationRoutes(services),
    ...premisesRoutes(services),
    ...licenceRoutes(services),
    ...staffRoutes(services),
    ...actorRoutes(services),
  ];
}

function organizationRoutes({ profile }: Services): Route[] {
  const views: OrganizationView[] = profile.members.map(({ mspId, name, role, gateway }) => ({
    mspId,
    name,
    role,
    ...(gateway === undefined ? {} : { gateway }),
  }));
  return [
    route({
      method: 'get',
      path: '/v1/organizations',
      operationId: 'listOrganizations',
      tag: 'actors',
      summary: 'Members of the consortium',
      audience: 'public',
      responses: { 200: { description: 'all members', list: OrganizationView } },
      handler: async (exchange) => page(exchange, views, undefined),
    }),
    getRoute({
      path: '/v1/organizations/:mspId',
      operationId: 'getOrganization',
      tag: 'actors',
      summary: 'A member of the consortium',
      audience: 'public',
      params: OrganizationParams,
      of: [OrganizationView, 'the member'],
      find: async ({ params: { mspId } }) => {
        const view = views.find((candidate) => candidate.mspId === mspId);
        if (view === undefined) throw new Problem('organization_not_found');
        return view;
      },
    }),
  ];
}

function premisesRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/premises',
      operationId: 'registerPremises',
      tag: 'actors',
      summary: 'Registers a site of the own organisation',
      description: 'It may act once the regulator has licensed it.',
      audience: ['administrator'],
      body: NewPremises,
      responses: { 201: { description: 'registered', body: PremisesView } },
      async handler({ body, caller, idempotency }) {
        const { latitude, longitude, ...facts } = body;
        const { transaction } = await services.ledger.submit(caller.identity, {
          type: 'registry.registerPremises',
          body: { ...facts, latitudeE6: Math.round(latitude * 1e6), longitudeE6: Math.round(longitude * 1e6) },
          ...idempotency.command('premises'),
          touches: { writes: [collectionName.registry] },
          head: `premises ${body.gln}`,
        });
        return {
          status: 201,
          headers: { location: `/v1/premises/${body.gln}` },
          body: { ...body, mspId: caller.identity.mspId, ...transactionMembers(transaction) },
        };
      },
    }),
    listRoute({
      path: '/v1/premises',
      operationId: 'listPremises',
      tag: 'actors',
      summary: 'Registered sites',
      audience: 'authenticated',
      query: PremisesQuery,
      of: [PremisesView],
      list: (exchange) => listPremises(services.readModel.db, exchange.query),
    }),
    getRoute({
      path: '/v1/premises/:gln',
      operationId: 'getPremises',
      tag: 'actors',
      summary: 'A site with its licences',
      audience: 'authenticated',
      params: PremisesParams,
      of: [PremisesView, 'the site'],
      find: ({ params }) => findPremises(services.readModel.db, params.gln),
    }),
  ];
}

function licenceRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/licences',
      operationId: 'grantLicence',
      tag: 'actors',
      summary: 'Licenses premises (`gln`) or a professional (`staffId`)',
      audience: ['inspector'],
      body: NewLicence,
      responses: { 201: { description: 'granted', body: GrantedLicence } },
      async handler({ body, caller, idempotency }) {
        const licenceId = idempotency.uuid('licence');
        const { transaction } = await services.ledger.submit(caller.identity, {
          type: 'registry.grantLicence',
          body: { licenceId, ...body },
          ...idempotency.command('licence'),
          ...licencePlace(body.gln ?? body.staffId ?? '', body.staffId !== undefined),
        });
        return {
          status: 201,
          headers: { location: `/v1/licences/${licenceId}` },
          body: { licenceId, ...transactionMembers(transaction) },
        };
      },
    }),
    listRoute({
      path: '/v1/licences',
      operationId: 'listLicences',
      tag: 'actors',
      summary: 'Licences, of one holder or all',
      audience: 'authenticated',
      query: LicenceQuery,
      of: [LicenceView],
      list: (exchange) => listLicences(services.readModel.db, exchange.query),
    }),
    getRoute({
      path: '/v1/licences/:licenceId',
      operationId: 'getLicence',
      tag: 'actors',
      summary: 'A licence',
      audience: 'authenticated',
      params: LicenceParams,
      of: [LicenceView, 'the licence'],
      find: ({ params }) => findLicence(services.readModel.db, params.licenceId),
    }),
    licenceChange(services, 'suspension', 'suspend'),
    licenceChange(services, 'reinstatement', 'reinstate'),
    licenceChange(services, 'revocation', 'revoke'),
  ];
}

function licenceChange(services: Services, noun: string, change: 'suspend' | 'reinstate' | 'revoke'): Route {
  return route({
    method: 'post',
    path: `/v1/licences/:licenceId/${noun}`,
    operationId: `${change}Licence`,
    tag: 'actors',
    summary: `The ${noun} of a licence`,
    audience: ['inspector'],
    params: LicenceParams,
    responses: { 200: { description: 'done', body: LicenceView } },
    async handler({ params: { licenceId }, caller, idempotency }: Exchange<LicenceParams>) {
      const { holder, kind } = await findLicence(services.readModel.db, licenceId);
      const ofProfessional = kind === 'professional';
      await services.ledger.submit(caller.identity, {
        type: 'registry.changeLicence',
        body: { licenceId, change, ...(ofProfessional ? { staffId: holder } : { gln: holder }) },
        ...idempotency.command(noun),
        ...licencePlace(holder, ofProfessional),
      });
      await services.readModel.waitForAcknowledged();
      return { status: 200, body: await findLicence(services.readModel.db, licenceId) };
    },
  });
}

/** Licences of professionals lie in `clinical`, those of premises in `registry`. */
function licencePlace(holder: string, ofProfessional: boolean) {
  const collection = ofProfessional ? collectionName.clinical : collectionName.registry;
  return { touches: { writes: [collection], reads: [collectionName.registry] }, head: `licences ${holder}` };
}
