/** Keys of the registry's facts. */
import { openAddress, type Address } from '../ledger/index.ts';
import { clinicalRoles, collectionName, type StaffRole } from '../model/index.ts';

export type StaffCollection = typeof collectionName.registry | typeof collectionName.clinical;

/** Where the facts of staff with this role lie. */
export function collectionOfRole(role: StaffRole): StaffCollection {
  return clinicalRoles.includes(role) ? collectionName.clinical : collectionName.registry;
}

export const staffAddress = (collection: StaffCollection, staffId: string): Address =>
  openAddress(collection, 'staff', staffId);

export const deviceAddress = (collection: StaffCollection, deviceKey: string): Address =>
  openAddress(collection, 'device', deviceKey);

/** @param holder GLN (in `registry`) or staff id (in `clinical`) */
export const licencesAddress = (collection: StaffCollection, holder: string): Address =>
  openAddress(collection, 'licences', holder);

export const premisesAddress = (gln: string): Address => openAddress(collectionName.registry, 'premises', gln);

export const groupAddress = (mspId: string, group: string): Address =>
  openAddress(collectionName.registry, 'group', mspId, group);

export const licenceRequestAddress = (requestId: string): Address =>
  openAddress(collectionName.registry, 'licence-request', requestId);
