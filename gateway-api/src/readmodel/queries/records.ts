/** Lists of a patient's record versions by their open facts. */
import type { Confidentiality, RecordCategory, RecordFact, RecordVersion } from '@chain-of-care/chaincode/model';
import { sql, type Kysely, type RawBuilder, type Selectable } from 'kysely';
import type { CareTables } from '../database/careSchema.ts';
import type { Database } from '../database/schema.ts';
import { recordOf } from './care.ts';
import { pageOf, readNumberCursor, type Page, type PageParams } from './page.ts';

/** `current`: the newest version of each record that was not withdrawn. `withdrawn`: the entries that say so. */
export const recordStatuses = ['current', 'withdrawn', 'all'] as const;
export type RecordStatus = (typeof recordStatuses)[number];

export interface RecordFilter {
  readonly categories?: readonly RecordCategory[];
  readonly confidentialities?: readonly Confidentiality[];
  /** Each a FHIR date search: `ge2025-01`, `lt2026`. All of them hold. */
  readonly dates?: readonly string[];
  readonly author?: string;
  readonly organization?: string;
  readonly department?: string;
  /** `current` when absent. */
  readonly status?: RecordStatus;
  /** Without any version of a record that was about somebody else. */
  readonly ofPatientOnly?: true;
  /** These versions and no others. */
  readonly versions?: readonly RecordVersion[];
  /** Blind-index tokens: versions with none of them are left out, those that were written without tokens are not. */
  readonly terms?: readonly string[];
}

type Filtered = Selectable<CareTables['records']>;

/** A page, newest in the chain first. @throws Problem invalid_cursor */
export async function recordsOfPatient(
  db: Kysely<Database>,
  patientId: string,
  { limit = 50, cursor, ...filter }: RecordFilter & PageParams,
): Promise<Page<RecordFact>> {
  const after = readNumberCursor(cursor);
  const place = after === undefined ? sql`true` : sql`r.sequence < ${after}`;
  const { rows } = await sql<Filtered>`select r.* from records r where ${place} and ${conditions(patientId, filter)}
    order by r.sequence desc limit ${limit + 1}`.execute(db);
  return pageOf(rows, limit, recordOf, (row) => [row.sequence]);
}

export async function countRecords(db: Kysely<Database>, patientId: string, filter: RecordFilter): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int4 as count from records r
    where ${conditions(patientId, filter)}`.execute(db);
  return rows[0]!.count;
}

/** Every version of a record, the newest first. @throws Problem invalid_cursor */
export async function versionsOfRecord(
  db: Kysely<Database>,
  recordId: string,
  { limit = 50, cursor }: PageParams,
): Promise<Page<RecordFact>> {
  let query = db.selectFrom('records').selectAll().where('record_id', '=', recordId);
  const after = readNumberCursor(cursor);
  if (after !== undefined) query = query.where('version', '<', after);
  const rows = await query
    .orderBy('version', 'desc')
    .limit(limit + 1)
    .execute();
  return pageOf(rows, limit, recordOf, (row) => [row.version]);
}

const statusConditions: Readonly<Record<RecordStatus, RawBuilder<unknown>>> = {
  all: sql`true`,
  withdrawn: sql`r.withdrawn is not null`,
  current: sql`r.withdrawn is null and not exists (select 1 from records newer
    where newer.record_id = r.record_id and newer.patient_id = r.patient_id and newer.version = r.version + 1)`,
};

function conditions(patientId: string, filter: RecordFilter): RawBuilder<unknown> {
  const { categories, confidentialities, dates = [], author, organization, department, versions, terms } = filter;
  const all = [sql`r.patient_id = ${patientId}`, statusConditions[filter.status ?? 'current']];
  if (categories !== undefined) all.push(sql`r.category in (${sql.join(categories)})`);
  if (confidentialities !== undefined) all.push(sql`r.confidentiality in (${sql.join(confidentialities)})`);
  if (author !== undefined) all.push(sql`r.author_id = ${author}`);
  if (organization !== undefined) all.push(sql`r.author_org = ${organization}`);
  if (department !== undefined) all.push(sql`r.author_group = ${department}`);
  all.push(...dates.map(dateCondition));
  if (versions !== undefined) {
    const named = versions.map(({ recordId, version }) => sql`(${recordId}::text, ${version}::int4)`);
    all.push(sql`(r.record_id, r.version) in (${sql.join(named)})`);
  }
  if (filter.ofPatientOnly === true)
    all.push(sql`not exists (select 1 from records wrong where wrong.record_id = r.record_id
      and wrong.patient_id = r.patient_id and wrong.withdrawn = 'wrong-patient')`);
  if (terms !== undefined && terms.length > 0)
    all.push(sql`(r.terms is null or exists (select 1 from jsonb_array_elements_text(r.terms) as term
      where term in (${sql.join(terms)})))`);
  return sql.join(all, sql` and `);
}

/** A partial day is an interval, on both sides (FHIR R4, Search, date): its first day and its last one as text. */
const first = sql`(r.clinical_date || substr('-01-01', length(r.clinical_date) - 3))`;
const last = sql`(r.clinical_date || substr('-12-31', length(r.clinical_date) - 3))`;

const comparisons: Readonly<Record<string, (from: string, to: string) => RawBuilder<unknown>>> = {
  eq: (from, to) => sql`${first} >= ${from} and ${last} <= ${to}`,
  ne: (from, to) => sql`not (${first} >= ${from} and ${last} <= ${to})`,
  ge: (from) => sql`${last} >= ${from}`,
  gt: (_, to) => sql`${last} > ${to}`,
  le: (_, to) => sql`${first} <= ${to}`,
  lt: (from) => sql`${first} < ${from}`,
  sa: (_, to) => sql`${first} > ${to}`,
  eb: (from) => sql`${last} < ${from}`,
};

function dateCondition(search: string): RawBuilder<unknown> {
  const prefix = /^[a-z]{2}/.exec(search)?.[0] ?? 'eq';
  const day = search.replace(/^[a-z]{2}/, '');
  return sql`(${comparisons[prefix]!(day + '-01-01'.slice(day.length - 4), day + '-12-31'.slice(day.length - 4))})`;
}
