import { positionsIn, type LotQuantity } from '@chain-of-care/chaincode/model';
import { defaultLimit, page, PageQuery } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { getRoute } from '../http/resourceRoutes.ts';
import { route, type Route } from '../http/route.ts';
import { contentsOfContainer } from '../readmodel/queries/contents.ts';
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
      summary: 'What lies directly in a container: containers, quantities, then packs by GTIN and serial',
      audience: supplyRoles,
      params: ContainerParams,
      query: PageQuery,
      responses: { 200: { description: 'a page', list: ContainedView } },
      async handler(exchange) {
        const { limit = defaultLimit, cursor } = exchange.query;
        const { sscc } = exchange.params;
        const { quantities } = await findContainer(services, sscc, exchange.caller);
        const contained = await contentsOf(services, sscc, quantities);
        const from = cursor === undefined ? 0 : offsetOf(cursor);
        const next = from + limit < contained.length ? cursorOf(from + limit) : undefined;
        return page(exchange, contained.slice(from, from + limit), next);
      },
    }),
  ];
}

async function contentsOf(
  { readModel: { db } }: Services,
  sscc: string,
  quantities: readonly LotQuantity[],
): Promise<ContainedView[]> {
  const { containers, packs: own, placements } = await contentsOfContainer(db, sscc);
  const grouped: { gtin: string; serial: string; lot: string }[] = [];
  for (const { gtin, lot, segment, members } of placements) {
    const serials = await db
      .selectFrom('serials')
      .select(['gtin', 'serial', 'lot'])
      .where('gtin', '=', gtin)
      .where('lot', '=', lot)
      .where('segment', '=', segment)
      .where('position', 'in', positionsIn(members))
      .where((where) =>
        where.not(
          where.exists(
            where
              .selectFrom('packs')
              .select('packs.serial')
              .whereRef('packs.gtin', '=', 'serials.gtin')
              .whereRef('packs.serial', '=', 'serials.serial')
              .whereRef('packs.lot', '=', 'serials.lot'),
          ),
        ),
      )
      .execute();
    grouped.push(...serials);
  }
  const key = ({ gtin, serial }: { gtin: string; serial: string }): string => `${gtin}|${serial}`;
  const alone = own.map(({ gtin, serial, lot }) => ({ gtin, serial, lot }));
  const packs = [...alone, ...grouped].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const loose = quantities.map(({ gtin, lot, units }) => ({ gtin, lot, units }));
  return [...containers.map((inner) => ({ sscc: inner.sscc })), ...loose, ...packs];
}

function cursorOf(offset: number): string {
  return Buffer.from(String(offset)).toString('base64url');
}

function offsetOf(cursor: string): number {
  const offset = Number(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!Number.isInteger(offset) || offset < 0) throw new Problem('invalid_cursor');
  return offset;
}
