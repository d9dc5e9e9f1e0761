/** Server-sent events (WHATWG HTML §9.2): what is new in a person's inbox, resumed after Last-Event-ID. */
import { Readable } from 'node:stream';
import type { Kysely } from 'kysely';
import type { Database } from '../readmodel/index.ts';
import { textOf, type NoticeKind, type NoticeLanguage } from './catalogue.ts';
import { inboxSince, type NotificationRow } from './inbox.ts';

export interface StreamOptions {
  readonly personId: string;
  readonly language: NoticeLanguage;
  /** Sequence after which to go on; absent: only what is new. */
  readonly after: number | undefined;
  /** Ends the stream: the client went away, or the gateway stops. */
  readonly signal: AbortSignal;
  /** How long a stream lasts: whoever lost access is cut off, everybody else connects again. */
  readonly lifetimeMs: number;
  readonly heartbeatMs: number;
}

const replayPage = 200;

/** Wakes the streams of people who have something new. */
export class InboxSignal {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** @returns ends the listening */
  listen(personId: string, wake: () => void): () => void {
    const waiting = this.#waiting.get(personId) ?? new Set();
    waiting.add(wake);
    this.#waiting.set(personId, waiting);
    return () => {
      waiting.delete(wake);
      if (waiting.size === 0) this.#waiting.delete(personId);
    };
  }

  tell(rows: readonly Pick<NotificationRow, 'person_id'>[]): void {
    for (const person of new Set(rows.map(({ person_id: id }) => id)))
      for (const wake of this.#waiting.get(person) ?? []) wake();
  }
}

/** Rows come from the database, never from memory: what a stream missed while it was slow is there all the same. */
export function eventStream(db: Kysely<Database>, signal: InboxSignal, options: StreamOptions): Readable {
  return Readable.from(pieces(db, signal, options), { objectMode: false, highWaterMark: 64 * 1024 });
}

async function* pieces(db: Kysely<Database>, inbox: InboxSignal, options: StreamOptions): AsyncGenerator<string> {
  const { personId, language, signal, lifetimeMs, heartbeatMs } = options;
  const ends = AbortSignal.any([signal, AbortSignal.timeout(lifetimeMs)]);
  let isNew = true;
  let wake: (() => void) | undefined;
  const stopListening = inbox.listen(personId, () => {
    isNew = true;
    wake?.();
  });
  try {
    let after = options.after ?? (await lastSequence(db, personId));
    yield 'retry: 3000\n\n';
    while (!ends.aborted) {
      if (!isNew) {
        const waited = await waitFor(heartbeatMs, ends, (resolve) => (wake = resolve));
        if (waited === 'timeout') yield ': still here\n\n';
        if (!isNew) continue;
      }
      isNew = false;
      for (let rows = await inboxSince(db, personId, after, replayPage); rows.length > 0;) {
        for (const row of rows) yield eventOf(row, language);
        after = rows.at(-1)!.sequence;
        rows = rows.length < replayPage ? [] : await inboxSince(db, personId, after, replayPage);
      }
    }
  } finally {
    stopListening();
  }
}

async function lastSequence(db: Kysely<Database>, personId: string): Promise<number> {
  const row = await db
    .selectFrom('notifications')
    .select(({ fn }) => fn.max('sequence').as('last'))
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return row?.last ?? 0;
}

/** One event: `id` to go on from, the kind as its name, the notification as JSON. */
export function eventOf(row: NotificationRow, language: NoticeLanguage): string {
  const data = JSON.stringify(notificationView(row, language));
  return `id: ${row.sequence}\nevent: ${row.kind}\ndata: ${data}\n\n`;
}

/** A notification as answers, streams and webhooks carry it. */
export function notificationView(row: NotificationRow, language: NoticeLanguage) {
  const { notification_id: notificationId, kind, severity, about, occurred_at: occurredAt, read_at: readAt } = row;
  return {
    notificationId,
    kind,
    severity,
    ...textOf(kind as NoticeKind, about, language),
    about,
    occurredAt: occurredAt.toISOString(),
    ...(readAt === null ? {} : { readAt: readAt.toISOString() }),
  };
}

/** Waits until it is woken, the time is over, or the signal aborts. */
export function waitFor(
  ms: number,
  signal: AbortSignal,
  hand: (wake: () => void) => void,
): Promise<'woken' | 'timeout' | 'ended'> {
  return new Promise((resolve) => {
    const end = (how: 'woken' | 'timeout' | 'ended'): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      resolve(how);
    };
    const aborted = (): void => end('ended');
    const timer = setTimeout(() => end('timeout'), ms);
    signal.addEventListener('abort', aborted, { once: true });
    hand(() => end('woken'));
    if (signal.aborted) aborted();
  });
}
