/** Facts about who may act: organisations' groups, premises, licences, staff and their device keys. */
import { storedType } from '../core/stored.ts';
import type { CustodyEvent } from '../supply/vocabulary.ts';

/** Roles of staff. A row of the role × act table in `rules/acts` says what each may do. */
export const staffRoles = [
  'administrator',
  'registrar',
  'clinician',
  'nurse',
  'pharmacist',
  'privacy-officer',
  'researcher',
  'ethics-reviewer',
  'payer',
  'integration',
  'manufacturer',
  'cmo',
  'distributor',
  '3pl',
  'carrier',
  'repackager',
  'destroyer',
  'inspector',
] as const;
export type StaffRole = (typeof staffRoles)[number];

/** Roles whose facts lie in `clinical` (hospitals and regulator); those of the others lie in `registry` (everyone). */
export const clinicalRoles: readonly StaffRole[] = [
  'registrar',
  'clinician',
  'nurse',
  'privacy-officer',
  'researcher',
  'ethics-reviewer',
  'payer',
  'integration',
];

export const licenceKinds = [
  'manufacturer',
  'cmo',
  'distributor',
  '3pl',
  'carrier',
  'repackager',
  'destroyer',
  'pharmacy',
  'hospital',
  'professional',
] as const;
export type LicenceKind = (typeof licenceKinds)[number];

export const licenceStatuses = ['active', 'suspended', 'revoked'] as const;
export type LicenceStatus = (typeof licenceStatuses)[number];

/** A site with a Global Location Number. `registry`, key `premises|gln`. */
export interface Premises {
  gln: string;
  mspId: string;
  name: string;
  kind: PremisesKind;
  /** WGS 84, millionths of a degree. */
  latitudeE6: number;
  longitudeE6: number;
  /** ISO 3166-1 alpha-2. */
  country: string;
  registeredAt: string;
}
export const premisesKinds = ['plant', 'warehouse', 'hospital', 'pharmacy', 'office'] as const;
export type PremisesKind = (typeof premisesKinds)[number];
export const premisesType = storedType<Premises>('premises');

/**
 * A licence of premises (`gln`) or of a professional (`staffId`). Premises' licences lie in `registry`, key
 * `licences|gln`, professionals' in `clinical`, key `licences|staffId`: one list per holder, so that a decision reads one key.
 */
export interface Licence {
  licenceId: string;
  kind: LicenceKind;
  status: LicenceStatus;
  /** RFC 3339; the licence holds from `validFrom` up to but without `validUntil`. */
  validFrom: string;
  validUntil: string;
  grantedAt: string;
  changedAt: string;
  /** Custody events that it covers; absent: all that its kind is good for. */
  covers?: CustodyEvent[];
}
export interface LicenceList {
  holder: string;
  licences: Licence[];
}
export const licenceListType = storedType<LicenceList>('licences');

/** A member of staff, or of the service identities of an organisation. Key `staff|staffId`. */
export interface Staff {
  staffId: string;
  mspId: string;
  role: StaffRole;
  department?: string;
  /** Premises where a supply actor acts. */
  gln?: string;
  /** X-Wing public key (1216 bytes, base64url) to which grants for this person are sealed. */
  sealingKey?: string;
  status: 'active' | 'suspended';
  /** Of somebody suspended: the organisation that did it. */
  suspendedBy?: string;
  registeredAt: string;
}
export const staffType = storedType<Staff>('staff');

/** Key `device|deviceKey`: the SHA-256 of the public key (SPKI, DER) of a certificate that acts for this person. */
export interface DeviceKey {
  deviceKey: string;
  staffId: string;
  status: 'active' | 'revoked';
  addedAt: string;
}
export const deviceKeyType = storedType<DeviceKey>('device-key');

/** Public key of a group (department or role of an organisation), `registry`, key `group|mspId|group`. */
export interface GroupKey {
  mspId: string;
  group: string;
  epoch: number;
  /** X-Wing public key, 1216 bytes, base64url. */
  publicKey: string;
  publishedAt: string;
}
export const groupKeyType = storedType<GroupKey>('group-key');
