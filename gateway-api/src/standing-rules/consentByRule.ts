/** Which consent a standing rule gives to who asks. Pure. */
import type { AccessRequest, Grantee } from '@chain-of-care/chaincode/model';
import type { NewConsent } from '../consents/dto.ts';
import { consentTemplates, type ConsentTemplate } from '../consents/templateData.ts';
import type { NewStandingRule } from './dto.ts';

const dayMs = 24 * 3600_000;

export interface StandingRule extends NewStandingRule {
  readonly ruleId: string;
  readonly patientId: string;
  readonly createdAt: string;
  readonly endedAt?: string;
}

type Asked = Pick<
  AccessRequest,
  'requesterId' | 'requesterOrg' | 'purposeOfUse' | 'categories' | 'days' | 'requestedAt'
>;

/**
 * What was asked for, as far as the rule goes: never more than either, and only to read.
 *
 * @param department of who asks
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
  const isFor = template.purposes.includes(request.purposeOfUse) && names(rule.grantee, request, department);
  const allowed = [rule.categories, template.categories];
  const categories = request.categories.filter((category) => allowed.every((each) => each?.includes(category) ?? true));
  if (!isInForce || !isLater || !isFor || categories.length === 0) return undefined;
  const days = Math.min(request.days, rule.days ?? template.days);
  return {
    grantee: rule.grantee,
    purposes: [request.purposeOfUse],
    categories,
    expiresAt: new Date(nowMs + days * dayMs).toISOString(),
    ...(template.maxAccesses === undefined ? {} : { maxAccesses: template.maxAccesses }),
  };
}

function names(
  { kind, mspId, id }: Grantee,
  { requesterId, requesterOrg }: Asked,
  department: string | undefined,
): boolean {
  return mspId === requesterOrg && id === (kind === 'department' ? department : requesterId);
}
