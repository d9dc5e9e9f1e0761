/** What a lot's maker says of it after it was registered: quality release, and a later last day. */
import { IsOptional } from 'class-validator';
import { IsFormat, normaliseGtin } from '@chain-of-care/chaincode/model';
import type { Caller } from '../auth/caller.ts';
import { route, type Reply, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import type { Services } from '../services.ts';
import { LotParams, LotView } from './dto.ts';
import { findLot } from './productRoutes.ts';

export class LotRelease {
  /** SHA-256 of the qualified person's certificate. */
  @IsOptional() @IsFormat('hex-256') certificateHash?: string;
}

export class ExpiryExtension extends LotRelease {
  /** The new last day. */
  @IsFormat('calendar-day') expiresOn!: string;
}

interface Said {
  readonly params: LotParams;
  readonly body: object;
  readonly caller: Caller;
  readonly idempotency: Derivation;
}

export function lotRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/products/:gtin/lots/:lot/release',
      operationId: 'releaseLot',
      tag: 'products',
      summary: 'Quality release of a lot by its maker',
      audience: ['manufacturer', 'cmo'],
      params: LotParams,
      body: LotRelease,
      responses: { 200: { description: 'the lot', body: LotView } },
      handler: (exchange) => say(services, 'supply.certifyLot', exchange),
    }),
    route({
      method: 'post',
      path: '/v1/products/:gtin/lots/:lot/expiry-extension',
      operationId: 'extendExpiry',
      tag: 'products',
      summary: 'A later last day of a lot; what is printed stays',
      audience: ['manufacturer'],
      params: LotParams,
      body: ExpiryExtension,
      responses: { 200: { description: 'the lot', body: LotView } },
      handler: (exchange) => say(services, 'supply.extendExpiry', exchange),
    }),
  ];
}

async function say(services: Services, type: string, { params, body, caller, idempotency }: Said): Promise<Reply> {
  const [gtin, { lot }] = [normaliseGtin(params.gtin), params];
  const { transaction } = await services.ledger.submit(caller.identity, {
    type,
    body: { ...body, gtin, lot, eventTime: new Date(services.clock()).toISOString() },
    ...idempotency.command(type),
    touches: { writes: [undefined], reads: ['registry'] },
    head: `lot ${gtin} ${lot}`,
  });
  await services.readModel.waitForAcknowledged();
  return { status: 200, body: { ...(await findLot(services, gtin, lot)), ...transactionMembers(transaction) } };
}
