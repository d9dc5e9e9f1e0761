/**
 * Ids of care facts, each a UUID (version 8, RFC 9562) that follows from what makes it one of a kind. So none can be taken
 * twice, under whatever handle or by whomever, and the chaincode needs no read to know.
 */
import { createHash } from 'node:crypto';
import { subjectOf, type Clinician, type Grantee } from '../model/index.ts';

/** What a fact comes from: the command, who submits it, and the patient it is about. */
export interface Origin {
  /** The command's idempotency key, 64 hex digits. */
  readonly commandKey: string;
  /** The submitter's. */
  readonly deviceKey: string;
  /** The patient's. */
  readonly handle: string;
}

/** Home and handle are one patient: neither leads to another's id. */
export function patientIdOf(home: string, handle: string): string {
  return idOf('patient', home, handle);
}

/** @param index 0-based place of the new record in the command */
export function recordIdOf({ commandKey, deviceKey, handle }: Origin, index: number): string {
  return idOf('record', commandKey, deviceKey, handle, String(index));
}

export function accessIdOf({ commandKey, deviceKey, handle }: Origin): string {
  return idOf('access', commandKey, deviceKey, handle);
}

export function accessRequestIdOf({ commandKey, deviceKey, handle }: Origin): string {
  return idOf('access-request', commandKey, deviceKey, handle);
}

export function representativeIdOf({ commandKey, deviceKey, handle }: Origin): string {
  return idOf('representative', commandKey, deviceKey, handle);
}

/** The person named decides in which collection a token lies. */
export function sharingTokenIdOf({ commandKey, deviceKey, handle }: Origin, granteeOrg: string | undefined): string {
  return idOf('sharing-token', commandKey, deviceKey, handle, granteeOrg ?? '');
}

/** The member decides in which collection a membership lies. */
export function membershipIdOf({ commandKey, deviceKey, handle }: Origin, { mspId, id }: Clinician): string {
  return idOf('care-team-member', commandKey, deviceKey, handle, mspId, id);
}

/** The grantee decides in which collection a consent lies. */
export function consentIdOf({ commandKey, deviceKey, handle }: Origin, grantee: Grantee): string {
  return idOf('consent', commandKey, deviceKey, handle, subjectOf(grantee));
}

function idOf(kind: string, ...parts: readonly string[]): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([kind, ...parts]))
    .digest();
  digest[6] = (digest[6]! & 0x0f) | 0x80;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  const hex = digest.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
