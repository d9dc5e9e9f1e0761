import { command, type Transaction } from '../ledger/index.ts';
import {
  gtinOfNdc,
  lotType,
  ndcDigitsOfGtin,
  parseNdc,
  parsePrintedDate,
  productType,
  Refusal,
  RegisterLot,
  RegisterProduct,
  type Product,
} from '../model/index.ts';
import { requireAct, type StaffActor } from '../rules/index.ts';
import { atPremises, supplyActor } from './actor.ts';
import { lotAddress, productAddress } from './addresses.ts';
import { requireProduct } from './lotFacts.ts';
import { eventIdOf, recordEvent } from './record.ts';

/** Registers a trade item; the submitter's organisation is its maker from then on. */
export const registerProduct = command<RegisterProduct>({
  body: RegisterProduct,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { ledger, time, timeMs } = transaction;
    const actor = atPremises(await supplyActor(transaction));
    requireAct(actor, 'supply.registerProduct', timeMs);
    const at = productAddress(body.gtin);
    if (await ledger.has(at)) throw new Refusal('already_exists', undefined, '/gtin');
    if (body.ndc !== undefined) requireNdcOfGtin(body.ndc, body.gtin);
    const { contractManufacturers = [], ...facts } = body;
    const product: Product = {
      ...facts,
      contractManufacturers,
      mspId: actor.mspId,
      gln: actor.gln,
      registeredAt: time,
    };
    ledger.put(productType, at, product);
    const eventId = eventIdOf(transaction, { key });
    await recordEvent(transaction, actor, { ...occurrence(eventId, time), kind: 'registerProduct', gtin: body.gtin });
    return { result: { gtin: body.gtin, eventId } };
  },
});

/** Registers a lot with the quantity that may be commissioned of it. */
export const registerLot = command<RegisterLot>({
  body: RegisterLot,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { ledger, time, timeMs } = transaction;
    const actor = atPremises(await supplyActor(transaction));
    requireAct(actor, 'supply.registerLot', timeMs);
    requireMaker(actor, await requireProduct(transaction, body.gtin));
    const at = lotAddress(body.gtin, body.lot);
    if (await ledger.has(at)) throw new Refusal('already_exists', undefined, '/lot');
    const expiresOn = printedExpiry(transaction, body);
    const { serialised, ...facts } = body;
    const byQuantity = serialised === false ? { serialised } : {};
    ledger.put(lotType, at, {
      ...facts,
      ...byQuantity,
      expiresOn,
      gln: actor.gln,
      mspId: actor.mspId,
      registeredAt: time,
    });
    const eventId = eventIdOf(transaction, { key });
    const lots = [{ gtin: body.gtin, lot: body.lot }];
    await recordEvent(transaction, actor, { ...occurrence(eventId, time), kind: 'registerLot', lots });
    return { result: { gtin: body.gtin, lot: body.lot, eventId } };
  },
});

/** @throws Refusal not_custodian: neither the product's organisation nor a contract manufacturer it named */
export function requireMaker(actor: StaffActor, product: Product): void {
  const own = (actor.role === 'manufacturer' || actor.role === 'repackager') && actor.mspId === product.mspId;
  const contracted = actor.gln !== undefined && product.contractManufacturers.includes(actor.gln);
  if (!own && !contracted) throw new Refusal('organization_not_allowed', 'the product belongs to another maker');
}

function occurrence(eventId: string, time: string) {
  return { eventId, eventTime: time, previous: [] };
}

/** An NDC that fits a GTIN must be the one inside, when the GTIN carries one. */
function requireNdcOfGtin(text: string, gtin: string): void {
  const ndc = parseNdc(text);
  if (ndcDigitsOfGtin(gtin) === undefined || ndc.digits.length !== 10) return;
  if (gtinOfNdc(ndc, Number(gtin[0])) !== gtin)
    throw new Refusal('invalid_identifier', 'the GTIN carries another NDC', '/ndc');
}

function printedExpiry({ time, timeMs }: Transaction, { expiry, manufacturedOn }: RegisterLot): string {
  const { day, dayZero } = parsePrintedDate(expiry, Number(time.slice(0, 4)));
  if (dayZero) throw new Refusal('validation_failed', 'day 00 is not printed any more', '/expiry');
  if (Date.parse(manufacturedOn) > timeMs) throw new Refusal('validation_failed', 'lies ahead', '/manufacturedOn');
  if (day <= manufacturedOn) throw new Refusal('validation_failed', 'must be later than manufacturedOn', '/expiry');
  return day;
}
