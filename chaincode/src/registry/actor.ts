import type { Transaction } from '../ledger/index.ts';
import {
  deviceKeyType,
  licenceListType,
  Refusal,
  staffType,
  type Licence,
  type Staff,
  type MemberRole,
} from '../model/index.ts';
import type { StaffActor } from '../rules/index.ts';
import { deviceAddress, licencesAddress, staffAddress, type StaffCollection } from './addresses.ts';

/**
 * Who acts: the person whose active device key is the public key of the creator's certificate, with role, premises and
 * licences as the registry has them. What the certificate says of itself proves nothing.
 *
 * @param collections where to look, in this order; a peer must be a member of each
 * @returns undefined when none of the collections knows the key
 * @throws Refusal staff_suspended; unknown_identity when the key is revoked or belongs to another member
 */
export async function findStaffActor(
  transaction: Transaction,
  collections: readonly StaffCollection[],
): Promise<StaffActor | undefined> {
  return findStaffOfKey(transaction, collections, transaction.submitter);
}

/**
 * As {@link findStaffActor}, of whoever's device key it is: for facts that name the key which made them.
 *
 * @param key the device key and the member under whose MSP it acted
 */
export async function findStaffOfKey(
  transaction: Transaction,
  collections: readonly StaffCollection[],
  { deviceKey, mspId }: Pick<Transaction['submitter'], 'deviceKey' | 'mspId'>,
): Promise<StaffActor | undefined> {
  const { ledger, consortium } = transaction;
  for (const collection of collections) {
    const device = await ledger.get(deviceKeyType, deviceAddress(collection, deviceKey));
    if (device === undefined) continue;
    await ledger.prefetch([staffAddress(collection, device.staffId), licencesAddress(collection, device.staffId)]);
    const staff = await ledger.get(staffType, staffAddress(collection, device.staffId));
    if (device.status !== 'active' || staff === undefined || staff.mspId !== mspId)
      throw new Refusal('unknown_identity');
    if (staff.status !== 'active') throw new Refusal('staff_suspended');
    return actorOf(staff, consortium.roleOf(staff.mspId)!, await licencesOf(transaction, collection, staff));
  }
  return undefined;
}

/** @throws Refusal unknown_identity when there is no such key, and as {@link findStaffActor} */
export async function requireStaffActor(
  transaction: Transaction,
  collections: readonly StaffCollection[],
): Promise<StaffActor> {
  const actor = await findStaffActor(transaction, collections);
  if (actor === undefined) throw new Refusal('unknown_identity');
  return actor;
}

async function licencesOf(
  { ledger }: Transaction,
  collection: StaffCollection,
  staff: Staff,
): Promise<readonly Licence[]> {
  const own = await ledger.get(licenceListType, licencesAddress(collection, staff.staffId));
  const premises =
    staff.gln === undefined ? undefined : await ledger.get(licenceListType, licencesAddress('registry', staff.gln));
  return [...(own?.licences ?? []), ...(premises?.licences ?? [])];
}

function actorOf(staff: Staff, memberRole: MemberRole, licences: readonly Licence[]): StaffActor {
  const { staffId, mspId, role, department, gln } = staff;
  return {
    kind: 'staff',
    staffId,
    mspId,
    memberRole,
    role,
    licences,
    ...(department === undefined ? {} : { department }),
    ...(gln === undefined ? {} : { gln }),
  };
}
