import type { Transaction } from '../ledger/index.ts';
import {
  collectionName,
  licenceListType,
  lotHoldType,
  lotRecallType,
  lotType,
  productType,
  Refusal,
  segmentType,
  type VerifyPack,
} from '../model/index.ts';
import { licencesAddress } from '../registry/addresses.ts';
import { isValid, recipientLicences, type VerificationFacts } from '../rules/index.ts';
import { lotAddress, lotHoldAddress, productAddress, recallAddress, segmentAddress } from './addresses.ts';
import { custodyFactsOf, findPack, type FoundPack } from './goods.ts';

/** What current state says of a pack. History, other lots and alerts cannot be looked up by a key. */
export async function ledgerFactsOf(transaction: Transaction, body: VerifyPack): Promise<VerificationFacts> {
  const { ledger } = transaction;
  const { gtin, serial, segment } = body;
  const lot = body.knownLot ?? body.lot;
  const productKnown = await ledger.has(productAddress(gtin));
  const nothing = { productKnown, cloneEventIds: [], events: [], alerts: [] };
  if (lot === undefined || segment === undefined) return nothing;
  const found = await orUndefined(findPack(transaction, { gtin, lot, segment, serial }));
  const facts = await ledger.get(lotType, lotAddress(gtin, lot));
  const product = await ledger.get(productType, productAddress(gtin));
  if (found === undefined || facts === undefined || product === undefined) return nothing;
  const recall = await ledger.get(lotRecallType, recallAddress(gtin, lot));
  const hold = await ledger.get(lotHoldType, lotHoldAddress(gtin, lot));
  return {
    ...nothing,
    lot: { lot, expiry: facts.expiry, expiresOn: facts.expiresOn },
    pack: await packFactsOf(transaction, found),
    ...(hold === undefined ? {} : { hold: { eventId: hold.eventId } }),
    ...(recall === undefined ? {} : { recall: { kind: recall.kind, eventId: recall.eventId } }),
  };
}

async function packFactsOf(
  transaction: Transaction,
  found: FoundPack,
): Promise<NonNullable<VerificationFacts['pack']>> {
  const { ledger, timeMs } = transaction;
  const { state, holder, shipment, act } = await custodyFactsOf(transaction, found);
  const { gtin, lot, segment, eventId } = found.goods;
  const commissioned = await ledger.get(segmentType, segmentAddress(gtin, lot, segment));
  const list = await ledger.get(licenceListType, licencesAddress(collectionName.registry, holder));
  const holderLicensed =
    list?.licences.some((licence) => recipientLicences.includes(licence.kind) && isValid(licence, timeMs)) ?? false;
  return {
    state,
    holder,
    holderLicensed,
    eventId,
    commissionedBy: commissioned?.eventId ?? eventId,
    ...(shipment === undefined ? {} : { recipient: shipment.recipient }),
    ...(state !== 'supplied' ? {} : { suppliedBy: { eventId, ...(act?.gln === undefined ? {} : { gln: act.gln }) } }),
  };
}

async function orUndefined<Value>(finding: Promise<Value>): Promise<Value | undefined> {
  try {
    return await finding;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
