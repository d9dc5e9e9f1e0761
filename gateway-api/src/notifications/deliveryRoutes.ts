/** Webhook subscriptions, and what became of deliveries. */
import { sql } from 'kysely';
import { page } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { route, type Route } from '../http/route.ts';
import { newestFirst } from '../readmodel/queries/newestFirst.ts';
import type { Services } from '../services.ts';
import { isPrivate } from './channels.ts';
import type { DeliveryRow } from './deliveries.ts';
import {
  DeliveryParams,
  DeliveryQuery,
  DeliveryView,
  NewSubscription,
  SubscriptionParams,
  SubscriptionView,
  WebhookKeysView,
} from './dto.ts';
import { PageQuery } from '../http/page.ts';

/** Of one person. */
const maxSubscriptions = 20;

export function deliveryRoutes(services: Services): Route[] {
  return [...subscriptionRoutes(services), ...historyRoutes(services), keysRoute(services)];
}

function subscriptionRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  return [
    route({
      method: 'post',
      path: '/v1/subscriptions',
      operationId: 'subscribe',
      tag: 'notifications',
      summary: "Sends the caller's notifications to an address, signed (RFC 9421)",
      audience: 'authenticated',
      body: NewSubscription,
      responses: { 201: { description: 'subscribed', body: SubscriptionView } },
      async handler({ body, caller, idempotency }) {
        requirePublicAddress(body.address, services.config.webhookPrivateAddresses);
        const { count } = await db
          .selectFrom('webhook_subscriptions')
          .select(sql<number>`count(*)::int4`.as('count'))
          .where('person_id', '=', caller.id)
          .where('status', '=', 'active')
          .executeTakeFirstOrThrow();
        if (count >= maxSubscriptions) throw new Problem('too_many_commands', { detail: 'at most 20 subscriptions' });
        const row = {
          subscription_id: idempotency.uuid('subscription'),
          person_id: caller.id,
          address: body.address,
          kinds: body.kinds === undefined ? null : JSON.stringify(body.kinds),
          status: 'active' as const,
          created_at: new Date(services.clock()).toISOString(),
        };
        await db
          .insertInto('webhook_subscriptions')
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        const location = `/v1/subscriptions/${row.subscription_id}`;
        return { status: 201, headers: { location }, body: await subscription(row.subscription_id, caller.id) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/subscriptions',
      operationId: 'listSubscriptions',
      tag: 'notifications',
      summary: "The caller's subscriptions, newest first",
      audience: 'authenticated',
      query: PageQuery,
      responses: { 200: { description: 'a page', list: SubscriptionView } },
      async handler(exchange) {
        const query = db.selectFrom('webhook_subscriptions').selectAll().where('person_id', '=', exchange.caller.id);
        const { items, nextCursor } = await newestFirst(query, 'created_at', 'subscription_id', exchange.query);
        return page(exchange, items.map(subscriptionView), nextCursor);
      },
    }),
    route({
      method: 'post',
      path: '/v1/subscriptions/:subscriptionId/termination',
      operationId: 'endSubscription',
      tag: 'notifications',
      summary: 'Ends a subscription',
      audience: 'authenticated',
      params: SubscriptionParams,
      responses: { 200: { description: 'ended', body: SubscriptionView } },
      async handler({ params: { subscriptionId }, caller }) {
        await db
          .updateTable('webhook_subscriptions')
          .set({ status: 'ended' })
          .where('subscription_id', '=', subscriptionId)
          .where('person_id', '=', caller.id)
          .execute();
        return { status: 200, body: await subscription(subscriptionId, caller.id) };
      },
    }),
  ];

  async function subscription(subscriptionId: string, personId: string): Promise<SubscriptionView> {
    const row = await db
      .selectFrom('webhook_subscriptions')
      .selectAll()
      .where('subscription_id', '=', subscriptionId)
      .where('person_id', '=', personId)
      .executeTakeFirst();
    if (row === undefined) throw new Problem('not_found');
    return subscriptionView(row);
  }
}

function historyRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  return [
    route({
      method: 'get',
      path: '/v1/notification-deliveries',
      operationId: 'listNotificationDeliveries',
      tag: 'notifications',
      summary: 'What became of mail, short messages and webhooks; `status=dead` was given up',
      audience: 'authenticated',
      query: DeliveryQuery,
      responses: { 200: { description: 'a page, newest first', list: DeliveryView } },
      async handler(exchange) {
        const { status, organization, ...params } = exchange.query;
        if (organization === true && exchange.caller.role !== 'administrator') throw new Problem('role_not_allowed');
        let query = db.selectFrom('notification_deliveries').selectAll();
        if (organization !== true) query = query.where('person_id', '=', exchange.caller.id);
        if (status !== undefined) query = query.where('status', '=', status);
        const { items, nextCursor } = await newestFirst(query, 'created_at', 'delivery_id', params);
        return page(exchange, items.map(deliveryView), nextCursor);
      },
    }),
    route({
      method: 'post',
      path: '/v1/notification-deliveries/:deliveryId/redelivery',
      operationId: 'redeliverNotification',
      tag: 'notifications',
      summary: 'Sends a delivery that was given up again',
      audience: 'authenticated',
      params: DeliveryParams,
      responses: { 200: { description: 'waits again', body: DeliveryView } },
      async handler({ params: { deliveryId }, caller }) {
        const of = caller.role === 'administrator' ? undefined : caller.id;
        const row = await services.notifications.deliveries.sendAgain(deliveryId, of);
        if (row === undefined) throw new Problem('not_found', { detail: 'no delivery of this id was given up' });
        return { status: 200, body: deliveryView(row) };
      },
    }),
  ];
}

function keysRoute({ notifications: { webhookKey } }: Services): Route {
  return route({
    method: 'get',
    path: '/v1/webhook-keys',
    operationId: 'listWebhookKeys',
    tag: 'notifications',
    summary: 'Public keys with which this gateway signs webhooks, as a JWK set',
    audience: 'public',
    responses: { 200: { description: 'keys', body: WebhookKeysView } },
    handler: async () => ({
      status: 200,
      body: { keys: [{ ...webhookKey.jwk, kid: webhookKey.id, use: 'sig', alg: 'EdDSA' }] },
    }),
  });
}

function requirePublicAddress(address: string, mayBePrivate: boolean): void {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const isFit = url !== undefined && url.username === '' && url.password === '';
  if (isFit && (mayBePrivate || (url.protocol === 'https:' && !isPrivate(url.hostname)))) return;
  throw new Problem('validation_failed', {
    errors: [{ pointer: '/address', code: 'validation_failed', detail: 'must be a public https address' }],
  });
}

function subscriptionView(row: {
  subscription_id: string;
  address: string;
  kinds: readonly string[] | null;
  status: 'active' | 'ended';
  created_at: Date;
}): SubscriptionView {
  return {
    subscriptionId: row.subscription_id,
    address: row.address,
    status: row.status,
    createdAt: row.created_at.toISOString(),
    ...(row.kinds === null ? {} : { kinds: [...row.kinds] as SubscriptionView['kinds'] & {} }),
  };
}

function deliveryView(row: DeliveryRow): DeliveryView {
  return {
    deliveryId: row.delivery_id,
    notificationId: row.notification_id,
    channel: row.channel,
    status: row.status,
    attempts: row.attempts,
    createdAt: row.created_at.toISOString(),
    ...(row.subscription_id === null ? {} : { subscriptionId: row.subscription_id }),
    ...(row.status === 'pending' ? { dueAt: row.due_at.toISOString() } : {}),
    ...(row.last_error === null ? {} : { lastError: row.last_error }),
  };
}
