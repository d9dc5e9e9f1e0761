/** Illegitimate product notifications (FDA Form 3911) and tracing requests, with the law's clocks. */
import { normaliseGtin } from '@chain-of-care/chaincode/model';
import type { Selectable } from 'kysely';
import { PageQuery } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { listRoute } from '../http/resourceRoutes.ts';
import { route, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import type { Database } from '../readmodel/index.ts';
import { newestFirst } from '../readmodel/queries/newestFirst.ts';
import type { Services } from '../services.ts';
import { supplyRoles } from './roles.ts';
import {
  NewProductNotification,
  NewTracingRequest,
  ProductNotificationParams,
  ProductNotificationView,
  TracingAnswer,
  TracingRequestParams,
  TracingRequestQuery,
  TracingRequestView,
} from './regulatoryDto.ts';
import { openDocument, sealDocument } from './sealedDocuments.ts';
import { transactionInformation } from './transactionInformation.ts';

const touches = { writes: [undefined], reads: ['registry'] } as const;

export function regulatoryRoutes(services: Services): Route[] {
  return [...notificationRoutes(services), ...tracingRoutes(services)];
}

function notificationRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  const own = services.profile.mspId;
  const { regulator } = services.consortium;
  const find = async (notificationId: string) => {
    const row = await db
      .selectFrom('product_notifications')
      .selectAll()
      .where('notification_id', '=', notificationId)
      .executeTakeFirst();
    if (row === undefined || (own !== regulator && row.msp_id !== own)) throw new Problem('not_found');
    return row;
  };
  return [
    route({
      method: 'post',
      path: '/v1/illegitimate-product-notifications',
      operationId: 'notifyIllegitimateProduct',
      tag: 'regulatory',
      summary: 'FDA Form 3911: initial notification, follow-up or request for termination',
      description:
        'The whole form is sealed to the regulator; the ledger has its hash, the lots and the clock: 24 hours from the ' +
        'determination. Regulator, maker and every premises that had the lots are told.',
      audience: supplyRoles,
      body: NewProductNotification,
      responses: { 201: { description: 'filed', body: ProductNotificationView } },
      async handler({ body, caller, idempotency }) {
        const gtin = normaliseGtin(body.gtin);
        const { kind, classification, lots, determinedAt, alertId } = body;
        const notificationId = body.notificationId ?? idempotency.uuid('product-notification');
        const form = Buffer.from(JSON.stringify({ form: 'FDA 3911', ...body, gtin }), 'utf8');
        const { cid } = await sealDocument(services, form, 'application/json', [regulator]);
        const { transaction } = await services.ledger.submit(caller.identity, {
          type: 'supply.notifyIllegitimateProduct',
          body: {
            notificationId,
            kind,
            classification,
            gtin,
            lots,
            determinedAt,
            form: cid,
            eventTime: new Date(services.clock()).toISOString(),
            ...(alertId === undefined ? {} : { alertId }),
          },
          ...idempotency.command('product-notification'),
          touches,
          head: `product notification ${notificationId}`,
        });
        if (transaction !== undefined) await services.readModel.waitForBlock(transaction.blockNumber);
        const view = notificationView(await find(notificationId));
        return { status: 201, body: { ...view, ...transactionMembers(transaction) } };
      },
    }),
    listRoute({
      path: '/v1/illegitimate-product-notifications',
      operationId: 'listProductNotifications',
      tag: 'regulatory',
      summary: "Notifications, newest first: the regulator sees everybody's, others their own",
      audience: supplyRoles,
      query: PageQuery,
      of: [ProductNotificationView],
      list: async (exchange) => {
        let query = db.selectFrom('product_notifications').selectAll();
        if (own !== regulator) query = query.where('msp_id', '=', own);
        const { items, nextCursor } = await newestFirst(query, 'determined_at', 'notification_id', exchange.query);
        return { items: items.map(notificationView), nextCursor };
      },
    }),
    route({
      method: 'get',
      path: '/v1/illegitimate-product-notifications/:notificationId/form',
      operationId: 'getProductNotificationForm',
      tag: 'regulatory',
      summary: 'The latest form of a notification, opened',
      audience: supplyRoles,
      params: ProductNotificationParams,
      responses: { 200: { description: 'the form', contentType: 'application/json' } },
      async handler({ params: { notificationId } }) {
        const row = await find(notificationId);
        const { mediaType, content } = await openDocument(services, row.steps.at(-1)!.form, [row.msp_id]);
        return { status: 200, headers: { 'content-type': mediaType, 'cache-control': 'no-store' }, stream: content };
      },
    }),
  ];
}

function notificationView(row: Selectable<Database['product_notifications']>): ProductNotificationView {
  return {
    notificationId: row.notification_id,
    status: row.status,
    gtin: row.gtin,
    lots: [...row.lots],
    mspId: row.msp_id,
    determinedAt: row.determined_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    isInTime: row.is_in_time,
    steps: row.steps.map((step) => ({ ...step })),
    ...(row.gln === null ? {} : { gln: row.gln }),
    ...(row.alert_id === null ? {} : { alertId: row.alert_id }),
  };
}

function tracingRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  const own = services.profile.mspId;
  const { regulator } = services.consortium;
  const find = async (requestId: string) => {
    const row = await db
      .selectFrom('tracing_requests')
      .selectAll()
      .where('request_id', '=', requestId)
      .executeTakeFirst();
    const concerns = row !== undefined && [regulator, row.msp_id, row.recipient_msp_id].includes(own);
    if (!concerns) throw new Problem('not_found');
    return row;
  };
  return [
    route({
      method: 'post',
      path: '/v1/tracing-requests',
      operationId: 'requestTracing',
      tag: 'regulatory',
      summary: 'Asks premises for their transaction information about a lot; the law’s clock starts',
      audience: supplyRoles,
      body: NewTracingRequest,
      responses: { 201: { description: 'asked', body: TracingRequestView } },
      async handler({ body, caller, idempotency }) {
        const requestId = idempotency.uuid('tracing-request');
        const { transaction } = await services.ledger.submit(caller.identity, {
          type: 'supply.requestTracing',
          body: {
            ...body,
            requestId,
            gtin: normaliseGtin(body.gtin),
            eventTime: new Date(services.clock()).toISOString(),
          },
          ...idempotency.command('tracing-request'),
          touches,
        });
        if (transaction !== undefined) await services.readModel.waitForBlock(transaction.blockNumber);
        const view = tracingView(await find(requestId));
        const headers = { location: `/v1/tracing-requests/${requestId}` };
        return { status: 201, headers, body: { ...view, ...transactionMembers(transaction) } };
      },
    }),
    listRoute({
      path: '/v1/tracing-requests',
      operationId: 'listTracingRequests',
      tag: 'regulatory',
      summary: 'Tracing requests that the organisation made or is to answer, newest first; the regulator sees all',
      audience: supplyRoles,
      query: TracingRequestQuery,
      of: [TracingRequestView],
      list: async (exchange) => {
        const { status, ...params } = exchange.query;
        let query = db.selectFrom('tracing_requests').selectAll();
        if (own !== regulator)
          query = query.where((where) => where.or([where('msp_id', '=', own), where('recipient_msp_id', '=', own)]));
        if (status !== undefined) query = query.where('status', '=', status);
        const { items, nextCursor } = await newestFirst(query, 'requested_at', 'request_id', params);
        return { items: items.map(tracingView), nextCursor };
      },
    }),
    route({
      method: 'post',
      path: '/v1/tracing-requests/:requestId/response',
      operationId: 'answerTracing',
      tag: 'regulatory',
      summary: 'Answers a tracing request with what the ledger knows of the premises’ transactions of the lot',
      audience: supplyRoles,
      params: TracingRequestParams,
      body: TracingAnswer,
      responses: { 201: { description: 'answered', body: TracingRequestView } },
      async handler({ params: { requestId }, body: { remark }, caller, idempotency }) {
        const request = await find(requestId);
        const { recipient, gtin, lot } = request;
        const information = await transactionInformation(db, gtin, lot, recipient);
        const text = JSON.stringify({ requestId, ...information, ...(remark === undefined ? {} : { remark }) });
        const readers = [request.msp_id, regulator];
        const { cid } = await sealDocument(services, Buffer.from(text, 'utf8'), 'application/json', readers);
        const { transaction } = await services.ledger.submit(caller.identity, {
          type: 'supply.answerTracing',
          body: { requestId, answer: cid, eventTime: new Date(services.clock()).toISOString() },
          ...idempotency.command('tracing-answer'),
          touches,
          head: `tracing request ${requestId}`,
        });
        if (transaction !== undefined) await services.readModel.waitForBlock(transaction.blockNumber);
        const view = tracingView(await find(requestId));
        return { status: 201, body: { ...view, ...transactionMembers(transaction) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/tracing-requests/:requestId/response',
      operationId: 'getTracingAnswer',
      tag: 'regulatory',
      summary: 'The answer to a tracing request, opened',
      audience: supplyRoles,
      params: TracingRequestParams,
      responses: { 200: { description: 'the answer', contentType: 'application/json' } },
      async handler({ params: { requestId } }) {
        const { answer, recipient_msp_id: holder } = await find(requestId);
        if (answer === null) throw new Problem('not_found', { detail: 'the request is not answered' });
        const { mediaType, content } = await openDocument(services, answer, [holder]);
        return { status: 200, headers: { 'content-type': mediaType, 'cache-control': 'no-store' }, stream: content };
      },
    }),
  ];
}

function tracingView(row: Selectable<Database['tracing_requests']>): TracingRequestView {
  const optional = {
    gln: row.gln,
    alertId: row.alert_id,
    answer: row.answer,
    answeredAt: row.answered_at?.toISOString() ?? null,
    isInTime: row.is_in_time,
  };
  return {
    requestId: row.request_id,
    status: row.status,
    gtin: row.gtin,
    lot: row.lot,
    purpose: row.purpose,
    mspId: row.msp_id,
    recipient: row.recipient,
    recipientMspId: row.recipient_msp_id,
    requestedAt: row.requested_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== null),
    ) as Partial<TracingRequestView>),
  };
}
