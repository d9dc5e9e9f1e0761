import type { Transaction } from '../ledger/index.ts';
import { Refusal, staffType, type Clinician } from '../model/index.ts';
import { staffAddress } from '../registry/addresses.ts';

/**
 * The person is active staff of a hospital of ours.
 *
 * @param pointer of the member of the body that names the person
 * @throws Refusal organization_not_found, staff_not_found, grantee_suspended
 */
export async function requireClinician(
  { ledger, consortium }: Transaction,
  { mspId, id }: Clinician,
  pointer: string,
): Promise<void> {
  if (consortium.roleOf(mspId) !== 'hospital')
    throw new Refusal('organization_not_found', undefined, `${pointer}/mspId`);
  const staff = await ledger.get(staffType, staffAddress('clinical', id));
  if (staff === undefined || staff.mspId !== mspId) throw new Refusal('staff_not_found', undefined, `${pointer}/id`);
  if (staff.status !== 'active') throw new Refusal('grantee_suspended', undefined, `${pointer}/id`);
}
