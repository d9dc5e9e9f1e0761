/**
 * The role × act table: which member of staff may do what, and at an organisation of which kind. Deny by default: an act
 * or role that is not here is refused. Licence, custody and consent are further guards of their own rules.
 */
import { Refusal, type Licence, type LicenceKind, type MemberRole, type StaffRole } from '../model/index.ts';

interface Act {
  readonly roles: readonly StaffRole[];
  /** Kinds of member under whose MSP the role counts for this act. */
  readonly at: readonly MemberRole[];
  /** A licence of these kinds, valid now, is needed as well: the premises' or, for `professional`, the person's own. */
  readonly licence?: readonly LicenceKind[];
}

const anywhere = ['hospital', 'pharma', 'regulator'] as const;

export const acts = {
  'registry.registerStaff': { roles: ['administrator'], at: anywhere },
  'registry.suspendStaff': { roles: ['administrator', 'inspector'], at: anywhere },
  'registry.registerPremises': { roles: ['administrator'], at: anywhere },
  'registry.grantLicence': { roles: ['inspector'], at: ['regulator'] },
  'registry.changeLicence': { roles: ['inspector'], at: ['regulator'] },
  'registry.requestLicence': { roles: ['administrator'], at: ['hospital', 'pharma'] },
  'registry.decideLicenceRequest': { roles: ['inspector'], at: ['regulator'] },
  'registry.publishGroupKey': { roles: ['administrator'], at: anywhere },

  'care.registerPatient': { roles: ['registrar', 'integration'], at: ['hospital'] },
  'care.changePatient': { roles: ['registrar', 'integration'], at: ['hospital'] },
  'care.confirmRepresentative': { roles: ['registrar'], at: ['hospital'] },
  'care.writeRecords': {
    roles: ['clinician', 'nurse', 'pharmacist', 'integration'],
    at: ['hospital'],
    licence: ['professional'],
  },
  'care.openAccess': {
    roles: ['clinician', 'nurse', 'pharmacist', 'privacy-officer', 'integration'],
    at: ['hospital'],
    licence: ['professional'],
  },
  'care.requestAccess': { roles: ['clinician', 'pharmacist'], at: ['hospital'], licence: ['professional'] },
  'care.delegateConsent': { roles: ['clinician', 'pharmacist'], at: ['hospital'], licence: ['professional'] },
  'care.findPatient': { roles: ['registrar', 'clinician', 'nurse', 'pharmacist', 'integration'], at: ['hospital'] },

  'supply.registerProduct': {
    roles: ['manufacturer', 'repackager'],
    at: ['pharma'],
    licence: ['manufacturer', 'repackager'],
  },
  'supply.registerLot': {
    roles: ['manufacturer', 'cmo', 'repackager'],
    at: ['pharma'],
    licence: ['manufacturer', 'cmo', 'repackager'],
  },
  'supply.certifyLot': { roles: ['manufacturer', 'cmo'], at: ['pharma'], licence: ['manufacturer', 'cmo'] },
  'supply.extendExpiry': { roles: ['manufacturer'], at: ['pharma'], licence: ['manufacturer'] },
  'supply.recall': { roles: ['manufacturer', 'inspector'], at: ['pharma', 'regulator'] },
  'supply.reportAlert': {
    roles: ['manufacturer', 'cmo', 'distributor', '3pl', 'repackager', 'pharmacist', 'inspector'],
    at: anywhere,
  },
  'supply.workOnAlert': {
    roles: ['manufacturer', 'cmo', 'distributor', '3pl', 'repackager', 'pharmacist', 'inspector'],
    at: anywhere,
  },
} as const satisfies Record<string, Act>;

export type ActName = keyof typeof acts;

/** A member of staff who acts, as the registry's facts tell. */
export interface StaffActor {
  readonly kind: 'staff';
  readonly staffId: string;
  readonly mspId: string;
  readonly memberRole: MemberRole;
  readonly role: StaffRole;
  readonly department?: string;
  readonly gln?: string;
  /** Licences of the actor's premises and of the actor as a professional. */
  readonly licences: readonly Licence[];
}

/**
 * @param timeMs transaction time
 * @throws Refusal role_not_allowed, organization_not_allowed, licence_required, licence_suspended, licence_expired
 */
export function requireAct(actor: StaffActor, name: ActName, timeMs: number): void {
  const act: Act = acts[name];
  if (!act.roles.includes(actor.role)) throw new Refusal('role_not_allowed', `needs one of: ${act.roles.join(', ')}`);
  if (!act.at.includes(actor.memberRole)) throw new Refusal('organization_not_allowed');
  if (act.licence !== undefined && actor.role !== 'integration') requireLicence(actor.licences, act.licence, timeMs);
}

/**
 * @throws Refusal licence_required when there is none of these kinds, otherwise why the best one does not hold
 */
export function requireLicence(licences: readonly Licence[], kinds: readonly LicenceKind[], timeMs: number): void {
  const ofKind = licences.filter((licence) => kinds.includes(licence.kind));
  if (ofKind.some((licence) => isValid(licence, timeMs))) return;
  if (ofKind.some((licence) => licence.status === 'suspended')) throw new Refusal('licence_suspended');
  if (ofKind.some((licence) => licence.status === 'active')) throw new Refusal('licence_expired');
  throw new Refusal('licence_required', `one of: ${kinds.join(', ')}`);
}

/** Whether a licence holds at this time: active, from `validFrom` up to but without `validUntil`. */
export function isValid(licence: Licence, timeMs: number): boolean {
  return (
    licence.status === 'active' && Date.parse(licence.validFrom) <= timeMs && timeMs < Date.parse(licence.validUntil)
  );
}
