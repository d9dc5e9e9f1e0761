import { normaliseGtin } from '@chain-of-care/chaincode/model';
import { page } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { getRoute, listRoute } from '../http/resourceRoutes.ts';
import { route, type Route } from '../http/route.ts';
import { eventList, eventsOfSubjects, shipmentList } from '../readmodel/queries/supplyLists.ts';
import {
  NewSupplyEvents,
  ShipmentParams,
  ShipmentQuery,
  ShipmentView,
  SupplyCommandOutcome,
  SupplyCommandOutcomes,
  SupplyEventParams,
  SupplyEventQuery,
  SupplyEventView,
  type SupplyCommand,
} from './eventDto.ts';
import { eventViews } from './eventViews.ts';
import type { RefusalReports } from './refusalReports.ts';
import { supplyRoles } from './roles.ts';
import { problemOfOutcome, submitSupplyCommands } from './submit.ts';
import type { SupplyServices } from './supplyServices.ts';
import { shipmentView } from './views.ts';
import { viewerOf, visibleTo } from './visibility.ts';

/** Events of the supply chain, and the shipments they open and close. */
export function eventRoutes(services: SupplyServices, reports: RefusalReports): Route[] {
  const { db } = services.readModel;
  return [
    route({
      method: 'post',
      path: '/v1/supply-events',
      operationId: 'recordSupplyEvents',
      tag: 'supply',
      summary: 'Records one event, or a list of them',
      description:
        'One event answers 201, or the problem that refused it. A list answers 200 with an outcome per command, in order; ' +
        'each is decided by itself. A refused act that is against the rules of custody is reported to the ledger by the ' +
        'same identity and becomes an alert. Packs named in a command must be known before: a list does not commission and ship the same packs.',
      audience: supplyRoles,
      body: NewSupplyEvents,
      responses: {
        200: { description: 'an outcome per command', body: SupplyCommandOutcomes },
        201: { description: 'recorded', body: SupplyCommandOutcome },
      },
      async handler({ body, caller, idempotency }) {
        const { commands, type, ...fields } = body;
        if ((commands === undefined) === (type === undefined)) throw oneOrTheOther();
        const single: SupplyCommand[] = type === undefined ? [] : [{ ...fields, type }];
        const results = await submitSupplyCommands(services, reports, caller, commands ?? single, idempotency);
        if (commands !== undefined) return { status: 200, body: { results } };
        const [outcome] = results as [SupplyCommandOutcome];
        if (outcome.status === 'refused') throw problemOfOutcome(outcome);
        const location = outcome.eventId === undefined ? {} : { location: `/v1/supply-events/${outcome.eventId}` };
        return { status: 201, headers: location, body: outcome };
      },
    }),
    route({
      method: 'get',
      path: '/v1/supply-events',
      operationId: 'listSupplyEvents',
      tag: 'supply',
      summary: 'Recorded events, newest first',
      description:
        'By what they are about (the narrowest of container, shipment, lot and product counts), or by kind. The regulator ' +
        'sees all, a maker those of its products, everybody else their own and those of shipments they sent or got.',
      audience: supplyRoles,
      query: SupplyEventQuery,
      responses: { 200: { description: 'a page', list: SupplyEventView } },
      async handler(exchange) {
        const { gtin, lot, sscc, shipmentId, ...filter } = exchange.query;
        const subject = subjectOf(gtin === undefined ? undefined : normaliseGtin(gtin), lot, sscc, shipmentId);
        const visible = visibleTo(await viewerOf(db, services.consortium, exchange.caller));
        const { items, nextCursor } =
          subject === undefined
            ? await eventList(db, { ...filter, visible })
            : await eventsOfSubjects(db, [subject], { ...filter, visible });
        return page(exchange, await eventViews(db, items), nextCursor);
      },
    }),
    getRoute({
      path: '/v1/supply-events/:eventId',
      operationId: 'getSupplyEvent',
      tag: 'supply',
      summary: 'An event, for whom it concerns',
      audience: supplyRoles,
      params: SupplyEventParams,
      of: [SupplyEventView, 'the event'],
      find: async ({ params: { eventId }, caller }) => {
        const row = await db
          .selectFrom('supply_events')
          .selectAll()
          .where('event_id', '=', eventId)
          .where(visibleTo(await viewerOf(db, services.consortium, caller)))
          .executeTakeFirst();
        if (row === undefined) throw new Problem('not_found');
        return (await eventViews(db, [row]))[0]!;
      },
    }),
    ...shipmentRoutes(services, reports),
  ];
}

function shipmentRoutes(services: SupplyServices, reports: RefusalReports): Route[] {
  const { db } = services.readModel;
  return [
    listRoute({
      path: '/v1/shipments',
      operationId: 'listShipments',
      tag: 'supply',
      summary: "Shipments the organisation sent or is to receive, newest first; the regulator sees everybody's",
      audience: supplyRoles,
      query: ShipmentQuery,
      of: [ShipmentView],
      list: async (exchange) => {
        const { mspId } = exchange.caller.identity;
        const own = mspId === services.consortium.regulator ? {} : { mspId };
        const { overdue, ...query } = exchange.query;
        const late = overdue === 'true' ? { overdueAt: new Date(services.clock()).toISOString() } : {};
        const { items, nextCursor } = await shipmentList(db, { ...query, ...own, ...late });
        return { items: items.map(shipmentView), nextCursor };
      },
    }),
    getRoute({
      path: '/v1/shipments/:shipmentId',
      operationId: 'getShipment',
      tag: 'supply',
      summary: 'A shipment, for its shipper, its recipient and the regulator',
      audience: supplyRoles,
      params: ShipmentParams,
      of: [ShipmentView, 'the shipment'],
      find: async ({ params: { shipmentId }, caller }) => {
        const row = await db
          .selectFrom('shipments')
          .selectAll()
          .where('shipment_id', '=', shipmentId)
          .executeTakeFirst();
        const readers = [row?.shipper_msp_id, row?.recipient_msp_id, services.consortium.regulator];
        if (row === undefined || !readers.includes(caller.identity.mspId)) throw new Problem('shipment_not_found');
        return shipmentView(row);
      },
    }),
    route({
      method: 'post',
      path: '/v1/shipments/:shipmentId/void',
      operationId: 'voidShipment',
      tag: 'supply',
      summary: 'Takes back what was not received: a whole shipment, or what is missing of one that arrived short',
      audience: supplyRoles,
      params: ShipmentParams,
      responses: { 201: { description: 'taken back', body: SupplyCommandOutcome } },
      async handler({ params: { shipmentId }, caller, idempotency }) {
        const command = { type: 'voidShip', shipmentId } as const;
        const [outcome] = await submitSupplyCommands(services, reports, caller, [command], idempotency);
        if (outcome!.status === 'refused') throw problemOfOutcome(outcome!);
        return { status: 201, body: outcome! };
      },
    }),
  ];
}

function subjectOf(
  gtin: string | undefined,
  lot: string | undefined,
  sscc: string | undefined,
  shipmentId: string | undefined,
): string | undefined {
  if (sscc !== undefined) return `container|${sscc}`;
  if (shipmentId !== undefined) return `shipment|${shipmentId}`;
  if (gtin === undefined) return undefined;
  return lot === undefined ? `product|${gtin}` : `lot|${gtin}|${lot}`;
}

function oneOrTheOther(): Problem {
  return new Problem('validation_failed', {
    errors: [{ pointer: '/type', code: 'validation_failed', detail: 'either one event with a type, or commands' }],
  });
}
