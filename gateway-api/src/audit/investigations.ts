/**
 * From where somebody acted, at the gateway where they did: asked for by the regulator, who gives a reason that it keeps
 * itself, or by the patient's home. What the regulator saw stands in the patient's audit.
 */
import { collectionName, formats } from '@chain-of-care/chaincode/model';
import type { Caller } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';
import { jsonAnswer } from '../internal/jsonAnswer.ts';
import type { Reply } from '../http/route.ts';
import type { InternalExchange } from '../internal/server.ts';
import { SealedJson } from '../keystore/sealedJson.ts';
import { auditEventById, type AuditEventFact } from '../readmodel/queries/audit.ts';
import { patientFact } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import { recordGatewayAct } from './gatewayActs.ts';
import type { Origin } from './origins.ts';
import { referenceOf } from './view.ts';

/** Adds `GET /v1/audit-origins/{eventId}?investigation=` to the server between gateways. */
export function addOriginRoute(services: Services): void {
  services.internalRoutes.add('get', '/v1/audit-origins/:eventId', (exchange) => serveOrigin(services, exchange));
}

/** @throws Problem event_not_found, also for a gateway that has no business with the event */
async function serveOrigin(services: Services, { params, query, peer }: InternalExchange): Promise<Reply> {
  const { investigation, inspector } = query;
  const event = await eventOf(services, params['eventId'] ?? '');
  const isRegulator = peer.mspId === services.consortium.regulator;
  if (!isRegulator && !(await isHomeOf(services, peer.mspId, event))) throw new Problem('event_not_found');
  const origin = await ownOrigin(services, event);
  if (isRegulator) {
    if (!formats.uuid(investigation ?? '') || !formats.uuid(inspector ?? '')) throw new Problem('validation_failed');
    await recordGatewayAct(
      services,
      { id: inspector!, role: 'inspector', identity: { mspId: peer.mspId } },
      { type: 'investigation', interaction: 'origin', patientId: event.patientId, subjectId: event.id },
    );
  }
  return { status: 200, body: origin };
}

/** Of a patient of another hospital the own peer has no facts: an access to their chart lies in what is shared with the home. */
async function isHomeOf({ readModel }: Services, mspId: string, { id, patientId }: AuditEventFact): Promise<boolean> {
  const access = await readModel.db
    .selectFrom('accesses')
    .select('collection')
    .where('access_id', '=', id)
    .executeTakeFirst();
  if (access?.collection === collectionName.exchange(mspId)) return true;
  return (await patientFact(readModel.db, patientId))?.home === mspId;
}

export interface Investigated {
  readonly id: string;
  readonly origin: Origin;
}

/**
 * By the regulator's inspector. The reason stays here, sealed; the hospital learns who asked about what.
 *
 * @throws Problem event_not_found, unavailable when the gateway that knows cannot be reached
 */
export async function investigate(
  services: Services,
  caller: Caller,
  { eventId, reason }: { readonly eventId: string; readonly reason: string },
): Promise<Investigated> {
  const event = await eventOf(services, eventId);
  const act = { type: 'investigation', interaction: 'origin', patientId: event.patientId, subjectId: eventId } as const;
  const id = await recordGatewayAct(services, caller, act);
  const reasons = new SealedJson<string>(services.keystore.derived('investigations'));
  await services.keystore.put(`investigation/${id}`, reasons.seal(id, reason));
  const query = new URLSearchParams({ investigation: id, inspector: caller.id });
  return { id, origin: await originFrom(services, event, query) };
}

/** An event's origin: from the own vault, or from the gateway at which it happened. @throws as {@link investigate} */
export async function originFrom(
  services: Services,
  event: AuditEventFact,
  query = new URLSearchParams(),
): Promise<Origin> {
  if (event.accessorOrg === services.profile.mspId) return ownOrigin(services, event);
  const path = `/v1/audit-origins/${event.id}?${query.toString()}`;
  const reply = await services.internalClient.get(event.accessorOrg, path);
  if (reply.status === 200) return (await jsonAnswer(reply.stream)) as Origin;
  reply.stream.resume();
  if (reply.status === 404) throw new Problem('event_not_found', { detail: 'no origin is kept of it' });
  throw new Problem('upstream_failed');
}

async function ownOrigin(services: Services, event: AuditEventFact): Promise<Origin> {
  const reference = referenceOf(event);
  const origin = (await services.origins.of([reference])).get(reference);
  if (origin === undefined) throw new Problem('event_not_found', { detail: 'no origin is kept of it' });
  return origin;
}

async function eventOf({ readModel }: Services, eventId: string): Promise<AuditEventFact> {
  const event = formats.uuid(eventId) ? await auditEventById(readModel.db, eventId) : undefined;
  if (event === undefined) throw new Problem('event_not_found');
  return event;
}
