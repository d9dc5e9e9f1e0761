/** The audit's list of events, by patient or over all, newest first. */
import type {
  AccessBasis,
  ConsentDecision,
  PurposeOfUse,
  RecordCategory,
  RecordVersion,
} from '@chain-of-care/chaincode/model';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { CareViews } from '../database/careSchema.ts';
import type { Database } from '../database/schema.ts';
import { mapPage, newestFirst } from './newestFirst.ts';
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

/** @throws Problem invalid_cursor */
export async function auditEvents(db: Db, filter: AuditFilter): Promise<Page<AuditEventFact>> {
  const { patient, organization, type, accessor, record, purpose, basis, decision, from, until } = filter;
  let events = db.selectFrom('audit_events').selectAll();
  if (patient !== undefined) events = events.where('patient_id', '=', patient);
  if (organization !== undefined)
    events = events.where((where) =>
      where.or([
        where('accessor_org', '=', organization),
        where('patient_id', 'in', (own) =>
          own.selectFrom('patients').select('patient_id').where('home', '=', organization),
        ),
      ]),
    );
  if (type !== undefined) events = events.where('type', '=', type);
  if (accessor !== undefined) events = events.where('accessor_id', '=', accessor);
  if (purpose !== undefined) events = events.where('purpose_of_use', '=', purpose);
  if (decision !== undefined) events = events.where('decision', '=', decision);
  if (basis !== undefined) events = events.where(sql<boolean>`basis @> ${JSON.stringify([{ kind: basis }])}::jsonb`);
  if (record !== undefined) events = events.where(concerns(record));
  if (from !== undefined) events = events.where('record_time', '>=', new Date(from));
  if (until !== undefined) events = events.where('record_time', '<', new Date(until));
  const page = await newestFirst(db.selectFrom(events.as('own')).selectAll(), 'record_time', 'id', filter);
  return mapPage(page, eventOf);
}

export async function auditEventById(db: Db, id: string): Promise<AuditEventFact | undefined> {
  const row = await db.selectFrom('audit_events').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : eventOf(row);
}

/** An event names the record, or its category when the record was there already. */
function concerns(recordId: string) {
  return sql<boolean>`(records @> ${JSON.stringify([{ recordId }])}::jsonb or subjects ? ${recordId} or type = 'access'
    and exists (select from records r where r.record_id = ${recordId} and r.patient_id = audit_events.patient_id
      and categories ? r.category and r.record_time <= audit_events.record_time))`;
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
