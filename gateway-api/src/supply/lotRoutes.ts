/** What a lot's maker says of it after it was registered: quality release, and a later last day. */
import { IsOptional } from 'class-validator';
import { IsFormat, normaliseGtin } from '@chain-of-care/chaincode/model';
import { written } from '../http/resourceRoutes.ts';
import { route, type Exchange, type Reply, type Route } from '../http/route.ts';
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

async function say(
  services: Services,
  type: string,
  exchange: Exchange<LotParams, unknown, LotRelease>,
): Promise<Reply> {
  const [gtin, { lot }] = [normaliseGtin(exchange.params.gtin), exchange.params];
  const act = {
    type,
    body: { ...exchange.body, gtin, lot, eventTime: new Date(services.clock()).toISOString() },
    part: type,
    touches: { writes: [undefined], reads: ['registry'] },
    head: `lot ${gtin} ${lot}`,
  };
  return written(services, exchange, act, () => findLot(services, gtin, lot));
}
