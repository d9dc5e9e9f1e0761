/** Standing rules over REST: what a patient wants permitted whenever somebody asks. */
import type { Grantee, RecordCategory } from '@chain-of-care/chaincode/model';
import { path, type PostOptions, type RestClient } from './restClient.ts';

export interface NewStandingRule {
  /** `automatic`: the consent is given at once. `propose`: a request names the rule, and one answer gives it. */
  readonly effect: 'automatic' | 'propose';
  /** What it permits at most: the name of a consent template. */
  readonly template: string;
  /** A department, when somebody of it asks or refers to it; an organisation: whichever of its departments; or a person. */
  readonly grantee: Grantee;
  readonly categories?: readonly RecordCategory[];
  /** For how long each consent is; as the template says when absent. */
  readonly days?: number;
  /** From then on the rule does nothing. */
  readonly endsAt?: string;
}

export interface StandingRule extends NewStandingRule {
  readonly id: string;
  readonly patientId: string;
  readonly createdAt: string;
  readonly endedAt?: string;
  /** Requests that it answered, the newest first. */
  readonly uses: readonly { readonly requestId: string; readonly usedAt: string; readonly consentId: string }[];
}

/** By the patient's side. */
export class StandingRules {
  readonly #rest: RestClient;

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /** @throws GatewayProblem validation_failed for a grantee whom the template is not for; conflict when there are fifty */
  async create(patientId: string, rule: NewStandingRule, options: PostOptions = {}): Promise<StandingRule> {
    return (await this.#rest.post(path`/v1/patients/${patientId}/standing-rules`, rule, options)) as StandingRule;
  }

  /** The newest first, ended ones too. @throws GatewayProblem */
  async list(patientId: string): Promise<readonly StandingRule[]> {
    const answer = await this.#rest.get(path`/v1/patients/${patientId}/standing-rules`);
    return (answer as { items: readonly StandingRule[] }).items;
  }

  /** What it gave stands. @throws GatewayProblem not_found */
  async end(patientId: string, ruleId: string, options: PostOptions = {}): Promise<StandingRule> {
    const target = path`/v1/patients/${patientId}/standing-rules/${ruleId}/ending`;
    return (await this.#rest.post(target, {}, options)) as StandingRule;
  }
}
