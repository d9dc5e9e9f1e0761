/** The audit's list of events, by patient or over all, newest first. */
import type {
  AccessBasis,
  ConsentDecision,
  PurposeOfUse,
  RecordCategory,
  RecordVersion,
} from '@chain-of-care/chaincode/model';
import { sql, type Kysely, type RawBuilder, type Selectable, type SelectQueryBuilder } from 'kysely';
import type { CareViews } from '../database/careSchema.ts';
import type { GatewayActType } from '../database/gatewaySchema.ts';
import type { Database } from '../database/schema.ts';
import { mergeNewest, newestFirst } from './newestFirst.ts';
import type { Page, PageParams } from './page.ts';

type Db = Kysely<Database>;

/** Of an act that is no access only the members before `purposeOfUse` are sure to be there. */
export interface AuditEventFact {
  readonly id: string;
  readonly type: string;
  readonly interaction: string;
  readonly patientId: string;
  readonly recordTime: string;
  readonly accessorId: string;
  readonly accessorOrg: string;
  readonly accessorRole: string;
  readonly accessorGroup?: string;
  readonly purposeOfUse?: PurposeOfUse;
  readonly sealedReason?: string;
  readonly decision?: ConsentDecision;
  readonly code?: string;
  readonly basis?: readonly AccessBasis[];
  readonly records?: readonly RecordVersion[];
  readonly categories?: readonly RecordCategory[];
  readonly withheld?: number;
  readonly subjects?: readonly string[];
  readonly transactionId?: string;
  readonly blockNumber?: number;
}

export interface AuditFilter extends PageParams {
  readonly patient?: string;
  /** Events of this organisation's people, and those about its own patients. */
  readonly organization?: string;
  readonly type?: string;
  readonly accessor?: string;
  readonly record?: string;
  readonly purpose?: PurposeOfUse;
  readonly basis?: string;
  readonly decision?: ConsentDecision;
  /** RFC 3339; `from` inclusive, `until` exclusive. */
  readonly from?: string;
  readonly until?: string;
}

/**
 * First the places of the page's events, from each of the three tables that have some, then these events alone: what a
 * page costs does not grow with the audit.
 *
 * @throws Problem invalid_cursor
 */
export async function auditEvents(db: Db, filter: AuditFilter): Promise<Page<AuditEventFact>> {
  const sources = sourcesOf(filter).map((source) => source(db, filter));
  const pages = await Promise.all(
    sources.map((source) => newestFirst(db.selectFrom(source.as('own')).selectAll(), 'record_time', 'id', filter)),
  );
  const { items, ...rest } = mergeNewest(pages, ({ record_time, id }) => [record_time.toISOString(), id], filter);
  if (items.length === 0) return { items: [] };
  const ids = items.map(({ id }) => id);
  const rows = await db.selectFrom('audit_events').selectAll().where('id', 'in', ids).execute();
  const byId = new Map(rows.map((row) => [row.id, eventOf(row)]));
  return { items: ids.flatMap((id) => byId.get(id) ?? []), ...rest };
}

/** Where an event stands in the audit's order. */
type Places = SelectQueryBuilder<Database, keyof Database, { id: string; record_time: Date }>;
type Source = (db: Db, filter: AuditFilter) => Places;

/** The tables that can have events which the filter leaves. */
function sourcesOf({ type, purpose, decision, basis }: AuditFilter): readonly Source[] {
  const asksAccesses = [purpose, decision, basis].some((wanted) => wanted !== undefined);
  return [
    ...(type === undefined || type === 'access' ? [accesses] : []),
    ...(type === 'access' || asksAccesses ? [] : [patientActs, gatewayActs]),
  ];
}

function accesses(db: Db, { accessor, record, purpose, basis, decision, ...filter }: AuditFilter): Places {
  let found = db.selectFrom('accesses').select(['access_id as id', 'record_time']);
  if (accessor !== undefined) found = found.where('accessor_id', '=', accessor);
  if (purpose !== undefined) found = found.where('purpose_of_use', '=', purpose);
  if (decision !== undefined) found = found.where('decision', '=', decision);
  if (basis !== undefined) found = found.where(sql<boolean>`basis @> ${JSON.stringify([{ kind: basis }])}::jsonb`);
  if (record !== undefined) found = found.where(concerns(record));
  return found.where(isWithin(filter, { organization: 'accessor_org', time: 'record_time' }));
}

/** Those of one transaction, patient and kind are one event. */
function patientActs(db: Db, { type, accessor, record, ...filter }: AuditFilter): Places {
  let found = db
    .selectFrom('patient_acts')
    .distinctOn(['acted_at', 'event_id'])
    .select(['event_id as id', 'acted_at as record_time'])
    .orderBy('acted_at', 'desc')
    .orderBy('event_id', 'desc');
  if (type !== undefined) found = found.where('type', '=', type);
  if (accessor !== undefined) found = found.where(isDeviceOf(accessor));
  if (record !== undefined) found = found.where('subject_id', '=', record);
  return found.where(isWithin(filter, { organization: 'msp_id', time: 'acted_at' }));
}

function gatewayActs(db: Db, { type, accessor, record, ...filter }: AuditFilter): Places {
  let found = db.selectFrom('gateway_acts').select(['act_id as id', 'acted_at as record_time']);
  if (type !== undefined) found = found.where('type', '=', type as GatewayActType);
  if (accessor !== undefined) found = found.where('actor_id', '=', accessor);
  if (record !== undefined) found = found.where('subject_id', '=', record);
  return found.where(isWithin(filter, { organization: 'actor_org', time: 'acted_at' }));
}

/** What every table is asked, by the columns that it has for it. */
function isWithin(
  { patient, organization, from, until }: AuditFilter,
  column: { readonly organization: string; readonly time: string },
): RawBuilder<boolean> {
  const conditions: RawBuilder<unknown>[] = [sql`true`];
  if (patient !== undefined) conditions.push(sql`patient_id = ${patient}`);
  if (organization !== undefined)
    conditions.push(sql`(${sql.ref(column.organization)} = ${organization}
      or patient_id in (select patient_id from patients where home = ${organization}))`);
  if (from !== undefined) conditions.push(sql`${sql.ref(column.time)} >= ${new Date(from).toISOString()}::timestamptz`);
  if (until !== undefined)
    conditions.push(sql`${sql.ref(column.time)} < ${new Date(until).toISOString()}::timestamptz`);
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

/** By whichever of the person's devices. */
function isDeviceOf(accessor: string): RawBuilder<boolean> {
  return sql<boolean>`device_key in (
    select device_key from devices where staff_id = ${accessor}
    union all select device_key from patient_devices where patient_id = ${accessor}
    union all select device_key from representatives where person_id = ${accessor}
    union all select ${accessor}::text)`;
}

export async function auditEventById(db: Db, id: string): Promise<AuditEventFact | undefined> {
  const row = await db.selectFrom('audit_events').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : eventOf(row);
}

/** An access names the record, or its category when the record was there already. */
function concerns(recordId: string): RawBuilder<boolean> {
  return sql<boolean>`(records @> ${JSON.stringify([{ recordId }])}::jsonb
    or exists (select from records r where r.record_id = ${recordId} and r.patient_id = accesses.patient_id
      and categories ? r.category and r.record_time <= accesses.record_time))`;
}

function eventOf(row: Selectable<CareViews['audit_events']>): AuditEventFact {
  return {
    id: row.id,
    type: row.type,
    interaction: row.interaction,
    patientId: row.patient_id,
    recordTime: row.record_time.toISOString(),
    accessorId: row.accessor_id,
    accessorOrg: row.accessor_org,
    accessorRole: row.accessor_role,
    ...(row.accessor_group === null ? {} : { accessorGroup: row.accessor_group }),
    ...(row.purpose_of_use === null ? {} : { purposeOfUse: row.purpose_of_use }),
    ...(row.sealed_reason === null ? {} : { sealedReason: row.sealed_reason }),
    ...(row.decision === null ? {} : { decision: row.decision }),
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.basis === null ? {} : { basis: row.basis }),
    ...(row.records === null ? {} : { records: row.records }),
    ...(row.categories === null ? {} : { categories: row.categories }),
    ...(row.withheld === null ? {} : { withheld: row.withheld }),
    ...(row.subjects === null ? {} : { subjects: row.subjects }),
    ...(row.tx_id === null ? {} : { transactionId: row.tx_id }),
    ...(row.block_number === null ? {} : { blockNumber: row.block_number }),
  };
}
