/** Closed lists of the care chain, in the words of FHIR and HL7 v3. */

export const recordCategories = [
  'prescription',
  'lab_result',
  'vitals',
  'diagnosis',
  'immunization',
  'allergy',
  'procedure',
  'imaging',
  'document',
  'bill',
  'genomics',
  'encounter',
  'care_plan',
  'other',
] as const;
export type RecordCategory = (typeof recordCategories)[number];

/**
 * Why a record was withdrawn, as an entry of its chain says: wrong in itself (FHIR `entered-in-error`), or right but about
 * another person than the one in whose chart it lies.
 */
export const withdrawals = ['entered-in-error', 'wrong-patient'] as const;
export type Withdrawal = (typeof withdrawals)[number];

/** HL7 v3 Confidentiality: normal, restricted, very restricted. */
export const confidentialities = ['N', 'R', 'V'] as const;
export type Confidentiality = (typeof confidentialities)[number];

/** HL7 v3 PurposeOfUse, each with the broader purpose it is a part of. BTG is part of none: it matches only itself. */
export const purposesOfUse = {
  TREAT: undefined,
  ETREAT: 'TREAT',
  CAREMGT: 'TREAT',
  COC: 'TREAT',
  HPAYMT: undefined,
  HOPERAT: undefined,
  HRESCH: undefined,
  CLINTRCH: 'HRESCH',
  PUBHLTH: undefined,
  PATRQT: undefined,
  FAMRQT: undefined,
  BTG: undefined,
} as const;
export type PurposeOfUse = keyof typeof purposesOfUse;
export const purposeCodes = Object.keys(purposesOfUse) as PurposeOfUse[];

/** `care-team`: whoever of an organisation is on the patient's care team at the time of the access. */
export const granteeKinds = ['person', 'organization', 'department', 'role', 'care-team', 'everyone'] as const;
export type GranteeKind = (typeof granteeKinds)[number];

export const consentDecisions = ['permit', 'deny'] as const;
export type ConsentDecision = (typeof consentDecisions)[number];

/** read: list and open. write: also add and amend the own organisation's. admin: also grant others at most what one holds. */
export const consentLevels = ['read', 'write', 'admin'] as const;
export type ConsentLevel = (typeof consentLevels)[number];

/**
 * On which ground somebody acts for a patient (FHIR RelatedPerson.relationship, HL7 v3 RoleCode): parent, guardian, holder of a
 * healthcare power of attorney.
 */
export const representativeRelationships = ['PRN', 'GUARD', 'HPOWATT'] as const;
export type RepresentativeRelationship = (typeof representativeRelationships)[number];

/** A request lapses too, when time passes: nobody writes that. */
export const accessRequestStatuses = ['requested', 'approved', 'denied', 'withdrawn'] as const;
export type AccessRequestStatus = (typeof accessRequestStatuses)[number];

/**
 * Why a permitted access is looked at. `bulk`: more records at once than care needs. `not-in-care`: nobody named the
 * person or their department, and their department wrote nothing in the chart. `own-chart`: staff who open their own
 * records as staff.
 */
export const unusualKinds = ['bulk', 'not-in-care', 'own-chart'] as const;
export type UnusualKind = (typeof unusualKinds)[number];

/** The key pairs made for a patient at registration: every category at N, and `other` at R and V for the rest. */
export const keyPairsAtRegistration: readonly { category: RecordCategory; confidentiality: Confidentiality }[] = [
  ...recordCategories.map((category) => ({ category, confidentiality: 'N' as const })),
  { category: 'other', confidentiality: 'R' },
  { category: 'other', confidentiality: 'V' },
];

/** What one bucket, command, access or request holds at the most. */
export const limits = {
  rulesPerBucket: 200,
  /** Of these, delegated ones: each costs a decision a look at its parents. */
  delegatedPerBucket: 50,
  /** Revocations of a grantee's consents, from which on nobody but the patient gives them another. */
  stopsBesideDelegated: 200,
  delegationDepth: 3,
  recordsPerCommand: 200,
  recordsPerAccess: 500,
  recordsPerToken: 100,
  /** Days for which access may be asked. */
  requestedDays: 365,
} as const;
