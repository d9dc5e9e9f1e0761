/**
 * What patients are told about their charts, at their home hospital: that something was stored, opened, refused, granted
 * or revoked; never what. Who and why is in the audit, behind a login.
 */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../readmodel/index.ts';
import type { NoticeKind } from './catalogue.ts';
import type { Notice, NoticeSource } from './notice.ts';

type Db = Kysely<Database>;

export interface CareFact {
  readonly id: string;
  /** Who is told: the patient, or who asked the patient. */
  readonly recipient: string;
  readonly at: Date;
  readonly block: number;
  readonly count?: number;
  readonly status?: string;
  readonly endsAt?: Date;
  /** Told as well. */
  readonly also?: string;
}

/** Who is told what a patient is told. */
interface Representation {
  readonly patient_id: string;
  readonly person_id: string;
  readonly confirmed_at: Date;
  readonly ends_at: Date | null;
  readonly ended_at: Date | null;
}

const severityOf: Readonly<Partial<Record<NoticeKind, Notice['severity']>>> = {
  recordWithdrawn: 'medium',
  recordsAccessed: 'medium',
  accessRefused: 'high',
  accessRequested: 'medium',
  representativeConfirmed: 'high',
  representativeEnded: 'high',
  consentDelegated: 'medium',
  consentExpiring: 'medium',
  accessToReview: 'high',
  accessReviewAnswered: 'medium',
};

/** @param mspId the own organisation: only its own patients have a login here */
export function careNotices(mspId: string): NoticeSource {
  return async (db, { first, last }) => {
    const within = sql`block_number between ${first} and ${last}`;
    const facts: readonly (readonly [NoticeKind, readonly CareFact[]])[] = [
      ['recordStored', await stored(db, mspId, within)],
      ['recordWithdrawn', await dated(db, mspId, within, withdrawals)],
      ['recordsAccessed', await accesses(db, mspId, within, 'permit')],
      ['accessRefused', await accesses(db, mspId, within, 'deny')],
      ['consentGranted', await granted(db, mspId, within, false)],
      ['consentDelegated', await granted(db, mspId, within, true)],
      ['consentRevoked', await revoked(db, mspId, within)],
      ['accessRequested', await requested(db, mspId, within)],
      ['accessRequestAnswered', await answered(db, mspId, within)],
      ['careTeamAdded', await dated(db, mspId, within, joinings)],
      ['careTeamRemoved', await dated(db, mspId, within, leavings)],
      ['representativeConfirmed', await dated(db, mspId, within, confirmations)],
      ['representativeEnded', await ended(db, mspId, within)],
    ];
    return careNoticesOf(db, facts);
  };
}

/** Each for the patient, and for who represents them at the time. */
export async function careNoticesOf(
  db: Db,
  facts: readonly (readonly [NoticeKind, readonly CareFact[]])[],
): Promise<readonly Notice[]> {
  const told = await representativesTold(db, facts);
  return facts.flatMap(([kind, found]) => found.map((fact) => noticeOf(kind, fact, told)));
}

function noticeOf(
  kind: NoticeKind,
  { id, recipient, at, block, count, status, endsAt, also }: CareFact,
  told: readonly Representation[],
): Notice {
  const representing = told.filter((each) => each.patient_id === recipient && isInForce(each, at));
  return {
    source: `${kind}|${id}`,
    kind,
    severity: severityOf[kind] ?? 'low',
    about: {
      reference: id,
      ...(count === undefined ? {} : { recordCount: String(count) }),
      ...(status === undefined ? {} : { status }),
      ...(endsAt === undefined ? {} : { endsAt: endsAt.toISOString() }),
      // Who represents several must know about whom.
      ...(representing.length === 0 && also === undefined ? {} : { patientId: recipient }),
    },
    occurredAt: at.toISOString(),
    blockNumber: block,
    recipients: [
      ...new Set([recipient, ...representing.map((each) => each.person_id), ...(also === undefined ? [] : [also])]),
    ],
  };
}

type Condition = ReturnType<typeof sql>;

/** One notice for each patient and transaction, however many records it appended. */
async function stored(db: Db, mspId: string, within: Condition): Promise<readonly CareFact[]> {
  const { rows } = await sql<CareFact>`
    select r.tx_id as id, r.patient_id as recipient, max(r.record_time) as at, r.block_number as block,
      count(*)::int4 as count
    from records r join patients p on p.patient_id = r.patient_id and p.home = ${mspId}
    where ${within} and r.withdrawn is null group by r.tx_id, r.patient_id, r.block_number order by r.block_number, r.tx_id`.execute(
    db,
  );
  return rows.map((row) => ({ ...row, id: `${row.id}-${row.recipient}` }));
}

/** Of others: not the patient's own. */
async function accesses(db: Db, mspId: string, within: Condition, decision: string): Promise<readonly CareFact[]> {
  const { rows } = await sql<CareFact>`
    select a.access_id as id, a.patient_id as recipient, a.record_time as at, a.block_number as block
    from accesses a join patients p on p.patient_id = a.patient_id and p.home = ${mspId}
    where ${within} and a.decision = ${decision} and a.accessor_id <> a.patient_id
    order by a.block_number, a.access_id`.execute(db);
  return rows;
}

/** By the patient, or passed on by somebody else. */
async function granted(db: Db, mspId: string, within: Condition, isDelegated: boolean): Promise<readonly CareFact[]> {
  const { rows } = await sql<CareFact>`
    select c.consent_id as id, c.patient_id as recipient, c.granted_at as at, t.block_number as block
    from transactions t join consents c on c.tx_id = t.tx_id
      join patients p on p.patient_id = c.patient_id and p.home = ${mspId}
    where t.${within} and t.validation_code = 0 and (c.rule -> 'parents' is not null) = ${isDelegated}
    order by t.block_number, c.consent_id`.execute(db);
  return rows;
}

/** A request carries the times of its transactions, to the millisecond. */
async function requested(db: Db, mspId: string, within: Condition): Promise<readonly CareFact[]> {
  const { rows } = await sql<CareFact>`
    select q.request_id as id, q.patient_id as recipient, q.requested_at as at, min(t.block_number) as block
    from transactions t join access_requests q on q.requested_at = t.time
      join patients p on p.patient_id = q.patient_id and p.home = ${mspId}
    where t.${within} and t.validation_code = 0 group by q.request_id, q.patient_id, q.requested_at
    order by block, id`.execute(db);
  return rows;
}

/** Who asked is told of the patient's answer. */
async function answered(db: Db, mspId: string, within: Condition): Promise<readonly CareFact[]> {
  const { rows } = await sql<CareFact>`
    select q.request_id as id, q.requester_id as recipient, q.answered_at as at, q.status, min(t.block_number) as block
    from transactions t join access_requests q on q.answered_at = t.time
    where t.${within} and t.validation_code = 0 and q.requester_org = ${mspId} and q.status in ('approved', 'denied')
    group by q.request_id, q.requester_id, q.answered_at, q.status order by block, id`.execute(db);
  return rows;
}

/** A stop carries the time of its transaction, to the millisecond. */
async function revoked(db: Db, mspId: string, within: Condition): Promise<readonly CareFact[]> {
  const { rows } = await sql<CareFact>`
    select s.consent_id as id, s.patient_id as recipient, s.revoked_at as at, min(t.block_number) as block
    from transactions t join consent_stops s on s.revoked_at = t.time and s.subject not like 'token/%'
      join patients p on p.patient_id = s.patient_id and p.home = ${mspId}
    where t.${within} and t.validation_code = 0 group by s.consent_id, s.patient_id, s.revoked_at
    order by block, id`.execute(db);
  return rows;
}

/** A fact whose row says of whom it is, when and in which block. */
interface Dated {
  readonly table: 'record_withdrawals' | 'care_team_members' | 'care_team_removals' | 'representatives';
  readonly id: string;
  readonly at: string;
  /** Column of who is told as well. */
  readonly also?: string;
}

async function dated(
  db: Db,
  mspId: string,
  within: Condition,
  { table, id, at, also }: Dated,
): Promise<readonly CareFact[]> {
  const told = also === undefined ? sql`` : sql`, f.${sql.ref(also)} as also`;
  const { rows } = await sql<CareFact>`
    select f.${sql.ref(id)} as id, f.patient_id as recipient, f.${sql.ref(at)} as at, f.block_number as block${told}
    from ${sql.table(table)} f join patients p on p.patient_id = f.patient_id and p.home = ${mspId}
    where f.${within} order by f.block_number, f.${sql.ref(id)}`.execute(db);
  return rows;
}

const withdrawals: Dated = { table: 'record_withdrawals', id: 'record_id', at: 'withdrawn_at' };
const joinings: Dated = { table: 'care_team_members', id: 'membership_id', at: 'added_at' };
const leavings: Dated = { table: 'care_team_removals', id: 'membership_id', at: 'removed_at' };
const confirmations: Dated = {
  table: 'representatives',
  id: 'representative_id',
  at: 'confirmed_at',
  also: 'person_id',
};

/** Before its time: that an end has come nobody writes. */
async function ended(db: Db, mspId: string, within: Condition): Promise<readonly CareFact[]> {
  const { rows } = await sql<CareFact>`
    select e.representative_id as id, e.patient_id as recipient, e.ended_at as at, e.block_number as block,
      r.person_id as also
    from representative_endings e join patients p on p.patient_id = e.patient_id and p.home = ${mspId}
      join representatives r on r.representative_id = e.representative_id
    where e.${within} order by e.block_number, e.representative_id`.execute(db);
  return rows;
}

async function representativesTold(
  db: Db,
  facts: readonly (readonly [NoticeKind, readonly CareFact[]])[],
): Promise<readonly Representation[]> {
  const patients = [...new Set(facts.flatMap(([, found]) => found.map(({ recipient }) => recipient)))];
  if (patients.length === 0) return [];
  return db
    .selectFrom('representatives')
    .leftJoin('representative_endings', 'representative_endings.representative_id', 'representatives.representative_id')
    .select(['representatives.patient_id', 'person_id', 'confirmed_at', 'ends_at', 'ended_at'])
    .where('representatives.patient_id', 'in', patients)
    .execute();
}

function isInForce({ confirmed_at, ends_at, ended_at }: Representation, at: Date): boolean {
  return confirmed_at <= at && (ends_at === null || at < ends_at) && (ended_at === null || at < ended_at);
}
