import { gtinOfNdc, normaliseGtin, parseNdc, Refusal } from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { getRoute, listRoute, written } from '../http/resourceRoutes.ts';
import { route, type Route } from '../http/route.ts';
import { lotsOfProduct, productList } from '../readmodel/queries/supplyLists.ts';
import type { Services } from '../services.ts';
import { LotParams, LotView, NewLot, NewProduct, ProductParams, ProductQuery, ProductView } from './dto.ts';
import { lotView, productView, storageProfile } from './views.ts';

const touches = { writes: [undefined], reads: ['registry'] } as const;

/** Trade items and their lots. */
export function productRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  return [
    route({
      method: 'post',
      path: '/v1/products',
      operationId: 'registerProduct',
      tag: 'products',
      summary: "Registers a trade item of the submitter's organisation",
      audience: ['manufacturer', 'repackager'],
      body: NewProduct,
      responses: { 201: { description: 'registered', body: ProductView } },
      async handler({ body, caller, idempotency }) {
        const { gtin: _gtin, manufacturer, storage, packContent = 1, markets = [], ...facts } = body;
        if (manufacturer !== undefined && manufacturer !== caller.gln)
          throw new Refusal('actor_in_payload', undefined, '/manufacturer');
        const gtin = gtinOf(body);
        const act = {
          type: 'supply.registerProduct',
          body: {
            ...facts,
            gtin,
            packContent,
            markets,
            ...(storage === undefined ? {} : { storage: storageProfile(storage) }),
          },
          part: 'product',
          touches,
          head: `product ${gtin}`,
        };
        const find = () => findProduct(services, gtin);
        return written(services, { caller, idempotency }, act, find, `/v1/products/${gtin}`);
      },
    }),
    listRoute({
      path: '/v1/products',
      operationId: 'listProducts',
      tag: 'products',
      summary: 'Registered trade items',
      audience: 'authenticated',
      query: ProductQuery,
      of: [ProductView],
      list: async (exchange) => {
        const { items, nextCursor } = await productList(db, exchange.query);
        return { items: items.map(productView), nextCursor };
      },
    }),
    getRoute({
      path: '/v1/products/:gtin',
      operationId: 'getProduct',
      tag: 'products',
      summary: 'A trade item',
      audience: 'authenticated',
      params: ProductParams,
      of: [ProductView, 'the product'],
      find: ({ params }) => findProduct(services, normaliseGtin(params.gtin)),
    }),
    ...lotRoutes(services),
  ];
}

function lotRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  return [
    route({
      method: 'post',
      path: '/v1/products/:gtin/lots',
      operationId: 'registerLot',
      tag: 'products',
      summary: 'Registers a lot with the quantity that may be commissioned of it',
      audience: ['manufacturer', 'cmo', 'repackager'],
      params: ProductParams,
      body: NewLot,
      responses: { 201: { description: 'registered', body: LotView } },
      async handler({ params, body, caller, idempotency }) {
        const gtin = normaliseGtin(params.gtin);
        const act = {
          type: 'supply.registerLot',
          body: { gtin, ...body },
          part: 'lot',
          touches,
          head: `lot ${gtin} ${body.lot}`,
        };
        const location = `/v1/products/${gtin}/lots/${encodeURIComponent(body.lot)}`;
        return written(services, { caller, idempotency }, act, () => findLot(services, gtin, body.lot), location);
      },
    }),
    listRoute({
      path: '/v1/products/:gtin/lots',
      operationId: 'listLots',
      tag: 'products',
      summary: 'Lots of a trade item',
      audience: 'authenticated',
      params: ProductParams,
      query: PageQuery,
      of: [LotView],
      list: async (exchange) => {
        const gtin = normaliseGtin(exchange.params.gtin);
        const { items, nextCursor } = await lotsOfProduct(db, gtin, exchange.query);
        return { items: await Promise.all(items.map(({ lot }) => findLot(services, gtin, lot))), nextCursor };
      },
    }),
    getRoute({
      path: '/v1/products/:gtin/lots/:lot',
      operationId: 'getLot',
      tag: 'products',
      summary: 'A lot, with what was commissioned of it and whether it is recalled',
      audience: 'authenticated',
      params: LotParams,
      of: [LotView, 'the lot'],
      find: ({ params }) => findLot(services, normaliseGtin(params.gtin), params.lot),
    }),
  ];
}

/** @throws Refusal invalid_identifier; Problem validation_failed without GTIN and NDC */
function gtinOf({ gtin, ndc }: NewProduct): string {
  if (gtin !== undefined) return normaliseGtin(gtin);
  if (ndc !== undefined) return gtinOfNdc(parseNdc(ndc));
  throw new Problem('validation_failed', {
    errors: [{ pointer: '/gtin', code: 'validation_failed', detail: 'a GTIN or an NDC is needed' }],
  });
}

/** @throws Problem product_not_found */
export async function findProduct({ readModel }: Services, gtin: string): Promise<ProductView> {
  const row = await readModel.db.selectFrom('products').selectAll().where('gtin', '=', gtin).executeTakeFirst();
  if (row === undefined) throw new Problem('product_not_found');
  return productView(row);
}

/** @throws Problem lot_not_found */
export async function findLot({ readModel: { db } }: Services, gtin: string, lot: string): Promise<LotView> {
  const row = await db
    .selectFrom('lots')
    .selectAll()
    .where('gtin', '=', gtin)
    .where('lot', '=', lot)
    .executeTakeFirst();
  if (row === undefined) throw new Problem('lot_not_found');
  const { units } = await db
    .selectFrom('segments')
    .select((select) => select.fn.sum<string | null>('units').as('units'))
    .where('gtin', '=', gtin)
    .where('lot', '=', lot)
    .executeTakeFirstOrThrow();
  const reserved = await db
    .selectFrom('lot_commissionings')
    .select('reserved_units')
    .where('gtin', '=', gtin)
    .where('lot', '=', lot)
    .executeTakeFirst();
  const recall = await db
    .selectFrom('lot_recalls')
    .selectAll()
    .where('gtin', '=', gtin)
    .where('lot', '=', lot)
    .executeTakeFirst();
  return lotView(row, row.serialised ? Number(units ?? 0) : (reserved?.reserved_units ?? 0), recall);
}
