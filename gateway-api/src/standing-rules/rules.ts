/** Standing rules of this hospital's patients: kept sealed, and applied to requests for access. */
import type { AccessRequest } from '@chain-of-care/chaincode/model';
import { consentIdOf } from '@chain-of-care/chaincode/rules';
import type { Selectable } from 'kysely';
import { recordGatewayAct } from '../audit/gatewayActs.ts';
import type { Caller } from '../auth/caller.ts';
import type { NewConsent } from '../consents/dto.ts';
import { grantConsent, grantKey, type Granted } from '../consents/grant.ts';
import { consentTemplates, type ConsentTemplate } from '../consents/templateData.ts';
import { patientOf } from '../custody/patients.ts';
import { Problem } from '../http/problem.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import { SealedJson } from '../keystore/sealedJson.ts';
import type { Database } from '../readmodel/index.ts';
import type { Services } from '../services.ts';
import { consentByRule, ruleGrantees, type StandingRule } from './consentByRule.ts';
import type { NewStandingRule, StandingRuleUse } from './dto.ts';

const rulesAtMost = 50;
const usesShown = 100;

const sealing = ({ keystore }: Pick<Services, 'keystore'>): SealedJson<NewStandingRule> =>
  new SealedJson(keystore.derived('standing rules'));

/**
 * By the patient's side.
 *
 * @throws Problem validation_failed for a grantee whom the template is not for, or an end that is past; conflict when
 *   there are fifty
 */
export async function createRule(
  services: Services,
  caller: Caller,
  patientId: string,
  wanted: NewStandingRule,
  idempotency: Derivation,
): Promise<StandingRule> {
  const { readModel, clock } = services;
  requireSensible(wanted, clock());
  const ruleId = idempotency.uuid('standing-rule');
  const before = await rulesOf(services, patientId);
  const repeated = before.find((rule) => rule.ruleId === ruleId);
  if (repeated !== undefined) return repeated;
  if (before.filter(({ endedAt }) => endedAt === undefined).length >= rulesAtMost)
    throw new Problem('conflict', { detail: `there are ${rulesAtMost} standing rules: end one first` });
  await audited(services, caller, 'create', { patientId, ruleId });
  const createdAt = new Date(clock()).toISOString();
  await readModel.db
    .insertInto('standing_rules')
    .values({
      rule_id: ruleId,
      patient_id: patientId,
      created_at: createdAt,
      sealed: sealing(services).seal(ruleId, wanted),
    })
    .onConflict((conflict) => conflict.column('rule_id').doNothing())
    .execute();
  return { ...wanted, ruleId, patientId, createdAt };
}

function requireSensible({ template, grantee, endsAt }: NewStandingRule, nowMs: number): void {
  const refuse = (pointer: string, detail: string): never => {
    throw new Problem('validation_failed', { errors: [{ pointer, code: 'validation_failed', detail }] });
  };
  const kinds = ruleGrantees[grantee.kind] ?? [];
  if (kinds.length === 0) refuse('/grantee/kind', 'is no department, person or organization');
  if (grantee.mspId === undefined || (grantee.kind !== 'organization' && grantee.id === undefined))
    refuse('/grantee', 'is not complete');
  if (endsAt !== undefined && Date.parse(endsAt) <= nowMs) refuse('/endsAt', 'must lie in the future');
  const { granteeKinds }: ConsentTemplate = consentTemplates[template];
  if (!kinds.some((kind) => granteeKinds.includes(kind))) refuse('/template', `is for: ${granteeKinds.join(', ')}`);
}

/** Ends a rule; what it gave stands. Once more changes nothing. @throws Problem not_found */
export async function endRule(
  services: Services,
  caller: Caller,
  patientId: string,
  ruleId: string,
): Promise<StandingRule> {
  const rule = (await rulesOf(services, patientId)).find((each) => each.ruleId === ruleId);
  if (rule === undefined) throw new Problem('not_found');
  if (rule.endedAt !== undefined) return rule;
  await audited(services, caller, 'end', rule);
  const endedAt = new Date(services.clock()).toISOString();
  await services.readModel.db
    .updateTable('standing_rules')
    .set({ ended_at: endedAt })
    .where('rule_id', '=', ruleId)
    .where('ended_at', 'is', null)
    .execute();
  return { ...rule, endedAt };
}

/** The newest first, ended ones too. */
export async function rulesOf(services: Services, patientId: string): Promise<readonly StandingRule[]> {
  const rows = await services.readModel.db
    .selectFrom('standing_rules')
    .selectAll()
    .where('patient_id', '=', patientId)
    .orderBy('created_at', 'desc')
    .orderBy('rule_id')
    .execute();
  return rows.map((row) => ruleFrom(services, row));
}

function ruleFrom(services: Services, row: Selectable<Database['standing_rules']>): StandingRule {
  return {
    ...sealing(services).open(row.rule_id, row.sealed),
    ruleId: row.rule_id,
    patientId: row.patient_id,
    createdAt: row.created_at.toISOString(),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at.toISOString() }),
  };
}

/** What a rule was used for. */
export async function usesOf({ readModel }: Services, ruleId: string): Promise<StandingRuleUse[]> {
  const rows = await readModel.db
    .selectFrom('standing_rule_uses')
    .innerJoin('consents', 'consents.consent_id', 'standing_rule_uses.consent_id')
    .select(['request_id', 'used_at', 'consents.consent_id'])
    .where('rule_id', '=', ruleId)
    .orderBy('used_at', 'desc')
    .limit(usesShown)
    .execute();
  return rows.map(({ request_id: requestId, used_at: usedAt, consent_id: consentId }) => ({
    requestId,
    usedAt: usedAt.toISOString(),
    consentId,
  }));
}

export interface RuledConsent {
  readonly rule: StandingRule;
  readonly consent: NewConsent;
}

/** What the patient's rules say to a request, the newest rule first. */
export async function ruledConsents(services: Services, request: AccessRequest): Promise<readonly RuledConsent[]> {
  const rules = await rulesOf(services, request.patientId);
  if (rules.length === 0) return [];
  const department = (await services.facts.staff(request.requesterId))?.department;
  return rules.flatMap((rule) => {
    const consent = consentByRule(rule, request, department, services.clock());
    return consent === undefined ? [] : [{ rule, consent }];
  });
}

/**
 * Approves a request by a rule. The audit says so first; the ledger takes one answer to a request, however often and by
 * whomever it is tried.
 *
 * @throws Refusal request_already_answered, request_lapsed
 */
export async function approveByRule(
  services: Services,
  caller: Caller,
  requestId: string,
  { rule: { ruleId, patientId }, consent }: RuledConsent,
  idempotency: Derivation,
): Promise<Granted> {
  const { handle } = await patientOf(services, patientId);
  const origin = { commandKey: grantKey(idempotency), deviceKey: caller.identity.deviceKey, handle };
  const consentId = consentIdOf(origin, consent.grantee);
  const noted = await services.readModel.db
    .insertInto('standing_rule_uses')
    .values({
      consent_id: consentId,
      rule_id: ruleId,
      request_id: requestId,
      used_at: new Date(services.clock()).toISOString(),
    })
    .onConflict((conflict) => conflict.column('consent_id').doNothing())
    .returning('consent_id')
    .execute();
  if (noted.length > 0) await audited(services, caller, 'apply', { patientId, ruleId });
  return grantConsent(services, caller, patientId, consent, idempotency, { requestId });
}

async function audited(
  services: Services,
  caller: Caller,
  interaction: 'create' | 'end' | 'apply',
  { patientId, ruleId }: Pick<StandingRule, 'patientId' | 'ruleId'>,
): Promise<void> {
  await recordGatewayAct(services, caller, { type: 'standing-rule', interaction, patientId, subjectId: ruleId });
}
