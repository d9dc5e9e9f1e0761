/** The whole audit that a filter leaves, streamed: a page at a time is in memory, however long it is. */
import { Readable } from 'node:stream';
import type { Reply } from '../http/route.ts';
import type { AuditEventFact } from '../readmodel/queries/audit.ts';
import type { Page } from '../readmodel/queries/page.ts';
import { csvHeader, csvLine } from './csv.ts';
import type { AuditEventView } from './dto.ts';
import { fhirAuditEvent } from './fhirAuditEvent.ts';

export const exportTypes = ['text/csv', 'application/fhir+json'] as const;
export type ExportType = (typeof exportTypes)[number];

interface Events {
  /** A page of events, from the newest on. */
  readonly page: (cursor: string | undefined) => Promise<Page<AuditEventFact>>;
  readonly views: (facts: readonly AuditEventFact[]) => Promise<readonly AuditEventView[]>;
}

/** @param gateway public address: FHIR's `fullUrl`s and the auditing server */
export function exportReply(type: ExportType, events: Events, gateway: string): Reply {
  const text = type === 'text/csv' ? csvText(events) : bundleText(events, gateway);
  return {
    status: 200,
    headers: {
      'content-type': type === 'text/csv' ? 'text/csv; charset=utf-8; header=present' : type,
      'content-disposition': `attachment; filename="audit.${type === 'text/csv' ? 'csv' : 'json'}"`,
      'cache-control': 'no-store',
    },
    stream: Readable.from(text),
  };
}

async function* csvText(events: Events): AsyncGenerator<string> {
  yield csvHeader;
  for await (const page of pagesOf(events)) yield page.map(csvLine).join('');
}

/** A Bundle of the type `collection`: what was found, with no claim to be a page of a search. */
async function* bundleText(events: Events, gateway: string): AsyncGenerator<string> {
  // FHIR has no empty lists: without an event there is no `entry`.
  yield '{"resourceType":"Bundle","type":"collection"';
  let separator = ',"entry":[';
  for await (const page of pagesOf(events)) {
    for (const event of page) {
      const entry = { fullUrl: `urn:uuid:${event.id}`, resource: fhirAuditEvent(event, gateway) };
      yield `${separator}${JSON.stringify(entry)}`;
      separator = ',';
    }
  }
  yield separator === ',' ? ']}' : '}';
}

async function* pagesOf({ page, views }: Events): AsyncGenerator<readonly AuditEventView[]> {
  for (let cursor: string | undefined; ;) {
    const { items, nextCursor } = await page(cursor);
    yield await views(items);
    if (nextCursor === undefined) return;
    cursor = nextCursor;
  }
}
