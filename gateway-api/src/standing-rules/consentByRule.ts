/** Which consent a standing rule gives to who asks. Pure. */
import type { AccessRequest, Grantee, GranteeKind } from '@chain-of-care/chaincode/model';
import type { NewConsent } from '../consents/dto.ts';
import { consentTemplates, type ConsentTemplate } from '../consents/templateData.ts';
import type { NewStandingRule } from './dto.ts';

const dayMs = 24 * 3600_000;

/** A representation, by whom a rule was made in the patient's place. */
export interface RuleAuthor {
  readonly deviceKey: string;
  readonly representativeId: string;
}

export interface StandingRule extends NewStandingRule {
  readonly ruleId: string;
  readonly patientId: string;
  readonly createdAt: string;
  readonly endedAt?: string;
  /** Absent where the patient made it. */
  readonly by?: RuleAuthor;
}

type Asked = Pick<
  AccessRequest,
  'requesterId' | 'requesterOrg' | 'receivingDepartment' | 'purposeOfUse' | 'categories' | 'days' | 'requestedAt'
>;

/** Whom a rule may name, and for whom its template must be then: a rule for a hospital gives to one department of it. */
export const ruleGrantees: Readonly<Partial<Record<GranteeKind, readonly GranteeKind[]>>> = {
  department: ['department'],
  person: ['person'],
  organization: ['department', 'organization'],
};

/**
 * What was asked for, as far as the rule goes: never more than either, and only to read.
 *
 * @param department of who asks; a referral names the receiving one itself
 * @param nowMs from when the consent's days run
 * @returns undefined where the rule says nothing to this request
 */
export function consentByRule(
  rule: StandingRule,
  request: Asked,
  department: string | undefined,
  nowMs: number,
): NewConsent | undefined {
  const template: ConsentTemplate = consentTemplates[rule.template];
  const isInForce = rule.endedAt === undefined && (rule.endsAt === undefined || nowMs < Date.parse(rule.endsAt));
  const isLater = rule.createdAt <= request.requestedAt;
  const grantee = granteeFor(rule.grantee, request, request.receivingDepartment ?? department);
  const isFor = template.purposes.includes(request.purposeOfUse);
  const allowed = [rule.categories, template.categories];
  const categories = request.categories.filter((category) => allowed.every((each) => each?.includes(category) ?? true));
  if (!isInForce || !isLater || !isFor || grantee === undefined || categories.length === 0) return undefined;
  const days = Math.min(request.days, rule.days ?? template.days);
  return {
    grantee,
    purposes: [request.purposeOfUse],
    categories,
    expiresAt: new Date(nowMs + days * dayMs).toISOString(),
    ...(template.maxAccesses === undefined ? {} : { maxAccesses: template.maxAccesses }),
  };
}

/** For whom the consent is; undefined where the rule does not name them. */
function granteeFor(
  { kind, mspId, id }: Grantee,
  { requesterId, requesterOrg, receivingDepartment }: Asked,
  department: string | undefined,
): Grantee | undefined {
  if (mspId !== requesterOrg) return undefined;
  if (kind === 'person')
    return id === requesterId && receivingDepartment === undefined ? { kind, mspId, id } : undefined;
  const isNamed = department !== undefined && (kind === 'organization' || id === department);
  return isNamed ? { kind: 'department', mspId, id: department } : undefined;
}
