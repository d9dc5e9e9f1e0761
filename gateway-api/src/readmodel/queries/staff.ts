/** Members of staff by what they may do now. */
import type { Requester, StaffRole } from '@chain-of-care/chaincode/model';
import type { Kysely } from 'kysely';
import type { Database } from '../database/schema.ts';

/** Ids of an organisation's active privacy officers. */
export async function privacyOfficers(db: Kysely<Database>, mspId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('staff')
    .select('staff_id')
    .where('msp_id', '=', mspId)
    .where('role', '=', 'privacy-officer')
    .where('status', '=', 'active')
    .orderBy('staff_id')
    .execute();
  return rows.map(({ staff_id: id }) => id);
}

export type ChartReader = Requester & { readonly role: StaffRole };

/** Active staff of these roles who hold a professional licence now; integrations need none. */
export async function readersOfCharts(
  db: Kysely<Database>,
  roles: readonly StaffRole[],
  now: Date,
): Promise<readonly ChartReader[]> {
  const rows = await db
    .selectFrom('staff')
    .select(['staff_id', 'msp_id', 'role', 'department'])
    .where('status', '=', 'active')
    .where('role', 'in', roles)
    .where((where) =>
      where.or([
        where('role', '=', 'integration'),
        where.exists(
          where
            .selectFrom('licences')
            .select('licence_id')
            .whereRef('licences.holder', '=', 'staff.staff_id')
            .where('licences.kind', '=', 'professional')
            .where('licences.status', '=', 'active')
            .where('licences.valid_from', '<=', now)
            .where('licences.valid_until', '>', now),
        ),
      ]),
    )
    .orderBy('staff_id')
    .execute();
  return rows.map(({ staff_id: staffId, msp_id: mspId, role, department }) => ({
    staffId,
    mspId,
    role: role as StaffRole,
    ...(department === null ? {} : { department }),
  }));
}
