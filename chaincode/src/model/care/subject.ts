import type { Grantee } from './state.ts';

/** The bucket a grantee's rules lie in. */
export function subjectOf({ kind, mspId, id }: Grantee): string {
  return [kind, mspId, id].filter((part) => part !== undefined).join('/');
}

/** Somebody who asks for access, as far as consents can name them. */
export interface Requester {
  readonly mspId: string;
  readonly staffId: string;
  readonly role: string;
  readonly department?: string;
  /** On the care team of the patient in question, now. */
  readonly isOnCareTeam?: boolean;
}

/** The buckets that concern a requester: their own, their organisation's, department's, role's and care team's, and everyone's. */
export function subjectsOf({ mspId, staffId, role, department, isOnCareTeam }: Requester): readonly string[] {
  return [
    subjectOf({ kind: 'person', mspId, id: staffId }),
    subjectOf({ kind: 'organization', mspId }),
    ...(department === undefined ? [] : [subjectOf({ kind: 'department', mspId, id: department })]),
    subjectOf({ kind: 'role', mspId, id: role }),
    ...(isOnCareTeam === true ? [subjectOf({ kind: 'care-team', mspId })] : []),
    subjectOf({ kind: 'everyone' }),
  ];
}

/** The buckets that speak of each of those whom a grantee names: its own, its organisation's and everyone's. */
export function subjectsAround(grantee: Grantee): readonly string[] {
  const { mspId } = grantee;
  const organization: Grantee[] = mspId === undefined ? [] : [{ kind: 'organization', mspId }];
  return [...new Set([grantee, ...organization, { kind: 'everyone' as const }].map(subjectOf))];
}
