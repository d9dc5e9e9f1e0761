import { createHash } from 'node:crypto';
import { normaliseGtin, parseScan, type AlertSubject } from '@chain-of-care/chaincode/model';
import type { LedgerIdentity } from '../auth/caller.ts';
import { readAt } from '../http/input.ts';
import { PageQuery } from '../http/page.ts';
import { getRoute, listRoute } from '../http/resourceRoutes.ts';
import { route, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import { alertStatistics } from '../readmodel/queries/alertStatistics.ts';
import { alertList, recallList } from '../readmodel/queries/supplyLists.ts';
import type { Services } from '../services.ts';
import {
  AlertParams,
  AlertQuery,
  AlertStatisticsQuery,
  AlertStatisticsView,
  AlertView,
  NewAlert,
  NewPublicReport,
  NewRecall,
  OpenedAlert,
  RecallView,
} from './alertDto.ts';
import { alertOf } from './alertCase.ts';
import { sealDocument } from './sealedDocuments.ts';
import { supplyRoles } from './roles.ts';
import { alertView, recallView } from './views.ts';

const touches = { writes: [undefined], reads: ['registry'] } as const;

/** Alerts: reports by licensed actors, and what the ledger opened by itself. */
export function alertRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  const { regulator } = services.consortium;
  const own = services.profile.mspId;
  /** The regulator sees all, the others what concerns them: reported, made, held, assigned. */
  const concerns = own === regulator ? {} : { concerns: own };
  return [
    route({
      method: 'post',
      path: '/v1/alerts',
      operationId: 'reportAlert',
      tag: 'alerts',
      summary: 'Reports suspect goods: opens an alert that the regulator and the maker see',
      description:
        'The description is sealed to the regulator, the maker and this organisation, as the last piece of evidence; the ' +
        'ledger has hashes. Files are sealed before, by POST /v1/evidence-files. GET …/audience says who was told.',
      audience: supplyRoles,
      body: NewAlert,
      responses: { 201: { description: 'opened', body: OpenedAlert } },
      async handler({ body, caller, idempotency }) {
        const opened = await openReport(services, caller.identity, body, {
          type: 'supply.reportAlert',
          alertId: idempotency.uuid('alert'),
          key: idempotency.command('alert'),
        });
        return { status: 201, headers: { location: `/v1/alerts/${opened.alertId}` }, body: opened };
      },
    }),
    listRoute({
      path: '/v1/alerts',
      operationId: 'listAlerts',
      tag: 'alerts',
      summary: 'Alerts, newest first',
      audience: 'authenticated',
      query: AlertQuery,
      of: [AlertView],
      list: async (exchange) => {
        const { gtin, ...filter } = exchange.query;
        const product = gtin === undefined ? {} : { gtin: normaliseGtin(gtin) };
        const { items, nextCursor } = await alertList(db, { ...filter, ...product, ...concerns });
        return { items: items.map(alertView), nextCursor };
      },
    }),
    getRoute({
      path: '/v1/alerts/:alertId',
      operationId: 'getAlert',
      tag: 'alerts',
      summary: 'An alert',
      audience: 'authenticated',
      params: AlertParams,
      of: [AlertView, 'the alert'],
      find: async ({ params: { alertId } }) => {
        const row = await alertOf(services, alertId);
        const hold = await db.selectFrom('lot_holds').select('lot').where('alert_id', '=', alertId).executeTakeFirst();
        return { ...alertView(row), isLotQuarantined: hold !== undefined };
      },
    }),
    getRoute({
      path: '/v1/alert-statistics',
      operationId: 'getAlertStatistics',
      tag: 'alerts',
      summary: 'Alerts of a period, product, region or actor by severity, type and status, and over time',
      audience: 'authenticated',
      query: AlertStatisticsQuery,
      of: [AlertStatisticsView, 'counts over all members'],
      find: async ({ query: { gtin, ...filter } }) => {
        const product = gtin === undefined ? {} : { gtin: normaliseGtin(gtin) };
        return await alertStatistics(db, { ...filter, ...product });
      },
    }),
    publicReportRoute(services),
    ...recallRoutes(services),
  ];
}

/** Reports of the public, of one address in an hour. */
const publicReports = { windowMs: 3_600_000, limit: 10 } as const;

function publicReportRoute(services: Services): Route {
  return route({
    method: 'post',
    path: '/v1/public-reports',
    operationId: 'reportPublicly',
    tag: 'alerts',
    summary: 'A report by anybody with a box in the hand, without an account; limited per address',
    description: 'It is one step less grave than a licensed one, and counts once a lot. Nobody is named by it.',
    audience: 'public',
    rateLimit: publicReports,
    body: NewPublicReport,
    responses: { 201: { description: 'taken', body: OpenedAlert } },
    async handler({ body, idempotency }) {
      const opened = await openReport(services, services.serviceIdentity, body, {
        type: 'supply.reportPublicly',
        alertId: idempotency.uuid('public-report'),
        key: idempotency.command('public-report'),
      });
      return { status: 201, body: opened };
    },
  });
}

interface Report {
  readonly type: 'supply.reportAlert' | 'supply.reportPublicly';
  readonly alertId: string;
  readonly key: ReturnType<Derivation['command']>;
}

/** Seals the text of a report, and opens its alert. */
async function openReport(
  services: Services,
  identity: LedgerIdentity,
  reported: NewAlert | NewPublicReport,
  { type, alertId, key }: Report,
): Promise<OpenedAlert> {
  const { description } = reported;
  const { actor } = { actor: undefined, ...reported };
  const subject = subjectOf(reported);
  const described = await describe(services, subject.gtin, description);
  const evidence = [...('evidence' in reported ? (reported.evidence ?? []) : []), ...described];
  const { result, transaction } = await services.ledger.submit<{ eventId: string }>(identity, {
    type,
    body: {
      alertId,
      type: reported.type,
      ...subject,
      eventTime: new Date(services.clock()).toISOString(),
      ...(actor === undefined ? {} : { actor }),
      ...(evidence.length === 0 ? {} : { evidence }),
      ...(description === undefined ? {} : { descriptionHash: saltedHash(alertId, description) }),
    },
    ...key,
    touches,
  });
  return { alertId, eventId: result.eventId, ...transactionMembers(transaction) };
}

function recallRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  return [
    route({
      method: 'post',
      path: '/v1/recalls',
      operationId: 'recallLots',
      tag: 'alerts',
      summary: 'Recalls or withdraws lots, effective at once for every pack; irreversible',
      audience: ['manufacturer', 'inspector'],
      body: NewRecall,
      responses: { 201: { description: 'recalled', body: RecallView } },
      async handler({ body, caller, idempotency }) {
        const recallId = idempotency.uuid('recall');
        const { kind = 'recall', class: recallClass, depth, lots } = body;
        const gtin = normaliseGtin(body.gtin);
        const eventTime = new Date(services.clock()).toISOString();
        const { result, transaction } = await services.ledger.submit<{ eventId: string }>(caller.identity, {
          type: 'supply.recall',
          body: { recallId, kind, recallClass, depth, gtin, lots, eventTime },
          ...idempotency.command('recall'),
          touches,
          head: `recall ${gtin}`,
        });
        const view: RecallView = { recallId, kind, class: recallClass, depth, gtin, lots, eventId: result.eventId };
        return { status: 201, body: { ...view, ...transactionMembers(transaction) } };
      },
    }),
    listRoute({
      path: '/v1/recalls',
      operationId: 'listRecalls',
      tag: 'alerts',
      summary: 'Recalled and withdrawn lots, newest first',
      audience: 'authenticated',
      query: PageQuery,
      of: [RecallView, 'a page, a line for each lot'],
      list: async (exchange) => {
        const { items, nextCursor } = await recallList(db, exchange.query);
        return { items: items.map(recallView), nextCursor };
      },
    }),
  ];
}

/** What is reported, as scanned or as told. */
function subjectOf({ scan, gtin, lot, serial, sscc }: Omit<NewAlert, 'type'>): AlertSubject {
  const scanned = scan === undefined ? undefined : readAt('/scan', () => parseScan(scan));
  const subject = {
    gtin: scanned?.gtin ?? (gtin === undefined ? undefined : readAt('/gtin', () => normaliseGtin(gtin))),
    lot: scanned?.lot ?? lot,
    serial: scanned?.serial ?? serial,
    sscc: scanned?.sscc ?? sscc,
  };
  return Object.fromEntries(Object.entries(subject).filter(([, value]) => value !== undefined));
}

/** The text as a document sealed to the regulator, the maker and the own organisation. */
async function describe(services: Services, gtin: string | undefined, text: string | undefined): Promise<string[]> {
  if (text === undefined) return [];
  const product =
    gtin === undefined
      ? undefined
      : await services.readModel.db.selectFrom('products').select('msp_id').where('gtin', '=', gtin).executeTakeFirst();
  const readers = [services.consortium.regulator, ...(product === undefined ? [] : [product.msp_id])];
  const { cid } = await sealDocument(services, Buffer.from(text, 'utf8'), 'text/plain; charset=utf-8', readers);
  return [cid];
}

/** The alert's random id is the salt: a short text cannot be found from its hash alone. */
function saltedHash(alertId: string, description: string): string {
  return createHash('sha256').update(`${alertId}|${description}`).digest('hex');
}
