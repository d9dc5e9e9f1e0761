/** Commerce of shipments, in the collections of shipper and recipient only. */
import { command, type Transaction } from '../ledger/index.ts';
import {
  collectionName,
  licenceListType,
  RecordCommerce,
  Refusal,
  shipmentType,
  tradeRecordType,
  type Commerce,
  type LicenceKind,
  type Shipment,
} from '../model/index.ts';
import { licencesAddress } from '../registry/addresses.ts';
import { isValid, ownerLicences, requireCustodyRole } from '../rules/index.ts';
import { atPremises, supplyActor } from './actor.ts';
import { shipmentAddress, tradeAddress } from './addresses.ts';
import { requireShipment } from './shipments.ts';

/**
 * Commerce that follows its shipment: its transaction had to be endorsed by somebody whom it is not for. Once.
 */
export const recordCommerce = command<RecordCommerce>({
  body: RecordCommerce,
  guards: () => undefined,
  async decide(transaction, { body: { shipmentId, commerce } }) {
    const { ledger, time, timeMs } = transaction;
    const actor = atPremises(await supplyActor(transaction));
    requireCustodyRole(actor, [actor.role], timeMs);
    const shipment = await requireShipment(transaction, shipmentId);
    if (actor.mspId !== shipment.shipperMspId || actor.gln !== shipment.shipper) throw new Refusal('not_custodian');
    if (shipment.commerceAt !== undefined) throw new Refusal('already_exists', undefined, '/commerce');
    await requireOwner(transaction, await tradeLicencesOf(transaction, shipment.recipient), commerce);
    putCommerce(transaction, shipment, commerce);
    ledger.put(shipmentType, shipmentAddress(shipmentId), { ...shipment, commerceAt: time });
    return { result: { shipmentId, commerce: true } };
  },
});

/** Blind writes: an endorser need not be a member of both collections. */
export function putCommerce({ ledger, time }: Transaction, shipment: Shipment, commerce: Commerce): void {
  const { shipmentId, shipper, recipient, shipperMspId, recipientMspId } = shipment;
  for (const mspId of new Set([shipperMspId, recipientMspId])) {
    const at = tradeAddress(mspId, shipmentId);
    ledger.put(tradeRecordType, at, { ...commerce, shipmentId, shipper, recipient, recordedAt: time });
  }
}

/**
 * Who owns goods from now on is their recipient, unless another is named; who only possesses needs one.
 *
 * @param recipientLicences valid ones of the recipient
 * @throws Refusal owner_not_allowed
 */
export async function requireOwner(
  transaction: Transaction,
  recipientLicences: readonly LicenceKind[],
  { owner }: Pick<Commerce, 'owner'>,
): Promise<void> {
  const licences = owner === undefined ? recipientLicences : await tradeLicencesOf(transaction, owner);
  if (!licences.some((kind) => ownerLicences.includes(kind)))
    throw new Refusal('owner_not_allowed', undefined, '/commerce/owner');
}

async function tradeLicencesOf({ ledger, timeMs }: Transaction, gln: string): Promise<readonly LicenceKind[]> {
  const list = await ledger.get(licenceListType, licencesAddress(collectionName.registry, gln));
  return (list?.licences ?? []).filter((licence) => isValid(licence, timeMs)).map(({ kind }) => kind);
}
