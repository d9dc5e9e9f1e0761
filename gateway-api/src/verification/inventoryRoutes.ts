import { Readable } from 'node:stream';
import { join } from 'node:path';
import { IsIn, IsOptional } from 'class-validator';
import { IsFormat } from '@chain-of-care/chaincode/model';
import type { CallerRole } from '../auth/caller.ts';
import { route, type Route } from '../http/route.ts';
import { ImportOperation } from '../imports/dto.ts';
import { Spool } from '../imports/spool.ts';
import { startOnSpool } from '../imports/spooledWork.ts';
import { accepted } from '../operations/operation.ts';
import type { Services } from '../services.ts';
import { supplyRoles } from '../supply/roles.ts';
import { InventoryVerification } from './inventory.ts';
import { inventoryLines, inventoryTypes, type InventoryType } from './inventoryLines.ts';
import type { VerificationService } from './service.ts';

const maxInventoryBytes = 64 * 1024 * 1024;
const holders: readonly CallerRole[] = [...supplyRoles, 'administrator'];
const resultTypes = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' } as const;

export class InventoryParams {
  @IsFormat('uuid') operationId!: string;
}

export class InventoryResultQuery {
  /** `ndjson` when not told. */
  @IsOptional() @IsIn(['csv', 'ndjson']) format?: 'csv' | 'ndjson';
}

/** Hundreds of packs at once, up to 100,000 lines. */
export function inventoryRoutes(services: Services, service: VerificationService): Route[] {
  const inventories = new InventoryVerification(services, service);
  return [
    route({
      method: 'post',
      path: '/v1/inventory-verifications',
      operationId: 'verifyInventory',
      tag: 'verification',
      summary: 'Verifies an inventory of up to 100,000 lines',
      description:
        'CSV with a header (`scan`, `gtin`, `ndc`, `serial`, `lot`, `expiry`, `sscc`, `foundIn`), a JSON array, or newline-delimited JSON of the same members. The operation shows progress and ends with the counts; the lines are its result file.',
      audience: holders,
      body: { stream: inventoryTypes, maxBytes: maxInventoryBytes },
      responses: { 202: { description: 'accepted; see the operation', body: ImportOperation } },
      async handler({ caller, idempotency, stream, header }) {
        const type = (header('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase() as InventoryType;
        const spool = await Spool.of(join(services.config.dataDirectory, 'spool'), stream);
        const id = idempotency.uuid('operation');
        const request = { id, digest: spool.sha256 };
        const work = async (report: Parameters<InventoryVerification['run']>[3]): Promise<object> => {
          const counted = await inventories.run(id, caller, inventoryLines(type, spool.read()), report);
          return { ...counted, result: `/v1/inventory-verifications/${id}/result` };
        };
        const kind = 'inventory-verification';
        const operation = await startOnSpool(services.operations, spool, caller, kind, work, request);
        return accepted(operation);
      },
    }),
    route({
      method: 'get',
      path: '/v1/inventory-verifications/:operationId/result',
      operationId: 'getInventoryResult',
      tag: 'verification',
      summary: 'The lines of a verified inventory, kept for seven days',
      audience: holders,
      params: InventoryParams,
      query: InventoryResultQuery,
      responses: { 200: { description: 'a line a line', contentType: '*/*' } },
      async handler({ params: { operationId }, query: { format = 'ndjson' }, caller }) {
        // Nobody else's operation is found.
        await services.operations.get(caller, operationId);
        return {
          status: 200,
          stream: Readable.from(inventories.result(operationId, format)),
          headers: {
            'content-type': resultTypes[format],
            'content-disposition': `attachment; filename="inventory-${operationId}.${format}"`,
          },
        };
      },
    }),
  ];
}
