import type { Transaction } from '../ledger/index.ts';
import { lotRecallType, lotType, productType, Refusal, type Lot, type Product } from '../model/index.ts';
import type { LotFacts } from '../rules/index.ts';
import { lotAddress, lotHoldAddress, productAddress, recallAddress } from './addresses.ts';

/** @throws Refusal product_not_found */
export async function requireProduct({ ledger }: Transaction, gtin: string): Promise<Product> {
  const product = await ledger.get(productType, productAddress(gtin));
  if (product === undefined) throw new Refusal('product_not_found', undefined, '/gtin');
  return product;
}

/** @throws Refusal product_not_found, lot_not_found */
export async function requireLot(transaction: Transaction, gtin: string, lot: string): Promise<Lot> {
  await requireProduct(transaction, gtin);
  const found = await transaction.ledger.get(lotType, lotAddress(gtin, lot));
  if (found === undefined) throw new Refusal('lot_not_found', undefined, '/lot');
  return found;
}

/** What custody decisions need of a lot. @throws Refusal product_not_found, lot_not_found */
export async function lotFactsOf(transaction: Transaction, gtin: string, lot: string): Promise<LotFacts> {
  const product = await requireProduct(transaction, gtin);
  const { expiresOn } = await requireLot(transaction, gtin, lot);
  const recalled = (await transaction.ledger.get(lotRecallType, recallAddress(gtin, lot))) !== undefined;
  const held = await transaction.ledger.has(lotHoldAddress(gtin, lot));
  return { lot, makerMspId: product.mspId, makerGlns: product.contractManufacturers, expiresOn, recalled, held };
}
