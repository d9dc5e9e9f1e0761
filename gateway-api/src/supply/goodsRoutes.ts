import { defaultLimit, page, PageQuery } from '../http/page.ts';
import { getRoute } from '../http/resourceRoutes.ts';
import { route, type Route } from '../http/route.ts';
import { contentsOf } from '../readmodel/queries/contents.ts';
import type { Services } from '../services.ts';
import { ContainedView, ContainerParams, ContainerView, PackParams, PackView } from './dto.ts';
import { SupplyEventView } from './eventDto.ts';
import { supplyRoles } from './roles.ts';
import { eventViews } from './eventViews.ts';
import { findContainer, findPack } from './findGoods.ts';
import { containerHistory, packHistory } from './history.ts';
import { containerView, packView } from './views.ts';
import { visibleTo } from './visibility.ts';

/**
 * Packs and containers: where they are and what happened to them, for the regulator, their maker, and who holds or held them.
 * To everybody else they do not exist here; what anybody may ask about a box in the hand is its verification.
 */
export function goodsRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  return [
    getRoute({
      path: '/v1/packs/:gtin/:serial',
      operationId: 'getPack',
      tag: 'packs',
      summary: 'A pack: state, custody, containers around it',
      audience: supplyRoles,
      params: PackParams,
      of: [PackView, 'the pack'],
      find: async ({ params, caller }) => {
        const { pack } = await findPack(services, params, caller);
        const lot = await db
          .selectFrom('lots')
          .select('expiry')
          .where('gtin', '=', pack.gtin)
          .where('lot', '=', pack.lot)
          .executeTakeFirst();
        return packView(pack, lot?.expiry);
      },
    }),
    route({
      method: 'get',
      path: '/v1/packs/:gtin/:serial/events',
      operationId: 'listPackEvents',
      tag: 'packs',
      summary: 'The history of a pack, with that of the containers it was in; oldest first',
      audience: supplyRoles,
      params: PackParams,
      responses: { 200: { description: 'all events', list: SupplyEventView } },
      async handler(exchange) {
        const { pack, viewer } = await findPack(services, exchange.params, exchange.caller);
        const visible = viewer?.products.has(pack.gtin) === true ? undefined : visibleTo(viewer);
        return page(exchange, await eventViews(db, await packHistory(db, pack, visible)), undefined);
      },
    }),
    getRoute({
      path: '/v1/containers/:sscc',
      operationId: 'getContainer',
      tag: 'packs',
      summary: 'A container: state, custody, contents by lot',
      audience: supplyRoles,
      params: ContainerParams,
      of: [ContainerView, 'the container'],
      find: async ({ params: { sscc }, caller }) => {
        const { chain, contents } = await findContainer(services, sscc, caller);
        return containerView(chain, contents);
      },
    }),
    route({
      method: 'get',
      path: '/v1/containers/:sscc/events',
      operationId: 'listContainerEvents',
      tag: 'packs',
      summary: 'The history of a container; oldest first',
      audience: supplyRoles,
      params: ContainerParams,
      responses: { 200: { description: 'all events', list: SupplyEventView } },
      async handler(exchange) {
        const { sscc } = exchange.params;
        const { viewer } = await findContainer(services, sscc, exchange.caller);
        const rows = await containerHistory(db, sscc, visibleTo(viewer));
        return page(exchange, await eventViews(db, rows), undefined);
      },
    }),
    route({
      method: 'get',
      path: '/v1/containers/:sscc/contents',
      operationId: 'listContainerContents',
      tag: 'packs',
      summary:
        'What lies directly in a container: containers, quantities, packs that acted alone, then the others lot by lot',
      audience: supplyRoles,
      params: ContainerParams,
      query: PageQuery,
      responses: { 200: { description: 'a page', list: ContainedView } },
      async handler(exchange) {
        const { limit = defaultLimit, ...from } = exchange.query;
        const { sscc } = exchange.params;
        const { quantities } = await findContainer(services, sscc, exchange.caller);
        const { items, nextCursor } = await contentsOf(db, { sscc, quantities }, { limit, ...from });
        return page(exchange, items, nextCursor);
      },
    }),
  ];
}
