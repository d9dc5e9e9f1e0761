/**
 * Raises a review for every unusual access to a chart of this hospital, with the notice of it: in the transaction that
 * writes a block's notices, so that each is raised once and none is lost.
 */
import { randomUUID } from 'node:crypto';
import type { UnusualKind } from '@chain-of-care/chaincode/model';
import { bulkAbove, unusualIn, type JudgedAccess } from '@chain-of-care/chaincode/rules';
import { sql, type Kysely } from 'kysely';
import type { Notice, NoticeSource } from '../notifications/notice.ts';
import type { Database } from '../readmodel/index.ts';
import { privacyOfficers } from '../readmodel/queries/staff.ts';

type Db = Kysely<Database>;

interface Judged extends JudgedAccess {
  readonly access_id: string;
  readonly patient_id: string;
  readonly accessor_id: string;
  readonly accessor_org: string;
  readonly accessor_role: string;
  readonly record_time: Date;
  readonly block_number: number;
}

/** @param mspId the own organisation: it reviews accesses to its own patients' charts */
export function reviewNotices(mspId: string): NoticeSource {
  return async (db, { first, last }) => {
    for (const access of await accessesIn(db, mspId, first, last)) {
      const kinds = unusualIn(access);
      if (kinds.length > 0) await raise(db, access, kinds);
    }
    const raised = await db
      .selectFrom('access_reviews')
      .select(['review_id', 'patient_id', 'raised_at', 'block_number'])
      .where('block_number', '>=', first)
      .where('block_number', '<=', last)
      .execute();
    const answered = await db
      .selectFrom('access_reviews')
      .select(['review_id', 'patient_id', 'answered_at', 'answered_block', 'outcome'])
      .where('answered_block', '>=', first)
      .where('answered_block', '<=', last)
      .execute();
    const officers = raised.length === 0 ? [] : await privacyOfficers(db, mspId);
    return [
      ...raised.map((row): Notice => ({
        source: `accessToReview|${row.review_id}`,
        kind: 'accessToReview',
        severity: 'high',
        about: { reference: row.review_id },
        occurredAt: row.raised_at.toISOString(),
        blockNumber: row.block_number,
        recipients: [row.patient_id, ...officers],
      })),
      ...answered.map((row): Notice => ({
        source: `accessReviewAnswered|${row.review_id}`,
        kind: 'accessReviewAnswered',
        severity: row.outcome === 'unjustified' ? 'high' : 'medium',
        about: { reference: row.review_id },
        occurredAt: row.answered_at!.toISOString(),
        blockNumber: row.answered_block!,
        recipients: [row.patient_id],
      })),
    ];
  };
}

/** Permitted accesses of staff, with what a judgement needs. Of a category's records no more are counted than it takes. */
async function accessesIn(db: Db, mspId: string, first: number, last: number): Promise<readonly Judged[]> {
  const { rows } = await sql<Judged>`
    select a.access_id, a.patient_id, a.accessor_id, a.accessor_org, a.accessor_role, a.record_time, a.block_number,
      case when a.records is not null then jsonb_array_length(a.records) else (
        select count(*)::int4 from (
          select from records r where r.patient_id = a.patient_id and a.categories ? r.category and r.version = 1
            and r.block_number <= a.block_number limit ${bulkAbove + 1}
        ) covered
      ) end as records,
      exists (
        select from jsonb_array_elements(a.basis) b join consents c on c.consent_id = b ->> 'consentId'
        where c.patient_id = a.patient_id and c.grantee_kind in ('person', 'department', 'care-team')
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
