/** Standing rules of this hospital's patients: kept sealed, and applied to requests for access. */
import type { AccessRequest } from '@chain-of-care/chaincode/model';
import { consentIdOf, isRepresenting } from '@chain-of-care/chaincode/rules';
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
import { mapPage, newestFirst } from '../readmodel/queries/newestFirst.ts';
import type { Page, PageParams } from '../readmodel/queries/page.ts';
import type { Services } from '../services.ts';
import { consentByRule, ruleGrantees, type RuleAuthor, type StandingRule } from './consentByRule.ts';
import type { NewStandingRule, StandingRuleUse } from './dto.ts';

const rulesAtMost = 50;
const usesShown = 100;

const sealing = ({ keystore }: Pick<Services, 'keystore'>): SealedJson<NewStandingRule & Pick<StandingRule, 'by'>> =>
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
  const repeated = await ruleOf(services, patientId, ruleId);
  if (repeated !== undefined) return repeated;
  if ((await standingRulesOf(services, patientId)).length >= rulesAtMost)
    throw new Problem('conflict', { detail: `there are ${rulesAtMost} standing rules: end one first` });
  const by = await authorOf(services, caller, patientId);
  await audited(services, caller, 'create', { patientId, ruleId });
  const createdAt = new Date(clock()).toISOString();
  await readModel.db
    .insertInto('standing_rules')
    .values({
      rule_id: ruleId,
      patient_id: patientId,
      created_at: createdAt,
      sealed: sealing(services).seal(ruleId, { ...wanted, ...(by === undefined ? {} : { by }) }),
    })
    .onConflict((conflict) => conflict.column('rule_id').doNothing())
    .execute();
  return { ...wanted, ruleId, patientId, createdAt };
}

/** @returns undefined for the patient */
async function authorOf(
  { facts }: Services,
  { kind, id, identity: { deviceKey } }: Caller,
  patientId: string,
): Promise<RuleAuthor | undefined> {
  if (kind === 'patient' && id === patientId) return undefined;
  const found = await facts.representative(patientId, deviceKey);
  if (found === undefined) throw new Problem('not_own_patient');
  return { deviceKey, representativeId: found.representativeId };
}

/** Whether who made a rule may still decide for the patient: it gives consents of today. */
async function isMandated({ facts, clock }: Services, { by, patientId }: StandingRule): Promise<boolean> {
  if (by === undefined) return true;
  const found = await facts.representative(patientId, by.deviceKey);
  return (
    found?.representativeId === by.representativeId &&
    isRepresenting(found, found.endedAt !== undefined, found.patient, clock())
  );
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
  const rule = await ruleOf(services, patientId, ruleId);
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

/** A page of all there were, the newest first, ended ones too. @throws Problem invalid_cursor */
export async function rulesOf(services: Services, patientId: string, asked: PageParams): Promise<Page<StandingRule>> {
  const page = await newestFirst(rowsOf(services, patientId), 'created_at', 'rule_id', asked);
  return mapPage(page, (row) => ruleFrom(services, row));
}

/** Those that nobody has ended, the newest first: what a request is held against does not grow with those that were. */
async function standingRulesOf(services: Services, patientId: string): Promise<readonly StandingRule[]> {
  const rows = await rowsOf(services, patientId)
    .where('ended_at', 'is', null)
    .orderBy('created_at', 'desc')
    .orderBy('rule_id')
    .execute();
  return rows.map((row) => ruleFrom(services, row));
}

async function ruleOf(services: Services, patientId: string, ruleId: string): Promise<StandingRule | undefined> {
  const row = await rowsOf(services, patientId).where('rule_id', '=', ruleId).executeTakeFirst();
  return row === undefined ? undefined : ruleFrom(services, row);
}

const rowsOf = ({ readModel }: Pick<Services, 'readModel'>, patientId: string) =>
  readModel.db.selectFrom('standing_rules').selectAll().where('patient_id', '=', patientId);

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

/** What the patient's rules say to a request, the newest rule first; those of a representative as long as they are one. */
export async function ruledConsents(services: Services, request: AccessRequest): Promise<readonly RuledConsent[]> {
  const rules: StandingRule[] = [];
  for (const rule of await standingRulesOf(services, request.patientId))
    if (await isMandated(services, rule)) rules.push(rule);
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
