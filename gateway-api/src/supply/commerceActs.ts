/**
 * Ships with commerce. Whoever endorses reads it, so only shipper, recipient and regulator may; where they cannot, custody
 * ships without, and its commerce follows as soon as they can.
 */
import { collectionName } from '@chain-of-care/chaincode/model';
import type { Caller, LedgerIdentity } from '../auth/caller.ts';
import type { Act, Decided } from '../fabric/act.ts';
import { Problem } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { commerceOf, tradeTouches, type ShipmentFacts } from './commerce.ts';
import type { SupplyCommand } from './eventDto.ts';
import type { SupplyServices } from './supplyServices.ts';

export interface ShippingWithCommerce {
  readonly together: Act;
  /** The same command, as far as the ledger's idempotency is concerned. */
  readonly custodyOnly: Act;
  /** `supply.recordCommerce` */
  readonly commerceOnly: Act;
}

/** @param later key and fingerprint of the act that follows */
export async function shippingOf(
  services: Services,
  { gln = '', identity }: Caller,
  command: SupplyCommand & { readonly eventTime: string },
  custodyOnly: Act,
  later: Pick<Act, 'key' | 'fingerprint'>,
): Promise<ShippingWithCommerce> {
  const body = custodyOnly.body as Omit<ShipmentFacts, 'shipper'>;
  const commerce = await commerceOf(services, command.commerce!, { ...body, shipper: gln });
  const { writes, among } = await tradeTouches(services, identity.mspId, body.recipient);
  const { touches } = custodyOnly;
  const { shipmentId } = body;
  return {
    custodyOnly,
    together: {
      ...custodyOnly,
      body: { ...body, commerce },
      touches: { ...touches, writes: [...touches.writes, ...writes], among },
    },
    commerceOnly: {
      ...later,
      type: 'supply.recordCommerce',
      body: { shipmentId, commerce },
      touches: { writes: [undefined, ...writes], reads: [collectionName.registry], among },
      head: `shipment ${shipmentId}`,
    },
  };
}

/** @throws Problem of the ledger, when custody cannot be shipped either */
export async function shipWithCommerce<Result extends { readonly commerce?: boolean }>(
  { ledger, commerceLater }: Pick<SupplyServices, 'ledger' | 'commerceLater'>,
  identity: LedgerIdentity,
  { together, custodyOnly, commerceOnly }: ShippingWithCommerce,
): Promise<Decided<Result> & { readonly commerce?: 'recorded' | 'follows' }> {
  const decided =
    (await decideUnlessUnavailable<Result>(ledger, identity, together)) ??
    (await ledger.submitAll<Result>(identity, [custodyOnly]))[0]!;
  const { outcome } = decided;
  if (outcome.status === 'refused') return decided;
  if (outcome.result.commerce === true) return { ...decided, commerce: 'recorded' };
  await commerceLater.submit({ identity, act: commerceOnly });
  return { ...decided, commerce: 'follows' };
}

async function decideUnlessUnavailable<Result>(
  ledger: Services['ledger'],
  identity: LedgerIdentity,
  act: Act,
): Promise<Decided<Result> | undefined> {
  try {
    const [decided] = await ledger.submitAll<Result>(identity, [act]);
    return decided;
  } catch (error) {
    if (error instanceof Problem && error.code === 'unavailable') return undefined;
    throw error;
  }
}
