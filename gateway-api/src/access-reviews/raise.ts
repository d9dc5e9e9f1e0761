/**
 * Raises a review for every unusual access to a chart of this hospital, with the notice of it: in the transaction that
 * writes a block's notices, so that each is raised once and none is lost.
 */
import { randomUUID } from 'node:crypto';
import type { UnusualKind } from '@chain-of-care/chaincode/model';
import { bulkAbove, bulkWindowMs, unusualIn, type JudgedAccess } from '@chain-of-care/chaincode/rules';
import { sql, type Kysely } from 'kysely';
import { careNoticesOf } from '../notifications/careNotices.ts';
import type { NoticeSource } from '../notifications/notice.ts';
import type { Database } from '../readmodel/index.ts';
import { privacyOfficers } from '../readmodel/queries/staff.ts';

type Db = Kysely<Database>;

interface Judged extends Omit<JudgedAccess, 'recentRecords'> {
  readonly access_id: string;
  readonly patient_id: string;
  readonly accessor_id: string;
  readonly accessor_org: string;
  readonly accessor_role: string;
  readonly record_time: Date;
  readonly block_number: number;
  /** Digest of what was asked for. */
  readonly scope: string;
}

/** @param mspId the own organisation: it reviews accesses to its own patients' charts */
export function reviewNotices(mspId: string): NoticeSource {
  return async (db, { first, last }) => {
    await judge(db, await accessesIn(db, mspId, first, last));
    const raised = await db
      .selectFrom('access_reviews')
      .select(['review_id as id', 'patient_id as recipient', 'raised_at as at', 'block_number as block'])
      .where('block_number', '>=', first)
      .where('block_number', '<=', last)
      .execute();
    const answered = await db
      .selectFrom('access_reviews')
      .select(['review_id as id', 'patient_id as recipient', 'outcome'])
      .select((row) => [row.ref('answered_at').$notNull().as('at'), row.ref('answered_block').$notNull().as('block')])
      .where('answered_block', '>=', first)
      .where('answered_block', '<=', last)
      .execute();
    const officers = raised.length === 0 ? [] : await privacyOfficers(db, mspId);
    const unjustified = new Set(answered.filter(({ outcome }) => outcome === 'unjustified').map(({ id }) => id));
    const toReview = await careNoticesOf(db, [['accessToReview', raised]]);
    const answers = await careNoticesOf(db, [['accessReviewAnswered', answered]]);
    return [
      ...toReview.map((notice) => ({ ...notice, recipients: [...notice.recipients, ...officers] })),
      ...answers.map((notice) =>
        unjustified.has(String(notice.about['reference'])) ? { ...notice, severity: 'high' as const } : notice,
      ),
    ];
  };
}

/** Small accesses of one person to one chart are summed up once, with the last of them. */
async function judge(db: Db, accesses: readonly Judged[]): Promise<void> {
  await noteScopes(db, accesses);
  const lastOf = new Map(accesses.map((access) => [pairOf(access), access]));
  for (const access of accesses) {
    const recentRecords = lastOf.get(pairOf(access)) === access ? await recentRecordsOf(db, access) : 0;
    const kinds = unusualIn({ ...access, recentRecords });
    if (kinds.length > 0) await raise(db, access, kinds);
  }
}

const pairOf = ({ accessor_id: accessor, patient_id: patient }: Judged): string => `${accessor}|${patient}`;

/**
 * Permitted accesses of staff, with what a judgement needs. Of a category's records no more are counted than it takes; of a
 * delegated consent counts whom the patient named, for else whoever shares an organisation's consent names themselves.
 */
async function accessesIn(db: Db, mspId: string, first: number, last: number): Promise<readonly Judged[]> {
  const { rows } = await sql<Judged>`
    select a.access_id, a.patient_id, a.accessor_id, a.accessor_org, a.accessor_role, a.record_time, a.block_number,
      case when a.records is not null then jsonb_array_length(a.records) else (
        select count(*)::int4 from (
          select from records r where r.patient_id = a.patient_id and a.categories ? r.category and r.version = 1
            and r.block_number <= a.block_number limit ${bulkAbove + 1}
        ) covered
      ) end as records, md5(concat(a.records, a.categories)) as scope,
      exists (
        select from jsonb_array_elements(a.basis) b join consents c on c.consent_id = b ->> 'consentId'
        where c.patient_id = a.patient_id
          and coalesce(c.rule -> 'parents' -> -1 -> 'grantee' ->> 'kind', c.grantee_kind)
            in ('person', 'department', 'care-team')
      ) or a.basis @> '[{"kind": "token"}]' as "isNamed",
      a.basis @> '[{"kind": "author"}]' or exists (
        select from records w where w.patient_id = a.patient_id and w.author_org = a.accessor_org
          and w.author_group = a.accessor_group and w.block_number <= a.block_number
      ) as "hasWritten",
      exists (
        select from staff_charts o where o.staff_id = a.accessor_id and o.patient_id = a.patient_id
      ) as "isOwnChart"
    from accesses a join patients p on p.patient_id = a.patient_id and p.home = ${mspId}
    where a.block_number between ${first} and ${last} and a.decision = 'permit'
      and a.accessor_role not in ('patient', 'representative', 'bearer')
    order by a.block_number, a.access_id`.execute(db);
  return rows;
}

/** Remembers for the window how many records each asked for; what is bulk by itself is reviewed anyway. */
async function noteScopes(db: Db, accesses: readonly Judged[]): Promise<void> {
  const small = accesses.filter(({ records }) => records > 0 && records <= bulkAbove);
  const rows = new Map(
    small.map(({ accessor_id, patient_id, scope, records, record_time }) => [
      `${accessor_id}|${patient_id}|${scope}`,
      { accessor_id, patient_id, scope, records, opened_at: record_time.toISOString() },
    ]),
  );
  if (rows.size === 0) return;
  const earliest = Math.min(...small.map(({ record_time: time }) => time.getTime()));
  await db
    .deleteFrom('opened_scopes')
    .where('opened_at', '<=', new Date(earliest - bulkWindowMs))
    .execute();
  await db
    .insertInto('opened_scopes')
    .values([...rows.values()])
    .onConflict((conflict) =>
      conflict.columns(['accessor_id', 'patient_id', 'scope']).doUpdateSet((row) => ({
        records: row.ref('excluded.records'),
        opened_at: sql`greatest(opened_scopes.opened_at, excluded.opened_at)`,
      })),
    )
    .execute();
}

/** As {@link JudgedAccess} says. No more rows are read than it takes: each stands for a record at least. */
async function recentRecordsOf(db: Db, { accessor_id, patient_id, record_time: until }: Judged): Promise<number> {
  const from = new Date(until.getTime() - bulkWindowMs);
  const { rows } = await sql<{ readonly records: number }>`
    select coalesce(sum(records), 0)::int4 as records from (
      select records from opened_scopes
      where accessor_id = ${accessor_id} and patient_id = ${patient_id} and opened_at > ${from} and opened_at <= ${until}
      limit ${bulkAbove + 1}
    ) opened
    where not exists (
      select from access_reviews where patient_id = ${patient_id} and accessor_id = ${accessor_id}
        and raised_at > ${from} and kinds @> '["bulk"]'
    )`.execute(db);
  return rows[0]!.records;
}

async function raise(db: Db, access: Judged, kinds: readonly UnusualKind[]): Promise<void> {
  await db
    .insertInto('access_reviews')
    .values({
      review_id: randomUUID(),
      access_id: access.access_id,
      patient_id: access.patient_id,
      accessor_id: access.accessor_id,
      accessor_org: access.accessor_org,
      accessor_role: access.accessor_role,
      kinds: JSON.stringify(kinds),
      status: 'open',
      raised_at: access.record_time.toISOString(),
      block_number: access.block_number,
    })
    .onConflict((conflict) => conflict.column('access_id').doNothing())
    .execute();
}
