/** Identifiers of made-up goods, each run with its own: GS1 keys with right check digits. */
import { randomInt } from 'node:crypto';

/** GS1 General Specifications §7.9: weights 3 and 1 from the right. */
function withCheckDigit(digits: string): string {
  const sum = [...digits]
    .toReversed()
    .reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 3 : 1), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

const randomDigits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join('');

export interface MadeUpGoods {
  readonly gtin: string;
  readonly lot: string;
  /** YYMMDD, as printed. */
  readonly expiry: string;
  readonly sscc: string;
  readonly serials: readonly string[];
}

export function madeUpGoods(packs: number, now: Date = new Date()): MadeUpGoods {
  const run = randomDigits(6);
  const year = String(now.getUTCFullYear() + 2).slice(2);
  return {
    gtin: withCheckDigit(`0426${randomDigits(9)}`),
    lot: `LOT${run}`,
    expiry: `${year}0630`,
    sscc: withCheckDigit(`0426${randomDigits(13)}`),
    serials: Array.from({ length: packs }, (_, index) => `SN${run}${String(index).padStart(4, '0')}`),
  };
}

/** The DataMatrix of a pack as a scanner hands it over: symbology identifier, group separators. */
export function scanOf({ gtin, lot, expiry }: MadeUpGoods, serial: string): string {
  return `]d201${gtin}21${serial}\u001D17${expiry}10${lot}`;
}
