/** Work on an alert: its life cycle, who is responsible, evidence, quarantine, who was told. */
import { sql } from 'kysely';
import { page } from '../http/page.ts';
import { route, type Exchange, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import type { Services } from '../services.ts';
import { mediaTypeOf } from '../http/mediaType.ts';
import { Problem } from '../http/problem.ts';
import { alertOf, audienceOf, readersOf, type AlertRow } from './alertCase.ts';
import {
  AlertActView,
  AlertStepView,
  AlertTransitionView,
  AudienceMemberView,
  EvidenceParams,
  EvidenceQuery,
  EvidenceView,
  NewAlertAssignment,
  NewAlertTransition,
  NewQuarantine,
} from './alertCaseDto.ts';
import { AlertParams } from './alertDto.ts';
import { supplyRoles } from './roles.ts';
import type { RefusalReports } from './refusalReports.ts';
import { maxDocumentBytes, openDocument, sealDocument, serveDocuments } from './sealedDocuments.ts';
import type { SupplyServices } from './supplyServices.ts';
import { problemOfOutcome, submitSupplyCommands } from './submit.ts';

const touches = { writes: [undefined], reads: ['registry'] } as const;

export function alertCaseRoutes(services: SupplyServices, reports: RefusalReports): Route[] {
  serveDocuments(services);
  return [
    ...decisionRoutes(services),
    ...evidenceRoutes(services),
    ...quarantineRoutes(services, reports),
    ...whoAndWhen(services),
  ];
}

/** Submits a command about the alert as the caller. */
function actOn<Result>(
  services: Services,
  { caller, idempotency }: Pick<Exchange, 'caller' | 'idempotency'>,
  type: string,
  alertId: string,
  body: object,
) {
  return services.ledger.submit<Result>(caller.identity, {
    type,
    body: { alertId, eventTime: new Date(services.clock()).toISOString(), ...body },
    ...idempotency.command(type),
    touches,
    head: `alert ${alertId}`,
  });
}

function decisionRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/alerts/:alertId/transitions',
      operationId: 'moveAlert',
      tag: 'alerts',
      summary: 'Moves an alert on: investigate, confirm, dismiss, resolve',
      description: 'Who may do what from which status, and for which reasons, is in docs/roles-and-acts.md.',
      audience: supplyRoles,
      params: AlertParams,
      body: NewAlertTransition,
      responses: { 201: { description: 'moved', body: AlertTransitionView } },
      async handler(exchange) {
        const { alertId } = exchange.params;
        const row = await alertOf(services, alertId);
        const { note, ...decision } = exchange.body;
        const sealed =
          note === undefined
            ? undefined
            : await sealDocument(
                services,
                Buffer.from(note, 'utf8'),
                'text/plain; charset=utf-8',
                readersOf(services, row),
              );
        const { result, transaction } = await actOn<AlertTransitionView>(
          services,
          exchange,
          'supply.actOnAlert',
          alertId,
          {
            ...decision,
            ...(sealed === undefined ? {} : { note: sealed.cid }),
          },
        );
        const { eventId, status } = result;
        return { status: 201, body: { alertId, eventId, status, ...transactionMembers(transaction) } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/alerts/:alertId/assignment',
      operationId: 'assignAlert',
      tag: 'alerts',
      summary: 'Makes an organisation or one of its premises responsible for an alert',
      audience: supplyRoles,
      params: AlertParams,
      body: NewAlertAssignment,
      responses: { 201: { description: 'assigned', body: AlertActView } },
      async handler(exchange) {
        const { alertId } = exchange.params;
        await alertOf(services, alertId);
        const done = await actOn<AlertActView>(services, exchange, 'supply.assignAlert', alertId, { ...exchange.body });
        return {
          status: 201,
          body: { alertId, eventId: done.result.eventId, ...transactionMembers(done.transaction) },
        };
      },
    }),
  ];
}

function evidenceRoutes(services: Services): Route[] {
  const body = { stream: ['*/*'], maxBytes: maxDocumentBytes - 128 * 1024 };
  return [
    route({
      method: 'post',
      path: '/v1/evidence-files',
      operationId: 'uploadEvidence',
      tag: 'alerts',
      summary:
        'Seals a file (photo, document) to the regulator, the maker and the own organisation, to be named in a report',
      audience: supplyRoles,
      query: EvidenceQuery,
      body,
      responses: { 201: { description: 'kept', body: EvidenceView } },
      async handler({ query: { gtin }, stream, header }) {
        const product =
          gtin === undefined
            ? undefined
            : await services.readModel.db
                .selectFrom('products')
                .select('msp_id')
                .where('gtin', '=', gtin.padStart(14, '0'))
                .executeTakeFirst();
        const readers = [services.consortium.regulator, ...(product === undefined ? [] : [product.msp_id])];
        const mediaType = mediaTypeOf(header('content-type'));
        const { cid, size, sealedTo } = await sealDocument(services, stream, mediaType, readers);
        return { status: 201, body: { cid, size, mediaType, sealedTo } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/alerts/:alertId/evidence',
      operationId: 'addEvidence',
      tag: 'alerts',
      summary: 'Adds a file to an alert, sealed to its parties; its hash is on the ledger',
      audience: supplyRoles,
      params: AlertParams,
      body,
      responses: { 201: { description: 'added', body: EvidenceView } },
      async handler(exchange) {
        const { alertId } = exchange.params;
        const row = await alertOf(services, alertId);
        const mediaType = mediaTypeOf(exchange.header('content-type'));
        const sealed = await sealDocument(services, exchange.stream, mediaType, readersOf(services, row));
        const { cid, size, sealedTo } = sealed;
        const { transaction } = await actOn(services, exchange, 'supply.addEvidence', alertId, { evidence: [cid] });
        return { status: 201, body: { alertId, cid, size, mediaType, sealedTo, ...transactionMembers(transaction) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/alerts/:alertId/evidence/:cid',
      operationId: 'getEvidence',
      tag: 'alerts',
      summary: 'A file or note of an alert, opened for an organisation it is sealed to',
      audience: supplyRoles,
      params: EvidenceParams,
      responses: { 200: { description: 'the file', contentType: '*/*' } },
      async handler({ params: { alertId, cid } }) {
        const row = await alertOf(services, alertId);
        const documents = [...row.evidence, ...row.steps.flatMap(({ note }) => (note === undefined ? [] : [note]))];
        if (!documents.includes(cid)) throw new Problem('content_not_found');
        const holders = [row.msp_id, ...readersOf(services, row), ...services.consortium.withPeers];
        const { mediaType, content } = await openDocument(services, cid, [...new Set(holders)]);
        const headers = { 'content-type': mediaType, 'content-disposition': 'attachment', 'cache-control': 'no-store' };
        return { status: 200, headers, stream: content };
      },
    }),
  ];
}

function quarantineRoutes(services: SupplyServices, reports: RefusalReports): Route[] {
  const quarantine = (noun: string, command: 'supply.holdLot' | 'supply.releaseLot', event: 'lock' | 'unlock'): Route =>
    route({
      method: 'post',
      path: `/v1/alerts/:alertId/${noun}`,
      operationId: event === 'lock' ? 'quarantineGoods' : 'releaseGoods',
      tag: 'alerts',
      summary: `The ${noun} of the goods an alert is about: its whole lot by one write, or the pack or container`,
      audience: supplyRoles,
      params: AlertParams,
      body: NewQuarantine,
      responses: { 201: { description: 'done', body: AlertActView } },
      async handler(exchange) {
        const { alertId } = exchange.params;
        const row = await alertOf(services, alertId);
        if (exchange.body.scope === 'lot') {
          const { result, transaction } = await actOn<AlertActView>(services, exchange, command, alertId, {});
          return { status: 201, body: { alertId, eventId: result.eventId, ...transactionMembers(transaction) } };
        }
        const reason =
          event === 'lock' ? 'investigation' : row.status === 'false_alarm' ? 'false_alarm' : 'inspected_good';
        const goods = { ...goodsOf(row), type: event, reason, alertId } as const;
        const [outcome] = await submitSupplyCommands(services, reports, exchange.caller, [goods], exchange.idempotency);
        if (outcome!.status === 'refused') throw problemOfOutcome(outcome!);
        const { eventId, transactionId, blockNumber } = outcome!;
        return { status: 201, body: { alertId, eventId, transactionId, blockNumber } };
      },
    });
  return [quarantine('quarantine', 'supply.holdLot', 'lock'), quarantine('release', 'supply.releaseLot', 'unlock')];
}

function goodsOf({ gtin, lot, serial, sscc }: AlertRow) {
  if (sscc !== null) return { containers: [sscc] };
  if (gtin === null || serial === null)
    throw new Problem('validation_failed', {
      errors: [{ pointer: '/scope', code: 'validation_failed', detail: 'the alert names no pack and no container' }],
    });
  return { packs: [{ gtin, serial, ...(lot === null ? {} : { lot }) }] };
}

function whoAndWhen(services: Services): Route[] {
  const { db } = services.readModel;
  return [
    route({
      method: 'get',
      path: '/v1/alerts/:alertId/audience',
      operationId: 'listAlertAudience',
      tag: 'alerts',
      summary:
        'Whom an alert concerns and so is told: regulator, maker, reporter, holders past and present, dispensers',
      audience: 'authenticated',
      params: AlertParams,
      responses: { 200: { description: 'everybody', list: AudienceMemberView } },
      async handler(exchange) {
        const members = await audienceOf(services, await alertOf(services, exchange.params.alertId));
        const glns = members.map(({ gln }) => gln).filter((gln) => gln !== '');
        const sites =
          glns.length === 0
            ? []
            : await db.selectFrom('premises').select(['gln', 'name']).where('gln', 'in', glns).execute();
        const names = new Map(sites.map(({ gln, name }) => [gln, name]));
        const views = members.map(({ mspId, gln, relation }) => ({
          mspId,
          relation,
          ...(gln === '' ? {} : { gln, ...(names.has(gln) ? { name: names.get(gln)! } : {}) }),
        }));
        return page(exchange, views, undefined);
      },
    }),
    route({
      method: 'get',
      path: '/v1/alerts/:alertId/history',
      operationId: 'listAlertHistory',
      tag: 'alerts',
      summary: 'What happened to an alert: who, when, why, with which sealed documents',
      audience: 'authenticated',
      params: AlertParams,
      responses: { 200: { description: 'oldest first', list: AlertStepView } },
      async handler(exchange) {
        const { alert_id: alertId, event_id: opened } = await alertOf(services, exchange.params.alertId);
        const rows = await db
          .selectFrom('supply_events')
          .selectAll()
          .where((where) => where.or([where('event_id', '=', opened), sql<boolean>`event ->> 'alertId' = ${alertId}`]))
          .orderBy('record_time')
          .orderBy('event_id')
          .execute();
        const views = rows.map(({ event, tx_id: transactionId, block_number: blockNumber }) => ({
          change: event.alertChange ?? event.kind,
          at: event.recordTime,
          mspId: event.mspId,
          role: event.role,
          eventId: event.eventId,
          transactionId,
          blockNumber,
          ...(event.gln === undefined ? {} : { gln: event.gln }),
          ...(event.alertReason === undefined ? {} : { reason: event.alertReason }),
          ...(event.assignee === undefined ? {} : { assignee: event.assignee }),
          ...(event.evidence === undefined ? {} : { documents: event.evidence }),
        }));
        return page(exchange, views, undefined);
      },
    }),
  ];
}
