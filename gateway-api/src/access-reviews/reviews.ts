/** Reviews of unusual accesses: listed, seen by the patient, answered by a privacy officer. */
import { sql, type Selectable, type Updateable } from 'kysely';
import type { Caller } from '../auth/caller.ts';
import { recordGatewayAct } from '../audit/gatewayActs.ts';
import { Problem } from '../http/problem.ts';
import { SealedJson } from '../keystore/sealedJson.ts';
import { isOnPatientSide, requireNotOtherPatient } from '../patients/access.ts';
import type { Database } from '../readmodel/index.ts';
import { mapPage, newestFirst } from '../readmodel/queries/newestFirst.ts';
import type { Page } from '../readmodel/queries/page.ts';
import type { Services } from '../services.ts';
import type { AccessReview, ListReviews, ReviewAnswer } from './dto.ts';

type Row = Selectable<Database['access_reviews']>;

const sealing = ({ keystore }: Pick<Services, 'keystore'>): SealedJson<string> =>
  new SealedJson(keystore.derived('access reviews'));

/**
 * Of the own patients; for a patient's side of that patient only.
 *
 * @throws Problem invalid_cursor, not_own_patient
 */
export async function reviewsFor(
  services: Services,
  caller: Caller,
  { status, kind, accessor, patient, ...params }: ListReviews,
): Promise<Page<AccessReview>> {
  const { db } = services.readModel;
  const whose = caller.kind === 'staff' ? patient : (patient ?? caller.id);
  if (whose !== undefined) await requireNotOtherPatient(services, caller, whose);
  let found = db.selectFrom('access_reviews').selectAll();
  if (whose !== undefined) found = found.where('patient_id', '=', whose);
  if (status !== undefined) found = found.where('status', '=', status);
  if (accessor !== undefined) found = found.where('accessor_id', '=', accessor);
  if (kind !== undefined) found = found.where(sql<boolean>`kinds ? ${kind}`);
  const page = await newestFirst(db.selectFrom(found.as('own')).selectAll(), 'raised_at', 'review_id', params);
  return mapPage(page, (row) => viewOf(services, row));
}

/** @throws Problem not_found, also for another patient's */
export async function reviewFor(services: Services, caller: Caller, reviewId: string): Promise<AccessReview> {
  return viewOf(services, await ownRow(services, caller, reviewId));
}

/** The patient, or who represents them, has seen it. Once more changes nothing, and what is answered stays so. */
export async function acknowledgeReview(services: Services, caller: Caller, reviewId: string): Promise<AccessReview> {
  const row = await ownRow(services, caller, reviewId);
  if (row.acknowledged_at !== null) return viewOf(services, row);
  await recordGatewayAct(services, caller, actOn(row, 'acknowledge'));
  return change(services, row, {
    acknowledged_at: nowOf(services),
    status: row.status === 'open' ? 'acknowledged' : row.status,
  });
}

/**
 * Says what an access was; the patient is told.
 *
 * @throws Problem role_not_allowed for one's own access; conflict when it is answered
 */
export async function answerReview(
  services: Services,
  caller: Caller,
  reviewId: string,
  { outcome, explanation }: ReviewAnswer,
): Promise<AccessReview> {
  const row = await ownRow(services, caller, reviewId);
  if (row.accessor_id === caller.id)
    throw new Problem('role_not_allowed', { detail: 'nobody reviews their own access' });
  if (row.answered_at !== null) throw new Problem('conflict', { detail: 'the review is answered already' });
  await recordGatewayAct(services, caller, actOn(row, 'answer'));
  const block = services.readModel.height ?? 0;
  const answered = await change(services, row, {
    status: 'answered',
    outcome,
    answered_at: nowOf(services),
    answered_by: caller.id,
    answered_block: block,
    sealed_explanation: sealing(services).seal(reviewId, explanation),
  });
  services.notifications.readAgain(block);
  return answered;
}

/** A member of the own staff is a patient here: accesses to that chart are reviewed. Once more changes nothing. @returns since when */
export async function noteOwnChart(
  services: Services,
  caller: Caller,
  staffId: string,
  patientId: string,
): Promise<string> {
  const { facts, profile, readModel } = services;
  if ((await facts.staff(staffId))?.mspId !== profile.mspId) throw new Problem('staff_not_found');
  if ((await facts.patient(patientId))?.home !== profile.mspId) throw new Problem('patient_not_found');
  await recordGatewayAct(services, caller, {
    type: 'review',
    interaction: 'note-own-chart',
    patientId,
    subjectId: staffId,
  });
  const { noted_at: notedAt } = await readModel.db
    .insertInto('staff_charts')
    .values({ staff_id: staffId, patient_id: patientId, noted_at: nowOf(services), noted_by: caller.id })
    .onConflict((conflict) =>
      conflict
        .columns(['staff_id', 'patient_id'])
        .doUpdateSet((first) => ({ noted_at: first.ref('staff_charts.noted_at') })),
    )
    .returning('noted_at')
    .executeTakeFirstOrThrow();
  return notedAt.toISOString();
}

async function ownRow(services: Services, caller: Caller, reviewId: string): Promise<Row> {
  const query = services.readModel.db.selectFrom('access_reviews').selectAll().where('review_id', '=', reviewId);
  const row = await query.executeTakeFirst();
  if (row === undefined) throw new Problem('not_found');
  if (caller.kind !== 'staff' && !(await isOnPatientSide(services, caller, row.patient_id)))
    throw new Problem('not_found');
  return row;
}

/** @throws Problem conflict when somebody else changed it meanwhile */
async function change(
  services: Services,
  { review_id: id, status }: Row,
  to: Updateable<Database['access_reviews']>,
): Promise<AccessReview> {
  const row = await services.readModel.db
    .updateTable('access_reviews')
    .set(to)
    .where('review_id', '=', id)
    .where('status', '=', status)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) throw new Problem('conflict');
  return viewOf(services, row);
}

function actOn({ review_id: subjectId, patient_id: patientId }: Row, interaction: string) {
  return { type: 'review', interaction, patientId, subjectId } as const;
}

const nowOf = ({ clock }: Pick<Services, 'clock'>): string => new Date(clock()).toISOString();

function viewOf(services: Pick<Services, 'keystore'>, row: Row): AccessReview {
  return {
    id: row.review_id,
    accessId: row.access_id,
    patientId: row.patient_id,
    accessorId: row.accessor_id,
    accessorOrg: row.accessor_org,
    accessorRole: row.accessor_role,
    kinds: row.kinds,
    status: row.status,
    raisedAt: row.raised_at.toISOString(),
    ...(row.acknowledged_at === null ? {} : { acknowledgedAt: row.acknowledged_at.toISOString() }),
    ...(row.answered_at === null ? {} : { answeredAt: row.answered_at.toISOString() }),
    ...(row.answered_by === null ? {} : { answeredBy: row.answered_by }),
    ...(row.outcome === null ? {} : { outcome: row.outcome }),
    ...(row.sealed_explanation === null
      ? {}
      : { explanation: sealing(services).open(row.review_id, row.sealed_explanation) }),
  };
}
