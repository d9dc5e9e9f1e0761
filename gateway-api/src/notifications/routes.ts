/** Notifications: inbox, stream, preferences. */
import { page } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { route, type Exchange, type Route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { languageOf, type NoticeLanguage } from './catalogue.ts';
import { deliveryRoutes } from './deliveryRoutes.ts';
import {
  AcknowledgedView,
  Acknowledgement,
  EventStreamQuery,
  NotificationCountsView,
  NotificationParams,
  NotificationQuery,
  NotificationView,
  PreferencesView,
} from './dto.ts';
import { eventStream, notificationView } from './eventStream.ts';
import { countsOf, inboxOf, markAllRead, markRead } from './inbox.ts';
import type { Preferences } from './preferences.ts';

const streamLifetimeMs = 15 * 60_000;
const heartbeatMs = 20_000;

export function notificationRoutes(services: Services): Route[] {
  return [...inboxRoutes(services), streamRoute(services), ...preferenceRoutes(services), ...deliveryRoutes(services)];
}

function inboxRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  const now = (): string => new Date(services.clock()).toISOString();
  const languageFor = async ({ header, caller }: Pick<Exchange, 'header' | 'caller'>): Promise<NoticeLanguage> =>
    languageOf(header('accept-language'), (await services.notifications.preferences.of(caller.id)).language);
  const found = async (caller: string, notificationId: string) =>
    db
      .selectFrom('notifications')
      .selectAll()
      .where('notification_id', '=', notificationId)
      .where('person_id', '=', caller)
      .executeTakeFirst();
  return [
    route({
      method: 'get',
      path: '/v1/notifications',
      operationId: 'listNotifications',
      tag: 'notifications',
      summary: "The caller's inbox, newest first, in the language asked for (en, de, ar)",
      audience: 'authenticated',
      query: NotificationQuery,
      responses: { 200: { description: 'a page', list: NotificationView } },
      async handler(exchange) {
        const { items, nextCursor } = await inboxOf(db, exchange.caller.id, exchange.query);
        const language = await languageFor(exchange);
        return page(
          exchange,
          items.map((row) => notificationView(row, language)),
          nextCursor,
        );
      },
    }),
    route({
      method: 'get',
      path: '/v1/notifications/:notificationId',
      operationId: 'getNotification',
      tag: 'notifications',
      summary: 'A notification of the caller',
      audience: 'authenticated',
      params: NotificationParams,
      responses: { 200: { description: 'the notification', body: NotificationView } },
      async handler(exchange) {
        const row = await found(exchange.caller.id, exchange.params.notificationId);
        if (row === undefined) throw new Problem('not_found');
        return { status: 200, body: notificationView(row, await languageFor(exchange)) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/notification-counts',
      operationId: 'countNotifications',
      tag: 'notifications',
      summary: 'How many notifications the caller has not read',
      audience: 'authenticated',
      responses: { 200: { description: 'counts', body: NotificationCountsView } },
      handler: async ({ caller }) => ({ status: 200, body: await countsOf(db, caller.id) }),
    }),
    route({
      method: 'post',
      path: '/v1/notifications/:notificationId/acknowledgement',
      operationId: 'acknowledgeNotification',
      tag: 'notifications',
      summary: 'Marks a notification as read',
      audience: 'authenticated',
      params: NotificationParams,
      responses: { 200: { description: 'read', body: NotificationView } },
      async handler(exchange) {
        const row = await markRead(db, exchange.caller.id, exchange.params.notificationId, now());
        if (row === undefined) throw new Problem('not_found');
        return { status: 200, body: notificationView(row, await languageFor(exchange)) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/notification-acknowledgements',
      operationId: 'acknowledgeNotifications',
      tag: 'notifications',
      summary: 'Marks everything up to a notification as read',
      audience: 'authenticated',
      body: Acknowledgement,
      responses: { 200: { description: 'read', body: AcknowledgedView } },
      async handler({ caller, body: { upTo } }) {
        const row = await found(caller.id, upTo);
        if (row === undefined) throw new Problem('not_found');
        return { status: 200, body: { acknowledged: await markAllRead(db, caller.id, row.sequence, now()) } };
      },
    }),
  ];
}

function streamRoute(services: Services): Route {
  const { notifications, readModel } = services;
  return route({
    method: 'get',
    path: '/v1/event-stream',
    operationId: 'streamNotifications',
    tag: 'notifications',
    summary: "What is new in the caller's inbox, as server-sent events",
    description:
      'Each event has an `id`; a client that connects again with it as `Last-Event-ID` gets everything since. A stream ' +
      'ends after 15 minutes: connect again with a fresh token.',
    audience: 'authenticated',
    query: EventStreamQuery,
    responses: { 200: { description: 'events', contentType: 'text/event-stream' } },
    async handler({ caller, header, query, signal }) {
      const { language } = await notifications.preferences.of(caller.id);
      const stream = eventStream(readModel.db, notifications.signal, {
        personId: caller.id,
        language: languageOf(header('accept-language'), language),
        after: lastEventId(header('last-event-id')) ?? query.lastEventId,
        signal: AbortSignal.any([signal, notifications.stopping]),
        lifetimeMs: streamLifetimeMs,
        heartbeatMs,
      });
      const headers = {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      };
      return { status: 200, headers, stream };
    },
  });
}

/** @throws Problem validation_failed for one that this stream never gave */
function lastEventId(header: string | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  if (/^\d{1,15}$/.test(header)) return Number(header);
  throw new Problem('validation_failed', {
    errors: [{ pointer: '/header/last-event-id', code: 'validation_failed', detail: 'is no event id of this stream' }],
  });
}

function preferenceRoutes({ notifications }: Services): Route[] {
  const { preferences } = notifications;
  return [
    route({
      method: 'get',
      path: '/v1/notification-preferences',
      operationId: 'getNotificationPreferences',
      tag: 'notifications',
      summary: 'How the caller wants to be told',
      audience: 'authenticated',
      responses: { 200: { description: 'preferences', body: PreferencesView } },
      handler: async ({ caller }) => ({ status: 200, body: await preferences.of(caller.id) }),
    }),
    route({
      method: 'put',
      path: '/v1/notification-preferences',
      operationId: 'putNotificationPreferences',
      tag: 'notifications',
      summary: 'Says how the caller wants to be told',
      description: 'Addresses are kept sealed. The inbox has everything, whatever is set here.',
      audience: 'authenticated',
      body: PreferencesView,
      responses: { 200: { description: 'kept', body: PreferencesView } },
      async handler({ caller, body }) {
        await preferences.put(caller.id, body as Preferences);
        return { status: 200, body: await preferences.of(caller.id) };
      },
    }),
  ];
}
