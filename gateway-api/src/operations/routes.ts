import { IsFormat } from '@chain-of-care/chaincode/model';
import { IsIn, IsInt, IsOptional } from 'class-validator';
import { PageQuery, page } from '../http/page.ts';
import { route, type Route } from '../http/route.ts';
import { operationStatuses, type OperationStatus, type Operations } from './operation.ts';

class OperationParams {
  @IsFormat('uuid') operationId!: string;
}

class ListOperations extends PageQuery {
  @IsOptional() @IsIn(operationStatuses) status?: OperationStatus;
}

/** `progress`, `waiting`, `result` and `error` come with it: the shape of a result is the kind's. */
class OperationState {
  @IsFormat('uuid') id!: string;
  @IsIn(operationStatuses) status!: string;
  @IsFormat('date-time-offset') startedAt!: string;
  @IsOptional() @IsFormat('date-time-offset') endedAt?: string;
  /** How often a request that runs later was tried. */
  @IsOptional() @IsInt() tries?: number;
}

export function operationRoutes(operations: Operations): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/operations',
      operationId: 'listOperations',
      summary: "The caller's long work and requests that run later, newest first",
      tag: 'platform',
      audience: 'authenticated',
      query: ListOperations,
      responses: { 200: { description: 'newest first', list: OperationState } },
      async handler(exchange) {
        const { items, nextCursor } = await operations.list(exchange.caller, exchange.query);
        return page(exchange, items, nextCursor);
      },
    }),
    route({
      method: 'get',
      path: '/v1/operations/:operationId',
      operationId: 'getOperation',
      summary: 'How far long work is, or why a request waits, and the result',
      tag: 'platform',
      audience: 'authenticated',
      params: OperationParams,
      responses: { 200: { description: 'the operation', body: OperationState } },
      handler: async ({ params, caller }) => ({ status: 200, body: await operations.get(caller, params.operationId) }),
    }),
    route({
      method: 'post',
      path: '/v1/operations/:operationId/cancellation',
      operationId: 'cancelOperation',
      summary: 'Takes a queued request back',
      description:
        'Refused (operation_irrevocable) when a try is under way, or one may have been committed without an answer.',
      tag: 'platform',
      audience: 'authenticated',
      params: OperationParams,
      isImmediate: true,
      responses: { 201: { description: 'cancelled', body: OperationState } },
      handler: async ({ params, caller }) => ({
        status: 201,
        body: await operations.cancel(caller, params.operationId),
      }),
    }),
  ];
}
