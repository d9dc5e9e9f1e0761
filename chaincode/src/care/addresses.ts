/** Keys of a patient's facts. `home` is the MSP id of the patient's hospital, `handle` the patient's secret. */
import { handleAddress, type Address } from '../ledger/index.ts';
import { collectionName, type Confidentiality, type RecordCategory } from '../model/index.ts';

/** A patient as a command names it. */
export interface PatientRef {
  readonly home: string;
  readonly handle: string;
  readonly patientId: string;
}

export const patientAddress = ({ home, handle, patientId }: PatientRef): Address =>
  handleAddress(collectionName.care(home), handle, 'patient', patientId);

export const linkAddress = ({ home, handle }: PatientRef, otherId: string): Address =>
  handleAddress(collectionName.care(home), handle, 'link', otherId);

export const representativeAddress = ({ home, handle }: PatientRef, deviceKey: string): Address =>
  handleAddress(collectionName.care(home), handle, 'representative', deviceKey);

export const endingAddress = ({ home, handle }: PatientRef, representativeId: string): Address =>
  handleAddress(collectionName.access(home), handle, 'ending', representativeId);

export const headAddress = ({ home, handle, patientId }: PatientRef): Address =>
  handleAddress(collectionName.care(home), handle, 'head', patientId);

export const categoryKeyAddress = (
  { home, handle }: PatientRef,
  category: RecordCategory,
  confidentiality: Confidentiality,
): Address => handleAddress(collectionName.care(home), handle, 'key', category, confidentiality);

export const openingAddress = ({ home, handle }: PatientRef, category: RecordCategory): Address =>
  handleAddress(collectionName.care(home), handle, 'opening', category);

export const counterAddress = ({ handle }: PatientRef, consentId: string, facts: string): Address =>
  handleAddress(facts, handle, 'counter', consentId);

/**
 * The collections a decision reads and writes: at home `care_H` and `access_H`; for a person of another hospital
 * everything lies in `exchange_H`.
 */
export interface Place {
  /** Facts: records, batch keys, consents, buckets, wraps. */
  readonly facts: string;
  /** Accesses and stops: what must work without the regulator. */
  readonly accesses: string;
}

export function placeOf(home: string, accessorOrg: string | undefined): Place {
  const isHome = accessorOrg === undefined || accessorOrg === home;
  return isHome
    ? { facts: collectionName.care(home), accesses: collectionName.access(home) }
    : { facts: collectionName.exchange(home), accesses: collectionName.exchange(home) };
}

export const recordAddress = (facts: string, { handle }: PatientRef, recordId: string, version: number): Address =>
  handleAddress(facts, handle, 'record', recordId, String(version));

export const withdrawalAddress = (facts: string, { handle }: PatientRef, recordId: string): Address =>
  handleAddress(facts, handle, 'withdrawal', recordId);

export const batchKeyAddress = (facts: string, { handle }: PatientRef, batchId: string): Address =>
  handleAddress(facts, handle, 'batch', batchId);

export const consentAddress = (facts: string, { handle }: PatientRef, consentId: string): Address =>
  handleAddress(facts, handle, 'consent', consentId);

export const bucketAddress = (facts: string, { handle }: PatientRef, subject: string): Address =>
  handleAddress(facts, handle, 'bucket', subject);

export const grantKeyAddress = (facts: string, { handle }: PatientRef, consentId: string, keyId: string): Address =>
  handleAddress(facts, handle, 'grantkey', consentId, keyId);

export const wrapAddress = (facts: string, { handle }: PatientRef, consentId: string, wrapId: string): Address =>
  handleAddress(facts, handle, 'wrap', consentId, wrapId);

export const accessRequestAddress = (facts: string, { handle }: PatientRef, requestId: string): Address =>
  handleAddress(facts, handle, 'request', requestId);

export const sharingTokenAddress = (facts: string, { handle }: PatientRef, tokenId: string): Address =>
  handleAddress(facts, handle, 'token', tokenId);

export const stopsAddress = (accesses: string, { handle }: PatientRef, subject: string): Address =>
  handleAddress(accesses, handle, 'stop', subject);

export const memberAddress = (facts: string, { handle }: PatientRef, staffId: string): Address =>
  handleAddress(facts, handle, 'member', staffId);

export const removalAddress = (accesses: string, { handle }: PatientRef, membershipId: string): Address =>
  handleAddress(accesses, handle, 'removal', membershipId);

export const accessAddress = (accesses: string, { handle }: PatientRef, accessId: string): Address =>
  handleAddress(accesses, handle, 'access', accessId);
