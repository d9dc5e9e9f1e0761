import { patientSide } from '../auth/audiences.ts';
import { page } from '../http/page.ts';
import { route, type Route } from '../http/route.ts';
import { requireOwnPatient } from '../patients/access.ts';
import { PatientParams } from '../patients/dto.ts';
import type { Services } from '../services.ts';
import type { StandingRule } from './consentByRule.ts';
import { ListStandingRules, NewStandingRule, StandingRuleParams, StandingRuleView } from './dto.ts';
import { createRule, endRule, rulesOf, usesOf } from './rules.ts';

/** Standing rules: what a patient wants permitted whenever a department or a person asks. */
export function standingRuleRoutes(services: Services): Route[] {
  const path = '/v1/patients/:patientId/standing-rules';
  const tag = 'consents';
  return [
    route({
      method: 'post',
      path,
      operationId: 'createStandingRule',
      tag,
      summary:
        'Says what is permitted whenever a department or a person asks for access, or the patient is referred to it',
      description:
        'It gives what was asked for, as far as template, categories and days go: at once, or by one answer; to a department or person, also where it names a hospital. A representative’s rule does so as long as they are one.',
      audience: patientSide,
      params: PatientParams,
      body: NewStandingRule,
      responses: { 201: { description: 'stands', body: StandingRuleView } },
      async handler({ params: { patientId }, body, caller, idempotency }) {
        await requireOwnPatient(services, caller, patientId);
        const rule = await createRule(services, caller, patientId, body, idempotency);
        return { status: 201, body: await viewOf(services, rule) };
      },
    }),
    route({
      method: 'get',
      path,
      operationId: 'listStandingRules',
      tag,
      summary: 'The standing rules, ended ones too, with the requests that each answered',
      audience: patientSide,
      params: PatientParams,
      query: ListStandingRules,
      responses: { 200: { description: 'newest first', list: StandingRuleView } },
      async handler(exchange) {
        const { caller, params, query } = exchange;
        await requireOwnPatient(services, caller, params.patientId);
        const { items, nextCursor } = await rulesOf(services, params.patientId, query);
        return page(exchange, await Promise.all(items.map((rule) => viewOf(services, rule))), nextCursor);
      },
    }),
    route({
      method: 'post',
      path: `${path}/:ruleId/ending`,
      operationId: 'endStandingRule',
      tag,
      summary: 'Ends a standing rule; consents that it gave stand until they are revoked or expire',
      audience: patientSide,
      params: StandingRuleParams,
      responses: { 201: { description: 'ended', body: StandingRuleView } },
      async handler({ params: { patientId, ruleId }, caller }) {
        await requireOwnPatient(services, caller, patientId);
        return { status: 201, body: await viewOf(services, await endRule(services, caller, patientId, ruleId)) };
      },
    }),
  ];
}

async function viewOf(services: Services, { ruleId: id, by: _by, ...rule }: StandingRule): Promise<StandingRuleView> {
  return { id, ...rule, uses: await usesOf(services, id) };
}
