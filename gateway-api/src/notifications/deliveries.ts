/**
 * Sends notifications over people's channels at least once: a delivery is a row until it is done, tried again with
 * growing pauses, and kept as `dead` when it was given up, to be sent again by hand.
 */
import { randomUUID } from 'node:crypto';
import type { AlertSeverity } from '@chain-of-care/chaincode/model';
import { sql, type Kysely, type Selectable, type Transaction } from 'kysely';
import type { Log } from '../log.ts';
import type { Database } from '../readmodel/index.ts';
import type { DeliveryChannel } from '../readmodel/database/notificationSchema.ts';
import { isAtLeast, textOf, type NoticeKind } from './catalogue.ts';
import { DeliveryRefused, type MailChannel, type Message, type SmsChannel, type WebhookChannel } from './channels.ts';
import { notificationView } from './eventStream.ts';
import type { NotificationRow } from './inbox.ts';
import { defaultPreferences, type ChannelFloor, type Preferences, type PreferenceStore } from './preferences.ts';

export type DeliveryRow = Selectable<Database['notification_deliveries']>;

export interface Channels {
  readonly webhook: WebhookChannel;
  readonly mail?: MailChannel;
  readonly sms?: SmsChannel;
}

export interface DeliveryOptions {
  readonly db: Kysely<Database>;
  readonly preferences: PreferenceStore;
  readonly channels: Channels;
  /** Base of the links in messages. */
  readonly publicUrl: string;
  readonly clock: () => number;
  readonly log: Pick<Log, 'warn' | 'error'>;
}

/** Pauses double from the first to the longest; about two days in all. */
const firstPauseMs = 2_000;
const longestPauseMs = 6 * 3_600_000;
const maxAttempts = 20;
/** What happened longer ago is in the inbox only: a gateway that joins late does not write to everybody. */
const oldestMs = 7 * 24 * 3_600_000;
const atOnce = 16;

export class Deliveries {
  readonly #options: DeliveryOptions;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #wanted = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Takes up what is due, and goes on until {@link stop}. */
  start(): void {
    this.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
    this.#options.channels.mail?.close();
  }

  wake(): void {
    clearTimeout(this.#timer);
    this.#wanted = true;
    if (this.#stopped || this.#running !== undefined) return;
    this.#wanted = false;
    this.#running = this.#pass();
  }

  async #pass(): Promise<void> {
    let pauseMs: number | undefined = firstPauseMs;
    try {
      pauseMs = await this.#run();
    } catch (error) {
      this.#options.log.error({ err: error }, 'deliveries are interrupted');
    }
    this.#running = undefined;
    if (this.#wanted) this.wake();
    else if (!this.#stopped && pauseMs !== undefined) this.#timer = setTimeout(() => this.wake(), pauseMs).unref();
  }

  /** Rows for new notifications, by their people's preferences and subscriptions. */
  async plan(db: Transaction<Database>, rows: readonly NotificationRow[]): Promise<void> {
    const { preferences, channels, clock } = this.#options;
    const recent = rows.filter(({ occurred_at: at }) => clock() - at.getTime() < oldestMs);
    const people = [...new Set(recent.map(({ person_id: id }) => id))];
    if (people.length === 0) return;
    const wishes = await preferences.ofAll(db, people);
    const subscriptions = await db
      .selectFrom('webhook_subscriptions')
      .selectAll()
      .where('person_id', 'in', people)
      .where('status', '=', 'active')
      .execute();
    const planned = recent.flatMap((row) => {
      const wish = wishes.get(row.person_id) ?? defaultPreferences;
      const hooks = subscriptions.filter(
        ({ person_id: person, kinds }) => person === row.person_id && (kinds === null || kinds.includes(row.kind)),
      );
      return [
        ...(wantsMail(wish, row) && channels.mail !== undefined ? [this.#row(row, 'mail')] : []),
        ...(wantsSms(wish, row) && channels.sms !== undefined ? [this.#row(row, 'sms')] : []),
        ...hooks.map(({ subscription_id: id }) => this.#row(row, 'webhook', id)),
      ];
    });
    for (let at = 0; at < planned.length; at += 500)
      await db
        .insertInto('notification_deliveries')
        .values(planned.slice(at, at + 500))
        .execute();
  }

  /** Sends a delivery that was given up again. @returns undefined when there is none, or it is not dead */
  async sendAgain(deliveryId: string, personId: string | undefined): Promise<DeliveryRow | undefined> {
    const now = new Date(this.#options.clock()).toISOString();
    let update = this.#options.db
      .updateTable('notification_deliveries')
      .set({ status: 'pending', attempts: 0, due_at: now, changed_at: now })
      .where('delivery_id', '=', deliveryId)
      .where('status', '=', 'dead');
    if (personId !== undefined) update = update.where('person_id', '=', personId);
    const row = await update.returningAll().executeTakeFirst();
    if (row !== undefined) this.wake();
    return row;
  }

  #row({ notification_id: notification, person_id: person }: NotificationRow, channel: DeliveryChannel, hook?: string) {
    const now = new Date(this.#options.clock()).toISOString();
    return {
      delivery_id: randomUUID(),
      notification_id: notification,
      person_id: person,
      channel,
      subscription_id: hook ?? null,
      status: 'pending' as const,
      attempts: 0,
      due_at: now,
      last_error: null,
      created_at: now,
      changed_at: now,
    };
  }

  /** @returns milliseconds until the next delivery is due, or undefined when nothing waits */
  async #run(): Promise<number | undefined> {
    const { db, clock } = this.#options;
    while (!this.#stopped) {
      const due = await db
        .selectFrom('notification_deliveries')
        .selectAll()
        .where('status', '=', 'pending')
        .where('due_at', '<=', sql<Date>`${new Date(clock()).toISOString()}::timestamptz`)
        .orderBy('due_at')
        .limit(atOnce)
        .execute();
      if (due.length === 0) break;
      await Promise.all(due.map((row) => this.#attempt(row)));
    }
    const next = await db
      .selectFrom('notification_deliveries')
      .select('due_at')
      .where('status', '=', 'pending')
      .orderBy('due_at')
      .limit(1)
      .executeTakeFirst();
    return next === undefined ? undefined : Math.max(50, Math.min(60_000, next.due_at.getTime() - clock()));
  }

  async #attempt(row: DeliveryRow): Promise<void> {
    const attempts = row.attempts + 1;
    try {
      await this.#send(row);
      await this.#settle(row, { status: 'delivered', attempts, last_error: null });
    } catch (error) {
      const isDead = error instanceof DeliveryRefused || attempts >= maxAttempts;
      const reason = error instanceof Error ? error.message.slice(0, 200) : 'unknown';
      this.#options.log.warn({ channel: row.channel, attempts, isDead, reason }, 'a notification was not delivered');
      const dueAt = new Date(this.#options.clock() + pauseAfter(attempts)).toISOString();
      await this.#settle(row, {
        status: isDead ? 'dead' : 'pending',
        attempts,
        last_error: reason,
        ...(isDead ? {} : { due_at: dueAt }),
      });
    }
  }

  async #settle(
    { delivery_id: id }: DeliveryRow,
    change: { status: DeliveryRow['status']; attempts: number; last_error: string | null; due_at?: string },
  ): Promise<void> {
    await this.#options.db
      .updateTable('notification_deliveries')
      .set({ ...change, changed_at: new Date(this.#options.clock()).toISOString() })
      .where('delivery_id', '=', id)
      .execute();
  }

  /** @throws Error when it may not have arrived; DeliveryRefused when trying again does not help */
  async #send({ channel, notification_id: id, person_id: person, subscription_id: hook }: DeliveryRow): Promise<void> {
    const { db, preferences, channels } = this.#options;
    const row = await db
      .selectFrom('notifications')
      .selectAll()
      .where('notification_id', '=', id)
      .executeTakeFirstOrThrow();
    const wish = await preferences.of(person);
    const message = this.#messageOf(row, wish);
    if (channel === 'mail') {
      if (wish.mailAddress === undefined || channels.mail === undefined) throw new DeliveryRefused('no mail address');
      return channels.mail.send(wish.mailAddress, message);
    }
    if (channel === 'sms') {
      if (wish.phoneNumber === undefined || channels.sms === undefined)
        throw new DeliveryRefused('no telephone number');
      return channels.sms.send(wish.phoneNumber, message);
    }
    const subscription = await db
      .selectFrom('webhook_subscriptions')
      .selectAll()
      .where('subscription_id', '=', hook ?? '')
      .executeTakeFirst();
    if (subscription?.status !== 'active') throw new DeliveryRefused('the subscription has ended');
    return channels.webhook.send(subscription.address, id, JSON.stringify(notificationView(row, wish.language)));
  }

  #messageOf({ notification_id: id, kind, about }: NotificationRow, { language }: Preferences): Message {
    const link = `${this.#options.publicUrl}/v1/notifications/${id}`;
    return { id, ...textOf(kind as NoticeKind, about, language), language, link };
  }
}

function wantsMail({ mail, muted, mailAddress }: Preferences, row: NotificationRow): boolean {
  return mailAddress !== undefined && !muted.includes(row.kind) && isWanted(mail, row.severity);
}

function wantsSms({ sms, muted, phoneNumber }: Preferences, row: NotificationRow): boolean {
  return phoneNumber !== undefined && !muted.includes(row.kind) && isWanted(sms, row.severity);
}

function isWanted(floor: ChannelFloor, severity: AlertSeverity): boolean {
  return floor !== 'never' && isAtLeast(severity, floor);
}

/** Milliseconds, with up to a quarter at random so that receivers are not met by everybody at once. */
export function pauseAfter(attempts: number): number {
  const pause = Math.min(longestPauseMs, firstPauseMs * 2 ** (attempts - 1));
  return Math.round(pause * (1 + Math.random() / 4));
}
