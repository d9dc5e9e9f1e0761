import { CommerceTerms, collectionName, normaliseGtin } from '@chain-of-care/chaincode/model';
import { Problem } from '../http/problem.ts';
import { page } from '../http/page.ts';
import { getRoute } from '../http/resourceRoutes.ts';
import { route, type Exchange, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import { classBalanceList } from '../readmodel/queries/supplyLists.ts';
import type { Services } from '../services.ts';
import { commerceOf, tradeTouches } from './commerce.ts';
import { CommerceView, TransactionInformationView } from './commerceDto.ts';
import { ShipmentParams, SupplyCommandOutcome, SupplyEventParams } from './eventDto.ts';
import { supplyRoles } from './roles.ts';
import { ClassBalanceQuery, ClassBalanceView, DisputeSettlement, NewDispute, NewErrorDeclaration } from './tradeDto.ts';
import { viewerOf } from './visibility.ts';

type Db = Services['readModel']['db'];
const touches = { writes: [undefined], reads: [collectionName.registry] };

/** What parties say about a shipment: commerce, disputes; what was recorded in error; quantities. */
export function tradeRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  return [
    ...commerceRoutes(services),
    route({
      method: 'post',
      path: '/v1/shipments/:shipmentId/disputes',
      operationId: 'disputeReceipt',
      tag: 'supply',
      summary: 'Shipper or recipient says that shipment and receipt do not agree; an alert opens',
      audience: supplyRoles,
      params: ShipmentParams,
      body: NewDispute,
      responses: { 201: { description: 'disputed', body: SupplyCommandOutcome } },
      handler: async (exchange) =>
        submitted(services, exchange, 'disputeReceipt', { ...exchange.params, ...exchange.body }),
    }),
    route({
      method: 'post',
      path: '/v1/shipments/:shipmentId/disputes/settlement',
      operationId: 'settleDispute',
      tag: 'supply',
      summary: 'Ends a dispute: accepted by the other party, withdrawn by its own, decided by the regulator',
      audience: supplyRoles,
      params: ShipmentParams,
      body: DisputeSettlement,
      responses: { 201: { description: 'settled', body: SupplyCommandOutcome } },
      handler: async (exchange) =>
        submitted(services, exchange, 'settleDispute', { ...exchange.params, ...exchange.body }),
    }),
    route({
      method: 'post',
      path: '/v1/supply-events/:eventId/error-declaration',
      operationId: 'declareError',
      tag: 'supply',
      summary: 'Declares that an event was recorded in error; it stays',
      audience: supplyRoles,
      params: SupplyEventParams,
      body: NewErrorDeclaration,
      responses: { 201: { description: 'declared', body: SupplyCommandOutcome } },
      handler: async (exchange) =>
        submitted(services, exchange, 'declareError', {
          erroneousEventId: exchange.params.eventId,
          ...exchange.body,
        }),
    }),
    route({
      method: 'get',
      path: '/v1/class-balances',
      operationId: 'listClassBalances',
      tag: 'supply',
      summary: 'What premises hold of lots without serials: the own, those of own products, and for the regulator all',
      audience: supplyRoles,
      query: ClassBalanceQuery,
      responses: { 200: { description: 'a page', list: ClassBalanceView } },
      async handler(exchange) {
        const { gtin, ...query } = exchange.query;
        const product = gtin === undefined ? {} : { gtin: normaliseGtin(gtin) };
        const viewer = await viewerOf(db, services.consortium, exchange.caller);
        const visible = viewer === undefined ? {} : { visibleTo: viewer };
        const { items, nextCursor } = await classBalanceList(db, { ...query, ...product, ...visible });
        const views = items.map(({ msp_id: mspId, gtin: of, lot, gln, units }) => ({
          gtin: of,
          lot,
          gln,
          mspId,
          units,
        }));
        return page(exchange, views, nextCursor);
      },
    }),
  ];
}

function commerceRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  return [
    getRoute({
      path: '/v1/shipments/:shipmentId/commerce',
      operationId: 'getCommerce',
      tag: 'supply',
      summary: 'Prices, order and invoice, terms, addresses, owner: for shipper, recipient and regulator',
      audience: supplyRoles,
      params: ShipmentParams,
      of: [CommerceView, 'the commerce'],
      find: ({ params }) => findCommerce(db, params.shipmentId),
    }),
    getRoute({
      path: '/v1/shipments/:shipmentId/transaction-information',
      operationId: 'getTransactionInformation',
      tag: 'supply',
      summary: 'Transaction information of the DSCSA',
      audience: supplyRoles,
      params: ShipmentParams,
      of: [TransactionInformationView, 'the document'],
      find: async ({ params }) => {
        const { transactionInformation } = await findCommerce(db, params.shipmentId);
        if (transactionInformation === undefined) throw new Problem('not_found');
        return transactionInformation;
      },
    }),
    getRoute({
      path: '/v1/shipments/:shipmentId/transaction-statement',
      operationId: 'getTransactionStatement',
      tag: 'supply',
      summary: 'Transaction statement of the DSCSA',
      audience: supplyRoles,
      params: ShipmentParams,
      of: [CommerceView, 'with the text'],
      find: async ({ params }) => {
        const { transactionInformation: _, ...commerce } = await findCommerce(db, params.shipmentId);
        if (commerce.transactionStatement === undefined) throw new Problem('not_found');
        return commerce;
      },
    }),
    route({
      method: 'post',
      path: '/v1/shipments/:shipmentId/commerce',
      operationId: 'recordCommerce',
      tag: 'supply',
      summary: 'Records the commerce of a shipment that was shipped without; once, by its shipper',
      audience: supplyRoles,
      params: ShipmentParams,
      body: CommerceTerms,
      responses: { 201: { description: 'recorded', body: CommerceView } },
      async handler({ params: { shipmentId }, body, caller, idempotency }) {
        const { shipper, recipient, shipped_at: shippedAt, ...goods } = await findShipment(db, shipmentId);
        const facts = { ...goods, shipmentId, shipper, recipient, eventTime: shippedAt.toISOString() };
        const commerce = await commerceOf(services, body, facts);
        const { writes, among } = await tradeTouches(services, caller.identity.mspId, recipient);
        await services.ledger.submit(caller.identity, {
          type: 'supply.recordCommerce',
          body: { shipmentId, commerce },
          ...idempotency.command('commerce'),
          touches: { ...touches, writes: [undefined, ...writes], among },
          head: `shipment ${shipmentId}`,
        });
        await services.readModel.waitForAcknowledged();
        return { status: 201, body: await findCommerce(db, shipmentId) };
      },
    }),
  ];
}

interface Applied {
  readonly eventId?: string;
  readonly shipmentId?: string;
  readonly alertId?: string;
}

async function submitted(
  { ledger, clock }: Services,
  { caller, idempotency }: Pick<Exchange, 'caller' | 'idempotency'>,
  verb: string,
  body: { readonly shipmentId?: string; readonly [member: string]: unknown },
) {
  const { result, replayed, transaction } = await ledger.submit<Applied>(caller.identity, {
    type: `supply.${verb}`,
    body: { ...body, eventTime: new Date(clock()).toISOString() },
    ...idempotency.command(verb),
    touches,
    ...(body.shipmentId === undefined ? {} : { head: `shipment ${body.shipmentId}` }),
  });
  const status = replayed ? 'replayed' : 'applied';
  return { status: 201, body: { status, ...result, ...transactionMembers(transaction) } };
}

/** Only the copies that this organisation may have are here. @throws Problem not_found */
async function findCommerce(db: Db, shipmentId: string): Promise<CommerceView> {
  const row = await db
    .selectFrom('trade_records')
    .selectAll()
    .where('shipment_id', '=', shipmentId)
    .orderBy('msp_id')
    .executeTakeFirst();
  if (row === undefined) throw new Problem('not_found');
  const { transactionInformation, ...commerce } = row.commerce;
  return {
    ...commerce,
    shipmentId,
    shipper: row.shipper,
    recipient: row.recipient,
    recordedAt: row.recorded_at.toISOString(),
    ...(transactionInformation === undefined
      ? {}
      : { transactionInformation: JSON.parse(transactionInformation) as TransactionInformationView }),
  };
}

async function findShipment(db: Db, shipmentId: string) {
  const row = await db
    .selectFrom('shipments')
    .select(['shipper', 'recipient', 'shipped_at', 'packs', 'containers', 'quantities'])
    .where('shipment_id', '=', shipmentId)
    .executeTakeFirst();
  if (row === undefined) throw new Problem('shipment_not_found');
  return row;
}
