/**
 * Tells of consents that are about to expire, and that have: the patient, who represents them, and whom of this
 * organisation the consent names. The row that says so is written with the notice, so each is told once.
 */
import { sql, type Kysely } from 'kysely';
import { careNoticesOf, type CareFact } from '../notifications/careNotices.ts';
import type { NoticeKind } from '../notifications/catalogue.ts';
import type { NoticeSource } from '../notifications/notice.ts';
import type { Database } from '../readmodel/index.ts';

type Db = Kysely<Database>;

export interface ConsentEndOptions {
  /** The own organisation: only its own patients have a login here. */
  readonly mspId: string;
  readonly clock: () => number;
  /** Days of notice; of a consent for less than four times as long, the last quarter of its time. */
  readonly noticeDays: number;
}

/** Of a consent that ended longer ago nobody is told any more. */
const toldWithinDays = 30;

export function consentEndNotices(options: ConsentEndOptions): NoticeSource {
  return async (db, { first, last }) => {
    const nowMs = options.clock();
    for (const { due: _due, ...end } of await untold(db, options, nowMs, nowMs))
      await db
        .insertInto('consent_ends')
        .values({ ...end, told_at: new Date(nowMs).toISOString(), block_number: last })
        .onConflict((conflict) => conflict.columns(['consent_id', 'kind']).doNothing())
        .execute();
    return careNoticesOf(db, [
      ['consentExpiring', await told(db, options.mspId, 'consentExpiring', first, last)],
      ['consentLapsed', await told(db, options.mspId, 'consentLapsed', first, last)],
    ]);
  };
}

/**
 * When there is something to tell next.
 *
 * @param untilMs undefined is answered when it is after this
 */
export async function nextConsentEnd(db: Db, options: ConsentEndOptions, untilMs: number): Promise<number | undefined> {
  const ends = await untold(db, options, options.clock(), untilMs);
  return ends.length === 0 ? undefined : Math.min(...ends.map(({ due }) => due.getTime()));
}

interface ConsentEnd {
  readonly consent_id: string;
  readonly patient_id: string;
  readonly kind: Extract<NoticeKind, 'consentExpiring' | 'consentLapsed'>;
  readonly due: Date;
}

/**
 * Ends to be told of by then. Not of consents that were revoked or renewed, nor of a delegated one that ended, or ends,
 * with one that it comes from.
 */
async function untold(
  db: Db,
  { mspId, noticeDays }: ConsentEndOptions,
  nowMs: number,
  untilMs: number,
): Promise<readonly ConsentEnd[]> {
  const now = sql`${new Date(nowMs).toISOString()}::timestamptz`;
  const until = sql`${new Date(untilMs).toISOString()}::timestamptz`;
  const notice = sql`${noticeDays} * interval '1 day'`;
  const { rows } = await sql<ConsentEnd>`
    with standing as (
      select c.consent_id, c.patient_id, c.expires_at,
        c.expires_at - least(${notice}, (c.expires_at - c.granted_at) / 4) as noticed_at
      from consents c join patients p on p.patient_id = c.patient_id and p.home = ${mspId}
      where c.expires_at > ${now} - ${toldWithinDays} * interval '1 day' and c.expires_at <= ${until} + ${notice}
        and not exists (select from consent_stops s where s.consent_id = c.consent_id)
        and not exists (
          select from consents n where n.rule ->> 'renews' = c.consent_id and n.patient_id = c.patient_id
        )
        and not exists (
          select from jsonb_array_elements(c.rule -> 'parents') above
            join consents a on a.consent_id = above ->> 'consentId'
            left join consent_stops s on s.consent_id = a.consent_id
          where s.consent_id is not null or a.expires_at <= c.expires_at
        )
    ), ends as (
      select consent_id, patient_id, 'consentExpiring' as kind, noticed_at as due from standing
      where noticed_at < expires_at and expires_at > ${now}
      union all
      select consent_id, patient_id, 'consentLapsed', expires_at from standing
    )
    select e.consent_id, e.patient_id, e.kind, e.due from ends e
    where e.due <= ${until}
      and not exists (select from consent_ends t where t.consent_id = e.consent_id and t.kind = e.kind)`.execute(db);
  return rows;
}

/** Whom a consent permits something is told as well; whom it denies something is not. */
async function told(
  db: Db,
  mspId: string,
  kind: ConsentEnd['kind'],
  first: number,
  last: number,
): Promise<readonly CareFact[]> {
  const { rows } = await sql<Omit<CareFact, 'also'> & { also: string | null }>`
    select t.consent_id as id, t.patient_id as recipient, t.block_number as block, c.expires_at as "endsAt",
      case when t.kind = 'consentLapsed' then c.expires_at else t.told_at end as at,
      case when c.grantee_kind = 'person' and c.grantee_org = ${mspId} and c.decision = 'permit' then c.grantee_id end
        as also
    from consent_ends t join consents c on c.consent_id = t.consent_id and c.patient_id = t.patient_id
    where t.kind = ${kind} and t.block_number between ${first} and ${last} order by t.block_number, t.consent_id`.execute(
    db,
  );
  return rows.map(({ also, ...fact }) => (also === null ? fact : { ...fact, also }));
}
