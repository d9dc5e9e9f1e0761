import { IsFormat } from '@chain-of-care/chaincode/model';
import { IsIn, IsOptional } from 'class-validator';
import { route, type Route } from '../http/route.ts';
import type { Operations } from './operations.ts';

class OperationParams {
  @IsFormat('uuid') operationId!: string;
}

/** `progress`, `result` and `error` come with it: their shape is the kind's. */
class OperationState {
  @IsFormat('uuid') id!: string;
  @IsIn(['running', 'succeeded', 'failed']) status!: string;
  @IsFormat('date-time-offset') startedAt!: string;
  @IsOptional() @IsFormat('date-time-offset') endedAt?: string;
}

export function operationRoutes(operations: Operations): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/operations/:operationId',
      operationId: 'getOperation',
      summary: 'How far long work is, and its result',
      tag: 'platform',
      audience: 'authenticated',
      params: OperationParams,
      responses: { 200: { description: 'the operation', body: OperationState } },
      handler: async ({ params, caller }) => ({ status: 200, body: await operations.get(caller, params.operationId) }),
    }),
  ];
}
