/** Requests and answers about standing rules. */
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import {
  GranteeReference,
  IsFormat,
  IsSomeOf,
  limits,
  recordCategories,
  type RecordCategory,
} from '@chain-of-care/chaincode/model';
import { consentTemplateNames, type ConsentTemplateName } from '../consents/templateData.ts';
import { PageQuery } from '../http/page.ts';

/** `automatic`: the consent is given at once. `propose`: the request names the rule, and one answer gives it. */
export const standingRuleEffects = ['automatic', 'propose'] as const;
export type StandingRuleEffect = (typeof standingRuleEffects)[number];

export class NewStandingRule {
  @IsIn(standingRuleEffects) effect!: StandingRuleEffect;
  /** What it permits at most. */
  @IsIn(consentTemplateNames) template!: ConsentTemplateName;
  /** A department, when somebody of it asks or refers to it; an organisation: whichever of its departments; or a person. */
  @ValidateNested() @Type(() => GranteeReference) grantee!: GranteeReference;
  /** Of those that the template permits; all of them when absent. */
  @IsOptional()
  @IsSomeOf(recordCategories)
  categories?: RecordCategory[];
  /** For how long each consent is; as the template says when absent. */
  @IsOptional() @IsInt() @Min(1) @Max(limits.requestedDays) days?: number;
  /** From then on the rule does nothing. */
  @IsOptional() @IsFormat('date-time-offset') endsAt?: string;
}

/** A request that was answered by the rule. */
export class StandingRuleUse {
  @IsFormat('uuid') requestId!: string;
  @IsFormat('date-time-offset') usedAt!: string;
  @IsFormat('uuid') consentId!: string;
}

export class StandingRuleView extends NewStandingRule {
  @IsFormat('uuid') id!: string;
  @IsFormat('uuid') patientId!: string;
  @IsFormat('date-time-offset') createdAt!: string;
  @IsOptional() @IsFormat('date-time-offset') endedAt?: string;
  /** The newest first, at most a hundred. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => StandingRuleUse) uses!: StandingRuleUse[];
}

export class StandingRuleParams {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('uuid') ruleId!: string;
}

export class ListStandingRules extends PageQuery {}
