/** Who is authorised to act on goods, how a licence is asked for and decided, and what premises hold. */
import { collectionName } from '@chain-of-care/chaincode/model';
import { isValid, recipientLicences } from '@chain-of-care/chaincode/rules';
import { sql } from 'kysely';
import type { CallerRole } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';
import { getRoute, listRoute, written } from '../http/resourceRoutes.ts';
import { route, type Exchange, type Route } from '../http/route.ts';
import { newestFirst } from '../readmodel/queries/newestFirst.ts';
import type { Services } from '../services.ts';
import { supplyRoles } from '../supply/roles.ts';
import {
  ActorQuery,
  ActorView,
  GoodsInHandView,
  LicenceApproval,
  LicenceDenial,
  LicenceRequestParams,
  LicenceRequestQuery,
  LicenceRequestView,
  NewLicenceRequest,
} from './actorDto.ts';
import { listActors } from './actors.ts';
import { PremisesParams } from './dto.ts';

const touches = { writes: [collectionName.registry] } as const;
/** Who acts on goods, and who administers those that do. */
const traders: readonly CallerRole[] = [...supplyRoles, 'administrator'];

export function actorRoutes(services: Services): Route[] {
  return [actorList(services), goodsInHand(services), ...requestRoutes(services)];
}

function actorList(services: Services): Route {
  return listRoute({
    path: '/v1/actors',
    operationId: 'listActors',
    tag: 'actors',
    summary: 'Authorised actors of the supply chain: role, licence, organisation, premises, scope, from when to when',
    audience: traders,
    query: ActorQuery,
    of: [ActorView, 'a page, a line for each person and licence, newest first'],
    list: (exchange) => listActors(services.readModel.db, exchange.query, services.clock()),
  });
}

function goodsInHand(services: Services): Route {
  const { db } = services.readModel;
  return getRoute({
    path: '/v1/premises/:gln/goods',
    operationId: 'getGoodsInHand',
    tag: 'actors',
    summary:
      'What premises hold now, by lot, and whether they are licensed to: after a suspension, what is to be dealt with',
    audience: traders,
    params: PremisesParams,
    of: [GoodsInHandView, 'the goods'],
    find: async ({ params: { gln }, caller }) => {
      const site = await db.selectFrom('premises').select('msp_id').where('gln', '=', gln).executeTakeFirst();
      const mayLook = caller.identity.mspId === services.consortium.regulator || caller.identity.mspId === site?.msp_id;
      if (site === undefined || !mayLook) throw new Problem('premises_not_found');
      const licences = await db
        .selectFrom('licences')
        .selectAll()
        .where('holder', '=', gln)
        .where('kind', 'in', [...recipientLicences])
        .execute();
      const isLicensed = licences.some(({ status, valid_from: from, valid_until: until }) =>
        isValid(
          { status, validFrom: from.toISOString(), validUntil: until.toISOString() } as Parameters<typeof isValid>[0],
          services.clock(),
        ),
      );
      const { rows } = await sql<GoodsInHandView['goods'][number]>`
        select gtin, lot, sum(units)::int8 as units from (
          select l.gtin, l.lot, l.units from containers c join container_lots l on l.sscc = c.sscc
            where c.holder = ${gln} and c.parent is null and c.state in ('active', 'locked') and c.shipment_id is null
          union all
          select gtin, lot, count(*) from packs
            where holder = ${gln} and parent is null and state in ('active', 'locked') group by gtin, lot
          union all
          select b.gtin, b.lot, u.value::int8 from class_balances b cross join lateral jsonb_each_text(b.units) u
            where b.gln = ${gln} and u.key in ('active', 'locked')
        ) held group by gtin, lot having sum(units) > 0 order by gtin, lot`.execute(db);
      return { gln, isLicensed, goods: rows };
    },
  });
}

function requestRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  const own = services.profile.mspId;
  const { regulator } = services.consortium;
  const find = async (requestId: string): Promise<LicenceRequestView> => {
    const row = await db
      .selectFrom('licence_requests')
      .selectAll()
      .where('request_id', '=', requestId)
      .executeTakeFirst();
    if (row === undefined || (own !== regulator && row.msp_id !== own)) throw new Problem('not_found');
    return requestView(row);
  };
  const decision = (
    noun: string,
    operationId: string,
    verb: string,
    audience: Route['audience'],
    body: typeof LicenceApproval | typeof LicenceDenial | undefined,
  ): Route =>
    route({
      method: 'post',
      path: `/v1/licence-requests/:requestId/${noun}`,
      operationId,
      tag: 'actors',
      summary: `The ${noun} of a licence request`,
      audience,
      params: LicenceRequestParams,
      ...(body === undefined ? {} : { body }),
      responses: { 200: { description: 'decided', body: LicenceRequestView } },
      async handler(exchange: Exchange<LicenceRequestParams, unknown, object | undefined>) {
        const { idempotency, params } = exchange;
        const licence = noun === 'approval' ? { licenceId: idempotency.uuid('licence') } : {};
        const act = {
          type: `registry.${verb}`,
          body: { ...params, ...exchange.body, ...licence },
          part: noun,
          touches,
          head: `licence request ${params.requestId}`,
        };
        return written(services, exchange, act, () => find(params.requestId));
      },
    });
  return [
    route({
      method: 'post',
      path: '/v1/licence-requests',
      operationId: 'requestLicence',
      tag: 'actors',
      summary: 'Asks the regulator for a licence of own premises',
      audience: ['administrator'],
      body: NewLicenceRequest,
      responses: { 201: { description: 'asked', body: LicenceRequestView } },
      async handler({ body, caller, idempotency }) {
        const requestId = idempotency.uuid('licence-request');
        const act = {
          type: 'registry.requestLicence',
          body: { requestId, ...body },
          part: 'licence-request',
          touches,
        };
        const location = `/v1/licence-requests/${requestId}`;
        return written(services, { caller, idempotency }, act, () => find(requestId), location);
      },
    }),
    listRoute({
      path: '/v1/licence-requests',
      operationId: 'listLicenceRequests',
      tag: 'actors',
      summary: "Requests for licences, newest first: the regulator sees everybody's, others their own",
      audience: ['administrator', 'inspector'],
      query: LicenceRequestQuery,
      of: [LicenceRequestView],
      list: async (exchange) => {
        const { status, gln, ...params } = exchange.query;
        let query = db.selectFrom('licence_requests').selectAll();
        if (own !== regulator) query = query.where('msp_id', '=', own);
        if (status !== undefined) query = query.where('status', '=', status);
        if (gln !== undefined) query = query.where('gln', '=', gln);
        const { items, nextCursor } = await newestFirst(query, 'requested_at', 'request_id', params);
        return { items: items.map(requestView), nextCursor };
      },
    }),
    getRoute({
      path: '/v1/licence-requests/:requestId',
      operationId: 'getLicenceRequest',
      tag: 'actors',
      summary: 'A request for a licence',
      audience: ['administrator', 'inspector'],
      params: LicenceRequestParams,
      of: [LicenceRequestView, 'the request'],
      find: ({ params: { requestId } }) => find(requestId),
    }),
    decision('approval', 'approveLicenceRequest', 'approveLicenceRequest', ['inspector'], LicenceApproval),
    decision('denial', 'denyLicenceRequest', 'denyLicenceRequest', ['inspector'], LicenceDenial),
    decision('withdrawal', 'withdrawLicenceRequest', 'withdrawLicenceRequest', ['administrator'], undefined),
  ];
}

function requestView(row: {
  request_id: string;
  kind: LicenceRequestView['kind'];
  gln: string;
  msp_id: string;
  covers: readonly string[] | null;
  documents: readonly string[];
  status: LicenceRequestView['status'];
  requested_at: Date;
  decided_at: Date | null;
  reason: string | null;
  licence_id: string | null;
}): LicenceRequestView {
  const optional = {
    covers: row.covers,
    decidedAt: row.decided_at?.toISOString() ?? null,
    reason: row.reason,
    licenceId: row.licence_id,
  };
  return {
    requestId: row.request_id,
    kind: row.kind,
    gln: row.gln,
    mspId: row.msp_id,
    documents: [...row.documents],
    status: row.status,
    requestedAt: row.requested_at.toISOString(),
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== null),
    ) as Partial<LicenceRequestView>),
  };
}
