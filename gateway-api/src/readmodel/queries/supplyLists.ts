/** Lists of the supply chain, newest first, with keyset cursors; and counts of alerts. */
import type {
  AlertSeverity,
  AlertSource,
  AlertStatus,
  AlertType,
  SupplyEventKind,
} from '@chain-of-care/chaincode/model';
import { sql, type Kysely, type RawBuilder, type Selectable } from 'kysely';
import type { Database } from '../database/schema.ts';
import type { SupplyTables } from '../database/supplySchema.ts';
import { newestFirst } from './newestFirst.ts';
import type { Page, PageParams } from './page.ts';

type Db = Kysely<Database>;
export type SupplyRow<Table extends keyof SupplyTables> = Selectable<SupplyTables[Table]>;

export interface ProductFilter extends PageParams {
  /** Organisation of the marketing authorisation holder. */
  readonly mspId?: string;
  readonly ndc?: string;
}

export async function productList(db: Db, filter: ProductFilter): Promise<Page<SupplyRow<'products'>>> {
  let query = db.selectFrom('products').selectAll();
  if (filter.mspId !== undefined) query = query.where('msp_id', '=', filter.mspId);
  if (filter.ndc !== undefined) query = query.where('ndc', '=', filter.ndc);
  return newestFirst(query, 'registered_at', 'gtin', filter);
}

export async function lotsOfProduct(db: Db, gtin: string, params: PageParams): Promise<Page<SupplyRow<'lots'>>> {
  return newestFirst(db.selectFrom('lots').selectAll().where('gtin', '=', gtin), 'registered_at', 'lot', params);
}

export interface ShipmentFilter extends PageParams {
  /** Organisation that ships or receives. */
  readonly mspId?: string;
  readonly status?: SupplyTables['shipments']['status'];
  /** Only those that were to be received before this time and were not: RFC 3339. */
  readonly overdueAt?: string;
}

export async function shipmentList(db: Db, filter: ShipmentFilter): Promise<Page<SupplyRow<'shipments'>>> {
  let query = db.selectFrom('shipments').selectAll();
  const { mspId, status } = filter;
  if (mspId !== undefined)
    query = query.where((where) =>
      where.or([where('shipper_msp_id', '=', mspId), where('recipient_msp_id', '=', mspId)]),
    );
  if (status !== undefined) query = query.where('status', '=', status);
  if (filter.overdueAt !== undefined)
    query = query
      .where('status', 'in', ['open', 'partly_received'])
      .where('expected_by', '<', sql<Date>`${filter.overdueAt}::timestamptz`);
  return newestFirst(query, 'recorded_at', 'shipment_id', filter);
}

export interface ClassBalanceFilter extends PageParams {
  /** Only what this organisation holds, and what is of these trade items; absent: everything. */
  readonly visibleTo?: { readonly mspId: string; readonly products: ReadonlySet<string> };
  readonly gtin?: string;
  readonly lot?: string;
  readonly gln?: string;
}

export async function classBalanceList(db: Db, filter: ClassBalanceFilter): Promise<Page<SupplyRow<'class_balances'>>> {
  let query = db
    .selectFrom('class_balances')
    .selectAll()
    .select(sql<string>`gtin || '|' || lot || '|' || gln`.as('place'));
  for (const column of ['gtin', 'lot', 'gln'] as const) {
    const wanted = filter[column];
    if (wanted !== undefined) query = query.where(column, '=', wanted);
  }
  const { visibleTo } = filter;
  if (visibleTo !== undefined)
    query = query.where((where) =>
      where.or([
        where('msp_id', '=', visibleTo.mspId),
        ...(visibleTo.products.size === 0 ? [] : [where('gtin', 'in', [...visibleTo.products])]),
      ]),
    );
  return newestFirst(db.selectFrom(query.as('balances')).selectAll(), 'event_time', 'place', filter);
}

export interface EventFilter extends PageParams {
  readonly kind?: SupplyEventKind;
  readonly mspId?: string;
  readonly gln?: string;
  /** Condition on `supply_events`; absent: all. */
  readonly visible?: RawBuilder<boolean>;
}

export async function eventList(db: Db, filter: EventFilter): Promise<Page<SupplyRow<'supply_events'>>> {
  let query = db.selectFrom('supply_events').selectAll();
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
  if (filter.mspId !== undefined) query = query.where('msp_id', '=', filter.mspId);
  if (filter.gln !== undefined) query = query.where('gln', '=', filter.gln);
  if (filter.visible !== undefined) query = query.where(filter.visible);
  return newestFirst(query, 'record_time', 'event_id', filter);
}

/**
 * Events about any of the subjects, each once.
 *
 * @param subjects as `supply_event_subjects` names them: `pack|gtin|serial`, `container|sscc`, `lot|gtin|lot`, …
 */
export async function eventsOfSubjects(
  db: Db,
  subjects: readonly string[],
  params: Pick<EventFilter, 'visible'> & PageParams,
): Promise<Page<SupplyRow<'supply_events'>>> {
  if (subjects.length === 0) return { items: [] };
  const concerned = db.selectFrom('supply_event_subjects').select('event_id').where('subject', 'in', subjects);
  let query = db.selectFrom('supply_events').selectAll().where('event_id', 'in', concerned);
  if (params.visible !== undefined) query = query.where(params.visible);
  return newestFirst(query, 'record_time', 'event_id', params);
}

export interface AlertFilter extends PageParams {
  readonly type?: AlertType;
  readonly severity?: AlertSeverity;
  readonly status?: AlertStatus;
  readonly source?: AlertSource;
  readonly gtin?: string;
  readonly lot?: string;
  readonly serial?: string;
  /** Only those that concern this organisation; absent: every one (the regulator). */
  readonly concerns?: string;
}

export async function alertList(db: Db, filter: AlertFilter): Promise<Page<SupplyRow<'alerts'>>> {
  let query = db.selectFrom('alerts').selectAll();
  for (const column of ['type', 'severity', 'status', 'source', 'gtin', 'lot', 'serial'] as const) {
    const wanted = filter[column];
    if (wanted !== undefined) query = query.where(column, '=', wanted);
  }
  const { concerns } = filter;
  if (concerns !== undefined)
    query = query.where((where) =>
      where.or([
        where('msp_id', '=', concerns),
        where('maker_msp_id', '=', concerns),
        where('assignee_msp_id', '=', concerns),
        where('alert_id', 'in', db.selectFrom('alert_audiences').select('alert_id').where('msp_id', '=', concerns)),
      ]),
    );
  return newestFirst(query, 'opened_at', 'alert_id', filter);
}

/** A row a lot: one recall may name many. */
export async function recallList(db: Db, params: PageParams): Promise<Page<SupplyRow<'lot_recalls'>>> {
  const lots = db
    .selectFrom('lot_recalls')
    .selectAll()
    .select(sql<string>`recall_id || '|' || gtin || '|' || lot`.as('place'));
  return newestFirst(db.selectFrom(lots.as('recalled_lots')).selectAll(), 'recalled_at', 'place', params);
}
