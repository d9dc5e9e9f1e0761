import { Refusal } from '../core/errors.ts';
import { hasGs1CheckDigit } from './checkDigit.ts';

const lengths: ReadonlySet<number> = new Set([8, 12, 13, 14]);

/**
 * GTIN-8, -12, -13 or -14 as GTIN-14: padded with zeros on the left (General Specifications 3.3.2).
 *
 * @throws Refusal invalid_identifier for another length, something that is not a digit, a wrong check digit
 */
export function normaliseGtin(text: string): string {
  if (!/^\d+$/.test(text)) throw new Refusal('invalid_identifier', 'a GTIN has digits only');
  if (!lengths.has(text.length)) throw new Refusal('invalid_identifier', 'a GTIN has 8, 12, 13 or 14 digits');
  if (!hasGs1CheckDigit(text, text.length)) throw new Refusal('invalid_identifier', 'the GTIN has a wrong check digit');
  return text.padStart(14, '0');
}
