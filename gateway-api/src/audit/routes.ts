import { patientSide } from '../auth/audiences.ts';
import type { Caller } from '../auth/caller.ts';
import { page } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { route, type Exchange, type Reply, type Route } from '../http/route.ts';
import { requireOwnPatient } from '../patients/access.ts';
import { PatientParams } from '../patients/dto.ts';
import { auditEventById, auditEvents, type AuditEventFact, type AuditFilter } from '../readmodel/queries/audit.ts';
import type { Services } from '../services.ts';
import {
  AuditEventParams,
  AuditEventView,
  CompletenessCheck,
  Investigation,
  ListAuditEvents,
  ListOrganizationAuditEvents,
  NewCompletenessCheck,
  NewInvestigation,
} from './dto.ts';
import { exportReply, exportTypes, type ExportType } from './export.ts';
import { recordGatewayAct } from './gatewayActs.ts';
import { addOriginRoute, investigate, originFrom } from './investigations.ts';
import { openView, patientViews } from './view.ts';

const listed = { 200: { description: 'newest first', list: AuditEventView, alternatives: exportTypes } };
const pageOfExport = 200;
const overseers = ['privacy-officer', 'inspector'] as const;

/**
 * The audit: every access, permitted and denied, every act on a patient's facts, and who of the staff saw their
 * demographics; with who, what, when, why, on what basis and from where.
 */
export function auditRoutes(services: Services): Route[] {
  addOriginRoute(services);
  const { db } = services.readModel;
  const listOf = async (
    exchange: Exchange<unknown, ListAuditEvents>,
    filter: AuditFilter,
    views: (facts: readonly AuditEventFact[]) => Promise<AuditEventView[]>,
  ): Promise<Reply> => {
    const type = exportAsked(exchange);
    if (type === undefined) {
      const { items, nextCursor } = await auditEvents(db, { ...exchange.query, ...filter });
      return page(exchange, await views(items), nextCursor);
    }
    const { limit: _limit, cursor: _cursor, ...wanted } = exchange.query;
    await recordGatewayAct(services, exchange.caller, {
      type: 'export',
      interaction: 'audit',
      ...(filter.patient === undefined ? {} : { patientId: filter.patient }),
    });
    const next = (cursor: string | undefined) =>
      auditEvents(db, { ...wanted, ...filter, limit: pageOfExport, ...(cursor === undefined ? {} : { cursor }) });
    return exportReply(type, { page: next, views }, services.config.publicUrl);
  };
  return [
    route({
      method: 'get',
      path: '/v1/patients/:patientId/audit-events',
      operationId: 'listAuditEvents',
      tag: 'audit',
      summary: 'Accesses to the patient’s records, permitted and denied, changes, and who saw their demographics',
      description:
        'With Accept text/csv or application/fhir+json (IHE BALP) everything that the filter leaves, streamed.',
      audience: patientSide,
      params: PatientParams,
      query: ListAuditEvents,
      responses: listed,
      async handler(exchange) {
        const { params, caller } = exchange;
        await requireOwnPatient(services, caller, params.patientId);
        return listOf(exchange, { patient: params.patientId }, (facts) =>
          patientViews(services, params.patientId, facts),
        );
      },
    }),
    route({
      method: 'get',
      path: '/v1/patients/:patientId/audit-events/:eventId',
      operationId: 'getAuditEvent',
      tag: 'audit',
      summary: 'One event, with its origin also where another member’s gateway keeps it',
      audience: patientSide,
      params: AuditEventParams,
      responses: { 200: { description: 'the event', body: AuditEventView } },
      async handler({ params: { patientId, eventId }, caller }) {
        await requireOwnPatient(services, caller, patientId);
        const event = await auditEventById(db, eventId);
        if (event?.patientId !== patientId) throw new Problem('event_not_found');
        const [view] = await patientViews(services, patientId, [event]);
        const origin = view?.origin ?? (await originFrom(services, event).catch(unknownOrigin));
        return { status: 200, body: { ...view, ...(origin === undefined ? {} : { origin }) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/audit-events',
      operationId: 'listOrganizationAuditEvents',
      tag: 'audit',
      summary: 'The organisation’s audit: its people, and its patients; the regulator’s: everybody',
      description: 'Without reasons and origins. Accept as for one patient.',
      audience: overseers,
      query: ListOrganizationAuditEvents,
      responses: listed,
      async handler(exchange) {
        const { patient } = exchange.query;
        const filter = { ...scopeOf(services, exchange.caller), ...(patient === undefined ? {} : { patient }) };
        return listOf(exchange, filter, async (facts) => facts.map(openView));
      },
    }),
    route({
      method: 'post',
      path: '/v1/audit-completeness-checks',
      operationId: 'checkAuditCompleteness',
      tag: 'audit',
      summary: 'Reads the ledger again and names every event that the audit lacks, has otherwise, or made up',
      description: 'Of many blocks better with Prefer: respond-async.',
      audience: overseers,
      body: NewCompletenessCheck,
      responses: { 200: { description: 'what was checked and what deviates', body: CompletenessCheck } },
      async handler({ body: { fromBlock = 0, toBlock = Number.MAX_SAFE_INTEGER }, signal }) {
        const compared = await services.readModel.compare({ from: fromBlock, to: toBlock }, signal);
        const { from, to, rows, deviations, lastBlockHash } = compared;
        const body: CompletenessCheck = {
          complete: deviations.length === 0,
          fromBlock: from,
          toBlock: to,
          checkedEvents: rows,
          deviations: [...deviations],
          lastBlockHash,
          checkedAt: new Date(services.clock()).toISOString(),
        };
        return { status: 200, body };
      },
    }),
    route({
      method: 'post',
      path: '/v1/audit-investigations',
      operationId: 'investigateAuditEvent',
      tag: 'audit',
      summary: 'Shows the regulator from where somebody acted; the patient’s audit tells that it did',
      audience: ['inspector'],
      body: NewInvestigation,
      responses: { 201: { description: 'network address and place', body: Investigation } },
      async handler({ body, caller }) {
        const { id, origin } = await investigate(services, caller, body);
        return { status: 201, headers: { 'cache-control': 'no-store' }, body: { id, eventId: body.eventId, origin } };
      },
    }),
  ];
}

function exportAsked({ raw }: Pick<Exchange, 'raw'>): ExportType | undefined {
  const accepted = raw.accepts(['application/json', ...exportTypes]);
  return exportTypes.find((type) => type === accepted);
}

function scopeOf({ consortium }: Services, { identity }: Caller): Pick<AuditFilter, 'organization'> {
  return identity.mspId === consortium.regulator ? {} : { organization: identity.mspId };
}

/** The event stands without its origin: none was kept, or its gateway does not answer now. */
function unknownOrigin(error: unknown): undefined {
  if (error instanceof Problem && ['event_not_found', 'unavailable'].includes(error.code)) return undefined;
  throw error;
}
