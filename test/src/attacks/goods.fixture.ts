/** Made-up products, lots and packs, with what is printed on them. */
import { gs1CheckDigit } from '@chain-of-care/chaincode/model';

export interface Pack {
  readonly gtin: string;
  readonly lot: string;
  /** YYMMDD, as printed. */
  readonly expiry: string;
  readonly serial: string;
}

export interface LotPlan {
  readonly gtin: string;
  readonly lot: string;
  readonly expiry: string;
  readonly manufacturedOn: string;
}

/** A GTIN-14 by number. */
export function gtinOf(number: number): string {
  const body = `0950600${String(number).padStart(6, '0')}`;
  return `${body}${gs1CheckDigit(body)}`;
}

export function ssccOf(number: number): string {
  const body = `0950600${String(number).padStart(10, '0')}`;
  return `${body}${gs1CheckDigit(body)}`;
}

/** The DataMatrix as a scanner hands it over. */
export function scanOf({ gtin, lot, expiry, serial }: Pack): string {
  return `]d201${gtin}21${serial}\u001D17${expiry}10${lot}`;
}

/** The pack as a command names it. */
export function named({ gtin, lot }: Pack, ...packs: readonly Pack[]) {
  return { gtin, lot, serials: packs.map(({ serial }) => serial) };
}
