import { patientSide } from '../auth/audiences.ts';
import { Readable } from 'node:stream';
import { defaultLimit } from '../http/page.ts';
import { whilePermitted } from '../accesses/whilePermitted.ts';
import { route, type Route } from '../http/route.ts';
import { requireOwnPatient } from '../patients/access.ts';
import { PatientParams } from '../patients/dto.ts';
import { changesSince } from '../readmodel/queries/changes.ts';
import type { Services } from '../services.ts';
import { Changes, FollowChanges, ListChanges } from './dto.ts';
import { changeStream } from './stream.ts';

const lifetimeMs = 15 * 60_000;
const heartbeatMs = 20_000;

/** Devices of one patient stay in step: ask what changed since, or follow it as it happens. */
export function changeRoutes(services: Services): Route[] {
  const { readModel, notifications } = services;
  return [
    route({
      method: 'get',
      path: '/v1/patients/:patientId/changes',
      operationId: 'listChanges',
      tag: 'changes',
      summary: 'What changed about the patient since the last time, in the order of the ledger',
      audience: patientSide,
      params: PatientParams,
      query: ListChanges,
      responses: { 200: { description: 'the oldest first; `since` is for the next time', body: Changes } },
      async handler({ params: { patientId }, query: { since, limit = defaultLimit }, caller }) {
        await requireOwnPatient(services, caller, patientId);
        const found = await changesSince(readModel.db, patientId, since, limit + 1);
        const items = found.slice(0, limit);
        const next = items.at(-1)?.since ?? since;
        const body = { items, more: found.length > limit, ...(next === undefined ? {} : { since: next }) };
        return { status: 200, body };
      },
    }),
    route({
      method: 'get',
      path: '/v1/patients/:patientId/change-stream',
      operationId: 'followChanges',
      tag: 'changes',
      summary: 'The same as server-sent events, as it happens',
      description:
        'An event’s id is its `since`: a client that connects again sends it as Last-Event-ID and misses nothing.',
      audience: patientSide,
      params: PatientParams,
      query: FollowChanges,
      responses: { 200: { description: 'events named by the kind of change', contentType: 'text/event-stream' } },
      async handler({ params: { patientId }, query, caller, header, signal }) {
        const decide = () => requireOwnPatient(services, caller, patientId);
        const after = header('last-event-id') ?? query.since;
        return whilePermitted(services, { patientId, accessorId: caller.id }, async () => {
          await decide();
          // Asked before the stream begins, so that a wrong cursor is a problem and not a stream that ends.
          await changesSince(readModel.db, patientId, after, 1);
          const ends = AbortSignal.any([signal, notifications.stopping, AbortSignal.timeout(lifetimeMs)]);
          const events = changeStream(services, { patientId, after, ends, heartbeatMs });
          const headers = {
            'content-type': 'text/event-stream',
            'cache-control': 'no-store',
            'x-accel-buffering': 'no',
          };
          return { reply: { status: 200, headers, stream: Readable.from(events, { objectMode: false }) }, decide };
        });
      },
    }),
  ];
}
