/** Plans and usage of accounts. */
import { IsFormat } from '@chain-of-care/chaincode/model';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Matches, ValidateNested } from 'class-validator';
import { route, type Route } from '../http/route.ts';
import type { VerificationService } from './service.ts';

export class Counted {
  @IsInt() used!: number;
  /** Absent: no limit. */
  @IsOptional() @IsInt() limit?: number;
}

export class UsageView {
  @IsString() plan!: string;
  /** UTC. */
  @Matches(/^\d{4}-\d{2}$/) month!: string;
  @ValidateNested() @Type(() => Counted) verifications!: Counted;
}

export class NewAccountPlan {
  /** Of a patient or member of staff. */
  @IsFormat('uuid') accountId!: string;
  @Matches(/^[a-z][a-z0-9-]{0,63}$/) plan!: string;
}

export function usageRoutes({ plans }: VerificationService): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/usage',
      operationId: 'getUsage',
      tag: 'platform',
      summary: 'Plan and usage of this month',
      audience: 'authenticated',
      responses: { 200: { description: 'usage', body: UsageView } },
      async handler({ caller }) {
        const { plan, month, ...verifications } = await plans.usage(caller);
        return { status: 200, body: { plan, month, verifications } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/account-plans',
      operationId: 'setAccountPlan',
      tag: 'platform',
      summary: 'Gives an account of this organisation a plan',
      audience: ['administrator'],
      body: NewAccountPlan,
      responses: { 200: { description: 'the plan from now on', body: NewAccountPlan } },
      async handler({ body }) {
        await plans.put(body.accountId, body.plan);
        return { status: 200, body };
      },
    }),
  ];
}
