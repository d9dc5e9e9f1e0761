/** Who is, or was, on patients' care teams. */
import type { CareTeamMember } from '@chain-of-care/chaincode/model';
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Database } from '../database/schema.ts';

type Db = Kysely<Database>;

export interface CareTeamFact extends Omit<CareTeamMember, 'addedBy'> {
  /** Of somebody who was taken off. */
  readonly removedAt?: string;
}

/** A patient's, those who were taken off too, in the order in which they came. */
export async function careTeamOf(db: Db, patientId: string): Promise<readonly CareTeamFact[]> {
  const rows = await db
    .selectFrom('care_team_members')
    .leftJoin('care_team_removals', 'care_team_removals.membership_id', 'care_team_members.membership_id')
    .selectAll('care_team_members')
    .select('removed_at')
    .where('care_team_members.patient_id', '=', patientId)
    .orderBy('added_at')
    .orderBy('care_team_members.staff_id')
    .execute();
  return rows.map((row) => ({
    membershipId: row.membership_id,
    patientId: row.patient_id,
    mspId: row.msp_id,
    staffId: row.staff_id,
    addedAt: row.added_at.toISOString(),
    ...(row.removed_at === null ? {} : { removedAt: row.removed_at.toISOString() }),
  }));
}

/** A condition on `patient_id`: somebody is on the patient's team now. */
export function isCaredForBy(staffId: string): RawBuilder<boolean> {
  return sql<boolean>`patient_id in (select m.patient_id from care_team_members m where m.staff_id = ${staffId}
    and not exists (select from care_team_removals r where r.membership_id = m.membership_id))`;
}
